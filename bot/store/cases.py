"""The review queue. Fulfils `bot.ports.Cases`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import (
    Actor,
    Case,
    Decision,
    Proposed,
    RefusalKind,
    Refused,
    Resolution,
)
from bot.ports import EffectsOf, Headline, Taken, Taking
from bot.store import deciding, headline, likes, next_case, review
from bot.store import tables as t
from bot.store.database import Database
from bot.store.records import select_case, write_audit, write_effects
from bot.store.rows import CASE, STANDS_BEHIND, actor_columns, case_of


class SqlCases:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def queue(
        self, *, limit: int = 50, offset: int = 0, viewer: Actor | None = None
    ) -> list[Case]:
        skipped = sa.exists().where(
            t.skips.c.case_id == t.cases.c.id,
            t.skips.c.actor_id == (viewer.id if viewer else ""),
        )
        query = (
            CASE.where(t.cases.c.closed_at.is_(None), ~STANDS_BEHIND)
            .order_by(skipped, t.cases.c.turn_at, t.cases.c.id)
            .limit(limit)
            .offset(offset)
        )
        async with self._database.reading() as connection:
            return [case_of(row) for row in await connection.execute(query)]

    async def get(self, case_id: int) -> Case | None:
        async with self._database.reading() as connection:
            return await select_case(connection, t.cases.c.id == case_id)

    async def for_comment(self, comment_id: str) -> Case | None:
        async with self._database.reading() as connection:
            return await select_case(connection, t.cases.c.comment_id == comment_id)

    async def last_decision(self, case_id: int) -> Decision | None:
        async with self._database.reading() as connection:
            case = await select_case(connection, t.cases.c.id == case_id)
            return await deciding.last_decision(connection, case) if case else None

    async def resolve(
        self,
        resolution: Resolution,
        *,
        effects: EffectsOf,
        if_first_of_two: EffectsOf | None,
        now: datetime,
    ) -> tuple[Case, Decision] | Proposed | Refused:
        return await self._database.write(
            lambda connection: deciding.resolve(
                connection, resolution, effects=effects, if_first_of_two=if_first_of_two, now=now
            )
        )

    async def undo(
        self,
        decision_id: int,
        *,
        actor: Actor,
        corrections: EffectsOf,
        effects: EffectsOf,
        now: datetime,
    ) -> tuple[Case, Decision, bool] | Refused:
        return await self._database.write(
            lambda connection: deciding.undo(
                connection,
                decision_id,
                actor=actor,
                corrections=corrections,
                effects=effects,
                now=now,
            )
        )

    # --- who is on it --------------------------------------------------------------------

    async def claim(
        self, case_id: int, *, actor: Actor, until: datetime, now: datetime
    ) -> Case | Refused:
        async def work(connection: AsyncConnection) -> Case | Refused:
            case = await select_case(connection, t.cases.c.id == case_id)
            if case is None or not case.is_open:
                return Refused(kind=RefusalKind.UNKNOWN)
            if deciding.claimed_by_other(case, actor, now=now):
                assert case.claim is not None  # noqa: S101 - said by the line above
                return Refused(kind=RefusalKind.CLAIMED, by=case.claim.actor)
            await connection.execute(
                t.cases.update()
                .where(t.cases.c.id == case_id)
                .values(claimed_until=until, **actor_columns("claimed_by", actor))
            )
            claimed = await select_case(connection, t.cases.c.id == case_id)
            assert claimed is not None  # noqa: S101 - read above in the same transaction
            return claimed

        return await self._database.write(work)

    async def release(self, case_id: int, *, actor: Actor) -> None:
        async def work(connection: AsyncConnection) -> None:
            await _release(connection, case_id, actor)

        await self._database.write(work)

    async def skip(self, case_id: int, *, actor: Actor, now: datetime) -> None:
        async def work(connection: AsyncConnection) -> None:
            if await select_case(connection, t.cases.c.id == case_id) is None:
                return
            await review.skip(connection, case_id, actor, now=now)
            await _release(connection, case_id, actor)

        await self._database.write(work)

    async def alike(self, case_id: int) -> list[Case]:
        async with self._database.reading() as connection:
            return await likes.members(connection, case_id)

    async def set_apart(
        self, case_ids: Sequence[int], *, actor: Actor, effects: EffectsOf, now: datetime
    ) -> list[Case]:
        async def work(connection: AsyncConnection) -> list[Case]:
            moved = []
            for case_id in case_ids:
                case = await select_case(connection, t.cases.c.id == case_id)
                if case is None or not case.is_open or case.alike_of is None:
                    continue
                await likes.let_go(connection, case)
                await write_effects(connection, effects(case), now=now)
                await write_audit(
                    connection,
                    at=now,
                    actor=actor,
                    action="set apart",
                    comment_id=case.comment.id,
                    detail={"case": case.id, "alike_of": case.alike_of},
                )
                moved.append(case)
            return moved

        return await self._database.write(work)

    async def take_next(self, taking: Taking, *, until: datetime, now: datetime) -> Taken | None:
        return await self._database.write(
            lambda connection: next_case.take(connection, taking, until=until, now=now)
        )

    async def headline(self, *, now: datetime) -> Headline:
        async with self._database.reading() as connection:
            return await headline.select_headline(connection, now=now)

    async def severe_seen(self, actor: Actor, *, since: datetime) -> int:
        async with self._database.reading() as connection:
            return await next_case.severe_seen(connection, actor.id, since=since)


async def _release(connection: AsyncConnection, case_id: int, actor: Actor) -> None:
    await connection.execute(
        t.cases.update()
        .where(t.cases.c.id == case_id, t.cases.c.claimed_by_id == actor.id)
        .values(claimed_until=None, **actor_columns("claimed_by", None))
    )
