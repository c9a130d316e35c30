"""Effects: things to do outside, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EffectKind(StrEnum):
    """Things to do outside; recorded first, delivered by the outbox."""

    TELL_SITE = "tell_site"
    """Signed POST to the site's callback address."""
    DELETE_MESSAGE = "delete_message"
    """Delete a rejected Discord message at its source."""
    RESTORE_MESSAGE = "restore_message"
    """Post a Discord message again that was removed; recorded only where one was removed."""
    TIMEOUT_AUTHOR = "timeout_author"
    """Keep a Discord member from writing for a while."""
    NOTIFY_AUTHOR = "notify_author"
    """Tell a Discord member, in private, what became of their message."""
    SHOW_CASE = "show_case"
    """Bring the case's card in the review channel in line with the database."""
    CALL_PEOPLE = "call_people"
    """Call colleagues into the thread of the case's card, by name or by role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing to do outside. Effects of one kind and subject are delivered in order, each once."""

    kind: EffectKind
    subject: str
    """The comment's id: order is kept within (kind, subject)."""
    due_at: datetime
    payload: Mapping[str, object] = field(default_factory=dict)
    revocable: bool = False
    """True while an undo may still take it back, i.e. it follows from a person's decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """An effect on its way: what the outbox and the operator see of it."""

    id: int
    delivery_id: str
    """Constant over all attempts; sent as `webhook-id`."""
    effect: Effect
    created_at: datetime
    attempts: int = 0
    last_error: str | None = None
    delivered_at: datetime | None = None
    dead_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The outside world has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Not now; try again after `after_s`, or when the outbox's own schedule says."""

    error: str
    after_s: float | None = None
    counts: bool = True
    """False while the way out is closed as a whole (Discord not connected): no attempt is used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeliverable:
    """It will never work; the item becomes a dead letter that people can see and retry."""

    error: str


Delivery = Delivered | Retry | Undeliverable
