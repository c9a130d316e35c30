"""A running bot takes up the head that `veilleur learn` puts to use, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from bot.core.model import SiteHead
from bot.ports import Heads

log = structlog.get_logger()

LOOK_EVERY_S = 10.0


@asynccontextmanager
async def following(
    heads: Heads, use: Callable[[SiteHead | None], None], *, look_every_s: float = LOOK_EVERY_S
) -> AsyncIterator[None]:
    """The scorer uses what is in use for as long as this is open; from the first moment on."""
    now = await heads.in_use()
    use(now)
    task = asyncio.create_task(_follow(heads, use, now, look_every_s), name="heads")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _follow(
    heads: Heads,
    use: Callable[[SiteHead | None], None],
    now: SiteHead | None,
    look_every_s: float,
) -> None:
    while True:
        await asyncio.sleep(look_every_s)
        try:
            found = await heads.in_use()
        except Exception:
            log.exception("cannot look which head is in use")
            continue
        if found != now:
            now = found
            use(now)
            log.info("another head is in use", head=now.version if now else "shipped")
