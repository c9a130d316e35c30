"""Orders and answers: what is asked of the pipeline and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.model.judged import AuthorHistory, Comment, Scores, Unscored, Verdict
from bot.core.model.kinds import Outcome, State
from bot.core.model.people import Actor, Case, Decision, Note, Proposal
from bot.core.reasons import Reason


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
    ESCALATED = "escalated"
    """The case is for the leads; `by` tells who handed it up."""
    SECOND_NEEDED = "second_needed"
    """The same person cannot be both of the two that the reason asks for."""
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
class Proposed:
    """A rejection that is on record and waits for a second person; the case is still open."""

    case: Case
    proposal: Proposal


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
    notes: tuple[Note, ...] = ()
    """Oldest first."""


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
