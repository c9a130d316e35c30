"""What a model is worth on labelled texts, as one value: the whole, each slice, each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.score.evaluation.metrics import (
    Flags,
    Numbers,
    Rate,
    auc,
    average_precision,
    rate,
    recall_at,
)
from bot.score.evaluation.rows import Row
from bot.score.levels import SHARES, Levels

BINS = 10
"""Of the reliability table, equally wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLevel:
    """What happens at one named level."""

    flagged: Rate
    """Of all texts."""
    civil_flagged: Rate | None
    """Of the civil texts: the false alarms. None when there are none."""
    found: Rate | None
    """Of the toxic texts: the recall."""
    right: Rate | None
    """Of the flagged texts, the toxic ones: the precision here, which depends on how many texts
    of this set are toxic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One group of texts. A figure is None where it has no meaning, e.g. without toxic texts."""

    group: str
    """`all`, `slice NAME` or `language CODE`."""
    rows: int
    toxic: int
    auc: float | None
    average_precision: float | None
    recall_at: Mapping[float, Rate | None]
    """At a share of this group's own civil texts flagged."""
    levels: Mapping[str, AtLevel]
    """At the model's levels; empty when its card names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Texts whose scores lie in one tenth, and how many of them are toxic indeed."""

    start: float
    end: float
    mean_score: float
    toxic: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    group: str
    bins: tuple[Bin, ...]
    """Only those that hold texts."""
    error: float
    """Expected calibration error: mean distance of score and share, weighted by texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    figures: tuple[Figures, ...]
    reliability: tuple[Reliability, ...]


def evaluated(rows: Sequence[Row], scores: Sequence[float], levels: Levels | None) -> Report:
    """`scores` are the toxicities of `rows`, in their order; there is at least one row."""
    toxic = np.array([row.toxic for row in rows])
    values = np.array(scores, dtype=np.float64)
    reached = _reached(rows, values, levels)
    groups = _groups(rows)
    figures = []
    for name, member in groups.items():
        inside = {level: flags[member] for level, flags in reached.items()}
        figures.append(_figures(name, toxic[member], values[member], inside))
    curves = tuple(
        reliability(name, toxic[member], values[member])
        for name, member in groups.items()
        if not name.startswith("slice ")
    )
    return Report(figures=tuple(figures), reliability=curves)


def reliability(group: str, toxic: Flags, scores: Numbers) -> Reliability:
    places = np.minimum((scores * BINS).astype(int), BINS - 1)
    bins, error = [], 0.0
    for place in range(BINS):
        inside = places == place
        count = int(inside.sum())
        if not count:
            continue
        mean = float(scores[inside].mean())
        found = Rate(hits=int(toxic[inside].sum()), of=count)
        bins.append(Bin(start=place / BINS, end=(place + 1) / BINS, mean_score=mean, toxic=found))
        error += abs(mean - found.share) * count / len(scores)
    return Reliability(group=group, bins=tuple(bins), error=error)


def as_json(report: Report) -> dict[str, Any]:
    return {
        "figures": [_figures_json(each) for each in report.figures],
        "reliability": [
            {
                "group": curve.group,
                "expected_calibration_error": round(curve.error, 4),
                "bins": [
                    {
                        "from": each.start,
                        "to": each.end,
                        "mean_score": round(each.mean_score, 4),
                        "toxic": rate_json(each.toxic),
                    }
                    for each in curve.bins
                ],
            }
            for curve in report.reliability
        ],
    }


def rate_json(found: Rate | None) -> dict[str, Any] | None:
    if found is None:
        return None
    low, high = found.interval
    shown = {"share": found.share, "low": low, "high": high}
    return {"hits": found.hits, "of": found.of} | {k: round(v, 4) for k, v in shown.items()}


def _figures_json(figures: Figures) -> dict[str, Any]:
    return {
        "group": figures.group,
        "rows": figures.rows,
        "toxic": figures.toxic,
        "auc": _rounded(figures.auc),
        "average_precision": _rounded(figures.average_precision),
        "recall_at_false_positives": {
            f"{share:g}": rate_json(found) for share, found in figures.recall_at.items()
        },
        "levels": {
            name: {
                "flagged": rate_json(at.flagged),
                "civil_flagged": rate_json(at.civil_flagged),
                "recall": rate_json(at.found),
                "precision": rate_json(at.right),
            }
            for name, at in figures.levels.items()
        },
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _groups(rows: Sequence[Row]) -> dict[str, Flags]:
    """A slice or language that all rows share is not named again."""
    groups: dict[str, Flags] = {"all": np.ones(len(rows), dtype=bool)}
    for language in sorted({row.language for row in rows if row.language}):
        groups[f"language {language}"] = np.array([row.language == language for row in rows])
    for name in sorted({row.slice for row in rows if row.slice}):
        groups[f"slice {name}"] = np.array([row.slice == name for row in rows])
    return {name: member for name, member in groups.items() if name == "all" or not member.all()}


def _reached(rows: Sequence[Row], scores: Numbers, levels: Levels | None) -> dict[str, Flags]:
    """Who reaches each level of their own language."""
    if levels is None:
        return {}
    own = [levels.of(row.language) for row in rows]
    return {name: scores >= np.array([each["toxicity"][name] for each in own]) for name in SHARES}


def _figures(group: str, toxic: Flags, scores: Numbers, reached: Mapping[str, Flags]) -> Figures:
    return Figures(
        group=group,
        rows=len(toxic),
        toxic=int(toxic.sum()),
        auc=auc(toxic, scores),
        average_precision=average_precision(toxic, scores),
        recall_at={share: recall_at(toxic, scores, share=share) for share in SHARES.values()},
        levels={name: _at_level(toxic, flags) for name, flags in reached.items()},
    )


def _at_level(toxic: Flags, flagged: Flags) -> AtLevel:
    hits, positives = int((toxic & flagged).sum()), int(toxic.sum())
    total = int(flagged.sum())
    return AtLevel(
        flagged=Rate(hits=total, of=len(toxic)),
        civil_flagged=rate(total - hits, len(toxic) - positives),
        found=rate(hits, positives),
        right=rate(hits, total),
    )
