"""How far back a command looks: `--since 30d`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import typer

from bot.cli.desk import now

_SPAN = re.compile(r"(\d{1,5})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}


def moment(since: str) -> datetime:
    """Aware; raises typer.BadParameter with what is allowed."""
    span = _SPAN.fullmatch(since)
    if span:
        return now() - timedelta(hours=int(span.group(1)) * _HOURS[span.group(2)])
    try:
        found = datetime.fromisoformat(since)
    except ValueError as error:
        raise typer.BadParameter(
            f"--since: 12h, 30d, 4w or a date such as 2026-05-31, got {since!r}"
        ) from error
    return found.replace(tzinfo=found.tzinfo or now().tzinfo)
