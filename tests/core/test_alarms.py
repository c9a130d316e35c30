"""When a rule's own past says that something is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.alarms import Firings, Recent, Sounded, due
from bot.core.model import Alarm, AlarmKind, Outcome
from tests.conftest import rule

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
TODAY = date(2026, 6, 30)
RULE = rule("a", Outcome.REJECT)
SURGE: Sounded = (AlarmKind.RULE_SURGE, "a")
SILENT: Sounded = (AlarmKind.RULE_SILENT, "a")


def recent(hour: int, day: int, past: int, *, known_days: float = 8) -> Recent:
    """100 comments an hour, and how often the rule fired in the hour, the day, the eight days."""

    def firings(judged: int, hits: int) -> Firings:
        return Firings(judged=judged, by_rule={"a": hits} if hits else {})

    first = {"a": NOW - timedelta(days=known_days)}
    return Recent(
        now=NOW,
        hour=firings(100, hour),
        day=firings(2_400, day),
        past=replace(firings(19_200, past), first=first),
    )


def found(about: Recent, *alarms: Alarm) -> Mapping[Sounded, Mapping[str, object]]:
    return due([RULE], about, today=TODAY, alarms=alarms)


def opened(kind: AlarmKind, **detail: object) -> Alarm:
    return Alarm(id=1, kind=kind, raised_at=NOW, rule="a", detail=detail)


@pytest.mark.parametrize(
    ("about", "surges"),
    [
        (recent(hour=50, day=70, past=241), True),
        (recent(hour=10, day=33, past=201), True),
        (recent(hour=4, day=27, past=195), False),  # fourfold, and few
        (recent(hour=9, day=9, past=10), False),  # ninetyfold, but few
        (recent(hour=40, day=240, past=1_951), False),  # many, but only fourfold
        (recent(hour=40, day=40, past=40), False),  # no past at all
        (recent(hour=40, day=60, past=60, known_days=1), False),  # too young
        (recent(hour=40, day=41, past=42, known_days=5), True),  # fired seldom before
    ],
)
def test_a_surge_needs_a_past_many_firings_and_five_times_the_usual(
    about: Recent, surges: bool
) -> None:
    assert (SURGE in found(about)) is surges


def test_a_young_rules_past_counts_from_its_first_firing() -> None:
    about = recent(hour=40, day=480, past=1_000, known_days=2)
    assert SURGE not in found(about), "about 20 an hour since it came, not 6"


def test_a_surge_stays_until_well_below_what_raised_it_and_never_becomes_the_usual() -> None:
    open_ = opened(AlarmKind.RULE_SURGE, usual=0.01)
    assert found(recent(hour=20, day=2_000, past=15_000), open_)[SURGE] == {
        "hits": 20,
        "expected": 1.0,
        "usual": 0.01,
    }
    assert SURGE in found(recent(hour=6, day=2_000, past=15_000), open_)
    assert SURGE not in found(recent(hour=1, day=2_000, past=15_000), open_)


def test_silence_is_a_day_without_what_should_have_come() -> None:
    assert found(recent(hour=0, day=0, past=168))[SILENT]["expected"] == 24.0
    assert SILENT not in found(recent(hour=0, day=0, past=100)), "14 in a day may stay away"
    assert SILENT not in found(recent(hour=0, day=1, past=168))


def test_silence_ends_when_the_rule_fires_again_or_is_gone() -> None:
    open_ = opened(AlarmKind.RULE_SILENT, expected=24.0)
    forgotten = recent(hour=0, day=0, past=0)
    assert found(forgotten, open_)[SILENT] == {"expected": 24.0}
    assert SILENT not in found(recent(hour=1, day=1, past=1), open_)
    assert due([], forgotten, today=TODAY, alarms=[open_]) == {}


def test_an_expired_rule_is_told_from_the_day_after() -> None:
    expiring = replace(RULE, expires=TODAY)
    about = recent(hour=0, day=0, past=0)
    assert due([expiring], about, today=TODAY, alarms=()) == {}
    late = due([expiring], about, today=TODAY + timedelta(days=1), alarms=())
    assert late == {(AlarmKind.RULE_EXPIRED, "a"): {"expired_on": "2026-06-30"}}
