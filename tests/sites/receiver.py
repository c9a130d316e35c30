"""A site that takes callbacks on a real socket and answers as it is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver

from bot.core.model import Effect, EffectKind, OutboxItem
from bot.sites.callbacks import CallbackConfig, SiteCallbacks
from tests.sites.client import NEW, OLD, serving


@dataclass
class Attempt:
    headers: dict[str, str]
    body: bytes
    at_s: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """`answers` are given in turn, then 204 for ever: a status, or a status and headers."""

    answers: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    address: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        self.attempts.append(Attempt(headers=headers, body=body, at_s=time.monotonic()))
        answer = self.answers.pop(0) if self.answers else 204
        status, extra = answer if isinstance(answer, tuple) else (answer, {})
        return web.Response(status=status, headers=extra)

    async def got(self, count: int, *, within_s: float = 10) -> list[Attempt]:
        async with asyncio.timeout(within_s):
            while len(self.attempts) < count:
                await asyncio.sleep(0.01)
        return self.attempts


@asynccontextmanager
async def receiving(*answers: Any) -> AsyncIterator[Receiver]:
    receiver = Receiver(answers=list(answers))
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", receiver.handle)
    async with serving(application) as address:
        receiver.address = f"{address}/callbacks"
        yield receiver


NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def item(**payload: object) -> OutboxItem:
    effect = Effect(kind=EffectKind.TELL_SITE, subject="c", due_at=NOW, payload=payload)
    return OutboxItem(id=1, delivery_id="msg_constant", effect=effect, created_at=NOW)


@asynccontextmanager
async def calling(
    address: str, resolver: AbstractResolver | None = None, **changes: Any
) -> AsyncIterator[SiteCallbacks]:
    given = {"secrets": (OLD, NEW), "allow_private": True, "timeout_s": 5.0} | changes
    callbacks = SiteCallbacks(CallbackConfig(url=address, **given), resolver=resolver)
    try:
        yield callbacks
    finally:
        await callbacks.close()
