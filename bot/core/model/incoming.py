"""What a door hands in: already parsed, within its limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.model.kinds import Source, TextFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a comment, as the door names them; `id` is the site's own id."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The article (or the Discord channel) a comment stands under; `id` is the site's own id."""

    id: str
    url: str | None = None
    title: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    """Key words, as the site tells them."""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The comment that is answered, as far as the door tells."""

    id: str
    author: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One text version as a door hands it in, already parsed and within its limits."""

    site: str
    """The door's name: `site` for the webhook, `discord:<guild id>` for a Discord server."""
    source: Source
    external_id: str
    """The comment's id at its source, unique within `site`."""
    text: str
    """Plain text, as it is scored and shown; at most MAX_TEXT_CHARS."""
    author: Author
    story: Story
    raw_text: str | None = None
    """The text as it was sent, when `format` is not plain."""
    format: TextFormat = TextFormat.PLAIN
    parent: Parent | None = None
    created_at: datetime | None = None
    """When it was written, as the source says; None when the source does not say."""
    language: str | None = None
    """BCP 47 tag as the source says, e.g. `fr`."""
    delivery_id: str | None = None
    """`webhook-id` of the delivery: a repeated one is answered as the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A reader's complaint about a comment that is already known."""

    site: str
    external_id: str
    why: str | None = None
    """The reporter's words, at most 2,000 characters."""
    delivery_id: str | None = None
