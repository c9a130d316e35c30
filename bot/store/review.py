"""A case's life inside somebody else's transaction: opened, touched, settled, closed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Basis, Case, Comment, Outcome, State, Verdict, Words
from bot.store import tables as t
from bot.store.records import select_case

_FREE = {
    "claimed_by_kind": None,
    "claimed_by_id": None,
    "claimed_by_name": None,
    "claimed_until": None,
}


async def open_case(
    connection: AsyncConnection,
    comment_id: str,
    verdict: Verdict,
    *,
    priority: float,
    now: datetime,
) -> None:
    """Puts the comment in the queue; a case that is there already gets the new evidence."""
    await _put(
        connection,
        comment_id,
        basis=verdict.basis,
        because=verdict.because,
        priority=priority,
        now=now,
    )


async def reported(
    connection: AsyncConnection,
    comment: Comment,
    *,
    priority: float,
    because: Words,
    now: datetime,
) -> bool:
    """Makes a reader's complaint count; True when a case changed."""
    case = await select_case(connection, t.cases.c.comment_id == comment.id)
    if case is not None and case.is_open:
        if comment.reports == 0:
            await _update(connection, case, priority=case.priority + priority)
        return comment.reports == 0
    if comment.state is not State.APPROVED:
        return False
    await _put(
        connection, comment.id, basis=Basis.REPORT, because=because, priority=priority, now=now
    )
    return True


async def settle(
    connection: AsyncConnection, comment_id: str, outcome: Outcome, *, now: datetime
) -> None:
    """An automatic decision ends an open case, but never one that a reader asked for:
    a reported comment that is edited into something harmless is still looked at."""
    case = await select_case(connection, t.cases.c.comment_id == comment_id)
    if case is None or not case.is_open:
        return
    if case.basis is Basis.REPORT and outcome is Outcome.APPROVE:
        await _update(connection, case, version=case.version + 1)
    else:
        await _update(connection, case, version=case.version + 1, closed_at=now, **_FREE)


async def touch(connection: AsyncConnection, comment_id: str) -> bool:
    """The text changed: decisions made on the old one are refused. True when a case is open."""
    case = await select_case(connection, t.cases.c.comment_id == comment_id)
    if case is None or not case.is_open:
        return False
    await _update(connection, case, version=case.version + 1)
    return True


async def close(connection: AsyncConnection, comment_id: str, *, now: datetime) -> bool:
    """Ends the case without a decision; True when one was open."""
    case = await select_case(connection, t.cases.c.comment_id == comment_id)
    if case is None or not case.is_open:
        return False
    await _update(connection, case, version=case.version + 1, closed_at=now, **_FREE)
    return True


async def close_decided(connection: AsyncConnection, case: Case, *, now: datetime) -> None:
    await _update(connection, case, version=case.version + 1, closed_at=now, **_FREE)


async def reopen(connection: AsyncConnection, case: Case) -> None:
    """As it was before the decision: with its age, so that it does not go to the end."""
    await _update(connection, case, version=case.version + 1, closed_at=None, **_FREE)


async def _put(
    connection: AsyncConnection,
    comment_id: str,
    *,
    basis: Basis,
    because: Words,
    priority: float,
    now: datetime,
) -> None:
    case = await select_case(connection, t.cases.c.comment_id == comment_id)
    evidence = {
        "basis": basis.value,
        "because_fr": because.fr,
        "because_en": because.en,
        "priority": priority,
    }
    if case is None:
        await connection.execute(
            t.cases.insert().values(comment_id=comment_id, version=1, opened_at=now, **evidence)
        )
    else:
        opened_at = case.opened_at if case.is_open else now
        await _update(
            connection,
            case,
            version=case.version + 1,
            opened_at=opened_at,
            closed_at=None,
            **evidence,
            **({} if case.is_open else _FREE),
        )
        await connection.execute(sa.delete(t.skips).where(t.skips.c.case_id == case.id))


async def _update(connection: AsyncConnection, case: Case, **values: object) -> None:
    await connection.execute(t.cases.update().where(t.cases.c.id == case.id).values(**values))
