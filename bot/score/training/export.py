"""From torch to what is served: ONNX, int8 matrices, 4-bit embedding rows, opset 17."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from tokenizers import Tokenizer
from torch import Tensor, nn

from bot.core.model import ATTRIBUTES
from bot.core.normalise import for_model
from bot.score.evaluation.calibration import sigmoid
from bot.score.evaluation.metrics import rank_correlation
from bot.score.smoothing import Feed, smooth
from bot.score.training.base_weights import BaseWeights
from bot.score.training.network import Network
from bot.score.training.pack import pack_embeddings
from bot.score.training.rows import DataError
from bot.score.training.vocabulary import Ids

SERVED = "model.int8.onnx"
EXACT = "model.fp32.onnx"
TOKENIZER = "tokenizer.json"
CARD = "card.json"
MAX_TOKENS = 128
_OPSET = 17
_PLACES = 256
_CLOSE = 2e-3
"""Most that a logit of the exact ONNX file may differ from torch."""

_Floats = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """How the files agree with torch, over probabilities of all attributes."""

    texts: int
    exact_worst_logit: float
    served_mean: float
    served_p99: float
    served_rank: float
    """Spearman's correlation of toxicity."""
    megabytes: float


def export(
    network: Network,
    base: BaseWeights,
    kept: Ids,
    *,
    tokenizer: Path,
    folder: Path,
    texts: Sequence[str],
    usual: Sequence[str],
    keep_exact: bool = False,
) -> Parity:
    """Fills `folder` with network, tokenizer and a first card, uncalibrated.

    The ranges of `usual` texts are evened out before quantising; none of `texts` should be in it.
    Raises DataError when the exact form does not give what torch gives on `texts`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # more would wait for each other on a busy machine
    network = network.cpu().eval()
    nibbles, scales = base.nibbles[kept], base.scales[kept]
    with tempfile.TemporaryDirectory() as scratch:
        plain, ready, even = (Path(scratch) / f"{name}.onnx" for name in ("plain", "ready", "even"))
        _to_onnx(network, plain)
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        smooth(ready, even, _feeds(tokenizer, usual))
        quantize_dynamic(
            str(even), str(folder / SERVED), weight_type=QuantType.QInt8, per_channel=True,
            reduce_range=True,  # processors without VNNI would saturate
            op_types_to_quantize=["MatMul"], extra_options={"MatMulConstBOnly": True},
        )  # fmt: skip
        copyfile(ready, folder / EXACT)
    for name in (SERVED, EXACT):
        model = onnx.load(str(folder / name))
        pack_embeddings(model, nibbles, scales)
        onnx.save(model, str(folder / name))
    if tokenizer.resolve() != (folder / TOKENIZER).resolve():
        copyfile(tokenizer, folder / TOKENIZER)
    (folder / CARD).write_text(json.dumps(_first_card(), indent=1), encoding="utf-8")
    parity = _compare(network, folder, texts)
    if not keep_exact:
        (folder / EXACT).unlink()
    if parity.exact_worst_logit > _CLOSE:
        raise DataError(f"the export is wrong: logits are off by {parity.exact_worst_logit:.4f}")
    return parity


class _Served(nn.Module):
    """Takes the integer mask that serving sends, knows fewer places, and tells its features too."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        places = network.places.weight[:_PLACES].detach().clone()
        self.network.places = nn.Embedding.from_pretrained(places)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        features = self.network.features(input_ids, attention_mask.to(torch.float32))
        return self.network.head(features), features


def _to_onnx(network: Network, path: Path) -> None:
    ids = torch.tensor([[0, 5, 6, 7, 2], [0, 4, 2, 1, 1]])
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    batch_and_length = {0: "batch", 1: "length"}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter says that it is the older of two
        torch.onnx.export(
            _Served(network).eval(), (ids, mask), str(path), dynamo=False, opset_version=_OPSET,
            input_names=["input_ids", "attention_mask"], output_names=["logits", "features"],
            dynamic_axes={
                "input_ids": batch_and_length,
                "attention_mask": batch_and_length,
                "logits": {0: "batch"},
                "features": {0: "batch"},
            },
        )  # fmt: skip


def _feeds(tokenizer: Path, texts: Sequence[str]) -> Iterator[Feed]:
    for row in _encoded(tokenizer, texts):
        yield {"input_ids": row, "attention_mask": np.ones_like(row)}


def _encoded(tokenizer: Path, texts: Sequence[str]) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    reader = Tokenizer.from_file(str(tokenizer))
    reader.enable_truncation(MAX_TOKENS)
    forms = [for_model(text) for text in texts]
    return [np.array([each.ids], dtype=np.int64) for each in reader.encode_batch(forms)]


def _compare(network: Network, folder: Path, texts: Sequence[str]) -> Parity:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # more would wait for each other on a busy machine
    sessions = {
        name: onnxruntime.InferenceSession(
            folder / name, options, providers=["CPUExecutionProvider"]
        )
        for name in (EXACT, SERVED)
    }
    logits: dict[str, list[_Floats]] = {"torch": [], EXACT: [], SERVED: []}
    for row in _encoded(folder / TOKENIZER, texts):
        with torch.no_grad():
            logits["torch"].append(network(torch.from_numpy(row), torch.ones(row.shape)).numpy()[0])
        for name, session in sessions.items():
            inputs = {"input_ids": row, "attention_mask": np.ones_like(row)}
            logits[name].append(session.run(None, inputs)[0][0])
    of_torch, exact, served = (np.stack(rows).astype(np.float64) for rows in logits.values())
    drift = np.abs(sigmoid(served) - sigmoid(of_torch))
    return Parity(
        texts=len(texts),
        exact_worst_logit=float(np.abs(exact - of_torch).max()),
        served_mean=float(drift.mean()),
        served_p99=float(np.quantile(drift, 0.99)),
        served_rank=rank_correlation(served[:, 0], of_torch[:, 0]),
        megabytes=(folder / SERVED).stat().st_size / 1e6,
    )


def _first_card() -> dict[str, Any]:
    return {
        "labels": list(ATTRIBUTES),
        "max_tokens": MAX_TOKENS,
        "outputs": "logits; probability = sigmoid(scale*logit+offset)",
        "calibration": {
            label: {"scale": 1.0, "offset": 0.0, "fitted_on": "not calibrated"}
            for label in ATTRIBUTES
        },
    }
