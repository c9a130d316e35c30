"""What waits, in numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Severity
from bot.ports import Headline
from bot.store import tables as t

_SECTIONS = 5
_SOON = timedelta(minutes=10)
"""Before a case is due, it is at risk."""


async def select_headline(connection: AsyncConnection, *, now: datetime) -> Headline:
    c = t.cases.c
    is_open = c.closed_at.is_(None)

    def counted(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    hour, six = now - timedelta(hours=1), now - timedelta(hours=6)
    totals = sa.select(
        sa.func.count(),
        counted(c.opened_at > hour),
        counted(sa.and_(c.opened_at <= hour, c.opened_at > six)),
        counted(c.opened_at <= six),
        counted(c.due_at <= now),
        counted(sa.and_(c.due_at > now, c.due_at <= now + _SOON)),
        counted(c.escalated_at.is_not(None)),
        sa.func.min(c.opened_at),
    ).where(is_open)
    total, new, middle, old, overdue, soon, escalated, oldest = (
        await connection.execute(totals)
    ).one()
    by_severity = sa.select(c.severity, sa.func.count()).where(is_open).group_by(c.severity)
    section = sa.func.coalesce(t.stories.c.section, "")
    by_section = (
        sa.select(section, sa.func.count().label("cases"))
        .select_from(t.cases)
        .join(t.comments, t.comments.c.id == c.comment_id)
        .join(t.stories, t.stories.c.id == t.comments.c.story_id)
        .where(is_open)
        .group_by(section)
        .order_by(sa.desc("cases"), section)
        .limit(_SECTIONS)
    )
    return Headline(
        total=total,
        by_severity={
            Severity(level): count for level, count in await connection.execute(by_severity)
        },
        by_section=[(name, count) for name, count in await connection.execute(by_section)],
        by_age=(new, middle, old),
        overdue=overdue,
        at_risk=soon,
        escalated=escalated,
        oldest_at=oldest,
    )
