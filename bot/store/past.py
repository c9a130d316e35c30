"""What was judged before, read in portions. Fulfils `bot.ports.Past`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.evaluate import author_key
from bot.core.model import ActorKind, Basis, Outcome, Stage
from bot.ports import Firings, Judged
from bot.store import tables as t
from bot.store.database import Database
from bot.store.rows import Row

_PORTION = 2_000
"""Comments read at once. Between portions nothing is held: a running bot is not kept waiting."""
_NO_RULES: Mapping[str, Stage] = {}
_OUTCOMES = {each.value: each for each in Outcome}
_BASES = {each.value: each for each in Basis}
_PEOPLE = (ActorKind.MODERATOR.value, ActorKind.ADMIN.value)

_LATEST_VERDICT = sa.and_(
    t.verdicts.c.comment_id == t.comments.c.id,
    t.verdicts.c.version == t.comments.c.version,
)
_JUDGED = (
    sa.select(
        t.comments.c.id,
        t.comments.c.site,
        t.authors.c.external_id.label("author"),
        t.text_versions.c.text,
        t.verdicts.c.judged_at,
        t.verdicts.c.facts,
        t.verdicts.c.outcome,
        t.verdicts.c.basis,
    )
    .join(t.verdicts, _LATEST_VERDICT)
    .join(t.authors, t.authors.c.id == t.comments.c.author_id)
    .join(
        t.text_versions,
        sa.and_(
            t.text_versions.c.comment_id == t.comments.c.id,
            t.text_versions.c.version == t.comments.c.version,
        ),
    )
    .order_by(t.comments.c.id)
)


class SqlPast:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.portion = _PORTION

    async def count(self, *, since: datetime) -> int:
        query = (
            sa.select(sa.func.count())
            .select_from(t.comments)
            .join(t.verdicts, _LATEST_VERDICT)
            .where(t.verdicts.c.judged_at >= since)
        )
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def judged(self, *, since: datetime) -> AsyncIterator[Sequence[Judged]]:
        last = ""
        while True:
            portion = await self._portion(since=since, after=last)
            if not portion:
                return
            yield portion
            last = portion[-1].comment_id

    async def firings(self, *, since: datetime) -> Firings:
        recent = t.verdicts.c.judged_at >= since
        judged = sa.select(sa.func.count()).select_from(t.verdicts).where(recent)
        fired = (
            sa.select(t.rule_hits.c.rule, sa.func.count(), sa.func.min(t.verdicts.c.judged_at))
            .join(
                t.verdicts,
                sa.and_(
                    t.verdicts.c.comment_id == t.rule_hits.c.comment_id,
                    t.verdicts.c.version == t.rule_hits.c.version,
                ),
            )
            .where(recent)
            .group_by(t.rule_hits.c.rule)
        )
        async with self._database.reading() as connection:
            total = int((await connection.execute(judged)).scalar_one())
            rows = (await connection.execute(fired)).all()
        return Firings(
            judged=total,
            by_rule={rule: int(count) for rule, count, _ in rows},
            first={rule: first for rule, _, first in rows},
        )

    async def _portion(self, *, since: datetime, after: str) -> list[Judged]:
        query = _JUDGED.where(t.verdicts.c.judged_at >= since, t.comments.c.id > after).limit(
            self.portion
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
            if not rows:
                return []
            first, last = rows[0].id, rows[-1].id
            rules = await _rules(connection, first, last)
            humans = await _humans(connection, first, last)
        return [
            Judged(
                comment_id=comment_id,
                text=text,
                judged_at=judged_at,
                facts=facts,
                outcome=_OUTCOMES[outcome],
                basis=_BASES[basis],
                rules=rules.get(comment_id, _NO_RULES),
                author=author_key(site, author),
                human=humans.get(comment_id),
            )
            for comment_id, site, author, text, judged_at, facts, outcome, basis in rows
        ]


async def _rules(connection: AsyncConnection, first: str, last: str) -> dict[str, dict[str, Stage]]:
    query = (
        sa.select(t.rule_hits.c.comment_id, t.rule_hits.c.rule, t.rule_hits.c.stage)
        .join(
            t.comments,
            sa.and_(
                t.comments.c.id == t.rule_hits.c.comment_id,
                t.comments.c.version == t.rule_hits.c.version,
            ),
        )
        .where(t.rule_hits.c.comment_id.between(first, last))
    )
    found: dict[str, dict[str, Stage]] = {}
    for comment_id, rule, stage in await connection.execute(query):
        found.setdefault(comment_id, {})[rule] = Stage(stage)
    return found


async def _humans(connection: AsyncConnection, first: str, last: str) -> dict[str, Outcome]:
    query = (
        sa.select(t.decisions.c.comment_id, t.decisions.c.outcome)
        .join(
            t.comments,
            sa.and_(
                t.comments.c.id == t.decisions.c.comment_id,
                t.comments.c.version == t.decisions.c.text_version,
            ),
        )
        .where(
            t.decisions.c.comment_id.between(first, last),
            t.decisions.c.actor_kind.in_(_PEOPLE),
            t.decisions.c.undone_at.is_(None),
        )
        .order_by(t.decisions.c.id)
    )
    rows: Iterable[Row] = await connection.execute(query)
    return {comment_id: Outcome(outcome) for comment_id, outcome in rows}
