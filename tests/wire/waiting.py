"""Waiting for something to become true, instead of sleeping and hoping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(question: Callable[[], T], *, within_s: float = 10.0) -> T:
    """The first answer that counts as true; fails when there is none in time."""

    async def ask() -> T:
        return question()

    return await until_told(ask, within_s=within_s)


async def until_told(question: Callable[[], Awaitable[T]], *, within_s: float = 10.0) -> T:
    """The same for a question that has to be awaited, e.g. of a database."""
    end_s = time.monotonic() + within_s
    while not (answer := await question()):
        assert time.monotonic() < end_s, f"still {answer!r} after {within_s} s"
        await asyncio.sleep(0.01)
    return answer
