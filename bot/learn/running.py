"""A backtest over the stored past, beside a bot that is working."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.core.decide import Policy
from bot.core.evaluate import Rulebook
from bot.learn.backtest import Backtest, Report
from bot.ports import Judged, Past


async def look_back(
    past: Past,
    rulebook: Rulebook,
    policy: Policy,
    *,
    since: datetime,
    on_portion: Callable[[int], None] = lambda _comments: None,
) -> Report:
    """Judges in a thread, portion by portion: the event loop stays free for everything else."""
    test = Backtest(rulebook, policy)
    async for portion in past.judged(since=since):
        await asyncio.to_thread(_add, test, portion)
        on_portion(len(portion))
    return await asyncio.to_thread(test.report)


def _add(test: Backtest, portion: Sequence[Judged]) -> None:
    for judged in portion:
        test.add(judged)
