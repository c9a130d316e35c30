"""Comments: what comes in, what became of it. Fulfils `bot.ports.Comments`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.alarms import Sounded
from bot.core.background import Group
from bot.core.decide import RecentRejections
from bot.core.model import (
    RULEBOOK,
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
from bot.ports import CaseEffects, Pending, TurnOf
from bot.store import review
from bot.store import tables as t
from bot.store.arrivals import (
    answered_before,
    receipt_of,
    remember_delivery,
    select_comment,
    write_version,
)
from bot.store.background import select_background
from bot.store.counts import DELETED_UNDER_REVIEW, REFUSED, count_of, count_of_rule
from bot.store.database import Database
from bot.store.evidence import (
    select_complaints,
    select_history,
    select_reach,
    select_scores,
    select_verdict,
    write_decision,
    write_evidence,
)
from bot.store.records import (
    call_off_outward,
    door,
    select_case,
    write_audit,
    write_effects,
)
from bot.store.rows import audit_of, decision_of, note_of
from bot.store.standing import write_alarm


class SqlComments:
    def __init__(self, database: Database) -> None:
        self._database = database

    # --- coming in -----------------------------------------------------------------------

    async def receive(
        self, submission: Submission, *, on_case_change: CaseEffects, now: datetime
    ) -> Receipt:
        async def work(connection: AsyncConnection) -> Receipt:
            answered = await answered_before(connection, submission.site, submission.delivery_id)
            if answered is not None:
                return receipt_of(answered, repeated=True)
            known = await select_comment(
                connection,
                t.comments.c.site == submission.site,
                t.comments.c.external_id == submission.external_id,
            )
            if (
                known is not None
                and known.text == submission.text
                and known.state is not State.WITHDRAWN
            ):
                receipt = receipt_of(known, repeated=True)
                await remember_delivery(
                    connection, known.site, submission.delivery_id, receipt, now=now
                )
                return receipt
            receipt = await write_version(connection, submission, known=known, now=now)
            comment_id = receipt.comment_id
            if known is not None:
                await call_off_outward(connection, comment_id, now=now)
                if await review.touch(connection, comment_id):
                    await write_effects(connection, on_case_change(comment_id), now=now)
            await remember_delivery(
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
            answered = await answered_before(connection, site, delivery_id)
            if answered is not None:
                return answered
            comment = await select_comment(
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
            await remember_delivery(
                connection, comment.site, delivery_id, receipt_of(comment, repeated=False), now=now
            )
            action = "deleted after refusal" if comment.state is State.REJECTED else "withdrawn"
            await write_audit(
                connection, at=now, actor=door(site), action=action, comment_id=comment.id
            )
            return await select_comment(connection, t.comments.c.id == comment.id)

        return await self._database.write(work)

    async def report(
        self,
        report: Report,
        *,
        turn_of: TurnOf,
        because: Words,
        on_case_change: CaseEffects,
        now: datetime,
    ) -> Comment | None:
        async def work(connection: AsyncConnection) -> Comment | None:
            answered = await answered_before(connection, report.site, report.delivery_id)
            if answered is not None:
                return answered
            comment = await select_comment(
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
                connection,
                comment,
                turn=turn_of(
                    await select_scores(connection, comment),
                    await select_reach(connection, comment, now=now),
                ),
                because=because,
                now=now,
            ):
                await write_effects(connection, on_case_change(comment.id), now=now)
            await remember_delivery(
                connection,
                comment.site,
                report.delivery_id,
                receipt_of(comment, repeated=False),
                now=now,
            )
            await write_audit(
                connection,
                at=now,
                actor=door(report.site),
                action="reported",
                comment_id=comment.id,
            )
            return await select_comment(connection, t.comments.c.id == comment.id)

        return await self._database.write(work)

    # --- what is known -------------------------------------------------------------------

    async def get(self, comment_id: str) -> Comment | None:
        async with self._database.reading() as connection:
            return await select_comment(connection, t.comments.c.id == comment_id)

    async def find(self, *, site: str, external_id: str) -> Comment | None:
        async with self._database.reading() as connection:
            return await select_comment(
                connection, t.comments.c.site == site, t.comments.c.external_id == external_id
            )

    async def record(self, comment_id: str) -> CommentRecord | None:
        async with self._database.reading() as connection:
            comment = await select_comment(connection, t.comments.c.id == comment_id)
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
            noted = await connection.execute(
                t.notes.select().where(t.notes.c.comment_id == comment_id).order_by(t.notes.c.id)
            )
            return CommentRecord(
                comment=comment,
                scores=await select_scores(connection, comment),
                verdict=await select_verdict(connection, comment),
                decisions=tuple(decision_of(row) for row in decided),
                case=await select_case(connection, t.cases.c.comment_id == comment_id),
                history=await select_history(connection, comment),
                complaints=await select_complaints(connection, comment),
                audit=tuple(audit_of(row) for row in audited),
                notes=tuple(note_of(row) for row in noted),
            )

    async def unfinished(self) -> list[str]:
        query = (
            sa.select(t.comments.c.id)
            .where(t.comments.c.state == State.RECEIVED.value)
            .order_by(t.comments.c.received_at)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def pending(
        self, comment_id: str, groups: Collection[Group] = (), *, now: datetime
    ) -> Pending | None:
        async with self._database.reading() as connection:
            comment = await select_comment(
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
                background=await select_background(connection, comment, groups, now=now),
                has_case=comment.version > 1
                and (await connection.execute(case)).first() is not None,
            )

    async def recent_rejections(
        self, rules: Sequence[str] = (), *, now: datetime
    ) -> RecentRejections:
        async with self._database.reading() as connection:
            refused = await count_of(connection, REFUSED, now=now)
            deleted = await count_of(connection, DELETED_UNDER_REVIEW, now=now)
            by_rule = {rule: await count_of_rule(connection, rule, now=now) for rule in rules}
        return RecentRejections(
            last_hour=refused.last_hour + deleted.last_hour,
            last_day=refused.last_day + deleted.last_day,
            by_rule=by_rule,
        )

    # --- the verdict ---------------------------------------------------------------------

    async def judge(
        self,
        comment: Comment,
        *,
        scores: Scores | Unscored,
        verdict: Verdict,
        turn_of: TurnOf,
        effects: Sequence[Effect],
        alarms: Sequence[Sounded] = (),
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
            await write_evidence(connection, comment, scores, verdict, now=now)
            decision_id = None
            if verdict.outcome is Outcome.REVIEW:
                reach = await select_reach(connection, comment, now=now)
                await review.open_case(
                    connection,
                    comment.id,
                    verdict,
                    text=comment.text,
                    turn=turn_of(scores, reach),
                    now=now,
                )
            else:
                decision_id = await write_decision(connection, comment, verdict, now=now)
                await review.settle(connection, comment.id, verdict.outcome, now=now)
            await write_effects(connection, effects, now=now, decision_id=decision_id)
            for kind, rule in alarms:
                await write_alarm(connection, kind, rule=rule, detail={}, now=now)
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
