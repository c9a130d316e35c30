"""Detoxify itself behind `reading.Model`: what an export is held against, and its stop-gap.

About 1.8 GB resident, 100 ms a comment, ten seconds to load.
"""

from __future__ import annotations

import copy
import importlib
from pathlib import Path
from typing import Any

from bot.core.model import Unscored
from bot.score.detoxify.load import Loaded, load, room_of
from bot.score.detoxify.reader import Ids, Logits, Reader, plain
from bot.score.detoxify.releases import RELEASES
from bot.score.levels import Levels
from bot.score.reading import Reading


class TorchModel:
    limit_s = 8.0

    def __init__(self, loaded: Loaded) -> None:
        self.name = "detoxify"
        self.levels: Levels | None = None
        self.version = loaded.digest.removeprefix("sha256:")[:12]
        self._reader = Reader(
            _network(loaded.detoxify.model),
            # a copy: the reader changes settings that the loader's own use of it relies on
            copy.deepcopy(loaded.detoxify.tokenizer.backend_tokenizer),
            heads=loaded.heads,
            window_tokens=window_tokens(loaded),
        )

    @classmethod
    def open(cls, models: Path, model: str) -> TorchModel:
        return cls(load(RELEASES[model], models=models))

    def form(self, text: str) -> str:
        return plain(text)

    def score(self, form: str, *, limit_s: float) -> Reading | Unscored:
        return self._reader.score(form, limit_s=limit_s)


def window_tokens(loaded: Loaded) -> int:
    """Without the two marks around a window."""
    return room_of(loaded.detoxify.model.config) - 2


def _network(model: Any) -> Any:
    torch = importlib.import_module("torch")

    def run(ids: Ids) -> Logits:
        tensor = torch.from_numpy(ids)
        with torch.inference_mode():
            found = model(input_ids=tensor, attention_mask=torch.ones_like(tensor))
        logits: Logits = found.logits[0].numpy()
        return logits

    return run
