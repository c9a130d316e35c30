"""Heads that learnt from the site's decisions. Fulfils `bot.ports.Heads`."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Actor, ActorKind, Lesson, Outcome, SiteHead, State
from bot.core.reasons import Reason
from bot.ports import KeptHead
from bot.store import tables as t
from bot.store.database import Database
from bot.store.records import write_audit
from bot.store.rows import Row

_PEOPLE = (ActorKind.MODERATOR.value, ActorKind.ADMIN.value)
_NUMBER = struct.Struct("<f")
_SHIPPED = "shipped"

_h = t.site_heads.c

_TEXT = (
    sa.select(
        t.comments.c.id,
        t.comments.c.parent_text,
        t.text_versions.c.text,
        t.stories.c.title,
        t.decisions.c.decided_at,
        t.decisions.c.outcome,
        t.decisions.c.reason,
    )
    .join(t.comments, t.comments.c.id == t.decisions.c.comment_id)
    .join(t.stories, t.stories.c.id == t.comments.c.story_id)
    .join(
        t.text_versions,
        sa.and_(
            t.text_versions.c.comment_id == t.comments.c.id,
            t.text_versions.c.version == t.comments.c.version,
        ),
    )
    .where(
        t.decisions.c.text_version == t.comments.c.version,
        t.decisions.c.undone_at.is_(None),
    )
)


class SqlHeads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def lessons(self, *, since: datetime) -> list[Lesson]:
        newer = t.decisions.alias("newer")
        overruled = sa.exists().where(
            newer.c.comment_id == t.decisions.c.comment_id,
            newer.c.text_version == t.decisions.c.text_version,
            newer.c.undone_at.is_(None),
            newer.c.id > t.decisions.c.id,
        )
        query = _TEXT.where(
            t.decisions.c.decided_at >= since,
            t.decisions.c.actor_kind.in_(_PEOPLE),
            ~overruled,
        ).order_by(t.decisions.c.decided_at, t.decisions.c.id)
        return await self._lessons(query)

    async def published(self, *, limit: int) -> list[Lesson]:
        query = (
            _TEXT.where(
                t.decisions.c.actor_kind.not_in(_PEOPLE),
                t.decisions.c.outcome == Outcome.APPROVE.value,
                t.comments.c.state == State.APPROVED.value,
                t.comments.c.reports == 0,
            )
            .order_by(t.decisions.c.decided_at.desc(), t.decisions.c.id.desc())
            .limit(limit)
        )
        return await self._lessons(query)

    async def keep(
        self, head: SiteHead, *, figures: Mapping[str, Any], actor: Actor, now: datetime
    ) -> None:
        async def work(connection: AsyncConnection) -> None:
            known = sa.select(_h.version).where(_h.version == head.version)
            if (await connection.execute(known)).first() is None:
                await connection.execute(
                    t.site_heads.insert().values(
                        version=head.version,
                        base=head.base,
                        weights=b"".join(_NUMBER.pack(each) for each in head.weights),
                        scale=head.scale,
                        shift=head.shift,
                        figures=dict(figures),
                        made_at=now,
                        made_by=actor.name,
                        in_use=False,
                    )
                )
            await _put_to_use(connection, head.version, actor=actor, now=now)

        await self._database.write(work)

    async def use(self, version: str | None, *, actor: Actor, now: datetime) -> bool:
        async def work(connection: AsyncConnection) -> bool:
            if version is not None:
                known = sa.select(_h.version).where(_h.version == version)
                if (await connection.execute(known)).first() is None:
                    return False
            await _put_to_use(connection, version, actor=actor, now=now)
            return True

        return await self._database.write(work)

    async def in_use(self) -> SiteHead | None:
        query = sa.select(t.site_heads).where(_h.in_use)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _head(row)

    async def history(self) -> list[KeptHead]:
        query = sa.select(t.site_heads).order_by(_h.made_at.desc(), _h.version)
        async with self._database.reading() as connection:
            return [_kept(row) for row in await connection.execute(query)]

    async def _lessons(self, query: sa.Select[Any]) -> list[Lesson]:
        async with self._database.reading() as connection:
            return [_lesson(row) for row in await connection.execute(query)]


async def _put_to_use(
    connection: AsyncConnection, version: str | None, *, actor: Actor, now: datetime
) -> None:
    await connection.execute(t.site_heads.update().values(in_use=False))
    if version is not None:
        await connection.execute(
            t.site_heads.update().where(_h.version == version).values(in_use=True)
        )
    await write_audit(
        connection,
        at=now,
        actor=actor,
        action="site head put to use",
        comment_id=None,
        detail={"version": version or _SHIPPED},
    )


def _lesson(row: Row) -> Lesson:
    return Lesson(
        comment_id=row.id,
        text=row.text,
        story_title=row.title,
        parent_text=row.parent_text,
        decided_at=row.decided_at,
        refused=row.outcome == Outcome.REJECT.value,
        reason=Reason(row.reason) if row.reason else None,
    )


def _head(row: Row) -> SiteHead:
    weights = tuple(number for (number,) in _NUMBER.iter_unpack(row.weights))
    return SiteHead(
        version=row.version,
        base=row.base,
        weights=weights,
        scale=row.scale,
        shift=row.shift,
    )


def _kept(row: Row) -> KeptHead:
    return KeptHead(
        head=_head(row),
        made_at=row.made_at,
        made_by=row.made_by,
        in_use=row.in_use,
        figures=row.figures,
    )
