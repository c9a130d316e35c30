"""People and their decisions: who, on which case, what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.model.judged import Comment
from bot.core.model.kinds import Basis, Outcome, Severity, Words
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
    leads: bool = field(default=False, compare=False)
    """Holds the lead role right now; of this moment only, never stored."""

    @property
    def may_lead(self) -> bool:
        """Whether this person may decide what was escalated."""
        return self.leads or self.kind is ActorKind.ADMIN


RULEBOOK = Actor(kind=ActorKind.RULEBOOK, id="rulebook", name="rulebook")
SYSTEM = Actor(kind=ActorKind.SYSTEM, id="system", name="Veilleur")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A lease on a case: until `until`, the others are told that `actor` is on it."""

    actor: Actor
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When a case should be looked at; worked out in `bot.core.waiting`."""

    severity: Severity
    reach: float
    """How many people it may touch, 1 for an ordinary comment."""
    reported: bool
    turn_at: datetime
    """The order of the queue: the earliest first, so that every case comes to the front in time."""
    due_at: datetime
    """The waiting-time target: from then on it is overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A moderator's words to colleagues; stays with the case and never leaves the house."""

    actor: Actor
    text: str
    """At most 1,000 characters."""
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """The case is for the leads to decide."""

    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A second opinion that was asked for; the case stays open to everybody."""

    by: Actor
    of: Actor | None
    """The colleague who was asked; None for whoever is there."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A rejection for a reason that takes two people: the first has spoken."""

    by: Actor
    reason: Reason
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A comment in review. Closed cases stay for the record."""

    id: int
    version: int
    """Grows with every change of the case; a decision must name the version it was made on."""
    comment: Comment
    opened_at: datetime
    turn: Turn
    basis: Basis
    because: Words
    revision: int = 1
    """Grows with everything that a card shows, notes included; `version` is part of that."""
    closed_at: datetime | None = None
    claim: Claim | None = None
    escalation: Escalation | None = None
    question: Question | None = None
    proposal: Proposal | None = None
    alike_of: int | None = None
    """The case that stands for this one: both say nearly the same."""
    alike: int = 0
    """How many cases stand behind this one, open like it or closed like it."""

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
    unit: str | None = None
    """The same for decisions that were made together; they are undone together."""
