"""Effects on their way out. Fulfils `bot.ports.Outbox`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import (
    Actor,
    Delivered,
    Delivery,
    Effect,
    EffectKind,
    OutboxItem,
    Retry,
)
from bot.store import tables as t
from bot.store.database import Database
from bot.store.records import write_audit, write_effects
from bot.store.rows import item_of

_OPEN = ("waiting", "taken")
_EARLIER = t.outbox.alias("earlier")
_BLOCKED = sa.exists().where(
    _EARLIER.c.kind == t.outbox.c.kind,
    _EARLIER.c.comment_id == t.outbox.c.comment_id,
    _EARLIER.c.id < t.outbox.c.id,
    _EARLIER.c.status.in_(_OPEN),
)
"""An earlier effect of the same kind and subject has not left yet."""


class SqlOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def recover(self) -> int:
        async def work(connection: AsyncConnection) -> int:
            moved = await connection.execute(
                t.outbox.update().where(t.outbox.c.status == "taken").values(status="waiting")
            )
            return moved.rowcount

        return await self._database.write(work)

    async def take_due(
        self, *, now: datetime, limit: int, kinds: Sequence[EffectKind]
    ) -> list[OutboxItem]:
        due = (
            t.outbox.select()
            .where(
                t.outbox.c.status == "waiting",
                t.outbox.c.due_at <= now,
                t.outbox.c.kind.in_([kind.value for kind in kinds]),
                ~_BLOCKED,
            )
            .order_by(t.outbox.c.due_at, t.outbox.c.id)
            .limit(limit)
        )

        async def work(connection: AsyncConnection) -> list[OutboxItem]:
            items = [item_of(row) for row in await connection.execute(due)]
            if items:
                await connection.execute(
                    t.outbox.update()
                    .where(t.outbox.c.id.in_([item.id for item in items]))
                    .values(status="taken", attempts=t.outbox.c.attempts + 1)
                )
            return [replace(item, attempts=item.attempts + 1) for item in items]

        return await self._database.write(work)

    async def settle(
        self, results: Sequence[tuple[OutboxItem, Delivery, datetime]], *, now: datetime
    ) -> None:
        async def work(connection: AsyncConnection) -> None:
            for item, delivery, again_at in results:
                await connection.execute(
                    t.outbox.update()
                    .where(t.outbox.c.id == item.id, t.outbox.c.status == "taken")
                    .values(**_settled(item, delivery, again_at, now=now))
                )

        await self._database.write(work)

    async def next_due_at(self, kinds: Sequence[EffectKind]) -> datetime | None:
        query = (
            sa.select(t.outbox.c.due_at)
            .where(
                t.outbox.c.status == "waiting",
                t.outbox.c.kind.in_([kind.value for kind in kinds]),
                ~_BLOCKED,
            )
            .order_by(t.outbox.c.due_at)
            .limit(1)
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def waiting(self, *, limit: int = 100) -> list[OutboxItem]:
        return await self._listed(t.outbox.c.status.in_(_OPEN), limit=limit)

    async def dead(self, *, limit: int = 100) -> list[OutboxItem]:
        return await self._listed(t.outbox.c.status == "dead", limit=limit)

    async def retry(self, item_id: int, *, actor: Actor, now: datetime) -> bool:
        async def work(connection: AsyncConnection) -> bool:
            moved = await connection.execute(
                t.outbox.update()
                .where(t.outbox.c.id == item_id, t.outbox.c.status.in_(("dead", "waiting")))
                .values(status="waiting", attempts=0, due_at=now, settled_at=None)
            )
            if moved.rowcount == 0:
                return False
            query = sa.select(t.outbox.c.comment_id).where(t.outbox.c.id == item_id)
            await write_audit(
                connection,
                at=now,
                actor=actor,
                action="delivery retried",
                comment_id=(await connection.execute(query)).scalar_one(),
                detail={"item": item_id},
            )
            return True

        return await self._database.write(work)

    async def add(self, effects: Sequence[Effect], *, now: datetime) -> None:
        async def work(connection: AsyncConnection) -> None:
            await write_effects(connection, effects, now=now)

        await self._database.write(work)

    async def _listed(self, where: sa.ColumnElement[bool], *, limit: int) -> list[OutboxItem]:
        query = t.outbox.select().where(where).order_by(t.outbox.c.due_at).limit(limit)
        async with self._database.reading() as connection:
            return [item_of(row) for row in await connection.execute(query)]


def _settled(
    item: OutboxItem, delivery: Delivery, again_at: datetime, *, now: datetime
) -> dict[str, object]:
    if isinstance(delivery, Delivered):
        return {"status": "delivered", "settled_at": now, "last_error": None}
    if isinstance(delivery, Retry):
        attempts = item.attempts if delivery.counts else item.attempts - 1
        return {
            "status": "waiting",
            "due_at": again_at,
            "attempts": attempts,
            "last_error": delivery.error[:500],
        }
    return {"status": "dead", "settled_at": now, "last_error": delivery.error[:500]}
