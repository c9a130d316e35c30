"""Comments: what comes in, what became of it. Fulfils `bot.ports.Comments`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.decide import RecentRejections
from bot.core.model import (
    RULEBOOK,
    AuthorHistory,
    Comment,
    CommentRecord,
    Effect,
    Outcome,
    Receipt,
    Report,
    Scores,
    State,
    Submission,
    Unscored,
    Verdict,
    Words,
)
from bot.ports import CaseEffects, Pending
from bot.store import review
from bot.store import tables as t
from bot.store.database import Database
from bot.store.records import (
    call_off_outward,
    door,
    insert,
    select_case,
    upsert,
    write_audit,
    write_effects,
)
from bot.store.rows import (
    COMMENT,
    actor_columns,
    audit_of,
    comment_of,
    decision_of,
    scores_columns,
    scores_of,
    verdict_of,
)

_NOT_STORED = frozenset({"text.folded"})
"""Facts that are the text once more: they can be had from it again."""


class SqlComments:
    def __init__(self, database: Database) -> None:
        self._database = database

    # --- coming in -----------------------------------------------------------------------

    async def receive(
        self, submission: Submission, *, on_case_change: CaseEffects, now: datetime
    ) -> Receipt:
        async def work(connection: AsyncConnection) -> Receipt:
            answered = await _answered_before(connection, submission.site, submission.delivery_id)
            if answered is not None:
                return _receipt(answered, repeated=True)
            known = await _select(
                connection,
                t.comments.c.site == submission.site,
                t.comments.c.external_id == submission.external_id,
            )
            if (
                known is not None
                and known.text == submission.text
                and known.state is not State.WITHDRAWN
            ):
                receipt = _receipt(known, repeated=True)
                await _remember_delivery(
                    connection, known.site, submission.delivery_id, receipt, now=now
                )
                return receipt
            receipt = await _write_version(connection, submission, known=known, now=now)
            comment_id = receipt.comment_id
            if known is not None:
                await call_off_outward(connection, comment_id, now=now)
                if await review.touch(connection, comment_id):
                    await write_effects(connection, on_case_change(comment_id), now=now)
            await _remember_delivery(
                connection, submission.site, submission.delivery_id, receipt, now=now
            )
            await write_audit(
                connection,
                at=now,
                actor=door(submission.site),
                action="received" if known is None else "edited",
                comment_id=comment_id,
                detail={"version": receipt.version},
            )
            return receipt

        return await self._database.write(work)

    async def withdraw(
        self,
        *,
        site: str,
        external_id: str,
        delivery_id: str | None,
        on_case_change: CaseEffects,
        now: datetime,
    ) -> Comment | None:
        async def work(connection: AsyncConnection) -> Comment | None:
            answered = await _answered_before(connection, site, delivery_id)
            if answered is not None:
                return answered
            comment = await _select(
                connection, t.comments.c.site == site, t.comments.c.external_id == external_id
            )
            if comment is None or comment.state is State.WITHDRAWN:
                return comment
            if comment.state is not State.REJECTED:  # a refusal stays on the author's record
                await connection.execute(
                    t.comments.update()
                    .where(t.comments.c.id == comment.id)
                    .values(state=State.WITHDRAWN.value)
                )
                await call_off_outward(connection, comment.id, now=now)
            if await review.close(connection, comment.id, now=now):
                await write_effects(connection, on_case_change(comment.id), now=now)
            await _remember_delivery(
                connection, comment.site, delivery_id, _receipt(comment, repeated=False), now=now
            )
            await write_audit(
                connection, at=now, actor=door(site), action="withdrawn", comment_id=comment.id
            )
            return await _select(connection, t.comments.c.id == comment.id)

        return await self._database.write(work)

    async def report(
        self,
        report: Report,
        *,
        priority: float,
        because: Words,
        on_case_change: CaseEffects,
        now: datetime,
    ) -> Comment | None:
        async def work(connection: AsyncConnection) -> Comment | None:
            answered = await _answered_before(connection, report.site, report.delivery_id)
            if answered is not None:
                return answered
            comment = await _select(
                connection,
                t.comments.c.site == report.site,
                t.comments.c.external_id == report.external_id,
            )
            if comment is None:
                return None
            await connection.execute(
                t.comments.update()
                .where(t.comments.c.id == comment.id)
                .values(reports=comment.reports + 1)
            )
            await connection.execute(
                t.complaints.insert().values(comment_id=comment.id, why=report.why, received_at=now)
            )
            if await review.reported(
                connection, comment, priority=priority, because=because, now=now
            ):
                await write_effects(connection, on_case_change(comment.id), now=now)
            await _remember_delivery(
                connection,
                comment.site,
                report.delivery_id,
                _receipt(comment, repeated=False),
                now=now,
            )
            await write_audit(
                connection,
                at=now,
                actor=door(report.site),
                action="reported",
                comment_id=comment.id,
            )
            return await _select(connection, t.comments.c.id == comment.id)

        return await self._database.write(work)

    # --- what is known -------------------------------------------------------------------

    async def get(self, comment_id: str) -> Comment | None:
        async with self._database.reading() as connection:
            return await _select(connection, t.comments.c.id == comment_id)

    async def find(self, *, site: str, external_id: str) -> Comment | None:
        async with self._database.reading() as connection:
            return await _select(
                connection, t.comments.c.site == site, t.comments.c.external_id == external_id
            )

    async def record(self, comment_id: str) -> CommentRecord | None:
        async with self._database.reading() as connection:
            comment = await _select(connection, t.comments.c.id == comment_id)
            if comment is None:
                return None
            decided = await connection.execute(
                t.decisions.select()
                .where(t.decisions.c.comment_id == comment_id)
                .order_by(t.decisions.c.id)
            )
            audited = await connection.execute(
                t.audit.select().where(t.audit.c.comment_id == comment_id).order_by(t.audit.c.id)
            )
            return CommentRecord(
                comment=comment,
                scores=await _scores(connection, comment),
                verdict=await _verdict(connection, comment),
                decisions=tuple(decision_of(row) for row in decided),
                case=await select_case(connection, t.cases.c.comment_id == comment_id),
                history=await _history(connection, comment),
                complaints=await _complaints(connection, comment),
                audit=tuple(audit_of(row) for row in audited),
            )

    async def unfinished(self) -> list[str]:
        query = (
            sa.select(t.comments.c.id)
            .where(t.comments.c.state == State.RECEIVED.value)
            .order_by(t.comments.c.received_at)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def pending(self, comment_id: str) -> Pending | None:
        async with self._database.reading() as connection:
            comment = await _select(
                connection,
                t.comments.c.id == comment_id,
                t.comments.c.state == State.RECEIVED.value,
            )
            if comment is None:
                return None
            case = sa.select(t.cases.c.id).where(
                t.cases.c.comment_id == comment_id, t.cases.c.closed_at.is_(None)
            )
            return Pending(
                comment=comment,
                history=await _history(connection, comment),
                has_case=comment.version > 1
                and (await connection.execute(case)).first() is not None,
            )

    async def recent_rejections(self, *, now: datetime) -> RecentRejections:
        d = t.decisions.c
        hour = sa.case((d.decided_at > now - timedelta(hours=1), 1), else_=0)
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(hour), 0)).where(
            d.actor_kind == RULEBOOK.kind.value,
            d.outcome == Outcome.REJECT.value,
            d.decided_at > now - timedelta(days=1),
        )
        async with self._database.reading() as connection:
            day, last_hour = (await connection.execute(query)).one()
        return RecentRejections(last_hour=last_hour, last_day=day)

    # --- the verdict ---------------------------------------------------------------------

    async def judge(
        self,
        comment: Comment,
        *,
        scores: Scores | Unscored,
        verdict: Verdict,
        priority: float,
        effects: Sequence[Effect],
        now: datetime,
    ) -> bool:
        async def work(connection: AsyncConnection) -> bool:
            moved = await connection.execute(
                t.comments.update()
                .where(
                    t.comments.c.id == comment.id,
                    t.comments.c.version == comment.version,
                    t.comments.c.state == State.RECEIVED.value,
                )
                .values(state=verdict.outcome.state.value)
            )
            if moved.rowcount == 0:
                return False
            await _write_evidence(connection, comment, scores, verdict, now=now)
            decision_id = None
            if verdict.outcome is Outcome.REVIEW:
                await review.open_case(connection, comment.id, verdict, priority=priority, now=now)
            else:
                decision_id = await _write_decision(connection, comment, verdict, now=now)
                await review.settle(connection, comment.id, verdict.outcome, now=now)
            await write_effects(connection, effects, now=now, decision_id=decision_id)
            await write_audit(
                connection,
                at=now,
                actor=RULEBOOK,
                action=f"judged {verdict.outcome.value}",
                comment_id=comment.id,
                detail={
                    "version": comment.version,
                    "basis": verdict.basis.value,
                    "rulebook": verdict.rulebook,
                    "rules": [hit.rule for hit in verdict.hits],
                },
            )
            return True

        return await self._database.write(work)


def _receipt(comment: Comment, *, repeated: bool) -> Receipt:
    return Receipt(
        comment_id=comment.id, version=comment.version, state=comment.state, repeated=repeated
    )


async def _select(connection: AsyncConnection, *where: sa.ColumnElement[bool]) -> Comment | None:
    row = (await connection.execute(COMMENT.where(*where))).one_or_none()
    return comment_of(row) if row else None


async def _answered_before(
    connection: AsyncConnection, site: str, delivery_id: str | None
) -> Comment | None:
    if delivery_id is None:
        return None
    query = sa.select(t.deliveries.c.comment_id).where(
        t.deliveries.c.site == site, t.deliveries.c.delivery_id == delivery_id
    )
    comment_id = (await connection.execute(query)).scalar_one_or_none()
    return await _select(connection, t.comments.c.id == comment_id) if comment_id else None


async def _remember_delivery(
    connection: AsyncConnection,
    site: str,
    delivery_id: str | None,
    receipt: Receipt,
    *,
    now: datetime,
) -> None:
    """Only for a delivery that was not answered before."""
    if delivery_id is None:
        return
    values = {"comment_id": receipt.comment_id, "version": receipt.version, "received_at": now}
    await connection.execute(
        t.deliveries.insert().values(site=site, delivery_id=delivery_id, **values)
    )


async def _write_version(
    connection: AsyncConnection,
    submission: Submission,
    *,
    known: Comment | None,
    now: datetime,
) -> Receipt:
    """The comment's row and its new text version; site, story and author as far as new."""
    site = submission.site
    comment_id = known.id if known else uuid.uuid4().hex
    await upsert(
        connection,
        t.sites,
        key={"name": site},
        values={"source": submission.source.value, "first_seen_at": now},
    )
    story, author, parent = submission.story, submission.author, submission.parent
    story_id = await upsert(
        connection,
        t.stories,
        key={"site": site, "external_id": story.id},
        values={
            "url": story.url,
            "title": story.title,
            "section": story.section,
            "first_seen_at": now,
        },
    )
    author_id = await upsert(
        connection,
        t.authors,
        key={"site": site, "external_id": author.id},
        values={"name": author.name, "first_seen_at": now},
    )
    version = known.version + 1 if known else 1
    values = {
        "story_id": story_id,
        "version": version,
        "state": State.RECEIVED.value,
        "received_at": now,
    }
    if known is None:
        await connection.execute(
            t.comments.insert().values(
                id=comment_id,
                site=site,
                external_id=submission.external_id,
                source=submission.source.value,
                author_id=author_id,
                parent_external_id=parent.id if parent else None,
                parent_author=parent.author if parent else None,
                parent_text=parent.text if parent else None,
                created_at=submission.created_at,
                reports=0,
                **values,
            )
        )
    else:
        await connection.execute(
            t.comments.update().where(t.comments.c.id == comment_id).values(**values)
        )
    await connection.execute(
        t.text_versions.insert().values(
            comment_id=comment_id,
            version=version,
            text=submission.text,
            raw_text=submission.raw_text,
            format=submission.format.value,
            language=submission.language,
            received_at=now,
        )
    )
    return Receipt(comment_id=comment_id, version=version, state=State.RECEIVED, repeated=False)


async def _write_evidence(
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
            )
        )


async def _write_decision(
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


async def _scores(connection: AsyncConnection, comment: Comment) -> Scores | Unscored | None:
    query = t.scores.select().where(
        t.scores.c.comment_id == comment.id, t.scores.c.version == comment.version
    )
    row = (await connection.execute(query)).one_or_none()
    return scores_of(row) if row else None


async def _verdict(connection: AsyncConnection, comment: Comment) -> Verdict | None:
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


async def _complaints(connection: AsyncConnection, comment: Comment) -> tuple[str, ...]:
    query = (
        sa.select(t.complaints.c.why)
        .where(t.complaints.c.comment_id == comment.id, t.complaints.c.why.is_not(None))
        .order_by(t.complaints.c.id)
    )
    return tuple((await connection.execute(query)).scalars())


async def _history(connection: AsyncConnection, comment: Comment) -> AuthorHistory:
    others = sa.and_(t.comments.c.author_id == t.authors.c.id, t.comments.c.id != comment.id)
    query = (
        sa.select(t.authors.c.first_seen_at, t.comments.c.state, sa.func.count())
        .join(t.comments, others, isouter=True)
        .where(t.authors.c.site == comment.site, t.authors.c.external_id == comment.author.id)
        .group_by(t.authors.c.first_seen_at, t.comments.c.state)
    )
    rows = (await connection.execute(query)).all()
    by_state = {row[1]: row[2] for row in rows}
    return AuthorHistory(
        approved=by_state.get(State.APPROVED.value, 0),
        rejected=by_state.get(State.REJECTED.value, 0),
        in_review=by_state.get(State.IN_REVIEW.value, 0),
        first_seen_at=rows[0][0] if rows else None,
    )
