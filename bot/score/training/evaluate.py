"""Figures of a model on the measured sets: by set and language, and by slice of our own comments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.score.evaluation.levels import Taken, named
from bot.score.evaluation.metrics import Flags, Numbers, auc, average_precision
from bot.score.evaluation.report import Reliability, reliability
from bot.score.levels import Levels
from bot.score.training import own_comments
from bot.score.training.calibrate import Calibration
from bot.score.training.scored import ScoredSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one set in one language, or of one slice."""

    name: str
    language: str
    comments: int
    toxic: int
    unscored: int
    auc: float | None
    average_precision: float | None
    flagged: dict[str, float]
    """Share of the harmless ones at each level; empty without any."""
    found: dict[str, float]
    """Share of the toxic ones at each level; empty without any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    sets: tuple[Figures, ...]
    slices: tuple[Figures, ...]
    reliability: tuple[Reliability, ...]


def evaluate(sets: Sequence[ScoredSet], toxicity: Calibration, taken: Taken) -> Measured:
    levels = Levels(by_language=named(taken)) if taken else None
    own = [each for each in sets if each.name == own_comments.SET_NAME]
    return Measured(
        sets=tuple(
            _figures(part, each.name, language, toxicity, levels)
            for each in sets
            for language, part in _parts(each, lambda row: row.lang)
        ),
        slices=tuple(
            _figures(part, name, "fr", toxicity, levels)
            for each in own
            for name, part in _parts(each, lambda row: str(row.labels["slice"]))
        ),
        reliability=tuple(_reliability(sets, toxicity)),
    )


def _parts(each: ScoredSet, key: Callable[..., str]) -> Iterator[tuple[str, ScoredSet]]:
    for value in sorted({key(row) for row in each.rows}):
        yield value, _part(each, key, value)


def _part(each: ScoredSet, key: Callable[..., str], value: str) -> ScoredSet:
    return each.where(lambda row: key(row) == value)


def _known(each: ScoredSet, toxicity: Calibration) -> tuple[Numbers, Flags]:
    logits = each.of("toxicity")
    known = ~np.isnan(logits)
    return toxicity.probability(logits[known]), each.toxic[known]


def _figures(
    each: ScoredSet, name: str, language: str, toxicity: Calibration, levels: Levels | None
) -> Figures:
    scores, toxic = _known(each, toxicity)
    steps = levels.of(language)["toxicity"] if levels else {}
    harmless, bad = scores[~toxic], scores[toxic]
    return Figures(
        name=name,
        language=language,
        comments=len(each.rows),
        toxic=int(toxic.sum()),
        unscored=len(each.rows) - len(scores),
        auc=auc(toxic, scores),
        average_precision=average_precision(toxic, scores),
        flagged={at: float((harmless >= s).mean()) for at, s in steps.items() if len(harmless)},
        found={at: float((bad >= s).mean()) for at, s in steps.items() if len(bad)},
    )


def _reliability(sets: Sequence[ScoredSet], toxicity: Calibration) -> Iterator[Reliability]:
    for language in sorted({row.lang for each in sets for row in each.rows}):
        parts = [
            _known(_part(each, lambda row: row.lang, language), toxicity)
            for each in sets
            if not each.is_civil
        ]
        scores = np.concatenate([scores for scores, _ in parts])
        toxic = np.concatenate([toxic for _, toxic in parts])
        if toxic.any():
            yield reliability(language, toxic, scores)
