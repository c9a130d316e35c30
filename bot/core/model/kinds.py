"""The words a comment's life is told in: kinds, states, outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ATTRIBUTES = (
    "toxicity",
    "severe_toxicity",
    "obscene",
    "identity_attack",
    "insult",
    "threat",
    "sexual_explicit",
)
"""Detoxify's labels, in Detoxify's order."""

LEVELS = ("doubtful", "likely", "sure")
"""Names of scores, from the lowest up: at most 2 %, 1 %, 0.2 % of civil comments reach them."""

MAX_TEXT_CHARS = 20_000
"""Longest comment accepted at any door, in characters; what is longer is refused, never cut."""


class Source(StrEnum):
    """The kind of place a comment comes from; rules may look at it."""

    SITE = "site"
    DISCORD = "discord"


class State(StrEnum):
    """Where a comment stands in its life."""

    RECEIVED = "received"
    APPROVED = "approved"
    REJECTED = "rejected"
    IN_REVIEW = "in_review"
    WITHDRAWN = "withdrawn"
    """Deleted at its source; nothing more is done with it."""


class Outcome(StrEnum):
    """What a rule may ask for and what a decision concludes."""

    APPROVE = "approve"
    REVIEW = "review"
    REJECT = "reject"

    @property
    def state(self) -> State:
        return _STATE_AFTER[self]


_STATE_AFTER = {
    Outcome.APPROVE: State.APPROVED,
    Outcome.REVIEW: State.IN_REVIEW,
    Outcome.REJECT: State.REJECTED,
}


class Severity(StrEnum):
    """How bad the scorer thinks a comment is."""

    UNKNOWN = "unknown"
    MILD = "mild"
    STRONG = "strong"
    SEVERE = "severe"


class TextFormat(StrEnum):
    PLAIN = "plain"
    HTML = "html"
    MARKDOWN = "markdown"


class Stage(StrEnum):
    """How far a rule may act: a draft is only checked, a shadow is recorded, a canary acts on a
    share of the authors, live acts."""

    DRAFT = "draft"
    SHADOW = "shadow"
    CANARY = "canary"
    LIVE = "live"


class Basis(StrEnum):
    """Why an automatic decision came out as it did."""

    RULE = "rule"
    """The strictest live rule that fired."""
    CONFLICT = "conflict"
    """Live rules asked for approve and reject at once."""
    DEFAULT = "default"
    """No live rule fired; the policy's default applies."""
    UNSCORED = "unscored"
    """The scorer gave no answer; people decide."""
    CAP = "cap"
    """A rejection was due, but the hour's or the day's cap on automatic rejections is reached."""
    DEGRADED = "degraded"
    """A rejection was due, but the wanted scorer is missing, so nothing is removed automatically."""
    REPORT = "report"
    """A reader reported a published comment."""
    FAILURE = "failure"
    """Moderating the comment failed repeatedly; people decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A sentence for people, in both languages of the interface."""

    fr: str
    en: str

    def in_language(self, language: str) -> str:
        """`en…` gives English, anything else French."""
        return self.en if language.lower().startswith("en") else self.fr
