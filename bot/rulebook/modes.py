"""`modes.yaml`: the modes there are, the site's clock, its calendar and its holidays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.core.errors import Fault
from bot.core.model import Words
from bot.core.modes import NO_CALENDAR, NORMAL, WEEKDAYS, Holiday, Mode, Modes, Period
from bot.rulebook.condition_faults import near
from bot.rulebook.files import read_text
from bot.rulebook.schema import Sentence, named
from bot.rulebook.shape import shaped
from bot.rulebook.source import Source, parse

MODES_FILE = "modes.yaml"

_ID = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
_CLOCK = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"
_HOLIDAY = r"^(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2}$|^easter(?:[+-][0-9]{1,2})?$"
_LEAP_YEAR = 2000

_Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CalendarLine(_Strict):
    """When a mode holds by itself; without `days` on every day, without times all day."""

    mode: Annotated[str, Field(pattern=_ID)]
    days: list[_Weekday] | None = Field(default=None, description="Days of the week it begins on")
    holidays: bool = Field(default=False, description="Also on the holidays named below")
    start: str = Field(default="00:00", alias="from", pattern=_CLOCK, description="Local time")
    end: str = Field(
        default="00:00",
        alias="to",
        pattern=_CLOCK,
        description="Local time; not after `from`: on the next day",
    )


class ModesFile(_Strict):
    """What Veilleur knows of the site's time: modes, calendar, holidays."""

    time_zone: str = Field(description="Where the site's readers live, e.g. Europe/Paris")
    modes: dict[
        Annotated[str, Field(pattern=_ID)], Annotated[Sentence, BeforeValidator(named("fr"))]
    ] = Field(description="Every mode with its name for people; `normal` must be among them")
    calendar: list[CalendarLine] = Field(
        default_factory=list, description="The first line that holds wins; else `normal`"
    )
    holidays: list[Annotated[str, Field(pattern=_HOLIDAY)]] = Field(
        default_factory=list,
        description="`05-01` every year, `2026-07-13` once, `easter+1` by distance from Easter",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModes:
    """The modes and the file's text, or everything that is wrong with it."""

    modes: Modes = NO_CALENDAR
    text: str = ""
    faults: tuple[Fault, ...] = ()


def read_modes(directory: Path) -> ReadModes:
    """Without the file: `normal` and `crisis`, the clock of UTC, no calendar."""
    path = directory / MODES_FILE
    if not path.exists() and not path.is_symlink():
        return ReadModes()
    text = read_text(path, directory)
    if isinstance(text, Fault):
        return ReadModes(faults=(text,))
    source = parse(text)
    if not isinstance(source, Source):
        return ReadModes(faults=source)
    file = shaped(source, ModesFile)
    if not isinstance(file, ModesFile):
        return ReadModes(faults=file)
    faults = tuple(_faults(file, source))
    return ReadModes(faults=faults) if faults else ReadModes(modes=_made(file), text=text.text)


def _faults(file: ModesFile, source: Source) -> Iterator[Fault]:
    if _zone(file.time_zone) is None:
        what = f"`time_zone` names no time zone: `{file.time_zone}`"
        yield source.fault(source.value_at(("time_zone",)), what, "for example Europe/Paris")
    if NORMAL not in file.modes:
        what = f"`modes` lacks `{NORMAL}`, the mode that holds when nothing else does"
        yield source.fault(source.value_at(("modes",)), what, f"add a line `{NORMAL}: …`")
    for index, line in enumerate(file.calendar):
        if line.mode not in file.modes:
            what = f"`{line.mode}` is no mode of this file"
            fix = near(line.mode, file.modes) or f"known here: {', '.join(file.modes)}"
            yield source.fault(source.value_at(("calendar", index, "mode")), what, fix)
    for index, written in enumerate(file.holidays):
        if _holiday(written) is None:
            what = f"there is no such day: `{written}`"
            yield source.fault(source.value_at(("holidays", index)), what)


def _made(file: ModesFile) -> Modes:
    zone = _zone(file.time_zone)
    assert zone is not None  # noqa: S101 - checked by `_faults`
    return Modes(
        zone=zone,
        modes=tuple(
            Mode(id=name, title=Words(fr=title.fr, en=title.en or title.fr))
            for name, title in file.modes.items()
        ),
        periods=tuple(_period(line) for line in file.calendar),
        holidays=tuple(day for each in file.holidays if (day := _holiday(each)) is not None),
    )


def _period(line: CalendarLine) -> Period:
    only_holidays = line.holidays and line.days is None
    days = line.days if line.days is not None else () if only_holidays else WEEKDAYS
    return Period(
        mode=line.mode,
        days=frozenset(days),
        holidays=line.holidays,
        start=time.fromisoformat(line.start),
        end=time.fromisoformat(line.end),
    )


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # no such name, or one that leads out of the folder
        return None


def _holiday(written: str) -> Holiday | None:
    if written.startswith("easter"):
        return Holiday(from_easter=int(re.sub("^easter", "", written) or "0"))
    *year, month, day = (int(part) for part in written.split("-"))
    try:
        date(year[0] if year else _LEAP_YEAR, month, day)
    except ValueError:
        return None
    return Holiday(year=year[0] if year else None, month=month, day=day)
