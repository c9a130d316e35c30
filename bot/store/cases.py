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
    Effect,
    EffectKind,
    RefusalKind,
    Refused,
    Resolution,
    State,
)
from bot.store import review
from bot.store import tables as t
from bot.store.database import Database
from bot.store.records import insert, select_case, write_audit, write_effects
from bot.store.rows import CASE, actor_columns, case_of, decision_of

_LEFT = ("taken", "delivered")
"""Effects that cannot be called off any more."""


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
            CASE.where(t.cases.c.closed_at.is_(None))
            .order_by(skipped, t.cases.c.priority.desc(), t.cases.c.opened_at, t.cases.c.id)
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
            return await _last_decision(connection, case) if case else None

    # --- deciding ------------------------------------------------------------------------

    async def resolve(
        self, resolution: Resolution, *, effects: Sequence[Effect], now: datetime
    ) -> tuple[Case, Decision] | Refused:
        async def work(connection: AsyncConnection) -> tuple[Case, Decision] | Refused:
            case = await select_case(connection, t.cases.c.id == resolution.case_id)
            if case is None:
                return Refused(kind=RefusalKind.UNKNOWN)
            refusal = await _why_not(connection, case, resolution, now=now)
            if refusal is not None:
                return refusal
            decision_id = await _write_decision(connection, case, resolution, now=now)
            await review.close_decided(connection, case, now=now)
            await connection.execute(
                t.comments.update()
                .where(t.comments.c.id == case.comment.id)
                .values(state=resolution.outcome.state.value)
            )
            await write_effects(connection, effects, now=now, decision_id=decision_id)
            await write_audit(
                connection,
                at=now,
                actor=resolution.actor,
                action=f"resolved {resolution.outcome.value}",
                comment_id=case.comment.id,
                detail={"case": case.id, "reason": resolution.reason},
            )
            return await _after(connection, case.id, decision_id)

        return await self._database.write(work)

    async def undo(
        self,
        decision_id: int,
        *,
        actor: Actor,
        corrections: Sequence[Effect],
        effects: Sequence[Effect],
        now: datetime,
    ) -> tuple[Case, Decision, bool] | Refused:
        async def work(connection: AsyncConnection) -> tuple[Case, Decision, bool] | Refused:
            row = await _decision_row(connection, decision_id)
            if row is None or row.undone_at is not None:
                return Refused(kind=RefusalKind.UNKNOWN)
            decision = decision_of(row)
            case = await select_case(connection, t.cases.c.comment_id == decision.comment_id)
            last = await _last_decision(connection, case) if case else None
            if case is None or case.is_open or last is None or last.id != decision_id:
                return Refused(kind=RefusalKind.CHANGED)
            if case.comment.state is State.WITHDRAWN:
                return Refused(kind=RefusalKind.TOO_LATE)
            left = await _left_already(connection, decision_id)
            if EffectKind.DELETE_MESSAGE in left:
                return Refused(kind=RefusalKind.TOO_LATE)
            await _take_back(
                connection, case, decision_id, state=row.previous_state, actor=actor, now=now
            )
            told = EffectKind.TELL_SITE in left
            await write_effects(connection, (*(corrections if told else ()), *effects), now=now)
            await write_audit(
                connection,
                at=now,
                actor=actor,
                action="undone",
                comment_id=case.comment.id,
                detail={"case": case.id, "decision": decision_id},
            )
            return (*await _after(connection, case.id, decision_id), told)

        return await self._database.write(work)

    # --- who is on it --------------------------------------------------------------------

    async def claim(
        self, case_id: int, *, actor: Actor, until: datetime, now: datetime
    ) -> Case | Refused:
        async def work(connection: AsyncConnection) -> Case | Refused:
            case = await select_case(connection, t.cases.c.id == case_id)
            if case is None or not case.is_open:
                return Refused(kind=RefusalKind.UNKNOWN)
            if _claimed_by_other(case, actor, now=now):
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
            key = (t.skips.c.case_id == case_id, t.skips.c.actor_id == actor.id)
            await connection.execute(t.skips.delete().where(*key))
            await connection.execute(
                t.skips.insert().values(case_id=case_id, actor_id=actor.id, skipped_at=now)
            )
            await _release(connection, case_id, actor)

        await self._database.write(work)


async def _why_not(
    connection: AsyncConnection, case: Case, resolution: Resolution, *, now: datetime
) -> Refused | None:
    if not case.is_open:
        last = await _last_decision(connection, case)
        if last is None:
            return Refused(kind=RefusalKind.CHANGED)
        return Refused(kind=RefusalKind.TAKEN, by=last.actor, outcome=last.outcome)
    if case.version != resolution.case_version:
        return Refused(kind=RefusalKind.CHANGED)
    if _claimed_by_other(case, resolution.actor, now=now):
        return Refused(kind=RefusalKind.CLAIMED, by=case.claim.actor if case.claim else None)
    return None


def _claimed_by_other(case: Case, actor: Actor, *, now: datetime) -> bool:
    return case.claim is not None and case.claim.until > now and case.claim.actor.id != actor.id


async def _write_decision(
    connection: AsyncConnection, case: Case, resolution: Resolution, *, now: datetime
) -> int:
    values = dict(
        comment_id=case.comment.id,
        text_version=case.comment.version,
        outcome=resolution.outcome.value,
        reason=resolution.reason.value if resolution.reason else None,
        note=resolution.note,
        previous_state=case.comment.state.value,
        decided_at=now,
        **actor_columns("actor", resolution.actor),
    )
    return await insert(connection, t.decisions, values)


async def _take_back(
    connection: AsyncConnection,
    case: Case,
    decision_id: int,
    *,
    state: str,
    actor: Actor,
    now: datetime,
) -> None:
    before = State.IN_REVIEW.value if state == State.RECEIVED.value else state
    await connection.execute(
        t.decisions.update()
        .where(t.decisions.c.id == decision_id)
        .values(undone_at=now, **actor_columns("undone_by", actor))
    )
    await connection.execute(
        t.outbox.update()
        .where(
            t.outbox.c.decision_id == decision_id,
            t.outbox.c.revocable,
            t.outbox.c.status == "waiting",
        )
        .values(status="cancelled", settled_at=now)
    )
    await connection.execute(
        t.comments.update().where(t.comments.c.id == case.comment.id).values(state=before)
    )
    await review.reopen(connection, case)


async def _left_already(connection: AsyncConnection, decision_id: int) -> set[EffectKind]:
    """Effects of the decision that are out, or may be: a failed attempt may have arrived."""
    query = sa.select(t.outbox.c.kind).where(
        t.outbox.c.decision_id == decision_id,
        sa.or_(
            t.outbox.c.status.in_(_LEFT),
            sa.and_(t.outbox.c.status == "waiting", t.outbox.c.attempts > 0),
        ),
    )
    return {EffectKind(kind) for kind in (await connection.execute(query)).scalars()}


async def _after(
    connection: AsyncConnection, case_id: int, decision_id: int
) -> tuple[Case, Decision]:
    case = await select_case(connection, t.cases.c.id == case_id)
    row = await _decision_row(connection, decision_id)
    assert case is not None  # noqa: S101 - written in this transaction
    assert row is not None  # noqa: S101 - written in this transaction
    return case, decision_of(row)


async def _decision_row(
    connection: AsyncConnection, decision_id: int
) -> sa.Row[tuple[object, ...]] | None:
    query = t.decisions.select().where(t.decisions.c.id == decision_id)
    return (await connection.execute(query)).one_or_none()


async def _last_decision(connection: AsyncConnection, case: Case) -> Decision | None:
    query = (
        t.decisions.select()
        .where(t.decisions.c.comment_id == case.comment.id, t.decisions.c.undone_at.is_(None))
        .order_by(t.decisions.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return decision_of(row) if row else None


async def _release(connection: AsyncConnection, case_id: int, actor: Actor) -> None:
    await connection.execute(
        t.cases.update()
        .where(t.cases.c.id == case_id, t.cases.c.claimed_by_id == actor.id)
        .values(claimed_until=None, **actor_columns("claimed_by", None))
    )
