"""The statistics against slow and certain ways to reach them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.score.evaluation.calibration import best_f1, platt, sigmoid
from bot.score.evaluation.metrics import auc, average_precision
from bot.score.evaluation.report import reliability

SCORED = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=40)


def arrays(scored) -> tuple[np.ndarray, np.ndarray]:
    return np.array([s for s, _ in scored], float), np.array([t for _, t in scored], bool)


@given(SCORED)
def test_auc_is_the_share_of_pairs_in_the_right_order(scored) -> None:
    pairs = [
        1.0 if bad > good else 0.5 if bad == good else 0.0
        for bad, toxic in scored
        if toxic
        for good, other in scored
        if not other
    ]
    scores, toxic = arrays(scored)
    value = auc(toxic, scores)
    assert value is None if not pairs else value == pytest.approx(sum(pairs) / len(pairs))


@given(SCORED)
def test_average_precision_adds_up_the_steps(scored) -> None:
    scores, toxic = arrays(scored)
    if not toxic.any():
        assert average_precision(toxic, scores) is None
        return
    expected, before = 0.0, 0.0
    for at in sorted(set(scores), reverse=True):
        flagged = scores >= at
        recall = (flagged & toxic).sum() / toxic.sum()
        expected += (recall - before) * (flagged & toxic).sum() / flagged.sum()
        before = recall
    assert average_precision(toxic, scores) == pytest.approx(expected)


@given(SCORED.filter(lambda scored: any(toxic for _, toxic in scored)))
def test_best_f1_is_the_best(scored) -> None:
    scores, toxic = arrays(scored)

    def f1(at: float) -> float:
        flagged = scores >= at
        return 2 * (flagged & toxic).sum() / (flagged.sum() + toxic.sum())

    assert f1(best_f1(scores, toxic)) == pytest.approx(max(f1(at) for at in scores))


def test_platt_finds_the_curve_the_labels_were_drawn_from() -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 3, 40_000)
    toxic = rng.random(40_000) < sigmoid(0.6 * logits - 1.2)
    assert platt(logits, toxic) == pytest.approx((0.6, -1.2), abs=0.05)
    perfect = platt(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([False, False, True, True]))
    assert all(np.isfinite(perfect))


def test_reliability_of_honest_probabilities_is_flat() -> None:
    rng = np.random.default_rng(6)
    said = rng.random(50_000)
    curve = reliability("", rng.random(50_000) < said, said)
    assert len(curve.bins) == 10
    assert curve.error < 0.02
    inside = [
        each.toxic.interval[0] <= each.mean_score <= each.toxic.interval[1] for each in curve.bins
    ]
    assert sum(inside) >= 8
    assert reliability("", rng.random(50_000) < said**3, said).error > 0.1
