"""Rows to values and back: the only place that knows both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import (
    NOTHING_FURTHER,
    Actor,
    ActorKind,
    AuditEntry,
    Author,
    AuthorStanding,
    Basis,
    Case,
    Claim,
    Comment,
    Decision,
    Effect,
    EffectKind,
    Escalation,
    Further,
    Idle,
    Note,
    OutboxItem,
    Outcome,
    Parent,
    Passage,
    Pivot,
    Proposal,
    Question,
    RuleHit,
    Scores,
    Severity,
    Source,
    Stage,
    State,
    Story,
    TextFormat,
    Turn,
    Unscored,
    Verdict,
    Window,
    Words,
)
from bot.core.reasons import Reason
from bot.store import tables as t

Row = Any
"""A SQLAlchemy row: its columns are attributes, named as in the select below."""

COMMENT = (
    sa.select(
        t.comments.c.id,
        t.comments.c.site,
        t.comments.c.source,
        t.comments.c.external_id,
        t.comments.c.version,
        t.comments.c.state,
        t.comments.c.parent_external_id,
        t.comments.c.parent_author,
        t.comments.c.parent_text,
        t.comments.c.created_at,
        t.comments.c.received_at,
        t.comments.c.reports,
        t.text_versions.c.text,
        t.text_versions.c.raw_text,
        t.text_versions.c.format,
        t.text_versions.c.language,
        t.authors.c.external_id.label("author_external_id"),
        t.authors.c.name.label("author_name"),
        t.stories.c.external_id.label("story_external_id"),
        t.stories.c.url.label("story_url"),
        t.stories.c.title.label("story_title"),
        t.stories.c.section.label("story_section"),
        t.stories.c.tags.label("story_tags"),
        t.stories.c.published_at.label("story_published_at"),
    )
    .join(
        t.text_versions,
        sa.and_(
            t.text_versions.c.comment_id == t.comments.c.id,
            t.text_versions.c.version == t.comments.c.version,
        ),
    )
    .join(t.authors, t.authors.c.id == t.comments.c.author_id)
    .join(t.stories, t.stories.c.id == t.comments.c.story_id)
)

_BEHIND = t.cases.alias("behind")
_HEAD = t.cases.alias("head")
STANDS_BEHIND = sa.exists().where(
    _HEAD.c.id == t.cases.c.alike_of,
    _HEAD.c.closed_at.is_(None),
    t.cases.c.closed_at.is_(None),
)
"""Another open case stands for this one: it has no card and no turn of its own."""

CASE = COMMENT.join(t.cases, t.cases.c.comment_id == t.comments.c.id).add_columns(
    t.cases.c.id.label("case_id"),
    t.cases.c.version.label("case_version"),
    t.cases.c.severity,
    t.cases.c.reach,
    t.cases.c.reported,
    t.cases.c.turn_at,
    t.cases.c.due_at,
    t.cases.c.basis,
    t.cases.c.because_fr,
    t.cases.c.because_en,
    t.cases.c.opened_at,
    t.cases.c.closed_at,
    t.cases.c.claimed_by_kind,
    t.cases.c.claimed_by_id,
    t.cases.c.claimed_by_name,
    t.cases.c.claimed_until,
    t.cases.c.revision,
    t.cases.c.escalated_by_kind,
    t.cases.c.escalated_by_id,
    t.cases.c.escalated_by_name,
    t.cases.c.escalated_at,
    t.cases.c.asked_by_kind,
    t.cases.c.asked_by_id,
    t.cases.c.asked_by_name,
    t.cases.c.asked_of_kind,
    t.cases.c.asked_of_id,
    t.cases.c.asked_of_name,
    t.cases.c.asked_at,
    t.cases.c.proposed_by_kind,
    t.cases.c.proposed_by_id,
    t.cases.c.proposed_by_name,
    t.cases.c.proposed_reason,
    t.cases.c.proposed_note,
    t.cases.c.proposed_at,
    t.cases.c.alike_of,
    sa.select(sa.func.count())
    .select_from(_BEHIND)
    .where(
        _BEHIND.c.alike_of == t.cases.c.id,
        _BEHIND.c.closed_at.is_(None) == t.cases.c.closed_at.is_(None),
    )
    .scalar_subquery()
    .label("alike"),
)


def comment_of(row: Row) -> Comment:
    parent = (
        Parent(id=row.parent_external_id, author=row.parent_author, text=row.parent_text)
        if row.parent_external_id is not None
        else None
    )
    return Comment(
        id=row.id,
        site=row.site,
        source=Source(row.source),
        external_id=row.external_id,
        version=row.version,
        state=State(row.state),
        text=row.text,
        raw_text=row.raw_text,
        format=TextFormat(row.format),
        author=Author(id=row.author_external_id, name=row.author_name),
        story=Story(
            id=row.story_external_id,
            url=row.story_url,
            title=row.story_title,
            section=row.story_section,
            tags=tuple(row.story_tags or ()),
            published_at=row.story_published_at,
        ),
        parent=parent,
        received_at=row.received_at,
        created_at=row.created_at,
        language=row.language,
        reports=row.reports,
    )


def actor_of(row: Row, prefix: str) -> Actor | None:
    kind = getattr(row, f"{prefix}_kind")
    if kind is None:
        return None
    return Actor(
        kind=ActorKind(kind),
        id=getattr(row, f"{prefix}_id"),
        name=getattr(row, f"{prefix}_name"),
    )


def actor_columns(prefix: str, actor: Actor | None) -> dict[str, str | None]:
    return {
        f"{prefix}_kind": actor.kind.value if actor else None,
        f"{prefix}_id": actor.id if actor else None,
        f"{prefix}_name": actor.name if actor else None,
    }


def case_of(row: Row) -> Case:
    claimed_by = actor_of(row, "claimed_by")
    return Case(
        id=row.case_id,
        version=row.case_version,
        comment=comment_of(row),
        opened_at=row.opened_at,
        turn=Turn(
            severity=Severity(row.severity),
            reach=row.reach,
            reported=row.reported,
            turn_at=row.turn_at,
            due_at=row.due_at,
        ),
        basis=Basis(row.basis),
        because=Words(fr=row.because_fr, en=row.because_en),
        closed_at=row.closed_at,
        revision=row.revision,
        claim=Claim(actor=claimed_by, until=row.claimed_until) if claimed_by else None,
        escalation=_escalation_of(row),
        question=_question_of(row),
        proposal=_proposal_of(row),
        alike_of=row.alike_of,
        alike=row.alike,
    )


def _escalation_of(row: Row) -> Escalation | None:
    by = actor_of(row, "escalated_by")
    return Escalation(by=by, at=row.escalated_at) if by else None


def _question_of(row: Row) -> Question | None:
    by = actor_of(row, "asked_by")
    return Question(by=by, of=actor_of(row, "asked_of"), at=row.asked_at) if by else None


def _proposal_of(row: Row) -> Proposal | None:
    by = actor_of(row, "proposed_by")
    if by is None:
        return None
    return Proposal(
        by=by, reason=Reason(row.proposed_reason), note=row.proposed_note, at=row.proposed_at
    )


def note_of(row: Row) -> Note:
    actor = actor_of(row, "actor")
    assert actor is not None  # noqa: S101 - the column is not nullable
    return Note(actor=actor, text=row.text, written_at=row.written_at)


def decision_of(row: Row) -> Decision:
    actor = actor_of(row, "actor")
    assert actor is not None  # noqa: S101 - the column is not nullable
    return Decision(
        id=row.id,
        comment_id=row.comment_id,
        text_version=row.text_version,
        outcome=Outcome(row.outcome),
        actor=actor,
        decided_at=row.decided_at,
        reason=Reason(row.reason) if row.reason else None,
        note=row.note,
        undone_at=row.undone_at,
        undone_by=actor_of(row, "undone_by"),
        unit=row.unit,
    )


def scores_of(row: Row) -> Scores | Unscored:
    if row.unscored is not None:
        return Unscored(reason=row.unscored)
    worst = (
        Window(start=row.worst_start, end=row.worst_end) if row.worst_start is not None else None
    )
    return Scores(
        values=row.attributes,
        scorer=row.scorer,
        version=row.scorer_version,
        worst=worst,
        whole=row.whole,
        degraded=row.degraded,
    )


def scores_columns(scores: Scores | Unscored) -> dict[str, object]:
    if isinstance(scores, Unscored):
        return {"unscored": scores.reason, "degraded": False, "whole": sa.null()}
    return {
        "attributes": dict(scores.values),
        "whole": dict(scores.whole) if scores.whole is not None else sa.null(),
        "scorer": scores.scorer,
        "scorer_version": scores.version,
        "worst_start": scores.worst.start if scores.worst else None,
        "worst_end": scores.worst.end if scores.worst else None,
        "degraded": scores.degraded,
    }


def verdict_of(row: Row, hits: Sequence[Row]) -> Verdict:
    return Verdict(
        outcome=Outcome(row.outcome),
        basis=Basis(row.basis),
        rulebook=row.rulebook,
        reason=Reason(row.reason) if row.reason else None,
        because=Words(fr=row.because_fr, en=row.because_en),
        hits=tuple(hit_of(hit) for hit in hits),
        not_applied=tuple(row.not_applied),
        facts=row.facts,
        pivots=tuple(
            Pivot(rule=each["rule"], outcome=Outcome(each["outcome"])) for each in row.pivots
        ),
    )


def hit_of(row: Row) -> RuleHit:
    return RuleHit(
        rule=row.rule,
        stage=Stage(row.stage),
        outcome=Outcome(row.outcome),
        reason=Reason(row.reason) if row.reason else None,
        because=Words(fr=row.because_fr, en=row.because_en),
        further=_further_of(row.further),
        idle=Idle(row.idle) if row.idle else None,
        read=row.read,
        passages=tuple(Passage(**each) for each in row.passages),
    )


def further_columns(further: Further) -> object:
    """None of it is written where nothing is asked for."""
    return sa.null() if further == NOTHING_FURTHER else asdict(further)


def _further_of(stored: dict[str, Any] | None) -> Further:
    if stored is None:
        return NOTHING_FURTHER
    return Further(**{**stored, "tags": tuple(stored["tags"])})


def item_of(row: Row) -> OutboxItem:
    settled_at: datetime | None = row.settled_at
    return OutboxItem(
        id=row.id,
        delivery_id=row.delivery_id,
        effect=Effect(
            kind=EffectKind(row.kind),
            subject=row.comment_id,
            due_at=row.due_at,
            payload=row.payload,
            revocable=row.revocable,
        ),
        created_at=row.created_at,
        attempts=row.attempts,
        last_error=row.last_error,
        delivered_at=settled_at if row.status == "delivered" else None,
        dead_at=settled_at if row.status == "dead" else None,
    )


def audit_of(row: Row) -> AuditEntry:
    actor = actor_of(row, "actor")
    assert actor is not None  # noqa: S101 - the column is not nullable
    return AuditEntry(at=row.at, actor=actor, action=row.action, detail=row.detail)


def standing_of(row: Row) -> AuthorStanding:
    """From the columns `trusted_at`, `muted_at`, `muted_until`."""
    return AuthorStanding(
        trusted=row.trusted_at is not None,
        muted=row.muted_at is not None,
        muted_until=row.muted_until,
    )
