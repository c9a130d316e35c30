"""What accompanies a change of state, in the same transaction: audit entries and effects."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Actor, ActorKind, Case, Effect, EffectKind
from bot.store import tables as t
from bot.store.rows import CASE, actor_columns, case_of

OUTWARD = (
    EffectKind.TELL_SITE.value,
    EffectKind.DELETE_MESSAGE.value,
    EffectKind.RESTORE_MESSAGE.value,
    EffectKind.TIMEOUT_AUTHOR.value,
    EffectKind.NOTIFY_AUTHOR.value,
)
"""Effects that carry a decision out of the house, as opposed to our own views of it."""


def door(site: str) -> Actor:
    """The site as the one who did something."""
    return Actor(kind=ActorKind.SITE, id=site, name=site)


async def write_audit(
    connection: AsyncConnection,
    *,
    at: datetime,
    actor: Actor,
    action: str,
    comment_id: str | None,
    detail: dict[str, object] | None = None,
) -> None:
    await connection.execute(
        t.audit.insert().values(
            at=at,
            action=action,
            comment_id=comment_id,
            detail=detail or {},
            **actor_columns("actor", actor),
        )
    )


async def write_effects(
    connection: AsyncConnection,
    effects: Sequence[Effect],
    *,
    now: datetime,
    decision_id: int | None = None,
) -> None:
    """A view that is due to be refreshed anyway is not asked for a second time, a message that
    still stands is not restored, and nobody is told twice of one removal."""
    for effect in effects:
        if effect.kind is EffectKind.SHOW_CASE and await _waits(connection, effect):
            continue
        if effect.kind is EffectKind.RESTORE_MESSAGE and not await _is_gone(connection, effect):
            continue
        if effect.kind is EffectKind.NOTIFY_AUTHOR and await _is_told(connection, effect):
            continue
        await connection.execute(
            t.outbox.insert().values(
                delivery_id=f"msg_{uuid.uuid4().hex}",
                kind=effect.kind.value,
                comment_id=effect.subject,
                payload=dict(effect.payload),
                revocable=effect.revocable,
                decision_id=decision_id,
                status="waiting",
                attempts=0,
                created_at=now,
                due_at=effect.due_at,
            )
        )


async def _waits(connection: AsyncConnection, effect: Effect) -> bool:
    query = sa.select(t.outbox.c.id).where(
        t.outbox.c.comment_id == effect.subject,
        t.outbox.c.kind == effect.kind.value,
        t.outbox.c.status == "waiting",
        t.outbox.c.attempts == 0,
    )
    return (await connection.execute(query)).first() is not None


async def _is_gone(connection: AsyncConnection, effect: Effect) -> bool:
    """Whether the message was removed, or may have been, and not posted again since."""
    kinds = (EffectKind.DELETE_MESSAGE.value, EffectKind.RESTORE_MESSAGE.value)
    query = (
        sa.select(t.outbox.c.kind)
        .where(
            t.outbox.c.comment_id == effect.subject,
            t.outbox.c.kind.in_(kinds),
            may_have_left(),
        )
        .order_by(t.outbox.c.id.desc())
        .limit(1)
    )
    last = (await connection.execute(query)).scalar_one_or_none()
    return last == EffectKind.DELETE_MESSAGE.value


async def _is_told(connection: AsyncConnection, effect: Effect) -> bool:
    """Whether a word on this removal is out or on its way already: a rule had the message deleted
    while a person still looked, and that person refuses it."""
    if not effect.payload["removed"]:
        return False
    query = (
        sa.select(t.outbox.c.kind, t.outbox.c.payload)
        .where(
            t.outbox.c.comment_id == effect.subject,
            t.outbox.c.kind.in_((effect.kind.value, EffectKind.RESTORE_MESSAGE.value)),
            t.outbox.c.status != "cancelled",
        )
        .order_by(t.outbox.c.id.desc())
    )
    for row in await connection.execute(query):
        if row.kind == EffectKind.RESTORE_MESSAGE.value:
            return False  # it came back: what follows is another removal
        if row.payload["removed"]:
            return True
    return False


def may_have_left() -> sa.ColumnElement[bool]:
    """Effects that are out, or may be: a failed attempt may have arrived."""
    return sa.or_(
        t.outbox.c.status.in_(("taken", "delivered")),
        sa.and_(t.outbox.c.status == "waiting", t.outbox.c.attempts > 0),
    )


async def call_off_outward(connection: AsyncConnection, comment_id: str, *, now: datetime) -> None:
    """What was decided of an earlier text must not reach the site any more."""
    await connection.execute(
        t.outbox.update()
        .where(
            t.outbox.c.comment_id == comment_id,
            t.outbox.c.kind.in_(OUTWARD),
            t.outbox.c.status == "waiting",
        )
        .values(status="cancelled", settled_at=now)
    )


async def select_case(connection: AsyncConnection, *where: sa.ColumnElement[bool]) -> Case | None:
    row = (await connection.execute(CASE.where(*where))).one_or_none()
    return case_of(row) if row else None


async def insert(connection: AsyncConnection, table: sa.Table, values: dict[str, Any]) -> int:
    """Id of the new row; 0 for a table whose key is something else."""
    if "id" not in table.c:
        await connection.execute(table.insert().values(**values))
        return 0
    made = await connection.execute(table.insert().values(**values).returning(table.c.id))
    return int(made.scalar_one())


async def upsert(
    connection: AsyncConnection, table: sa.Table, *, key: dict[str, Any], values: dict[str, Any]
) -> int:
    """Id of the row with `key`, made or brought up to date with `values` that are not None.

    Only the writer calls this, so nothing can slip in between.
    """
    where = [table.c[name] == value for name, value in key.items()]
    known = (await connection.execute(sa.select(table).where(*where))).mappings().first()
    if known is None:
        return await insert(connection, table, {**key, **values})
    news = {
        name: value
        for name, value in values.items()
        if value is not None and name != "first_seen_at" and known[name] != value
    }
    if news:
        await connection.execute(table.update().where(*where).values(**news))
    return int(known["id"]) if "id" in table.c else 0
