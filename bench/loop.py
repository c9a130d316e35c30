"""What scoring costs the bot itself: how late its event loop wakes while the scorer works."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from bench.contenders import resident_mb
from bot.core.model import Scores
from bot.score.process import open_scorer

_TICK_S = 0.005
_AT_ONCE = 16
_IDLE_S = 2.0


async def measured(texts: Sequence[str]) -> dict[str, Any]:
    scorer = await open_scorer("embedded")
    try:
        idle = await _lateness(asyncio.sleep(_IDLE_S))
        began = time.perf_counter()
        busy = await _lateness(_score_all(scorer.score, texts))
        seconds = time.perf_counter() - began
        mb = resident_mb(scorer.status.pid)
    finally:
        await scorer.close()
    return {
        "comments_per_s": round(len(texts) / seconds, 1),
        "process_mb": round(mb),
        "idle_ms": _quantiles(idle),
        "scoring_ms": _quantiles(busy),
    }


async def _score_all(score: Any, texts: Sequence[str]) -> None:
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(text: str) -> None:
        async with turns:
            answer = await score(text, deadline_s=120.0)
        if not isinstance(answer, Scores):
            raise TypeError(answer.reason)

    await asyncio.gather(*map(one, texts))


async def _lateness(work: Any) -> list[float]:
    """Seconds by which a 5 ms tick came too late, while `work` ran."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + _TICK_S
            await asyncio.sleep(_TICK_S)
            late.append(time.perf_counter() - due)

    ticker = asyncio.create_task(tick())
    try:
        await work
    finally:
        ticker.cancel()
    return late


def _quantiles(late: Sequence[float]) -> dict[str, float]:
    ordered = sorted(late)
    at = {"p50": 0.5, "p99": 0.99, "most": 1.0}
    return {name: round(1000 * ordered[round(q * (len(ordered) - 1))], 2) for name, q in at.items()}
