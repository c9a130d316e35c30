"""Makes probabilities of logits, and names the scores that rules may act on.

Both are taken on the quantised model, since quantising moves single scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.core.model import ATTRIBUTES
from bot.score.evaluation.calibration import best_f1, platt, sigmoid
from bot.score.evaluation.civil import is_undoubted
from bot.score.evaluation.levels import OfLanguage
from bot.score.evaluation.metrics import Flags, Numbers
from bot.score.training import own_comments
from bot.score.training.chance import chance
from bot.score.training.rows import Labelled
from bot.score.training.scored import ScoredSet

_FEWEST = 50
"""Of each kind, to calibrate an attribute on."""
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """probability = sigmoid(scale * logit + offset)"""

    scale: float = 1.0
    offset: float = 0.0
    positives: int = 0
    negatives: int = 0
    fitted_on: tuple[str, ...] = ()
    """Empty: not calibrated, for want of data."""

    def probability(self, logits: Numbers) -> Numbers:
        return sigmoid(self.scale * logits + self.offset)


def fit(sets: Sequence[ScoredSet]) -> dict[str, Calibration]:
    """One per attribute. Toxicity is fitted on mixed sets and as many civil comments as they have."""
    usable = [each for each in sets if each.name != own_comments.SET_NAME]
    fitted = {}
    for label in ATTRIBUTES:
        parts = _toxicity_parts(usable) if label == "toxicity" else _label_parts(usable, label)
        fitted[label] = _fitted(parts)
    return fitted


def material(
    sets: Sequence[ScoredSet], calibration: Mapping[str, Calibration]
) -> dict[str, OfLanguage]:
    """What levels are taken from, by language: ordinary civil comments, and what mixed sets label.

    A language without a civil set of its own is measured on the harmless rows of its mixed sets
    that nobody doubts.
    """
    usable = [each for each in sets if each.name != own_comments.SET_NAME]
    mixed = [each for each in usable if not each.is_civil and not each.name.endswith(":dev")]
    civil = [each for each in usable if each.is_civil]
    found = {}
    for language in sorted({row.lang for each in (*civil, *mixed) for row in each.rows}):
        ordinary = [part for each in civil if (part := _in_language(each, language)).rows]
        labelled = [part for each in mixed if (part := _in_language(each, language)).rows]
        found[language] = OfLanguage(
            civil=_scores(ordinary or [each.where(_is_harmless) for each in labelled], calibration),
            toxic=_scores_of_toxic(labelled, calibration),
        )
    return found


def balanced(sets: Sequence[ScoredSet], toxicity: Calibration) -> float:
    """The score that balances missing and accusing on the rows toxicity is fitted on."""
    parts = _toxicity_parts([each for each in sets if each.name != own_comments.SET_NAME])
    logits, flags = _joined(parts)
    return best_f1(toxicity.probability(logits), flags)


def _in_language(scored: ScoredSet, language: str) -> ScoredSet:
    return scored.where(lambda row: row.lang == language)


_Part = tuple[str, Numbers, Flags]


def _toxicity_parts(sets: Sequence[ScoredSet]) -> list[_Part]:
    mixed = [each for each in sets if not each.is_civil and not each.name.endswith(":dev")]
    civil = [each for each in sets if each.is_civil]
    parts = [(each.name, each.of("toxicity"), each.toxic) for each in mixed]
    wanted = sum(len(each.rows) for each in mixed)
    total = sum(len(each.rows) for each in civil)
    for each in civil:
        share = min(1.0, wanted / max(1, total))
        chosen = chance(each.name).sample(range(len(each.rows)), round(share * len(each.rows)))
        parts.append((each.name, each.of("toxicity")[chosen], each.toxic[chosen]))
    return parts


def _label_parts(sets: Sequence[ScoredSet], label: str) -> list[_Part]:
    parts = []
    for each in sets:
        shares = [row.share(label) for row in each.rows]
        known = [at for at, share in enumerate(shares) if share is not None]
        flags = np.array([(shares[at] or 0) >= _HALF for at in known], dtype=np.bool_)
        if flags.any():
            parts.append((each.name, each.of(label)[known], flags))
    return parts


def _fitted(parts: Sequence[_Part]) -> Calibration:
    if not parts:
        return Calibration()
    logits, flags = _joined(parts)
    positives, negatives = int(flags.sum()), int((~flags).sum())
    if min(positives, negatives) < _FEWEST:
        return Calibration(positives=positives, negatives=negatives)
    scale, offset = platt(logits, flags)
    if scale <= 0:
        return Calibration(positives=positives, negatives=negatives)
    return Calibration(
        scale=scale,
        offset=offset,
        positives=positives,
        negatives=negatives,
        fitted_on=tuple(name for name, *_ in parts),
    )


def _joined(parts: Sequence[_Part]) -> tuple[Numbers, Flags]:
    logits = np.concatenate([logits for _, logits, _ in parts])
    flags = np.concatenate([flags for _, _, flags in parts])
    known = ~np.isnan(logits)
    return logits[known], flags[known]


def _scores(
    sets: Sequence[ScoredSet], calibration: Mapping[str, Calibration]
) -> dict[str, dict[str, Numbers]]:
    return {
        each.name: {
            label: calibration[label].probability(logits[~np.isnan(logits)])
            for label in ATTRIBUTES
            for logits in (each.of(label),)
        }
        for each in sets
        if each.rows
    }


def _scores_of_toxic(
    sets: Sequence[ScoredSet], calibration: Mapping[str, Calibration]
) -> dict[str, dict[str, Numbers]]:
    """For each attribute the rows that are labelled with it."""
    return {
        each.name: {
            label: calibration[label].probability(logits[flags & ~np.isnan(logits)])
            for label in ATTRIBUTES
            for logits, flags in ((each.of(label), _flags(each, label)),)
        }
        for each in sets
    }


def _flags(each: ScoredSet, label: str) -> Flags:
    if label == "toxicity":
        return each.toxic
    return np.array([(row.share(label) or 0) >= _HALF for row in each.rows], dtype=np.bool_)


def _is_harmless(row: Labelled) -> bool:
    return not row.toxic and is_undoubted(row.labels)
