"""How a text version comes in, inside somebody else's transaction."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.fingerprint import BANDS, fingerprint
from bot.core.model import Comment, Receipt, State, Submission
from bot.store import tables as t
from bot.store.records import upsert
from bot.store.rows import COMMENT, comment_of


def receipt_of(comment: Comment, *, repeated: bool) -> Receipt:
    return Receipt(
        comment_id=comment.id, version=comment.version, state=comment.state, repeated=repeated
    )


async def select_comment(
    connection: AsyncConnection, *where: sa.ColumnElement[bool]
) -> Comment | None:
    row = (await connection.execute(COMMENT.where(*where))).one_or_none()
    return comment_of(row) if row else None


async def answered_before(
    connection: AsyncConnection, site: str, delivery_id: str | None
) -> Comment | None:
    if delivery_id is None:
        return None
    query = sa.select(t.deliveries.c.comment_id).where(
        t.deliveries.c.site == site, t.deliveries.c.delivery_id == delivery_id
    )
    comment_id = (await connection.execute(query)).scalar_one_or_none()
    return await select_comment(connection, t.comments.c.id == comment_id) if comment_id else None


async def remember_delivery(
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


async def write_version(
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
            "tags": list(story.tags) or None,
            "published_at": story.published_at,
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
    await _remember_fingerprint(connection, comment_id, submission.text, known=known, now=now)
    return Receipt(comment_id=comment_id, version=version, state=State.RECEIVED, repeated=False)


async def _remember_fingerprint(
    connection: AsyncConnection, comment_id: str, text: str, *, known: Comment | None, now: datetime
) -> None:
    made = fingerprint(text)
    values = {
        "exact": made.exact,
        "signature": made.signature,
        **dict.fromkeys((f"band_{band}" for band in range(BANDS)), None),
        **{f"band_{band}": value for band, value in enumerate(made.bands)},
        "received_at": now,
    }
    if known is not None:
        where = t.fingerprints.c.comment_id == comment_id
        changed = await connection.execute(t.fingerprints.update().where(where).values(**values))
        if changed.rowcount:
            return
    await connection.execute(t.fingerprints.insert().values(comment_id=comment_id, **values))
