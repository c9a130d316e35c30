"""Wilson's interval, held against published values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learn.shares import Share


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),
    ],
)
def test_known_intervals(hits: int, of: int, low: float, high: float) -> None:
    share = Share(hits=hits, of=of)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_of_nothing_nothing_is_known() -> None:
    share = Share(hits=0, of=0)
    assert (share.value, share.low, share.high) == (None, 0.0, 1.0)


@given(st.integers(0, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_share(counts: tuple[int, int]) -> None:
    share = Share(hits=counts[0], of=counts[1])
    assert 0 <= share.low <= share.high <= 1
    if share.value is not None:
        assert share.low - 1e-12 <= share.value <= share.high + 1e-12
