"""Which mode holds: an order for the story, one for everywhere, the calendar, else `normal`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.model import Actor, ActorKind, ModeOrder, StoryRef, Words
from bot.core.modes import WEEKDAYS, Holiday, Mode, Modes, Period, Why, easter

ADA = Actor(kind=ActorKind.ADMIN, id="test:ada", name="Ada")
STORY = StoryRef(site="site", story="7")
NIGHT = Period(mode="night", days=frozenset(WEEKDAYS), holidays=False, start=time(22), end=time(7))
FREE = Period(mode="free", days=frozenset({"sunday"}), holidays=True, start=time(0), end=time(0))
MODES = Modes(
    zone=ZoneInfo("Europe/Paris"),
    modes=tuple(
        Mode(id=name, title=Words(fr=name, en=name))
        for name in ("normal", "night", "free", "crisis")
    ),
    periods=(NIGHT, FREE),
    holidays=(Holiday(month=7, day=14), Holiday(from_easter=1), Holiday(year=2026, month=6, day=2)),
)
NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)


def order(mode: str, *, story: StoryRef | None = None, **changes: object) -> ModeOrder:
    return ModeOrder(mode=mode, actor=ADA, set_at=NOON, story=story, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("local", "mode"),
    [
        ("2026-06-03 12:00", "normal"),
        ("2026-06-03 21:59", "normal"),
        ("2026-06-03 22:00", "night"),
        ("2026-06-04 06:59", "night"),
        ("2026-06-04 07:00", "normal"),
        ("2026-06-07 12:00", "free"),  # a Sunday
        ("2026-07-14 12:00", "free"),  # every year
        ("2026-04-06 12:00", "free"),  # Easter Monday
        ("2026-06-02 12:00", "free"),  # this year only
        ("2027-06-02 12:00", "normal"),
    ],
)
def test_the_calendar_reads_the_sites_own_clock(local: str, mode: str) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=MODES.zone)
    assert MODES.now(moment.astimezone(UTC), []).mode == mode


def test_a_night_belongs_to_the_day_it_begins() -> None:
    friday = Period(
        mode="night", days=frozenset({"friday"}), holidays=False, start=time(22), end=time(6)
    )
    modes = Modes(modes=MODES.modes, periods=(friday,))
    assert modes.now(datetime(2026, 6, 6, 5, tzinfo=UTC), []).mode == "night"  # Saturday morning
    assert modes.now(datetime(2026, 6, 5, 5, tzinfo=UTC), []).mode == "normal"  # Friday morning


def test_an_order_for_the_story_goes_before_all_others() -> None:
    orders = [order("night"), order("crisis", story=STORY)]
    assert MODES.now(NOON, orders, story=STORY).why is Why.STORY
    assert MODES.now(NOON, orders, story=STORY).mode == "crisis"
    assert MODES.now(NOON, orders, story=StoryRef(site="site", story="8")).mode == "night"
    assert MODES.now(NOON, orders).why is Why.ORDER


def test_an_order_ends_and_an_unknown_mode_counts_for_nothing() -> None:
    ended = order("crisis", until=NOON)
    assert MODES.now(NOON, [ended, order("gone")]).why is Why.NORMAL
    assert MODES.now(NOON - timedelta(seconds=1), [ended]).mode == "crisis"


@pytest.mark.parametrize(
    ("year", "day"), [(2024, "03-31"), (2025, "04-20"), (2026, "04-05"), (2038, "04-25")]
)
def test_easter(year: int, day: str) -> None:
    """From the tables of the Gregorian calendar."""
    assert easter(year) == date.fromisoformat(f"{year}-{day}")
