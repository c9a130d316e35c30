"""Flags on authors, modes in force, alarms. Fulfils `bot.ports.Authors`, `ModeOrders`, `Alarms`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import (
    SYSTEM,
    Actor,
    Alarm,
    AlarmKind,
    AuthorStanding,
    ModeOrder,
    StoryRef,
)
from bot.store import tables as t
from bot.store.database import Database
from bot.store.records import write_audit
from bot.store.rows import Row, actor_columns, actor_of, standing_of


class SqlAuthors:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, *, site: str, author_id: str) -> AuthorStanding | None:
        async with self._database.reading() as connection:
            row = await _author(connection, site, author_id)
        return standing_of(row) if row is not None else None

    async def mute(
        self,
        *,
        site: str,
        author_id: str,
        muted: bool,
        until: datetime | None,
        actor: Actor,
        note: str | None,
        now: datetime,
    ) -> AuthorStanding | None:
        values = {
            "muted_at": now if muted else None,
            "muted_until": until if muted else None,
        }
        detail: dict[str, object] = {
            "until": until.isoformat() if muted and until else None,
            "note": note,
        }
        action = "author muted" if muted else "author unmuted"
        return await self._changed(
            site, author_id, values, actor=actor, action=action, detail=detail, now=now
        )

    async def trust(
        self,
        *,
        site: str,
        author_id: str,
        trusted: bool,
        actor: Actor,
        note: str | None,
        now: datetime,
    ) -> AuthorStanding | None:
        values = {"trusted_at": now if trusted else None}
        action = "author trusted" if trusted else "author no longer trusted"
        return await self._changed(
            site, author_id, values, actor=actor, action=action, detail={"note": note}, now=now
        )

    async def _changed(
        self,
        site: str,
        author_id: str,
        values: Mapping[str, datetime | None],
        *,
        actor: Actor,
        action: str,
        detail: dict[str, object],
        now: datetime,
    ) -> AuthorStanding | None:
        async def work(connection: AsyncConnection) -> AuthorStanding | None:
            row = await _author(connection, site, author_id)
            if row is None:
                return None
            where = t.authors.c.id == row.id
            await connection.execute(t.authors.update().where(where).values(**values))
            await write_audit(
                connection,
                at=now,
                actor=actor,
                action=action,
                comment_id=None,
                detail={"author": row.id, **detail},
            )
            changed = await _author(connection, site, author_id)
            return standing_of(changed)

        return await self._database.write(work)


class SqlModeOrders:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, *, now: datetime) -> list[ModeOrder]:
        async with self._database.reading() as connection:
            return await select_modes(connection, now=now)

    async def put(self, order: ModeOrder) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(t.mode_orders.delete().where(_scope(order.story)))
            await connection.execute(
                t.mode_orders.insert().values(
                    site=order.story.site if order.story else "",
                    story=order.story.story if order.story else "",
                    mode=order.mode,
                    until=order.until,
                    set_at=order.set_at,
                    **actor_columns("actor", order.actor),
                )
            )
            await write_audit(
                connection,
                at=order.set_at,
                actor=order.actor,
                action="mode set",
                comment_id=None,
                detail={
                    "mode": order.mode,
                    "until": order.until.isoformat() if order.until else None,
                    **_named(order.story),
                },
            )

        await self._database.write(work)

    async def lift(self, *, story: StoryRef | None, actor: Actor, now: datetime) -> None:
        async def work(connection: AsyncConnection) -> None:
            gone = await connection.execute(t.mode_orders.delete().where(_scope(story)))
            if gone.rowcount:
                await write_audit(
                    connection,
                    at=now,
                    actor=actor,
                    action="mode lifted",
                    comment_id=None,
                    detail=_named(story),
                )

        await self._database.write(work)


class SqlAlarms:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> list[Alarm]:
        a = t.alarms.c
        query = t.alarms.select().where(a.closed_at.is_(None)).order_by(a.raised_at, a.id)
        async with self._database.reading() as connection:
            return [_alarm_of(row) for row in await connection.execute(query)]

    async def sound(
        self, kind: AlarmKind, *, rule: str | None, detail: Mapping[str, object], now: datetime
    ) -> bool:
        return await self._database.write(
            lambda connection: write_alarm(connection, kind, rule=rule, detail=detail, now=now)
        )

    async def close(self, alarm_id: int, *, actor: Actor, now: datetime) -> bool:
        async def work(connection: AsyncConnection) -> bool:
            closed = await connection.execute(
                t.alarms.update()
                .where(t.alarms.c.id == alarm_id, t.alarms.c.closed_at.is_(None))
                .values(closed_at=now, **actor_columns("closed_by", actor))
            )
            if not closed.rowcount:
                return False
            await write_audit(
                connection,
                at=now,
                actor=actor,
                action="alarm closed",
                comment_id=None,
                detail={"alarm": alarm_id},
            )
            return True

        return await self._database.write(work)

    async def closed_since(self, kind: AlarmKind, *, rule: str | None, since: datetime) -> bool:
        a = t.alarms.c
        query = sa.select(a.id).where(
            a.kind == kind.value,
            a.rule == (rule or ""),
            a.closed_at >= since,
            a.closed_by_id != SYSTEM.id,
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None


async def select_modes(connection: AsyncConnection, *, now: datetime) -> list[ModeOrder]:
    m = t.mode_orders.c
    query = (
        t.mode_orders.select()
        .where(sa.or_(m.until.is_(None), m.until > now))
        .order_by(m.set_at.desc())
    )
    return [_order_of(row) for row in await connection.execute(query)]


async def write_alarm(
    connection: AsyncConnection,
    kind: AlarmKind,
    *,
    rule: str | None,
    detail: Mapping[str, object],
    now: datetime,
) -> bool:
    """Only the writer calls this; True when no such alarm was open."""
    a = t.alarms.c
    same = (a.kind == kind.value, a.rule == (rule or ""), a.closed_at.is_(None))
    known = await connection.execute(t.alarms.update().where(*same).values(detail=dict(detail)))
    if known.rowcount:
        return False
    await connection.execute(
        t.alarms.insert().values(
            kind=kind.value, rule=rule or "", raised_at=now, detail=dict(detail)
        )
    )
    await write_audit(
        connection,
        at=now,
        actor=SYSTEM,
        action="alarm",
        comment_id=None,
        detail={"kind": kind.value, "rule": rule, **detail},
    )
    return True


async def _author(connection: AsyncConnection, site: str, author_id: str) -> Row | None:
    query = t.authors.select().where(t.authors.c.site == site, t.authors.c.external_id == author_id)
    return (await connection.execute(query)).one_or_none()


def _scope(story: StoryRef | None) -> sa.ColumnElement[bool]:
    m = t.mode_orders.c
    site, name = (story.site, story.story) if story else ("", "")
    return sa.and_(m.site == site, m.story == name)


def _named(story: StoryRef | None) -> dict[str, object]:
    return {"site": story.site, "story": story.story} if story else {}


def _order_of(row: Row) -> ModeOrder:
    actor = actor_of(row, "actor")
    assert actor is not None  # noqa: S101 - the column is not nullable
    return ModeOrder(
        mode=row.mode,
        actor=actor,
        set_at=row.set_at,
        story=StoryRef(site=row.site, story=row.story) if row.story else None,
        until=row.until,
    )


def _alarm_of(row: Row) -> Alarm:
    return Alarm(
        id=row.id,
        kind=AlarmKind(row.kind),
        raised_at=row.raised_at,
        rule=row.rule or None,
        detail=row.detail,
    )
