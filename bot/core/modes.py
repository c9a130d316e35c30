"""Modes: `normal`, `night`, `crisis`; which one holds at a moment, by order or by calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.core.model import ModeOrder, StoryRef, Words

NORMAL = "normal"
"""The mode that holds when nothing else does; every installation has it."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKEND = frozenset({"saturday", "sunday"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A way of working that rules can read."""

    id: str
    title: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """When a mode holds by calendar. A night that ends after midnight belongs to the day it began."""

    mode: str
    days: frozenset[str]
    holidays: bool
    """Whether it holds on holidays, whatever day of the week they are."""
    start: time
    end: time
    """Not after `start`: it ends on the next day."""

    def holds(self, local: datetime, *, holiday: bool, holiday_before: bool) -> bool:
        today = self._begins(local.date(), holiday=holiday)
        if self.start < self.end:
            return today and self.start <= local.time() < self.end
        yesterday = self._begins(local.date() - timedelta(days=1), holiday=holiday_before)
        return (today and local.time() >= self.start) or (yesterday and local.time() < self.end)

    def _begins(self, day: date, *, holiday: bool) -> bool:
        return WEEKDAYS[day.weekday()] in self.days or (holiday and self.holidays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """One kind of day off: a date, a day of every year, or a distance from Easter Sunday."""

    year: int | None = None
    """None: every year."""
    month: int = 0
    day: int = 0
    from_easter: int | None = None
    """Days after Easter Sunday; then `month` and `day` say nothing."""

    def falls_on(self, day: date) -> bool:
        if self.from_easter is not None:
            return day == easter(day.year) + timedelta(days=self.from_easter)
        return (self.month, self.day) == (day.month, day.day) and self.year in (None, day.year)


_ONLY_NORMAL = (
    Mode(id=NORMAL, title=Words(fr="Normal", en="Normal")),
    Mode(id="crisis", title=Words(fr="Crise", en="Crisis")),
)


class Why(StrEnum):
    """Why a mode holds."""

    STORY = "story"
    """Somebody put it in force under this story."""
    ORDER = "order"
    """Somebody put it in force everywhere."""
    CALENDAR = "calendar"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeNow:
    """The mode of a moment, and why."""

    mode: str
    why: Why
    order: ModeOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """What `modes.yaml` says: which modes there are, and the site's clock and calendar."""

    zone: tzinfo = UTC
    modes: tuple[Mode, ...] = _ONLY_NORMAL
    periods: tuple[Period, ...] = ()
    """The first one that holds wins."""
    holidays: tuple[Holiday, ...] = ()

    def today(self, moment: datetime) -> date:
        """The day on the site's calendar."""
        return moment.astimezone(self.zone).date()

    def get(self, mode: str) -> Mode | None:
        return next((each for each in self.modes if each.id == mode), None)

    def is_holiday(self, day: date) -> bool:
        return any(holiday.falls_on(day) for holiday in self.holidays)

    def now(
        self, moment: datetime, orders: Sequence[ModeOrder], *, story: StoryRef | None = None
    ) -> ModeNow:
        """The order for the story, else the one for everywhere, else the calendar's.

        An order that names a mode which is no longer declared counts for nothing.
        """
        standing = [each for each in orders if each.holds(moment) and self.get(each.mode)]
        here = [each for each in standing if story is not None and each.story == story]
        everywhere = [each for each in standing if each.story is None]
        if here:
            return ModeNow(mode=here[0].mode, why=Why.STORY, order=here[0])
        if everywhere:
            return ModeNow(mode=everywhere[0].mode, why=Why.ORDER, order=everywhere[0])
        planned = self._planned(moment)
        return ModeNow(mode=planned or NORMAL, why=Why.CALENDAR if planned else Why.NORMAL)

    def _planned(self, moment: datetime) -> str | None:
        local = moment.astimezone(self.zone)
        today = self.is_holiday(local.date())
        before = self.is_holiday(local.date() - timedelta(days=1))
        for period in self.periods:
            if period.holds(local, holiday=today, holiday_before=before):
                return period.mode
        return None


NO_CALENDAR = Modes()
"""Without `modes.yaml`."""


def is_weekend(day: date) -> bool:
    return WEEKDAYS[day.weekday()] in _WEEKEND


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
