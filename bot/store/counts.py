"""How much was removed automatically of late: what caps and limits are held against."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.decide import Count
from bot.core.model import RULEBOOK, Basis, EffectKind, Outcome, Stage
from bot.store import tables as t
from bot.store.rows import Row

_HOUR: sa.BindParameter[datetime] = sa.bindparam("hour", type_=t.Utc)
_DAY: sa.BindParameter[datetime] = sa.bindparam("day", type_=t.Utc)
_ACTING = (Stage.CANARY.value, Stage.LIVE.value)


def _counted(
    at: sa.ColumnElement[datetime], *where: sa.ColumnElement[bool]
) -> sa.Select[tuple[int, int]]:
    last_hour = sa.func.coalesce(sa.func.sum(sa.case((at > _HOUR, 1), else_=0)), 0)
    return sa.select(sa.func.count(), last_hour).where(at > _DAY, *where)


_d, _o, _h, _v = t.decisions.c, t.outbox.c, t.rule_hits.c, t.verdicts.c
REFUSED = _counted(
    _d.decided_at,
    _d.actor_kind == RULEBOOK.kind.value,
    _d.outcome == Outcome.REJECT.value,
)
DELETED_UNDER_REVIEW = _counted(
    # a message that a rule deletes while people still look: no decision stands behind it
    _o.created_at,
    _o.kind == EffectKind.DELETE_MESSAGE.value,
    _o.decision_id.is_(None),
)
_BY_RULE = _counted(
    _v.judged_at,
    _h.rule == sa.bindparam("rule"),
    _h.stage.in_(_ACTING),
    _h.idle.is_(None),
    _h.outcome == _v.outcome,
    _v.basis == Basis.RULE.value,
).join_from(
    t.rule_hits,
    t.verdicts,
    sa.and_(_v.comment_id == _h.comment_id, _v.version == _h.version),
)


async def count_of(
    connection: AsyncConnection, query: sa.Select[tuple[int, int]], *, now: datetime
) -> Count:
    times = {"hour": now - timedelta(hours=1), "day": now - timedelta(days=1)}
    row: Row = (await connection.execute(query, times)).one()
    return Count(last_day=row[0], last_hour=row[1])


async def count_of_rule(connection: AsyncConnection, rule: str, *, now: datetime) -> Count:
    """How often the rule acted: its outcome was the verdict, on the rules' own word."""
    return await count_of(connection, _BY_RULE.params(rule=rule), now=now)
