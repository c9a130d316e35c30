"""A loaded checkpoint to int8 ONNX, once; what disagrees with the original is not kept."""

from __future__ import annotations

import importlib
import shutil
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.core.model import Unscored
from bot.score.detoxify.agreement import Agreement, compare
from bot.score.detoxify.load import Loaded, versions
from bot.score.detoxify.manifest import NETWORK, TOKENIZER, Manifest, write_manifest
from bot.score.detoxify.places import MANIFEST
from bot.score.detoxify.reader import Reader, plain
from bot.score.detoxify.releases import RefusedError
from bot.score.detoxify.serve import network
from bot.score.detoxify.torch_model import TorchModel, window_tokens
from bot.score.detoxify.trust import digest_of_path
from bot.score.evaluation.rows import Row
from bot.score.reading import Reads

FULL = "model.fp32.onnx"
_OPSET = 17
_LIMIT_S = 60.0

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how far it is, and how far it goes."""


class DisagreementError(RefusedError):
    """The converted model says something else than the original."""

    def __init__(self, agreement: Agreement) -> None:
        super().__init__("; ".join(agreement.objections()))
        self.agreement = agreement


def export(
    loaded: Loaded,
    folder: Path,
    *,
    model: str,
    rows: Sequence[Row],
    on: date,
    keep_full: bool = False,
    progress: Progress = lambda *_: None,
) -> Manifest:
    """Writes network, tokenizer and manifest into `folder`, in place of what was there.

    Raises DisagreementError, with nothing changed, when the export is not as good as the original.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".export-") as temporary:
        at = Path(temporary)
        progress("writing the network", 0, 2)
        _write_network(loaded, at / FULL)
        progress("quantising it", 1, 2)
        _quantise(at / FULL, at / NETWORK)
        loaded.detoxify.tokenizer.backend_tokenizer.save(str(at / TOKENIZER))
        agreement = agreement_of(
            TorchModel(loaded), _Converted(loaded, at), rows, progress=progress
        )
        if agreement.objections():
            raise DisagreementError(agreement)
        names = [NETWORK, TOKENIZER, *([FULL] if keep_full else [])]
        manifest = Manifest(
            model=model,
            source=loaded.digest,
            files={name: digest_of_path(at / name) for name in names},
            heads=loaded.heads,
            window_tokens=window_tokens(loaded),
            agreement=agreement,
            exported_on=on,
            made_with=versions(),
        )
        write_manifest(at, manifest)
        # without a manifest nothing is served: a half-moved export cannot be taken for a whole one
        (folder / MANIFEST).unlink(missing_ok=True)
        for name in (*names, MANIFEST):
            shutil.move(at / name, folder / name)
        if not keep_full:
            (folder / FULL).unlink(missing_ok=True)
    return manifest


def agreement_of(
    original: Reads,
    converted: Reads,
    rows: Sequence[Row],
    *,
    progress: Progress = lambda *_: None,
) -> Agreement:
    """Both score every row; one that either cannot score is left out."""
    found: list[tuple[float, float, bool]] = []
    for number, row in enumerate(rows):
        progress("comparing with the original", number, len(rows))
        form = plain(row.text)
        readings = [model.score(form, limit_s=_LIMIT_S) for model in (original, converted)]
        before, after = (
            float("nan") if isinstance(each, Unscored) else each.values["toxicity"]
            for each in readings
        )
        if not all(isinstance(each, Unscored) for each in readings):
            found.append((before, after, row.toxic))
    progress("comparing with the original", len(rows), len(rows))
    return compare(*map(list, zip(*found, strict=True))) if found else compare([], [], [])


class _Converted:
    """The files that were just written, before there is a manifest."""

    def __init__(self, loaded: Loaded, folder: Path) -> None:
        from tokenizers import Tokenizer

        self._reader = Reader(
            network(folder / NETWORK, heads=len(loaded.heads)),
            Tokenizer.from_file(str(folder / TOKENIZER)),
            heads=loaded.heads,
            window_tokens=window_tokens(loaded),
        )
        self.form, self.score = plain, self._reader.score


def _write_network(loaded: Loaded, to: Path) -> None:
    """No attention mask goes in: a window is run alone, so there is no padding to be masked."""
    torch = importlib.import_module("torch")

    class Logits(torch.nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self, model: Any) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any) -> Any:
            return self.model(input_ids=input_ids).logits

    sample = loaded.detoxify.tokenizer("Merci pour cet article.", return_tensors="pt")["input_ids"]
    with warnings.catch_warnings():
        # of the exporter about itself, and about values that are fixed by design
        warnings.simplefilter("ignore")
        torch.onnx.export(
            # said again: the exporter puts the mode back that it found, dropout and all
            Logits(loaded.detoxify.model).eval(),
            (sample,),
            str(to),
            input_names=["input_ids"],
            output_names=["logits"],
            dynamic_axes={"input_ids": {0: "rows", 1: "tokens"}, "logits": {0: "rows"}},
            opset_version=_OPSET,
            dynamo=False,  # the newer exporter needs onnxscript and writes nothing better for this
        )


def _quantise(source: Path, to: Path) -> None:
    """Weights in eight bits, a scale per channel; activations by their range in each run.

    The weights are unsigned: a processor without VNNI adds signed products up in sixteen bits, and
    cuts off what does not fit. Measured there, signed weights moved scores ten times as far, and
    a score would depend on the processor.
    """
    quantization = importlib.import_module("onnxruntime.quantization")
    shapes = importlib.import_module("onnxruntime.quantization.shape_inference")
    prepared = to.with_suffix(".prepared")
    shapes.quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantization.quantize_dynamic(
        str(prepared),
        str(to),
        per_channel=True,
        weight_type=quantization.QuantType.QUInt8,
        extra_options={"WeightSymmetric": True},
    )
    prepared.unlink()
