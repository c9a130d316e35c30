"""Makes probabilities of logits, and names the scores that rules may act on.

Both are taken on the quantised model, since quantising moves single scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.core.model import ATTRIBUTES
from bot.score.training import own_comments
from bot.score.training.chance import chance
from bot.score.training.measures import (
    Flags,
    Numbers,
    best_f1,
    platt,
    sigmoid,
    wilson,
)
from bot.score.training.scored import ScoredSet

LEVELS = {"doubtful": 0.02, "likely": 0.01, "sure": 0.002}
"""Name, and the share of ordinary civil comments that may be flagged from there on."""
ANY_LANGUAGE = "default"
ASSUMED_SHARE = 0.05
"""Toxic comments among all, for the precision in the card; dev sets hold far more."""
_FEWEST = 50
"""Of each kind, to calibrate an attribute on."""
_FEWEST_FLAGGED = 5
"""Civil comments a level must flag to be more than an anecdote."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    language: str
    """`*`: for languages without civil comments of their own to measure on."""
    name: str
    share: float
    """Of civil comments that may be flagged."""
    score: float
    civil_flagged: int
    civil: int
    civil_interval: tuple[float, float]
    toxic_found: int
    toxic: int
    found_interval: tuple[float, float]
    precision: float
    """Among flagged comments where `ASSUMED_SHARE` of all are toxic."""
    precision_interval: tuple[float, float]
    measured_on: tuple[str, ...]


def fit(sets: Sequence[ScoredSet]) -> dict[str, Calibration]:
    """One per attribute. Toxicity is fitted on mixed sets and as many civil comments as they have."""
    usable = [each for each in sets if each.name != own_comments.SET_NAME]
    fitted = {}
    for label in ATTRIBUTES:
        parts = _toxicity_parts(usable) if label == "toxicity" else _label_parts(usable, label)
        fitted[label] = _fitted(parts)
    return fitted


def levels(sets: Sequence[ScoredSet], toxicity: Calibration) -> tuple[Level, ...]:
    """For each language with enough civil comments; the French ones stand for the others."""
    usable = [each for each in sets if each.name != own_comments.SET_NAME]
    found: list[Level] = []
    languages = sorted({row.lang for each in usable for row in each.rows if each.is_civil})
    for language in languages:
        here = [_in_language(each, language) for each in usable]
        found += _levels_of(language, [each for each in here if each.rows], toxicity)
    french = [each for each in found if each.language == "fr"]
    return (*found, *(_for_any(each) for each in french))


def served(levels: Sequence[Level]) -> dict[str, dict[str, float]] | None:
    """As `bot.score.levels` reads them from a card: languages with all of them, and `default`.

    None when even the default is incomplete: too few civil comments to name a level.
    """
    by_language: dict[str, dict[str, float]] = {}
    for each in levels:
        by_language.setdefault(each.language, {})[each.name] = each.score
    whole = {code: found for code, found in by_language.items() if set(found) == set(LEVELS)}
    return whole if ANY_LANGUAGE in whole else None


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


def _levels_of(language: str, sets: Sequence[ScoredSet], toxicity: Calibration) -> list[Level]:
    civil_sets = [each for each in sets if each.is_civil]
    mixed = [each for each in sets if not each.is_civil and not each.name.endswith(":dev")]
    civil = _probabilities(civil_sets, toxicity)
    toxic = _probabilities([each.where(lambda row: row.toxic) for each in mixed], toxicity)
    found = []
    for name, share in LEVELS.items():
        if share * len(civil) < _FEWEST_FLAGGED:
            continue
        score = threshold(civil, share)
        flagged, hits = int((civil >= score).sum()), int((toxic >= score).sum())
        civil_interval, found_interval = wilson(flagged, len(civil)), wilson(hits, len(toxic))
        found.append(
            Level(
                language=language,
                name=name,
                share=share,
                score=score,
                civil_flagged=flagged,
                civil=len(civil),
                civil_interval=civil_interval,
                toxic_found=hits,
                toxic=len(toxic),
                found_interval=found_interval,
                precision=_precision(hits / max(1, len(toxic)), flagged / len(civil)),
                precision_interval=(
                    _precision(found_interval[0], civil_interval[1]),
                    _precision(found_interval[1], civil_interval[0]),
                ),
                measured_on=tuple(each.name for each in (*civil_sets, *mixed)),
            )
        )
    return found


def threshold(civil: Numbers, share: float) -> float:
    """The lowest score from which on at most `share` of these are flagged, rounded up to 1/10,000.

    >>> threshold(np.array([0.1, 0.2, 0.3, 0.4, 0.8]), 0.2)
    0.4001
    """
    allowed = int(share * len(civil))
    highest_passed = float(np.sort(civil)[::-1][allowed])
    return min(1.0, float(np.floor(highest_passed * 10_000) + 1) / 10_000)


def _probabilities(sets: Sequence[ScoredSet], toxicity: Calibration) -> Numbers:
    if not sets:
        return np.array([])
    logits = np.concatenate([each.of("toxicity") for each in sets])
    return toxicity.probability(logits[~np.isnan(logits)])


def _precision(found: float, flagged: float) -> float:
    right = ASSUMED_SHARE * found
    wrong = (1 - ASSUMED_SHARE) * flagged
    return right / (right + wrong) if right + wrong else 1.0


def _for_any(level: Level) -> Level:
    return replace(level, language=ANY_LANGUAGE)
