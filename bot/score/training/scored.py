"""The comments that figures are taken on, scored by the very class that serves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.core.model import ATTRIBUTES
from bot.score.embedded import EmbeddedModel
from bot.score.evaluation.metrics import Flags, Numbers
from bot.score.reading import Reading
from bot.score.training import own_comments
from bot.score.training.chance import chance
from bot.score.training.rows import Labelled, read_sets, split

_CACHE = "scored"
_LIMIT_S = 60.0
_AT_MOST_OF_TRAIN = 1_000
_TINY = 1e-12

OnScored = Callable[[str, int, int], None]
"""Set, comments done, comments in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredSet:
    name: str
    rows: tuple[Labelled, ...]
    logits: Numbers
    """[rows, attributes], before calibration, the highest of a text's windows; NaN if Unscored."""

    @property
    def toxic(self) -> Flags:
        return np.array([row.toxic for row in self.rows], dtype=np.bool_)

    @property
    def is_civil(self) -> bool:
        """Ordinary comments that nobody found toxic: what false alarms are counted on."""
        return not any(row.toxic for row in self.rows)

    def where(self, keep: Callable[[Labelled], bool]) -> ScoredSet:
        chosen = [at for at, row in enumerate(self.rows) if keep(row)]
        return ScoredSet(
            name=self.name,
            rows=tuple(self.rows[at] for at in chosen),
            logits=self.logits[chosen],
        )

    def of(self, label: str) -> Numbers:
        column: Numbers = self.logits[:, ATTRIBUTES.index(label)]
        return column


def measured_sets(
    *, dev: Sequence[Path], train: Sequence[Path] = (), own: Path | None = None
) -> dict[str, tuple[Labelled, ...]]:
    """All of the dev folders; of the train folders what is marked `dev`, at most 1,000 a set; of
    our own comments the half that training never sees."""
    sets = dict(read_sets(dev))
    for name, rows in (read_sets(train) if train else {}).items():
        held = split(rows, "dev")
        if held:
            chosen = chance(name).sample(held, min(len(held), _AT_MOST_OF_TRAIN))
            sets[f"{name}:dev"] = tuple(chosen)
    if own is not None:
        sets[own_comments.SET_NAME] = own_comments.held_out_half(own)
    return sets


def score_sets(
    folder: Path, sets: Mapping[str, Sequence[Labelled]], *, on_scored: OnScored
) -> list[ScoredSet]:
    """Remembers what it scored beside the model, by model and texts."""
    model = EmbeddedModel(folder)
    calibration = json.loads((folder / "card.json").read_text(encoding="utf-8"))["calibration"]
    cache = folder / _CACHE
    cache.mkdir(exist_ok=True)
    scored = []
    for name, rows in sets.items():
        path = cache / f"{name.replace(':', '-')}.npz"
        digest = _digest(model.version, rows)
        logits = _cached(path, digest)
        if logits is None:
            logits = _score(model, calibration, name, rows, on_scored)
            np.savez(path, digest=digest, logits=logits)
        scored.append(ScoredSet(name=name, rows=tuple(rows), logits=logits))
    return scored


def _score(
    model: EmbeddedModel,
    calibration: Mapping[str, Mapping[str, float]],
    name: str,
    rows: Sequence[Labelled],
    on_scored: OnScored,
) -> Numbers:
    logits = np.full((len(rows), len(ATTRIBUTES)), np.nan)
    scale = np.array([calibration[label]["scale"] for label in ATTRIBUTES])
    offset = np.array([calibration[label]["offset"] for label in ATTRIBUTES])
    for at, row in enumerate(rows):
        reading = model.score(model.form(row.text), limit_s=_LIMIT_S)
        if isinstance(reading, Reading):
            values = np.array([reading.values[label] for label in ATTRIBUTES])
            values = np.clip(values, _TINY, 1 - _TINY)
            logits[at] = (np.log(values / (1 - values)) - offset) / scale
        on_scored(name, at + 1, len(rows))
    return logits


def _cached(path: Path, digest: str) -> Numbers | None:
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as held:
        logits: np.ndarray[Any, np.dtype[np.float64]] = held["logits"]
        return logits if str(held["digest"]) == digest else None


def _digest(version: str, rows: Sequence[Labelled]) -> str:
    digest = hashlib.sha256(version.encode())
    for row in rows:
        digest.update(hashlib.sha256(row.text.encode("utf-8", "replace")).digest())
    return digest.hexdigest()
