"""What a person's decision writes, inside one transaction: made, put forward, taken back."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import (
    Actor,
    Case,
    Decision,
    EffectKind,
    Proposal,
    Proposed,
    RefusalKind,
    Refused,
    Resolution,
    State,
)
from bot.ports import EffectsOf
from bot.store import likes, review
from bot.store import tables as t
from bot.store.records import insert, may_have_left, select_case, write_audit, write_effects
from bot.store.rows import actor_columns, decision_of


async def resolve(
    connection: AsyncConnection,
    resolution: Resolution,
    *,
    effects: EffectsOf,
    if_first_of_two: EffectsOf | None,
    now: datetime,
) -> tuple[Case, Decision] | Proposed | Refused:
    case = await select_case(connection, t.cases.c.id == resolution.case_id)
    if case is None:
        return Refused(kind=RefusalKind.UNKNOWN)
    refusal = await _why_not(connection, case, resolution, now=now)
    if refusal is not None:
        return refusal
    if if_first_of_two is not None and case.proposal is None:
        return await _propose(connection, case, resolution, effects=if_first_of_two, now=now)
    if if_first_of_two is not None and case.proposal and case.proposal.by.id == resolution.actor.id:
        return Refused(kind=RefusalKind.SECOND_NEEDED, by=resolution.actor)
    behind = await likes.members(connection, case.id)
    unit = uuid.uuid4().hex if behind else None
    for one in behind:  # the head last: it is shown as closed together with the others
        await _decide(connection, one, resolution, effects=effects, unit=unit, now=now)
    decision_id = await _decide(connection, case, resolution, effects=effects, unit=unit, now=now)
    return await _after(connection, case.id, decision_id)


async def _decide(
    connection: AsyncConnection,
    case: Case,
    resolution: Resolution,
    *,
    effects: EffectsOf,
    unit: str | None,
    now: datetime,
) -> int:
    decision_id = await _write_decision(connection, case, resolution, unit=unit, now=now)
    await review.close_decided(connection, case, now=now)
    await connection.execute(
        t.comments.update()
        .where(t.comments.c.id == case.comment.id)
        .values(state=resolution.outcome.state.value)
    )
    await write_effects(connection, effects(case), now=now, decision_id=decision_id)
    detail: dict[str, object] = {"case": case.id, "reason": resolution.reason}
    if case.alike_of is not None:
        detail["alike_of"] = case.alike_of
    if unit is not None:
        detail["unit"] = unit
    if case.proposal is not None:
        detail["proposed_by"] = case.proposal.by.name
    await write_audit(
        connection,
        at=now,
        actor=resolution.actor,
        action=f"resolved {resolution.outcome.value}",
        comment_id=case.comment.id,
        detail=detail,
    )
    return decision_id


async def _propose(
    connection: AsyncConnection,
    case: Case,
    resolution: Resolution,
    *,
    effects: EffectsOf,
    now: datetime,
) -> Proposed:
    """Puts the first of two votes on record; nothing leaves the house yet."""
    assert resolution.reason is not None  # noqa: S101 - only a reason can ask for two people
    proposal = Proposal(by=resolution.actor, reason=resolution.reason, note=resolution.note, at=now)
    await review.propose(connection, case, proposal)
    await write_effects(connection, effects(case), now=now)
    await write_audit(
        connection,
        at=now,
        actor=resolution.actor,
        action="proposed reject",
        comment_id=case.comment.id,
        detail={"case": case.id, "reason": resolution.reason},
    )
    changed = await select_case(connection, t.cases.c.id == case.id)
    assert changed is not None  # noqa: S101 - written in this transaction
    return Proposed(case=changed, proposal=proposal)


async def undo(
    connection: AsyncConnection,
    decision_id: int,
    *,
    actor: Actor,
    corrections: EffectsOf,
    effects: EffectsOf,
    now: datetime,
) -> tuple[Case, Decision, bool] | Refused:
    """Decisions that were made together are undone together; what cannot be any more stays."""
    row = await _decision_row(connection, decision_id)
    if row is None or row.undone_at is not None:
        return Refused(kind=RefusalKind.UNKNOWN)
    decision = decision_of(row)
    told = False
    for one in [decision, *await _others_of_unit(connection, decision)]:
        case = await _undoable(connection, one)
        if isinstance(case, Refused):
            if one.id == decision_id:
                return case
            continue
        left = await _left_already(connection, one.id)
        previous = await _previous_state(connection, one.id)
        await _take_back(connection, case, one.id, state=previous, actor=actor, now=now)
        was_told = bool(left & {EffectKind.TELL_SITE, EffectKind.DELETE_MESSAGE})
        told = told or was_told
        asked = (*(corrections(case) if was_told else ()), *effects(case))
        await write_effects(connection, asked, now=now)
        await write_audit(
            connection,
            at=now,
            actor=actor,
            action="undone",
            comment_id=case.comment.id,
            detail={"case": case.id, "decision": one.id},
        )
    undone = await select_case(connection, t.cases.c.comment_id == decision.comment_id)
    assert undone is not None  # noqa: S101 - it was undone above
    return (*await _after(connection, undone.id, decision_id), told)


async def _undoable(connection: AsyncConnection, decision: Decision) -> Case | Refused:
    case = await select_case(connection, t.cases.c.comment_id == decision.comment_id)
    last = await last_decision(connection, case) if case else None
    if case is None or case.is_open or last is None or last.id != decision.id:
        return Refused(kind=RefusalKind.CHANGED)
    if case.comment.state is State.WITHDRAWN:
        return Refused(kind=RefusalKind.TOO_LATE)
    return case


async def _previous_state(connection: AsyncConnection, decision_id: int) -> str:
    query = sa.select(t.decisions.c.previous_state).where(t.decisions.c.id == decision_id)
    return str((await connection.execute(query)).scalar_one())


async def _others_of_unit(connection: AsyncConnection, decision: Decision) -> list[Decision]:
    if decision.unit is None:
        return []
    query = t.decisions.select().where(
        t.decisions.c.unit == decision.unit,
        t.decisions.c.id != decision.id,
        t.decisions.c.undone_at.is_(None),
    )
    rows = await connection.execute(query.order_by(t.decisions.c.id))
    return [decision_of(row) for row in rows]


async def _why_not(
    connection: AsyncConnection, case: Case, resolution: Resolution, *, now: datetime
) -> Refused | None:
    if not case.is_open:
        last = await last_decision(connection, case)
        if last is None:
            return Refused(kind=RefusalKind.CHANGED)
        return Refused(kind=RefusalKind.TAKEN, by=last.actor, outcome=last.outcome)
    if case.version != resolution.case_version:
        return Refused(kind=RefusalKind.CHANGED)
    if case.escalation is not None and not resolution.actor.may_lead:
        return Refused(kind=RefusalKind.ESCALATED, by=case.escalation.by)
    if claimed_by_other(case, resolution.actor, now=now):
        return Refused(kind=RefusalKind.CLAIMED, by=case.claim.actor if case.claim else None)
    return None


def claimed_by_other(case: Case, actor: Actor, *, now: datetime) -> bool:
    return case.claim is not None and case.claim.until > now and case.claim.actor.id != actor.id


async def _write_decision(
    connection: AsyncConnection,
    case: Case,
    resolution: Resolution,
    *,
    unit: str | None,
    now: datetime,
) -> int:
    values = dict(
        comment_id=case.comment.id,
        text_version=case.comment.version,
        outcome=resolution.outcome.value,
        reason=resolution.reason.value if resolution.reason else None,
        note=resolution.note,
        previous_state=case.comment.state.value,
        decided_at=now,
        unit=unit,
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
    query = sa.select(t.outbox.c.kind).where(t.outbox.c.decision_id == decision_id, may_have_left())
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


async def last_decision(connection: AsyncConnection, case: Case) -> Decision | None:
    query = (
        t.decisions.select()
        .where(t.decisions.c.comment_id == case.comment.id, t.decisions.c.undone_at.is_(None))
        .order_by(t.decisions.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return decision_of(row) if row else None
