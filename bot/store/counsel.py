"""What colleagues tell one another about a case. Fulfils `bot.ports.Counsel`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Actor, Case, Effect, RefusalKind, Refused
from bot.store import review
from bot.store import tables as t
from bot.store.database import Database
from bot.store.deciding import claimed_by_other
from bot.store.records import insert, select_case, write_audit, write_effects
from bot.store.rows import actor_columns


class SqlCounsel:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self, case_id: int, *, actor: Actor, text: str, effects: Sequence[Effect], now: datetime
    ) -> Case | Refused:
        async def work(connection: AsyncConnection) -> Case | Refused:
            case = await select_case(connection, t.cases.c.id == case_id)
            if case is None:
                return Refused(kind=RefusalKind.UNKNOWN)
            await _write_note(connection, case, actor=actor, text=text, now=now)
            await review.update(connection, case)
            return await _told(connection, case, "noted", actor=actor, effects=effects, now=now)

        return await self._database.write(work)

    async def escalate(
        self,
        case_id: int,
        *,
        version: int,
        actor: Actor,
        words: str | None,
        effects: Sequence[Effect],
        now: datetime,
    ) -> Case | Refused:
        async def work(connection: AsyncConnection) -> Case | Refused:
            case = await _open_case(connection, case_id, version, actor=actor, now=now)
            if isinstance(case, Refused):
                return case
            if case.escalation is not None:
                return Refused(kind=RefusalKind.ESCALATED, by=case.escalation.by)
            if words:
                await _write_note(connection, case, actor=actor, text=words, now=now)
            await review.update(
                connection,
                case,
                version=case.version + 1,
                escalated_at=now,
                claimed_until=None,
                **actor_columns("claimed_by", None),
                **actor_columns("escalated_by", actor),
            )
            return await _told(connection, case, "escalated", actor=actor, effects=effects, now=now)

        return await self._database.write(work)

    async def hand_back(
        self,
        case_id: int,
        *,
        version: int,
        actor: Actor,
        effects: Sequence[Effect],
        now: datetime,
    ) -> Case | Refused:
        async def work(connection: AsyncConnection) -> Case | Refused:
            case = await _open_case(connection, case_id, version, actor=actor, now=now)
            if isinstance(case, Refused):
                return case
            if case.escalation is None:
                return Refused(kind=RefusalKind.CHANGED)
            if not actor.may_lead and case.escalation.by.id != actor.id:
                return Refused(kind=RefusalKind.ESCALATED, by=case.escalation.by)
            await review.update(
                connection,
                case,
                version=case.version + 1,
                escalated_at=None,
                **actor_columns("escalated_by", None),
            )
            return await _told(
                connection, case, "handed back", actor=actor, effects=effects, now=now
            )

        return await self._database.write(work)

    async def ask(
        self,
        case_id: int,
        *,
        actor: Actor,
        of: Actor | None,
        words: str | None,
        effects: Sequence[Effect],
        now: datetime,
    ) -> Case | Refused:
        async def work(connection: AsyncConnection) -> Case | Refused:
            case = await _open_case(connection, case_id, None, actor=actor, now=now)
            if isinstance(case, Refused):
                return case
            if words:
                await _write_note(connection, case, actor=actor, text=words, now=now)
            await review.update(
                connection,
                case,
                asked_at=now,
                claimed_until=None,
                **actor_columns("claimed_by", None),
                **actor_columns("asked_by", actor),
                **actor_columns("asked_of", of),
            )
            await review.skip(connection, case.id, actor, now=now)
            return await _told(connection, case, "asked", actor=actor, effects=effects, now=now)

        return await self._database.write(work)


async def _open_case(
    connection: AsyncConnection, case_id: int, version: int | None, *, actor: Actor, now: datetime
) -> Case | Refused:
    case = await select_case(connection, t.cases.c.id == case_id)
    if case is None:
        return Refused(kind=RefusalKind.UNKNOWN)
    if not case.is_open or (version is not None and case.version != version):
        return Refused(kind=RefusalKind.CHANGED)
    if claimed_by_other(case, actor, now=now):
        return Refused(kind=RefusalKind.CLAIMED, by=case.claim.actor if case.claim else None)
    return case


async def _write_note(
    connection: AsyncConnection, case: Case, *, actor: Actor, text: str, now: datetime
) -> None:
    values = dict(
        comment_id=case.comment.id, text=text, written_at=now, **actor_columns("actor", actor)
    )
    await insert(connection, t.notes, values)


async def _told(
    connection: AsyncConnection,
    case: Case,
    action: str,
    *,
    actor: Actor,
    effects: Sequence[Effect],
    now: datetime,
) -> Case:
    """Audit entry and effects; the case as it is now."""
    await write_effects(connection, effects, now=now)
    await write_audit(
        connection,
        at=now,
        actor=actor,
        action=action,
        comment_id=case.comment.id,
        detail={"case": case.id},
    )
    changed = await select_case(connection, t.cases.c.id == case.id)
    assert changed is not None  # noqa: S101 - written in this transaction
    return changed
