"""Probabilities out of logits, and how far they can be believed."""

from __future__ import annotations

import numpy as np

from bot.score.evaluation.metrics import Flags, Numbers

_NEWTON_STEPS = 50
_SETTLED = 1e-9
_RIDGE = 1e-3
"""Keeps the fit finite where the classes can be told apart completely."""


def sigmoid(logits: Numbers) -> Numbers:
    probabilities: Numbers = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
    return probabilities


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


def best_f1(probabilities: Numbers, toxic: Flags) -> float:
    """The score from which on flagging balances missing and accusing best."""
    order = np.argsort(-probabilities, kind="stable")
    hits = toxic[order].cumsum()
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + toxic.sum())
    ordered = probabilities[order]
    f1[np.r_[np.diff(ordered) == 0, False]] = 0  # a score flags all that have it
    return float(ordered[int(f1.argmax())])
