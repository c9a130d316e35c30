"""Detoxify `multilingual` through its own loader, where package and weights are on this machine.

Nothing is downloaded here: a checkpoint is a pickle, and opening one is running it, so it has to be
put into torch's cache by the operator (see README.md beside this file).
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import math
import os
from pathlib import Path
from time import thread_time
from typing import Any

from bot.core.model import Unscored
from bot.score.reading import Reading

_CHECKPOINT = "multilingual_debiased-*.ckpt"
_MAX_TOKENS = 512
_PASSAGE_CHARS = 1_500
"""First guess for a passage; halved until it fits `_MAX_TOKENS`."""
_OVERLAP_CHARS = 100


def is_installed() -> bool:
    return importlib.util.find_spec("detoxify") is not None


def checkpoint() -> Path | None:
    """The weights in torch's cache, found without importing torch."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = Path(os.environ.get("TORCH_HOME") or cache / "torch")
    return next(iter(sorted((home / "hub" / "checkpoints").glob(_CHECKPOINT))), None)


class DetoxifyModel:
    """About 1.8 GB resident and 100 ms a comment; takes seconds to load."""

    name = "detoxify"
    limit_s = 8.0

    def __init__(self) -> None:
        """Raises whatever the package raises when it cannot be used."""
        weights = checkpoint()
        if weights is None:
            raise FileNotFoundError("its weights are not in torch's cache")
        with weights.open("rb") as file:
            self.version = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        # without this an absent network costs half a minute of retries before it fails
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        importlib.import_module("torch").set_num_threads(1)
        self._detoxify: Any = importlib.import_module("detoxify").Detoxify("multilingual")
        # some tokenizer files name no longest length, and a longer text then raises
        self._detoxify.tokenizer.model_max_length = _MAX_TOKENS

    def form(self, text: str) -> str:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).replace(
            "\0", " "
        )

    def score(self, form: str, *, limit_s: float) -> Reading | Unscored:
        ends_at = thread_time() + limit_s
        highest: dict[str, float] = {}
        worst, worst_toxicity, windows, tokens, start = (0, 0), -1.0, 0, 0, 0
        while True:
            if windows and thread_time() > ends_at:
                return Unscored(reason=f"not read within {limit_s:.1f} s: {start} characters read")
            end, length = self._passage(form, start)
            # a text alone, never a list: predict pads a list to its longest member
            scores = {k: float(v) for k, v in self._detoxify.predict(form[start:end]).items()}
            if not all(map(math.isfinite, scores.values())):
                return Unscored(reason="the model gave no number")
            highest = {k: max(v, highest.get(k, 0.0)) for k, v in scores.items()}
            if scores["toxicity"] > worst_toxicity:
                worst, worst_toxicity = (start, end), scores["toxicity"]
            windows, tokens = windows + 1, tokens + length
            if end >= len(form):
                break
            start = max(start + 1, end - _OVERLAP_CHARS)
        return Reading(
            values=highest, worst=worst if windows > 1 else None, windows=windows, tokens=tokens
        )

    def _passage(self, form: str, start: int) -> tuple[int, int]:
        """Where a passage from `start` on must end to fit the model, and its tokens."""
        size = _PASSAGE_CHARS
        while True:
            end = min(len(form), start + size)
            length = len(self._detoxify.tokenizer(form[start:end])["input_ids"])
            if length <= _MAX_TOKENS or size == 1:
                return end, length
            size //= 2
