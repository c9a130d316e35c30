"""What a replay is sent to, and how it went."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """What became of a sent comment."""

    APPROVED = "approved"
    REJECTED = "rejected"
    IN_REVIEW = "in review"
    WITHDRAWN = "withdrawn"
    WAITING = "still waiting for a verdict"
    REFUSED = "refused by the door"
    LOST = "lost"


BAD = (Fate.LOST, Fate.REFUSED, Fate.WAITING)
"""What must not have become of a comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where to send, and with which keys."""

    url: str
    secrets: tuple[str, ...] = field(repr=False)
    api_key: str = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Course:
    """How the sending went; filled while it goes."""

    fates: dict[str, Fate] = field(default_factory=dict)
    """By external id."""
    refusals: list[str] = field(default_factory=list)
    """Why the door refused, a line each."""
    answer_s: list[float] = field(default_factory=list)
    """Seconds from the last attempt to the answer, per accepted comment."""
    retries: int = 0
    sent_in_s: float = 0.0
