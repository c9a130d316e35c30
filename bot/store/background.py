"""What is remembered around a comment, in one query a group; only the groups that are asked for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.background import (
    AuthorPast,
    Background,
    Duplicates,
    Group,
    Rate,
    Spans,
    StoryPast,
    Stretch,
    Thread,
)
from bot.core.fingerprint import BANDS, nearly
from bot.core.model import Comment, State
from bot.store import tables as t
from bot.store.prepared import Prepared
from bot.store.rows import Row, standing_of
from bot.store.standing import select_modes

_AGO = {
    "m1": timedelta(minutes=1),
    "m10": timedelta(minutes=10),
    "h1": timedelta(hours=1),
    "d1": timedelta(days=1),
    "d30": timedelta(days=30),
}
_MOST_ALIKE = 200
"""Rows of each way of being alike that are looked at, the newest first."""
_DEEPEST = 50

_a, _c, _s, _f = t.authors.c, t.comments.c, t.stories.c, t.fingerprints.c
_COMMENT: sa.BindParameter[str] = sa.bindparam("comment")
_STATES = {
    "approved": _c.state == State.APPROVED.value,
    "rejected": _c.state == State.REJECTED.value,
    "in_review": _c.state == State.IN_REVIEW.value,
}


def _since(span: str) -> sa.ColumnElement[bool]:
    return _c.received_at > sa.bindparam(span, type_=t.Utc)


def _number(name: str, *where: sa.ColumnElement[bool]) -> sa.Label[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*where), 1), else_=0)), 0).label(name)


def _reports(since: str) -> sa.Label[int]:
    reports = sa.case((_since(since), _c.reports), else_=0)
    return sa.func.coalesce(sa.func.sum(reports), 0).label("reports")


_AUTHOR = Prepared(
    sa.select(
        _a.first_seen_at,
        _a.trusted_at,
        _a.muted_at,
        _a.muted_until,
        *(_number(name, state) for name, state in _STATES.items()),
        *(
            _number(f"{name}_{span}", state, _since(span))
            for name, state in _STATES.items()
            for span in ("h1", "d1", "d30")
        ),
        *(_number(f"all_{span}", _since(span)) for span in ("m1", "m10", "h1")),
        _reports("d30"),
    )
    .join(t.comments, sa.and_(_c.author_id == _a.id, _c.id != _COMMENT), isouter=True)
    .where(_a.site == sa.bindparam("site"), _a.external_id == sa.bindparam("author"))
    .group_by(_a.first_seen_at, _a.trusted_at, _a.muted_at, _a.muted_until)
)

_IN_STORY = sa.and_(_c.story_id == _s.id, _c.id != _COMMENT, _since("d1"))
_DECIDED = sa.or_(_STATES["approved"], _STATES["rejected"])
_STORY = Prepared(
    sa.select(
        _s.first_seen_at,
        _number("all_m1", _since("m1")),
        *(_number(f"all_{span}", _since(span)) for span in ("m10", "h1", "d1")),
        *(_number(f"decided_{span}", _DECIDED, _since(span)) for span in ("m10", "h1", "d1")),
        *(
            _number(f"rejected_{span}", _STATES["rejected"], _since(span))
            for span in ("m10", "h1", "d1")
        ),
        _reports("d1"),
        sa.select(sa.func.count())
        .select_from(t.comments.join(t.authors, _a.id == _c.author_id))
        .where(
            _c.story_id == _s.id,
            _c.id != _COMMENT,
            _since("m10"),
            _a.first_seen_at > sa.bindparam("d1", type_=t.Utc),
        )
        .correlate(t.stories)
        .scalar_subquery()
        .label("newcomers"),
    )
    .join(t.comments, _IN_STORY, isouter=True)
    .where(_s.site == sa.bindparam("site"), _s.external_id == sa.bindparam("story"))
    .group_by(_s.id, _s.first_seen_at)
)

_PARENT = Prepared(
    sa.select(_c.state, t.scores.c.attributes)
    .join(
        t.scores,
        sa.and_(t.scores.c.comment_id == _c.id, t.scores.c.version == _c.version),
        isouter=True,
    )
    .where(_c.site == sa.bindparam("site"), _c.external_id == sa.bindparam("parent"))
)


def _depth() -> sa.Select[tuple[int]]:
    up = sa.select(
        sa.bindparam("parent", type_=sa.String).label("above"), sa.literal(1).label("depth")
    ).cte("up", recursive=True)
    higher = sa.select(_c.parent_external_id, up.c.depth + 1).where(
        _c.site == sa.bindparam("site"),
        _c.external_id == up.c.above,
        _c.parent_external_id.is_not(None),
        up.c.depth < _DEEPEST,
    )
    up = up.union_all(higher)
    return sa.select(sa.func.max(up.c.depth).label("depth"))


_DEPTH = Prepared(_depth())


def _alike() -> sa.CompoundSelect[Any]:
    """Comments with the same words, and those that share a band; a look-up each."""
    ways = [
        _f.exact == sa.bindparam("exact"),
        *(_f[f"band_{band}"] == sa.bindparam(f"band_{band}") for band in range(BANDS)),
    ]
    newest = [
        sa.select(_f.comment_id)
        .where(way, _f.received_at > sa.bindparam("d30", type_=t.Utc), _f.comment_id != _COMMENT)
        .order_by(_f.received_at.desc())
        .limit(_MOST_ALIKE)
        .subquery()
        for way in ways
    ]
    return sa.union(*(sa.select(each.c.comment_id) for each in newest))


_found = _alike().subquery("alike")
_ALIKE = Prepared(
    sa.select(_f.exact, _f.signature, _c.state, _a.external_id.label("author"))
    .select_from(_found)
    .join(t.fingerprints, _f.comment_id == _found.c.comment_id)
    .join(t.comments, _c.id == _f.comment_id)
    .join(t.authors, _a.id == _c.author_id)
    .where(_c.site == sa.bindparam("site"))
)
_OWN = Prepared(t.fingerprints.select().where(_f.comment_id == _COMMENT))


async def select_background(
    connection: AsyncConnection, comment: Comment, groups: Collection[Group], *, now: datetime
) -> Background:
    about = {
        "comment": comment.id,
        "site": comment.site,
        **{name: now - span for name, span in _AGO.items()},
    }
    author = story = thread = duplicates = modes = None
    if Group.AUTHOR in groups:
        author = await _author(connection, {**about, "author": comment.author.id})
    if Group.STORY in groups:
        story = await _story(connection, {**about, "story": comment.story.id})
    if Group.THREAD in groups:
        thread = await _thread(connection, comment)
    if Group.DUPLICATES in groups:
        duplicates = await _duplicates(connection, comment, about)
    if Group.MODE in groups:
        modes = tuple(await select_modes(connection, now=now))
    return Background(author=author, story=story, thread=thread, duplicates=duplicates, modes=modes)


async def _author(connection: AsyncConnection, about: dict[str, Any]) -> AuthorPast:
    found: Row | None = (await _AUTHOR.run(connection, about)).one_or_none()
    if found is None:
        return AuthorPast()
    row: RowMapping = found._mapping  # noqa: SLF001 - public, in spite of its name
    spans = {
        name: Spans(
            last_1h=row[f"{name}_h1"],
            last_24h=row[f"{name}_d1"],
            last_30d=row[f"{name}_d30"],
            ever=row[name],
        )
        for name in _STATES
    }
    return AuthorPast(
        first_seen_at=row["first_seen_at"],
        standing=standing_of(found),
        approved=spans["approved"],
        rejected=spans["rejected"],
        in_review=spans["in_review"],
        rate=Rate(last_1m=row["all_m1"], last_10m=row["all_m10"], last_1h=row["all_h1"]),
        reports_30d=row["reports"],
    )


async def _story(connection: AsyncConnection, about: dict[str, Any]) -> StoryPast:
    row = (await _STORY.run(connection, about)).mappings().one_or_none()
    if row is None:
        return StoryPast()
    last_10m, last_1h, last_24h = (
        Stretch(
            comments=row[f"all_{span}"],
            decided=row[f"decided_{span}"],
            rejected=row[f"rejected_{span}"],
        )
        for span in ("m10", "h1", "d1")
    )
    return StoryPast(
        first_seen_at=row["first_seen_at"],
        comments_1m=row["all_m1"],
        last_10m=last_10m,
        last_1h=last_1h,
        last_24h=last_24h,
        newcomers_10m=row["newcomers"],
        reports_24h=row["reports"],
    )


async def _thread(connection: AsyncConnection, comment: Comment) -> Thread:
    if comment.parent is None:
        return Thread()
    about = {"site": comment.site, "parent": comment.parent.id}
    depth: Any = (await _DEPTH.run(connection, about)).scalar_one()
    parent: Row | None = (await _PARENT.run(connection, about)).one_or_none()
    if parent is None:
        return Thread(depth=depth)
    return Thread(
        depth=depth,
        parent_toxicity=(parent.attributes or {}).get("toxicity"),
        parent_rejected=parent.state == State.REJECTED.value,
    )


async def _duplicates(
    connection: AsyncConnection, comment: Comment, about: dict[str, Any]
) -> Duplicates:
    own: Row | None = (await _OWN.run(connection, about)).one_or_none()
    if own is None:
        return Duplicates()
    bands = {f"band_{band}": getattr(own, f"band_{band}") for band in range(BANDS)}
    found = await _ALIKE.run(connection, {**about, "exact": own.exact, **bands})
    counts = dict.fromkeys(Duplicates.__dataclass_fields__, 0)
    for row in found:
        same = row.exact == own.exact
        if not same and not nearly(own.signature, row.signature):
            continue
        mine = row.author == comment.author.id
        rejected = row.state == State.REJECTED.value
        whose = "author" if mine else "others"
        counts[f"same_by_{whose}"] += same
        counts[f"near_by_{whose}"] += 1
        counts["rejected"] += rejected
        counts["rejected_by_author"] += rejected and mine
    return Duplicates(**counts)
