"""The few statistics that the figures are made of, in numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_Z = 1.96
"""Normal quantile of a 95 % interval."""
_NEWTON_STEPS = 50
_SETTLED = 1e-9
_RIDGE = 1e-3
"""Keeps the fit finite where the classes can be told apart completely."""


def auc(scores: Numbers, toxic: Flags) -> float | None:
    """Chance that a toxic one scores above a harmless one (ties count half); None without both."""
    positives = int(toxic.sum())
    negatives = len(toxic) - positives
    if not positives or not negatives:
        return None
    _, where, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    ranks = (last - (counts - 1) / 2)[where]
    above = ranks[toxic].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def average_precision(scores: Numbers, toxic: Flags) -> float | None:
    if not toxic.any():
        return None
    order = np.argsort(-scores, kind="stable")
    hits = toxic[order]
    precision = hits.cumsum() / np.arange(1, len(hits) + 1)
    last_of_tie = np.r_[np.diff(scores[order]) != 0, True]
    recall = hits.cumsum()[last_of_tie] / hits.sum()
    return float((np.diff(np.r_[0.0, recall]) * precision[last_of_tie]).sum())


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share; (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share = hits / of
    spread = _Z * (share * (1 - share) / of + _Z**2 / (4 * of**2)) ** 0.5
    scale = 1 + _Z**2 / of
    middle = share + _Z**2 / (2 * of)
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def platt(logits: Numbers, toxic: Flags) -> tuple[float, float]:
    """(scale, offset) with which sigmoid(scale * logit + offset) is a probability here."""
    columns = np.stack([logits, np.ones_like(logits)], axis=1)
    fit = np.array([1.0, 0.0])
    prior = np.array([1.0, 0.0])
    for _ in range(_NEWTON_STEPS):
        predicted = sigmoid(columns @ fit)
        slope = columns.T @ (predicted - toxic) + _RIDGE * (fit - prior)
        weight = predicted * (1 - predicted)
        bend = columns.T @ (columns * weight[:, None]) + _RIDGE * np.eye(2)
        step = np.linalg.solve(bend, slope)
        fit = fit - step
        if np.abs(step).max() < _SETTLED:
            break
    return float(fit[0]), float(fit[1])


def sigmoid(logits: Numbers) -> Numbers:
    probabilities: Numbers = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
    return probabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Comments with similar predictions: what was said, and what was so."""

    comments: int
    predicted: float
    toxic: float
    interval: tuple[float, float]


def reliability(probabilities: Numbers, toxic: Flags, *, bins: int = 10) -> tuple[Bin, ...]:
    """By equal steps of the prediction; empty ones are left out."""
    which = np.minimum((probabilities * bins).astype(int), bins - 1)
    found = []
    for at in range(bins):
        inside = which == at
        count, hits = int(inside.sum()), int(toxic[inside].sum())
        if count:
            found.append(
                Bin(
                    comments=count,
                    predicted=float(probabilities[inside].mean()),
                    toxic=hits / count,
                    interval=wilson(hits, count),
                )
            )
    return tuple(found)


def calibration_error(bins: tuple[Bin, ...]) -> float:
    """Mean distance between what was said and what was so, by comments."""
    total = sum(each.comments for each in bins)
    return sum(each.comments * abs(each.predicted - each.toxic) for each in bins) / max(1, total)


def best_f1(probabilities: Numbers, toxic: Flags) -> float:
    """The score from which on flagging balances missing and accusing best."""
    order = np.argsort(-probabilities, kind="stable")
    hits = toxic[order].cumsum()
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + toxic.sum())
    ordered = probabilities[order]
    f1[np.r_[np.diff(ordered) == 0, False]] = 0  # a score flags all that have it
    return float(ordered[int(f1.argmax())])
