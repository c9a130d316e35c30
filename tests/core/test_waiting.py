"""The order of the queue: severe, widely read and reported first, and nothing starves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Scores, Severity, Turn, Unscored
from bot.core.waiting import Reach, Targets, turn

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def made(worst: float, *, reported: bool = False, age_min: float = 0, **reach: int) -> Turn:
    return turn(
        Scores(values={"toxicity": worst}, scorer="s", version="1"),
        reported=reported,
        reach=Reach(**reach),
        opened_at=NOW - timedelta(minutes=age_min),
        targets=Targets(),
    )


def test_of_the_same_age_the_severe_comes_first_and_the_reported_before_it() -> None:
    order = [made(0.3, reported=True), made(0.9), made(0.6), made(0.3)]
    assert [one.turn_at for one in order] == sorted(one.turn_at for one in order)
    assert len({one.turn_at for one in order}) == 4


def test_many_readers_bring_it_forward() -> None:
    quiet, answered = made(0.6), made(0.6, replies=10)
    busy = made(0.6, replies=10, story_comments=50)
    assert busy.turn_at < answered.turn_at < quiet.turn_at
    assert busy.due_at == quiet.due_at, "the target is the same for all"


@given(age=st.floats(480, 100_000), worst=st.floats(0, 1), reported=st.booleans())
def test_whatever_comes_in_now_an_old_case_goes_first(
    age: float, worst: float, reported: bool
) -> None:
    """A mild case older than its target is overtaken by nothing that is new: no starvation."""
    old, new = made(0.1, age_min=age), made(worst, reported=reported)
    assert old.turn_at <= new.turn_at


def test_an_unscored_one_waits_like_an_ordinary_one() -> None:
    one = turn(
        Unscored(reason="slow"), reported=False, reach=Reach(), opened_at=NOW, targets=Targets()
    )
    assert one.severity is Severity.UNKNOWN
    assert one.due_at == NOW + timedelta(minutes=480)


@pytest.mark.parametrize(("worst", "minutes"), [(0.3, 30), (0.99, 20)])
def test_a_report_shortens_the_wait_and_never_lengthens_it(worst: float, minutes: int) -> None:
    targets = Targets(reported_min=30, severe_min=20)
    scores = Scores(values={"toxicity": worst}, scorer="s", version="1")
    one = turn(scores, reported=True, reach=Reach(), opened_at=NOW, targets=targets)
    assert one.due_at == NOW + timedelta(minutes=minutes)
