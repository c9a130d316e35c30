"""People and their decisions: who, on which case, what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.model.judged import Comment
from bot.core.model.kinds import Basis, Outcome, Words
from bot.core.reasons import Reason


class ActorKind(StrEnum):
    MODERATOR = "moderator"
    ADMIN = "admin"
    RULEBOOK = "rulebook"
    SITE = "site"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something: `id` is stable (`discord:42`), `name` is what colleagues read."""

    kind: ActorKind
    id: str
    name: str


RULEBOOK = Actor(kind=ActorKind.RULEBOOK, id="rulebook", name="rulebook")
SYSTEM = Actor(kind=ActorKind.SYSTEM, id="system", name="Veilleur")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A lease on a case: until `until`, the others are told that `actor` is on it."""

    actor: Actor
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A comment in review. Closed cases stay for the record."""

    id: int
    version: int
    """Grows with every change of the case; a decision must name the version it was made on."""
    comment: Comment
    opened_at: datetime
    priority: float
    """Higher comes first; see `bot.core.decide.priority`."""
    basis: Basis
    because: Words
    closed_at: datetime | None = None
    claim: Claim | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A final word on one text version, by a person or by the rulebook."""

    id: int
    comment_id: str
    text_version: int
    outcome: Outcome
    actor: Actor
    decided_at: datetime
    reason: Reason | None = None
    note: str | None = None
    """A moderator's words for colleagues and the author, at most 1,000 characters."""
    undone_at: datetime | None = None
    undone_by: Actor | None = None
