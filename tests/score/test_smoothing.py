"""A network with one loud channel: the same answers, and far better ones in eight bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from bot.score.smoothing import smooth

CHANNELS = 64
LOUD = 300.0


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """Two matrices that read the same looked-up rows, one channel of which is 300 times the others."""
    rng = np.random.default_rng(1)
    table = rng.normal(size=(50, CHANNELS)).astype(np.float32)
    table[:, 7] *= LOUD
    first, second = (rng.normal(size=(CHANNELS, 8)).astype(np.float32) for _ in range(2))
    first[7] /= LOUD
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "ids"], ["rows"]),
            helper.make_node("MatMul", ["rows", "first"], ["one"]),
            helper.make_node("MatMul", ["rows", "second"], ["two"]),
            helper.make_node("Sum", ["one", "two"], ["out"]),
        ],
        "loud",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, [None])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [None, 8])],
        [
            numpy_helper.from_array(value, name)
            for name, value in (("table", table), ("first", first), ("second", second / LOUD))
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, tmp_path / "plain.onnx")
    return tmp_path / "plain.onnx"


def answers(path: Path) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run(None, {"ids": np.arange(50)})[0]
    return found


def in_eight_bits(path: Path) -> np.ndarray:
    to = path.with_suffix(".int8.onnx")
    quantize_dynamic(
        path,
        to,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        op_types_to_quantize=["MatMul"],
    )
    return answers(to)


def test_the_answers_stay_and_bear_eight_bits_better(network: Path, tmp_path: Path) -> None:
    smooth(network, tmp_path / "even.onnx", [{"ids": np.arange(25)}])
    exact = answers(network)
    assert np.abs(answers(tmp_path / "even.onnx") - exact).max() < 1e-4 * np.abs(exact).max()
    before, after = (
        float(np.abs(in_eight_bits(path) - exact).mean())
        for path in (network, tmp_path / "even.onnx")
    )
    assert after < before / 3
