"""What is remembered around a comment: its author, its story, its thread, texts like it.

The comment at hand is left out of every count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.model import NO_STANDING, AuthorStanding, ModeOrder


class Group(StrEnum):
    """What is read from the database in one go, and only if a rule reads a fact of it."""

    AUTHOR = "author"
    STORY = "story"
    THREAD = "thread"
    DUPLICATES = "duplicates"
    MODE = "mode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Comments that came in within the last hour, 24 hours, 30 days, and ever."""

    last_1h: int = 0
    last_24h: int = 0
    last_30d: int = 0
    ever: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Comments of the last minute, 10 minutes, hour."""

    last_1m: int = 0
    last_10m: int = 0
    last_1h: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorPast:
    first_seen_at: datetime | None = None
    standing: AuthorStanding = NO_STANDING
    approved: Spans = Spans()
    rejected: Spans = Spans()
    in_review: Spans = Spans()
    rate: Rate = Rate()
    reports_30d: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Comments under a story within some time: all, those decided, those of them rejected."""

    comments: int = 0
    decided: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPast:
    first_seen_at: datetime | None = None
    comments_1m: int = 0
    last_10m: Stretch = Stretch()
    last_1h: Stretch = Stretch()
    last_24h: Stretch = Stretch()
    newcomers_10m: int = 0
    reports_24h: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    depth: int = 0
    """0 for a comment that answers none."""
    parent_toxicity: float | None = None
    parent_rejected: bool | None = None
    """None where the parent is not known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Comments of the last 30 days on the same site that say the same or nearly the same."""

    same_by_author: int = 0
    same_by_others: int = 0
    near_by_author: int = 0
    """The same ones included."""
    near_by_others: int = 0
    rejected: int = 0
    """Of all of these, those that were rejected."""
    rejected_by_author: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """None: not asked for, so no fact can be had from it."""

    author: AuthorPast | None = None
    story: StoryPast | None = None
    thread: Thread | None = None
    duplicates: Duplicates | None = None
    modes: tuple[ModeOrder, ...] | None = None


FIRST_COMMENT = Background(
    author=AuthorPast(),
    story=StoryPast(),
    thread=Thread(),
    duplicates=Duplicates(),
    modes=(),
)
"""A new reader's first comment under a new story: what examples are judged by."""
