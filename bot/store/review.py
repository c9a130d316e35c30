"""A case's life inside somebody else's transaction: opened, touched, settled, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.likeness import fingerprint
from bot.core.model import (
    RULEBOOK,
    Actor,
    Basis,
    Case,
    Comment,
    Outcome,
    Proposal,
    State,
    Turn,
    Verdict,
    Words,
)
from bot.store import likes
from bot.store import tables as t
from bot.store.records import select_case
from bot.store.rows import actor_columns

_FREE = {
    "claimed_by_kind": None,
    "claimed_by_id": None,
    "claimed_by_name": None,
    "claimed_until": None,
}
_NOT_PROPOSED = {
    "proposed_by_kind": None,
    "proposed_by_id": None,
    "proposed_by_name": None,
    "proposed_reason": None,
    "proposed_note": None,
    "proposed_at": None,
}
_AS_NEW = {
    **_FREE,
    **_NOT_PROPOSED,
    **{
        f"{who}_{what}": None
        for who in ("escalated_by", "asked_by", "asked_of")
        for what in ("kind", "id", "name")
    },
    "escalated_at": None,
    "asked_at": None,
    "alike_of": None,
}
"""What colleagues had said of a case that is closed means nothing for the text that came since."""


async def open_case(
    connection: AsyncConnection,
    comment_id: str,
    verdict: Verdict,
    *,
    text: str,
    turn: Turn,
    now: datetime,
) -> None:
    """Puts the comment in the queue; a case that is there already gets the new evidence."""
    await _put(
        connection,
        comment_id,
        basis=verdict.basis,
        because=verdict.because,
        handed_up=verdict.further.escalate,
        text=text,
        turn=turn,
        now=now,
    )


async def reported(
    connection: AsyncConnection,
    comment: Comment,
    *,
    turn: Turn,
    because: Words,
    now: datetime,
) -> bool:
    """Makes a reader's complaint count; True when a case changed."""
    case = await select_case(connection, t.cases.c.comment_id == comment.id)
    if case is not None and case.is_open:
        if comment.reports == 0:
            sooner = {
                "turn_at": min(case.turn.turn_at, turn.turn_at),
                "due_at": min(case.turn.due_at, turn.due_at),
            }
            await update(connection, case, reported=True, **sooner)
            if case.alike_of is not None:
                await likes.let_go(connection, case)
        return comment.reports == 0
    if comment.state is not State.APPROVED:
        return False
    await _put(
        connection,
        comment.id,
        basis=Basis.REPORT,
        because=because,
        text=comment.text,
        turn=turn,
        now=now,
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
        await update(connection, case, version=case.version + 1)
    else:
        await update(connection, case, version=case.version + 1, closed_at=now, **_FREE)
        await likes.let_go(connection, case)


async def touch(connection: AsyncConnection, comment_id: str) -> bool:
    """The text changed: decisions made on the old one are refused. True when a case is open."""
    case = await select_case(connection, t.cases.c.comment_id == comment_id)
    if case is None or not case.is_open:
        return False
    await update(connection, case, version=case.version + 1, **_NOT_PROPOSED)
    await likes.let_go(connection, case)
    return True


async def close(connection: AsyncConnection, comment_id: str, *, now: datetime) -> bool:
    """Ends the case without a decision; True when one was open."""
    case = await select_case(connection, t.cases.c.comment_id == comment_id)
    if case is None or not case.is_open:
        return False
    await update(connection, case, version=case.version + 1, closed_at=now, **_FREE)
    await likes.let_go(connection, case)
    return True


async def close_decided(connection: AsyncConnection, case: Case, *, now: datetime) -> None:
    await update(connection, case, version=case.version + 1, closed_at=now, **_FREE)


async def propose(connection: AsyncConnection, case: Case, proposal: Proposal) -> None:
    """The case is free for the second person, and looks another to whoever has it open."""
    await update(
        connection,
        case,
        version=case.version + 1,
        **_FREE,
        **actor_columns("proposed_by", proposal.by),
        proposed_reason=proposal.reason.value,
        proposed_note=proposal.note,
        proposed_at=proposal.at,
    )


async def reopen(connection: AsyncConnection, case: Case) -> None:
    """As it was before the decision: with its age, so that it does not go to the end."""
    await update(connection, case, version=case.version + 1, closed_at=None, **_FREE)


async def _put(
    connection: AsyncConnection,
    comment_id: str,
    *,
    basis: Basis,
    because: Words,
    handed_up: bool = False,
    text: str,
    turn: Turn,
    now: datetime,
) -> None:
    case = await select_case(connection, t.cases.c.comment_id == comment_id)
    evidence: dict[str, object] = {
        "basis": basis.value,
        "because_fr": because.fr,
        "because_en": because.en,
    }
    escalation: dict[str, object] = {}
    if handed_up:
        escalation = {**actor_columns("escalated_by", RULEBOOK), "escalated_at": now}
    if case is not None and case.is_open:  # an edit must not send a case back to the end
        turn = replace(
            turn,
            turn_at=min(case.turn.turn_at, turn.turn_at),
            due_at=min(case.turn.due_at, turn.due_at),
        )
    evidence |= turn_columns(turn)
    mark = fingerprint(text)
    evidence["fingerprint"] = mark
    if case is None:
        alone = handed_up or basis is Basis.REPORT
        head = None if alone else await likes.find_head(connection, text, mark, now=now)
        await connection.execute(
            t.cases.insert().values(
                comment_id=comment_id,
                version=1,
                opened_at=now,
                alike_of=head,
                **evidence,
                **escalation,
            )
        )
        if head is not None:
            await likes.changed(connection, head)
    else:
        opened_at = case.opened_at if case.is_open else now
        await update(
            connection,
            case,
            version=case.version + 1,
            opened_at=opened_at,
            closed_at=None,
            **evidence,
            **{**({} if case.is_open else _AS_NEW), **escalation},
        )
        await connection.execute(sa.delete(t.skips).where(t.skips.c.case_id == case.id))


async def update(connection: AsyncConnection, case: Case, **values: object) -> None:
    """Whatever changes, the card that shows it is out of date."""
    await connection.execute(
        t.cases.update()
        .where(t.cases.c.id == case.id)
        .values(revision=t.cases.c.revision + 1, **values)
    )


async def skip(connection: AsyncConnection, case_id: int, actor: Actor, *, now: datetime) -> None:
    """To the end of this person's own queue."""
    key = (t.skips.c.case_id == case_id, t.skips.c.actor_id == actor.id)
    await connection.execute(t.skips.delete().where(*key))
    await connection.execute(
        t.skips.insert().values(case_id=case_id, actor_id=actor.id, skipped_at=now)
    )


def turn_columns(turn: Turn) -> dict[str, object]:
    return {
        "severity": turn.severity.value,
        "reach": turn.reach,
        "reported": turn.reported,
        "turn_at": turn.turn_at,
        "due_at": turn.due_at,
    }
