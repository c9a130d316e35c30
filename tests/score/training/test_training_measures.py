"""The statistics against slow and certain ways to reach them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.score.training.measures import (
    auc,
    average_precision,
    best_f1,
    calibration_error,
    platt,
    reliability,
    sigmoid,
    wilson,
)

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
    value = auc(*arrays(scored))
    assert value is None if not pairs else value == pytest.approx(sum(pairs) / len(pairs))


@given(SCORED)
def test_average_precision_adds_up_the_steps(scored) -> None:
    scores, toxic = arrays(scored)
    if not toxic.any():
        assert average_precision(scores, toxic) is None
        return
    expected, before = 0.0, 0.0
    for at in sorted(set(scores), reverse=True):
        flagged = scores >= at
        recall = (flagged & toxic).sum() / toxic.sum()
        expected += (recall - before) * (flagged & toxic).sum() / flagged.sum()
        before = recall
    assert average_precision(scores, toxic) == pytest.approx(expected)


@given(SCORED.filter(lambda scored: any(toxic for _, toxic in scored)))
def test_best_f1_is_the_best(scored) -> None:
    scores, toxic = arrays(scored)

    def f1(at: float) -> float:
        flagged = scores >= at
        return 2 * (flagged & toxic).sum() / (flagged.sum() + toxic.sum())

    assert f1(best_f1(scores, toxic)) == pytest.approx(max(f1(at) for at in scores))


def test_wilson_as_printed_in_textbooks() -> None:
    assert wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert wilson(0, 50)[0] == 0
    assert 0.06 < wilson(0, 50)[1] < 0.08
    assert wilson(0, 0) == (0, 1)


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
    bins = reliability(said, rng.random(50_000) < said)
    assert len(bins) == 10
    assert calibration_error(bins) < 0.02
    assert sum(low <= each.predicted <= high for each in bins for low, high in [each.interval]) >= 8
    assert calibration_error(reliability(said, rng.random(50_000) < said**3)) > 0.1
