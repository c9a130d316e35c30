"""What a verdict rests on and what is known of a comment: scores, rule hits, the author's past."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import (
    RULEBOOK,
    AuthorHistory,
    AuthorStanding,
    Comment,
    Scores,
    State,
    Unscored,
    Verdict,
)
from bot.core.waiting import Reach
from bot.store import tables as t
from bot.store.records import insert
from bot.store.rows import (
    actor_columns,
    further_columns,
    scores_columns,
    scores_of,
    standing_of,
    verdict_of,
)

_NOT_STORED = frozenset({"text.folded", "text.written"})
"""Facts that are the text once more: they can be had from it again."""


async def write_evidence(
    connection: AsyncConnection,
    comment: Comment,
    scores: Scores | Unscored,
    verdict: Verdict,
    *,
    now: datetime,
) -> None:
    of_version = {"comment_id": comment.id, "version": comment.version}
    await connection.execute(
        t.scores.insert().values(**of_version, **scores_columns(scores), scored_at=now)
    )
    await connection.execute(
        t.verdicts.insert().values(
            **of_version,
            outcome=verdict.outcome.value,
            basis=verdict.basis.value,
            reason=verdict.reason.value if verdict.reason else None,
            because_fr=verdict.because.fr,
            because_en=verdict.because.en,
            rulebook=verdict.rulebook,
            facts={k: v for k, v in verdict.facts.items() if k not in _NOT_STORED},
            not_applied=list(verdict.not_applied),
            pivots=[{"rule": each.rule, "outcome": each.outcome.value} for each in verdict.pivots],
            judged_at=now,
        )
    )
    for hit in verdict.hits:
        await connection.execute(
            t.rule_hits.insert().values(
                **of_version,
                rule=hit.rule,
                stage=hit.stage.value,
                outcome=hit.outcome.value,
                reason=hit.reason.value if hit.reason else None,
                because_fr=hit.because.fr,
                because_en=hit.because.en,
                further=further_columns(hit.further),
                idle=hit.idle.value if hit.idle else None,
                read=dict(hit.read),
                passages=[asdict(passage) for passage in hit.passages],
            )
        )


async def write_decision(
    connection: AsyncConnection, comment: Comment, verdict: Verdict, *, now: datetime
) -> int:
    values = dict(
        comment_id=comment.id,
        text_version=comment.version,
        outcome=verdict.outcome.value,
        reason=verdict.reason.value if verdict.reason else None,
        previous_state=comment.state.value,
        decided_at=now,
        **actor_columns("actor", RULEBOOK),
    )
    return await insert(connection, t.decisions, values)


async def select_scores(connection: AsyncConnection, comment: Comment) -> Scores | Unscored | None:
    query = t.scores.select().where(
        t.scores.c.comment_id == comment.id, t.scores.c.version == comment.version
    )
    row = (await connection.execute(query)).one_or_none()
    return scores_of(row) if row else None


async def select_verdict(connection: AsyncConnection, comment: Comment) -> Verdict | None:
    query = t.verdicts.select().where(
        t.verdicts.c.comment_id == comment.id, t.verdicts.c.version == comment.version
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    hits = t.rule_hits.select().where(
        t.rule_hits.c.comment_id == comment.id, t.rule_hits.c.version == comment.version
    )
    found = await connection.execute(hits.order_by(t.rule_hits.c.rule))
    return verdict_of(row, found.all())


async def select_complaints(connection: AsyncConnection, comment: Comment) -> tuple[str, ...]:
    query = (
        sa.select(t.complaints.c.why)
        .where(t.complaints.c.comment_id == comment.id, t.complaints.c.why.is_not(None))
        .order_by(t.complaints.c.id)
    )
    return tuple((await connection.execute(query)).scalars())


async def select_reach(connection: AsyncConnection, comment: Comment, *, now: datetime) -> Reach:
    """How far the comment carries, as far as it can be counted here."""
    replies = sa.select(sa.func.count()).where(
        t.comments.c.site == comment.site,
        t.comments.c.parent_external_id == comment.external_id,
    )
    around = (
        sa.select(sa.func.count())
        .select_from(t.comments)
        .join(t.stories, t.stories.c.id == t.comments.c.story_id)
        .where(
            t.stories.c.site == comment.site,
            t.stories.c.external_id == comment.story.id,
            t.comments.c.received_at > now - timedelta(hours=1),
        )
    )
    return Reach(
        replies=(await connection.execute(replies)).scalar_one(),
        story_comments=(await connection.execute(around)).scalar_one(),
    )


async def select_history(connection: AsyncConnection, comment: Comment) -> AuthorHistory:
    a = t.authors.c
    others = sa.and_(t.comments.c.author_id == a.id, t.comments.c.id != comment.id)
    query = (
        sa.select(a.first_seen_at, a.trusted_at, a.muted_at, a.muted_until)
        .add_columns(t.comments.c.state, sa.func.count().label("number"))
        .join(t.comments, others, isouter=True)
        .where(a.site == comment.site, a.external_id == comment.author.id)
        .group_by(a.first_seen_at, a.trusted_at, a.muted_at, a.muted_until, t.comments.c.state)
    )
    rows = (await connection.execute(query)).all()
    by_state = {row.state: row.number for row in rows}
    return AuthorHistory(
        approved=by_state.get(State.APPROVED.value, 0),
        rejected=by_state.get(State.REJECTED.value, 0),
        in_review=by_state.get(State.IN_REVIEW.value, 0),
        first_seen_at=rows[0].first_seen_at if rows else None,
        standing=standing_of(rows[0]) if rows else AuthorStanding(),
    )
