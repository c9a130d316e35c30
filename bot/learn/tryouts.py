"""Rules tried on the past while the bot works: one at a time, bounded in time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.decide import Policy
from bot.core.evaluate import Rulebook
from bot.learn.backtest import Report, Telling
from bot.learn.picture import png
from bot.learn.running import look_back
from bot.ports import Past

LONGEST_S = 12 * 60.0
"""Whoever asked in Discord can be answered for fifteen minutes."""


class BusyError(Exception):
    """Another one is running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tryout:
    report: Report
    since: datetime
    chart: bytes
    """A PNG; empty where nothing was judged."""

    @property
    def telling(self) -> tuple[Telling, ...]:
        """Differences from people first, worst first; then changes that no person has judged."""
        return (*self.report.tellings, *self.report.unseen)


class Tryouts:
    """One for the program: a backtest takes a whole core, and a second would only slow the bot."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._turn = asyncio.Lock()

    async def run(
        self, rulebook: Rulebook, policy: Policy, *, days: int, now: datetime, language: str
    ) -> Tryout:
        """Raises BusyError at once, TimeoutError when it takes too long."""
        if self._turn.locked():
            raise BusyError
        async with self._turn, asyncio.timeout(LONGEST_S):
            since = now - timedelta(days=days)
            report = await look_back(self._past, rulebook, policy, since=since)
            chart = b""
            if report.comments:
                chart = await asyncio.to_thread(png, report, language=language)
            return Tryout(report=report, since=since, chart=chart)
