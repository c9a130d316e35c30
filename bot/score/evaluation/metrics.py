"""The figures themselves: plain numpy, ties counted exactly, None where a figure has no meaning."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_Z = 1.959964
"""Two-sided 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share with its 95 % interval (Wilson's, sound for small counts too)."""

    hits: int
    of: int
    """At least 1."""

    @property
    def share(self) -> float:
        return self.hits / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """
        >>> [round(edge, 4) for edge in Rate(hits=8, of=10).interval]
        [0.4902, 0.9433]
        """
        n, p = self.of, self.share
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)


def rate(hits: int, of: int) -> Rate | None:
    return Rate(hits=hits, of=of) if of else None


def auc(toxic: Flags, scores: Numbers) -> float | None:
    """Chance that a toxic text scores above a civil one; a tie counts half."""
    positives, negatives = int(toxic.sum()), int((~toxic).sum())
    if not positives or not negatives:
        return None
    above = ranks(scores)[toxic].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def ranks(values: Numbers) -> Numbers:
    """From 1; equal values share the mean of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    shared: Numbers = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return shared


def rank_correlation(one: Numbers, other: Numbers) -> float:
    """Spearman's coefficient; NaN when either is the same everywhere."""
    a, b = (each - each.mean() for each in (ranks(one), ranks(other)))
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / norm if norm else float("nan")


def average_precision(toxic: Flags, scores: Numbers) -> float | None:
    """Precision at each distinct score, weighted by the recall it adds."""
    positives = int(toxic.sum())
    if not positives:
        return None
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    hits = np.cumsum(toxic[order])[ends]
    precision = hits / (ends + 1)
    return float((np.diff(hits, prepend=0) * precision).sum() / positives)


def threshold(civil: Numbers, share: float) -> float:
    """The lowest score, to four decimals, that at most `share` of these texts reach.

    Above 1 when even the highest score is reached by too many. `civil` must not be empty.
    """
    allowed = min(int(share * len(civil) + 1e-9), len(civil) - 1)
    first_too_many = float(np.sort(civil)[::-1][allowed])
    return float((np.floor(first_too_many * 10_000) + 1) / 10_000)


def recall_at(toxic: Flags, scores: Numbers, *, share: float) -> Rate | None:
    """Toxic texts found at the score that at most `share` of the civil ones of this set reach."""
    if not toxic.any() or toxic.all():
        return None
    cut = np.sort(scores[~toxic])[::-1][int(share * int((~toxic).sum()) + 1e-9)]
    return rate(int((scores[toxic] > cut).sum()), int(toxic.sum()))
