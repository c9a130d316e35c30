"""One whole Veilleur but for its web server: real store, engine, outbox and supervised client.

The scorer is a formula and the rulebook has two rules (`tests/conftest.py`); everything else is
what runs in production, joined as the program joins it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp

from bot.chat.client import VeilleurClient, create_client
from bot.chat.config import ChatConfig
from bot.chat.deliveries import (
    AuthorNotices,
    CaseCards,
    MessageDeletions,
    MessageRestorations,
)
from bot.chat.supervise import Chat
from bot.core.decide import Policy
from bot.core.effects import Outlets
from bot.core.model import CommentRecord, EffectKind, State
from bot.engine import Engine
from bot.outbox import OutboxWorker
from bot.ports import Ports
from bot.store import SqlStore
from tests.conftest import RULEBOOK, WordScorer

from .waiting import until, until_told

OUTBOX_S = (0.2, 0.4, 0.8, 1.6)
"""Waits between attempts: the production schedule's shape, not its length."""
CONNECT_S = (0.2, 0.3, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    store: SqlStore
    engine: Engine
    scorer: WordScorer
    chat: Chat
    supervisor: asyncio.Task[None]

    async def online(self, *, within_s: float = 12.0) -> None:
        await until(lambda: self.chat.status.connected, within_s=within_s)

    async def offline(self) -> None:
        await until(lambda: not self.chat.status.connected)

    async def record(self, *, site: str, external_id: int | str) -> CommentRecord:
        """What became of a comment, once it has its verdict."""

        async def judged() -> CommentRecord | None:
            comment = await self.store.comments.find(site=site, external_id=str(external_id))
            record = comment and await self.store.comments.record(comment.id)
            return record if record and record.comment.state is not State.RECEIVED else None

        found = await until_told(judged)
        assert found is not None
        return found

    async def quiet(self) -> None:
        """Nothing is left to moderate or to deliver."""

        async def is_quiet() -> bool:
            totals = await self.store.totals()
            waiting = totals.by_state.get(State.RECEIVED, 0) + totals.outbox_waiting
            return waiting + totals.outbox_dead == 0

        await until_told(is_quiet)


def _without_pauses(client: VeilleurClient) -> VeilleurClient:
    """Takes out two pauses that only the real Discord needs: two seconds for further guilds after
    READY (this server has one), and five between two log-ins (its limit on identifies)."""

    async def at_once(shard_id: int | None, *, initial: bool = False) -> None:
        return

    client.before_identify_hook = at_once  # type: ignore[method-assign]
    client._connection.guild_ready_timeout = 0.1
    return client


def handlers() -> list[asyncio.Task[object]]:
    """What discord.py runs for a client: event handlers, callbacks of buttons and forms."""
    return [task for task in asyncio.all_tasks() if task.get_name().startswith("discord")]


@asynccontextmanager
async def installed(
    *,
    database_url: str,
    config: ChatConfig,
    connector: Callable[[], aiohttp.BaseConnector],
    token: str,
) -> AsyncIterator[Installation]:
    """Everything started; in the end stopped in the reverse order."""
    store = await SqlStore.open(database_url)
    scorer = WordScorer()
    ports = Ports(
        store=store,
        scorer=scorer,
        rulebook=lambda: RULEBOOK,
        now=lambda: datetime.now(UTC),
        policy=Policy(),
        outlets=Outlets(show_cases=True, undo_grace_s=config.undo_grace_s),
    )
    chat = Chat(
        lambda: _without_pauses(create_client(config, engine, connector=connector())),
        token=token,
        waits_s=CONNECT_S,
    )
    outbox = OutboxWorker(
        store=store,
        deliverers={
            EffectKind.SHOW_CASE: CaseCards(chat.current),
            EffectKind.DELETE_MESSAGE: MessageDeletions(chat.current),
            EffectKind.RESTORE_MESSAGE: MessageRestorations(chat.current),
            EffectKind.NOTIFY_AUTHOR: AuthorNotices(chat.current),
        },
        now=ports.now,
        schedule_s=OUTBOX_S,
    )
    engine = Engine(ports, on_effects=outbox.ring)
    await engine.start()
    await outbox.start()
    supervisor = asyncio.create_task(chat.run())
    try:
        yield Installation(
            store=store, engine=engine, scorer=scorer, chat=chat, supervisor=supervisor
        )
    finally:
        supervisor.cancel()
        await asyncio.gather(supervisor, return_exceptions=True)
        await outbox.stop()
        await engine.stop()
        await store.close()
