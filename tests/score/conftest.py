"""A real scorer process, one for each test that asks for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.core.model import Scores, Unscored
from bot.score.process import BatchReport, ScorerLimits, ScorerProcess, open_scorer
from bot.score.requests import Waiting


@pytest.fixture
def batches() -> list[BatchReport]:
    """What the scorer reported of its work."""
    return []


@pytest.fixture
async def scorer(batches: list[BatchReport]) -> AsyncIterator[ScorerProcess]:
    process = await open_scorer(
        "embedded", limits=ScorerLimits(first_pause_s=0.05), on_batch=batches.append
    )
    yield process
    await process.close()


@pytest.fixture
def waiting() -> Waiting:
    return Waiting(at_most=100)


async def until(condition: Callable[[], bool], *, within_s: float = 20.0) -> None:
    """Waits for something that another process brings about."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)


async def scored(answer: Awaitable[Scores | Unscored]) -> Scores:
    got = await answer
    assert isinstance(got, Scores), got
    return got


def is_running(pid: int) -> bool:
    """False for a zombie too: nobody may be left to reap an orphan in a container."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - /proc is Linux only
        return stat.read().rpartition(")")[2].split()[0] != "Z"
