"""Which case a person sees next, and what they have seen, inside one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Case, Severity
from bot.ports import Taken, Taking
from bot.store import tables as t
from bot.store.records import select_case
from bot.store.rows import CASE, STANDS_BEHIND, actor_columns

SPELL = timedelta(hours=2)
"""What counts as one spell of reading, when a break is suggested."""
_RATIONED = timedelta(minutes=30)
_ACTIVE = timedelta(minutes=15)
_KEPT = timedelta(days=1)


async def take(
    connection: AsyncConnection, taking: Taking, *, until: datetime, now: datetime
) -> Taken | None:
    spared = await _spared(connection, taking, now=now)
    query = _next_query(taking, spared=spared, now=now)
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    await connection.execute(
        t.cases.update()
        .where(t.cases.c.id == row.case_id)
        .values(claimed_until=until, **actor_columns("claimed_by", taking.actor))
    )
    case = await select_case(connection, t.cases.c.id == row.case_id)
    assert case is not None  # noqa: S101 - read above in the same transaction
    new = await _note_seen(connection, case, taking.actor.id, now=now)
    seen = await severe_seen(connection, taking.actor.id, since=now - SPELL)
    severe = case.turn.severity is Severity.SEVERE
    due = severe and new and seen > 0 and seen % taking.care.break_after == 0
    return Taken(case=case, severe_seen=seen, break_due=due)


async def severe_seen(connection: AsyncConnection, actor_id: str, *, since: datetime) -> int:
    query = sa.select(sa.func.count()).where(
        t.seen.c.actor_id == actor_id,
        t.seen.c.severity == Severity.SEVERE.value,
        t.seen.c.seen_at > since,
    )
    return int((await connection.execute(query)).scalar_one())


async def _spared(connection: AsyncConnection, taking: Taking, *, now: datetime) -> bool:
    """Whether colleagues who are there should get the next severe case."""
    mine = await severe_seen(connection, taking.actor.id, since=now - _RATIONED)
    if mine < taking.care.ration:
        return False
    others = sa.select(t.seen.c.case_id).where(
        t.seen.c.actor_id != taking.actor.id, t.seen.c.seen_at > now - _ACTIVE
    )
    return (await connection.execute(others.limit(1))).first() is not None


async def _note_seen(
    connection: AsyncConnection, case: Case, actor_id: str, *, now: datetime
) -> bool:
    """True for a case that this person had not seen before; what is a day old is forgotten."""
    await connection.execute(t.seen.delete().where(t.seen.c.seen_at < now - _KEPT))
    key = (t.seen.c.case_id == case.id, t.seen.c.actor_id == actor_id)
    known = (await connection.execute(sa.select(t.seen.c.case_id).where(*key))).first()
    values = {"severity": case.turn.severity.value, "seen_at": now}
    if known is not None:
        await connection.execute(t.seen.update().where(*key).values(**values))
        return False
    await connection.execute(t.seen.insert().values(case_id=case.id, actor_id=actor_id, **values))
    return True


def _next_query(taking: Taking, *, spared: bool, now: datetime) -> sa.Select[tuple[object, ...]]:
    """Asked of this person first, then the queue's order, then what colleagues were asked about;
    what this person skipped comes after all that, the longest ago first."""
    c, me = t.cases.c, taking.actor.id
    skipped_at = (
        sa.select(t.skips.c.skipped_at)
        .where(t.skips.c.case_id == c.id, t.skips.c.actor_id == me)
        .scalar_subquery()
    )
    query = CASE.where(
        c.closed_at.is_(None),
        ~STANDS_BEHIND,
        sa.or_(c.claimed_until.is_(None), c.claimed_until <= now, c.claimed_by_id == me),
        sa.or_(c.proposed_by_id.is_(None), c.proposed_by_id != me),
    )
    if not taking.actor.may_lead:
        query = query.where(c.escalated_at.is_(None))
    if taking.left_out is not None:
        query = query.where(c.id != taking.left_out)
    place = sa.case((c.asked_of_id == me, 0), (c.asked_of_id.is_not(None), 2), else_=1)
    order: list[sa.ColumnElement[Any]] = [place, c.escalated_at.is_(None)]
    if spared:
        order.append(c.severity == Severity.SEVERE.value)
    return query.order_by(skipped_at.is_not(None), skipped_at, *order, c.turn_at, c.id).limit(1)
