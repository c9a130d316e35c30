"""Cases that say nearly the same, inside somebody else's transaction: one stands for the others."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.likeness import NEAR_BITS, alike, bits_apart
from bot.core.model import Case
from bot.store import tables as t
from bot.store.rows import CASE, case_of

_WITHIN = timedelta(days=1)
_COMPARED = 20
"""Nearest fingerprints whose texts are read."""


async def find_head(
    connection: AsyncConnection, text: str, fingerprint: int | None, *, now: datetime
) -> int | None:
    """The open case of the last day that says nearly the same and stands for itself."""
    if fingerprint is None:
        return None
    c = t.cases.c
    query = sa.select(c.id, c.fingerprint).where(
        c.closed_at.is_(None),
        c.alike_of.is_(None),
        c.escalated_at.is_(None),
        c.fingerprint.is_not(None),
        c.opened_at > now - _WITHIN,
    )
    near = sorted(
        (bits, head)
        for head, other in await connection.execute(query)
        if (bits := bits_apart(fingerprint, other)) <= NEAR_BITS
    )
    for _, head in near[:_COMPARED]:
        found = (await connection.execute(CASE.where(c.id == head))).one()
        if alike(text, found.text):
            return int(head)
    return None


async def members(connection: AsyncConnection, head: int) -> list[Case]:
    """The open cases that stand behind this one, oldest first."""
    query = CASE.where(t.cases.c.alike_of == head, t.cases.c.closed_at.is_(None))
    return [case_of(row) for row in await connection.execute(query.order_by(t.cases.c.id))]


async def changed(connection: AsyncConnection, head: int) -> None:
    """A card that tells how many stand behind it is out of date."""
    await connection.execute(
        t.cases.update().where(t.cases.c.id == head).values(revision=t.cases.c.revision + 1)
    )


async def let_go(connection: AsyncConnection, case: Case) -> None:
    """The case says something else now, or is done: it leaves the lot, or the lot gets a new head."""
    if case.alike_of is not None:
        await connection.execute(
            t.cases.update().where(t.cases.c.id == case.id).values(alike_of=None)
        )
        await changed(connection, case.alike_of)
    behind = await members(connection, case.id)
    if not behind:
        return
    head, *others = [one.id for one in behind]
    await connection.execute(t.cases.update().where(t.cases.c.id == head).values(alike_of=None))
    if others:
        await connection.execute(
            t.cases.update().where(t.cases.c.id.in_(others)).values(alike_of=head)
        )
    await changed(connection, head)
