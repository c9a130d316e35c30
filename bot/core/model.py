"""The nouns of Veilleur: frozen values that every floor above shares.

Times are aware UTC. Probabilities are in [0, 1]. Nothing here reads a clock, a disk or a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.reasons import Reason

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


class TextFormat(StrEnum):
    PLAIN = "plain"
    HTML = "html"
    MARKDOWN = "markdown"


class Stage(StrEnum):
    """How far a rule may act: a draft is only checked, a shadow is recorded, live acts."""

    DRAFT = "draft"
    SHADOW = "shadow"
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


# --- what comes in ---------------------------------------------------------------------------


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


# --- what is known of a comment --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment as stored, with its current text version."""

    id: str
    site: str
    source: Source
    external_id: str
    version: int
    """1 for the first text, one more for every edit."""
    state: State
    text: str
    author: Author
    story: Story
    received_at: datetime
    """When the current version arrived here."""
    raw_text: str | None = None
    format: TextFormat = TextFormat.PLAIN
    parent: Parent | None = None
    created_at: datetime | None = None
    language: str | None = None
    reports: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorHistory:
    """What is remembered of an author at one moment, the comment at hand left out."""

    approved: int = 0
    rejected: int = 0
    in_review: int = 0
    first_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The stretch of the text, in characters, whose score was the worst."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Probabilities of one text, per attribute the scorer knows; the worst window counts."""

    values: Mapping[str, float]
    scorer: str
    """Name of the scorer, e.g. `embedded`."""
    version: str
    """Digest of the model file, shortened; scores of different versions are not comparable."""
    worst: Window | None = None
    """Where the toxicity is highest; None when the text fits one window."""
    degraded: bool = False
    """True when another scorer than the wanted one answered: nothing may be removed on its word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """The scorer's honest «I don't know»; goes to people, never to «clean»."""

    reason: str
    """Short and technical, e.g. `timed out after 2 s`; never text of the comment."""


FactValue = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHit:
    """One rule that fired, and what it asked for."""

    rule: str
    """The rule's id, which is its file's name."""
    stage: Stage
    outcome: Outcome
    reason: Reason | None
    because: Words
    """The rule's sentence for people, filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rulebook concluded of one text version, with the evidence."""

    outcome: Outcome
    basis: Basis
    rulebook: str
    """Version (content hash) of the rulebook that judged."""
    because: Words
    """For people: why it came out so."""
    reason: Reason | None = None
    hits: tuple[RuleHit, ...] = ()
    """Every rule that fired, shadow ones included, in order of id."""
    not_applied: tuple[str, ...] = ()
    """Rules that read a fact which is absent here, e.g. a score of an unscored text."""
    facts: Mapping[str, FactValue] = field(default_factory=dict)


# --- people and their decisions --------------------------------------------------------------


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


# --- effects ---------------------------------------------------------------------------------


class EffectKind(StrEnum):
    """Things to do outside; recorded first, delivered by the outbox."""

    TELL_SITE = "tell_site"
    """Signed POST to the site's callback address."""
    DELETE_MESSAGE = "delete_message"
    """Delete a rejected Discord message at its source."""
    SHOW_CASE = "show_case"
    """Bring the case's card in the review channel in line with the database."""


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


# --- answers to requests ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a door is told once a submission is durably stored."""

    comment_id: str
    version: int
    state: State
    repeated: bool
    """True when this delivery or this text was known already and nothing was done again."""
    verdict: Verdict | None = None
    """Present when the caller waited and it was ready in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A moderator's order on a case."""

    case_id: int
    case_version: int
    """The version the moderator saw; another one means that somebody was faster."""
    outcome: Outcome
    """APPROVE or REJECT."""
    actor: Actor
    reason: Reason | None = None
    """Required for REJECT."""
    note: str | None = None


class RefusalKind(StrEnum):
    UNKNOWN = "unknown"
    """No such case or decision."""
    TAKEN = "taken"
    """Somebody else decided first; `by` and `outcome` tell who and what."""
    CHANGED = "changed"
    """The case changed since it was shown, e.g. the author edited the text: look again."""
    CLAIMED = "claimed"
    """A colleague's lease on the case is running; `by` tells whose."""
    TOO_LATE = "too_late"
    """The decision can no longer be undone: its effect cannot be taken back."""
    INVALID = "invalid"
    """The order makes no sense, e.g. a rejection without a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An order that was not carried out, and why; nothing was changed."""

    kind: RefusalKind
    by: Actor | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A case that was decided just now."""

    case: Case
    decision: Decision
    undo_until: datetime
    """Until then an undo leaves no trace outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A decision that was taken back; its case is open again."""

    case: Case
    decision: Decision
    site_had_been_told: bool
    """True when the site is now told of the correction; False when it never heard of the slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the record of who did what; append-only, without any text of comments."""

    at: datetime
    actor: Actor
    action: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRecord:
    """All that is known of one comment: what `GET /v1/comments/{id}` and the case page show."""

    comment: Comment
    scores: Scores | Unscored | None
    """Of the current version; None while it is not yet scored."""
    verdict: Verdict | None
    decisions: tuple[Decision, ...]
    """Oldest first, those of earlier versions and undone ones included."""
    case: Case | None
    """The latest case, open or closed."""
    history: AuthorHistory
    complaints: tuple[str, ...]
    """What readers who reported it wrote, oldest first."""
    audit: tuple[AuditEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts for health, metrics and `doctor`."""

    by_state: Mapping[State, int]
    open_cases: int
    oldest_case_at: datetime | None
    outbox_waiting: int
    outbox_dead: int
    oldest_outbox_due_at: datetime | None
    """Due time of the oldest effect that is still waiting; in the past when the outbox lags."""
