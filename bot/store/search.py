"""Questions that moderators ask of the store. Fulfils `bot.ports.Search`."""

from __future__ import annotations

import sqlalchemy as sa

from bot.core.model import Comment, StoryRef
from bot.ports import FoundStory
from bot.store import tables as t
from bot.store.database import Database
from bot.store.rows import COMMENT, Row, comment_of


class SqlSearch:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def stories(self, text: str, *, limit: int) -> list[FoundStory]:
        query = t.stories.select().order_by(t.stories.c.id.desc()).limit(limit)
        if text:
            query = query.where(t.stories.c.title.icontains(text, autoescape=True))
        async with self._database.reading() as connection:
            return [_story_of(row) for row in await connection.execute(query)]

    async def story(self, story_id: int) -> FoundStory | None:
        query = t.stories.select().where(t.stories.c.id == story_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _story_of(row) if row else None

    async def of_author(self, *, site: str, author_id: str, limit: int) -> list[Comment]:
        return await self._comments(
            t.authors.c.site == site, t.authors.c.external_id == author_id, limit=limit
        )

    async def by_name(self, name: str, *, limit: int) -> list[Comment]:
        return await self._comments(
            t.authors.c.name.istartswith(name, autoescape=True), limit=limit
        )

    async def with_text(self, text: str, *, limit: int) -> list[Comment]:
        return await self._comments(
            t.text_versions.c.text.icontains(text, autoescape=True), limit=limit
        )

    async def _comments(self, *wanted: sa.ColumnElement[bool], limit: int) -> list[Comment]:
        query = COMMENT.where(*wanted)
        query = query.order_by(t.comments.c.received_at.desc(), t.comments.c.id).limit(limit)
        async with self._database.reading() as connection:
            return [comment_of(row) for row in await connection.execute(query)]


def _story_of(row: Row) -> FoundStory:
    ref = StoryRef(site=row.site, story=row.external_id)
    return FoundStory(id=row.id, ref=ref, title=row.title)
