"""The database as commands use it, beside a bot that may be running."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from bot.cli.surroundings import require_database
from bot.core.evaluate import NO_CONDITIONS, Rulebook
from bot.core.model import Actor, ActorKind, Unscored
from bot.ports import Ports
from bot.settings import Settings

if TYPE_CHECKING:  # SQLAlchemy takes its time to load: only when a database is opened
    from bot.store import SqlStore

T = TypeVar("T")


class _NoScorer:
    """Commands decide and look up; they never moderate."""

    async def score(self, text: str, *, deadline_s: float, language: str | None = None) -> Unscored:
        return Unscored(reason="the command line does not score")


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[SqlStore]:
    from bot.store import SqlStore

    require_database(settings)
    store = await SqlStore.open(settings.database_url)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def opened_ports(settings: Settings) -> AsyncIterator[Ports]:
    """Enough of the ports to resolve cases; a running bot delivers what that asks for."""
    async with opened_store(settings) as store:
        yield Ports(
            store=store,
            scorer=_NoScorer(),
            rulebook=lambda: Rulebook(version="", rules=(), conditions=NO_CONDITIONS),
            now=now,
            policy=settings.policy,
            outlets=settings.outlets,
        )


def now() -> datetime:
    return datetime.now(UTC)


def operator() -> Actor:
    """Who types: an admin, by the name they have on this machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # no such user, as in some containers
        user = "operator"
    return Actor(kind=ActorKind.ADMIN, id=f"cli:{user}", name=user)


def with_store(settings: Settings, work: Callable[[SqlStore], Awaitable[T]]) -> T:
    async def run() -> T:
        async with opened_store(settings) as store:
            return await work(store)

    return asyncio.run(run())


def with_ports(settings: Settings, work: Callable[[Ports], Awaitable[T]]) -> T:
    async def run() -> T:
        async with opened_ports(settings) as ports:
            return await work(ports)

    return asyncio.run(run())


def until(moment: datetime) -> str:
    """`in 5 min`, or `late 2 h`: when something is due."""
    late = moment <= now()
    seconds = abs(int((now() - moment).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{'late' if late else 'in'} {seconds // size} {unit}"
    return "now"


def ago(moment: datetime) -> str:
    """`3 min`, `5 h`, `2 d`: how long ago, rounded down."""
    seconds = max(0, int((now() - moment).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
