"""Puts the base's own 4-bit rows into an ONNX file in place of its embedding table.

36,000 rows of 384 take 7.8 MB so, 55 MB as floats; and nothing is lost, because training left them
as they were. Ordinary operators unpack them, so any ONNX runtime can read the file.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bot.score.training.base_weights import Bytes, Halves, dequantised
from bot.score.training.rows import DataError

_CLOSE = 1e-6


def pack_embeddings(model: onnx.ModelProto, nibbles: Bytes, scales: Halves) -> None:
    """Changes the model; raises DataError if its table is not made of these rows."""
    graph = model.graph
    rows = dequantised(nibbles, scales)
    table = _table(graph, rows.shape)
    if np.abs(numpy_helper.to_array(table) - rows).max() > _CLOSE:
        raise DataError("the embeddings were changed in training; they cannot be packed")
    lookup = next(
        node for node in graph.node if node.op_type == "Gather" and node.input[0] == table.name
    )
    at = list(graph.node).index(lookup)
    graph.initializer.remove(table)
    graph.node.remove(lookup)
    graph.initializer.extend(_constants(nibbles, scales, hidden=rows.shape[1]))
    for offset, node in enumerate(_unpacking(lookup.input[1], lookup.output[0])):
        graph.node.insert(at + offset, node)
    onnx.checker.check_model(model)


def _table(graph: Any, shape: tuple[int, ...]) -> Any:
    tables = [each for each in graph.initializer if tuple(each.dims) == shape]
    if len(tables) != 1:
        raise DataError(f"{len(tables)} tables of shape {shape} in the file, not one")
    return tables[0]


def _constants(nibbles: Bytes, scales: Halves, *, hidden: int) -> list[Any]:
    return [
        numpy_helper.from_array(np.ascontiguousarray(nibbles), "emb_nibbles"),
        numpy_helper.from_array(np.ascontiguousarray(scales), "emb_scales"),
        numpy_helper.from_array(np.array(1 / 16, np.float32), "emb_sixteenth"),
        numpy_helper.from_array(np.array(16, np.float32), "emb_sixteen"),
        numpy_helper.from_array(np.array(8, np.float32), "emb_eight"),
        numpy_helper.from_array(np.array([3], np.int64), "emb_last"),
        numpy_helper.from_array(np.array([0, 0, hidden], np.int64), "emb_shape"),
    ]


def _unpacking(ids: str, out: str) -> list[Any]:
    """low = byte - 16 * floor(byte / 16), high = floor(byte / 16); (both - 8) * scale."""
    node = helper.make_node
    return [
        node("Gather", ["emb_nibbles", ids], ["emb_bytes"]),
        node("Cast", ["emb_bytes"], ["emb_byte"], to=TensorProto.FLOAT),
        node("Mul", ["emb_byte", "emb_sixteenth"], ["emb_shifted"]),
        node("Floor", ["emb_shifted"], ["emb_high"]),
        node("Mul", ["emb_high", "emb_sixteen"], ["emb_high_part"]),
        node("Sub", ["emb_byte", "emb_high_part"], ["emb_low"]),
        node("Concat", ["emb_low", "emb_high"], ["emb_both"], axis=3),
        node("Sub", ["emb_both", "emb_eight"], ["emb_centred"]),
        node("Gather", ["emb_scales", ids], ["emb_scale_halves"]),
        node("Cast", ["emb_scale_halves"], ["emb_scale"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["emb_scale", "emb_last"], ["emb_scale_column"]),
        node("Mul", ["emb_centred", "emb_scale_column"], ["emb_weights"]),
        node("Reshape", ["emb_weights", "emb_shape"], [out]),
    ]
