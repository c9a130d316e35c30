"""An exported model as the scorer process runs it: onnxruntime and tokenizers, no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnxruntime
from tokenizers import Tokenizer

from bot.core.model import Unscored
from bot.score.detoxify.manifest import NETWORK, TOKENIZER, read_manifest, require_whole
from bot.score.detoxify.places import folder_of
from bot.score.detoxify.reader import Ids, Logits, Network, Reader, plain
from bot.score.detoxify.releases import RefusedError
from bot.score.reading import Reading


class ExportedModel:
    """What `veilleur models export` wrote; one thread."""

    limit_s = 1.8

    def __init__(self, models: Path, model: str) -> None:
        """Raises RefusedError unless it is whole and what its manifest says."""
        folder = folder_of(models, model)
        self.manifest = read_manifest(folder)
        if self.manifest.model != model:
            raise RefusedError(f"{folder} holds {self.manifest.model}, not {model}")
        require_whole(folder, self.manifest)
        self.name = "detoxify"
        self.version = self.manifest.version
        self.levels = self.manifest.levels
        self._reader = Reader(
            network(folder / NETWORK, heads=len(self.manifest.heads)),
            Tokenizer.from_file(str(folder / TOKENIZER)),
            heads=self.manifest.heads,
            window_tokens=self.manifest.window_tokens,
            calibration=self.manifest.calibration,
        )

    def form(self, text: str) -> str:
        return plain(text)

    def score(self, form: str, *, limit_s: float) -> Reading | Unscored:
        return self._reader.score(form, limit_s=limit_s)


def network(file: Path, *, heads: int) -> Network:
    """The network in a file, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors; its warnings are about the machine, not about us
    session: Any = onnxruntime.InferenceSession(
        str(file), options, providers=["CPUExecutionProvider"]
    )
    found = session.get_outputs()[0].shape[-1]
    if isinstance(found, int) and found != heads:
        raise RefusedError(f"{file} has {found} heads, {heads} are named")

    def run(ids: Ids) -> Logits:
        logits: Logits = session.run(None, {"input_ids": ids})[0][0]
        return logits

    return run
