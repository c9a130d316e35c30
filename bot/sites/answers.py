"""What the site gets: answers of the door and decisions sent to its callback address."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.core.model import (
    ActorKind,
    Basis,
    Comment,
    CommentRecord,
    Idle,
    Outcome,
    Receipt,
    Scores,
    Stage,
    State,
    Unscored,
    Verdict,
    Words,
)
from bot.core.model import Decision as CoreDecision
from bot.core.reasons import Reason, label


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Given):
    """A sentence for people in both languages."""

    fr: str
    en: str


class RuleThatFired(_Given):
    """A rule that fired. A live one acts, a canary one too on this author, a shadow one is on
    trial; none that is idle does anything."""

    rule: str
    stage: Stage
    outcome: Outcome
    reason: Reason | None
    idle: Idle | None = Field(description="Why it did nothing, beside being a shadow")


class VerdictView(_Given):
    """What the rules concluded of the current version of the text."""

    outcome: Outcome
    basis: Basis = Field(description="Why it came out so")
    because: Bilingual
    reason: Reason | None
    reason_label: Bilingual | None
    rules: list[RuleThatFired]
    tags: list[str] = Field(description="Words that your rules put on it")
    rulebook: str = Field(description="Version of the rules that judged")


class ScoresView(_Given):
    """Probabilities from 0 to 1, by attribute."""

    values: dict[str, float]
    scorer: str
    version: str


class DecisionView(_Given):
    """A final word on one version of the text; people appear by their role, not by name."""

    outcome: Outcome
    decided_by: ActorKind
    decided_at: datetime
    version: int = Field(description="The text version that was decided on")
    reason: Reason | None
    reason_label: Bilingual | None
    note: str | None
    undone_at: datetime | None


class Accepted(_Given):
    """The event is durably stored. `unknown`: there is no such comment here, nothing to do."""

    comment: str | None = Field(description="Our id; null when the comment is unknown here")
    state: State | Literal["unknown"]
    version: int | None = Field(default=None, description="1, and one more with every edit")
    repeated: bool = Field(
        default=False, description="This delivery or this text was known already"
    )


class Judged(Accepted):
    """As `Accepted`, with the verdict that was ready in time."""

    verdict: VerdictView


class CommentView(_Given):
    """What is known of a comment."""

    comment: str
    id: str = Field(description="Your own id")
    version: int
    state: State
    received_at: datetime
    reports: int
    verdict: VerdictView | None
    scores: ScoresView | None
    unscored: str | None = Field(description="Why there are no scores, when scoring failed")
    decisions: list[DecisionView] = Field(description="Oldest first, undone ones included")


class ProblemField(_Given):
    """One field that is wrong."""

    path: str
    expected: str
    found: str


class Problem(_Given):
    """An error, as RFC 9457 describes it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField] | None = None


class DecisionData(_Given):
    """What became of a comment."""

    id: str = Field(description="Your own id")
    comment: str = Field(description="Our id")
    version: int = Field(description="The text version that was decided on")
    state: Literal[State.APPROVED, State.REJECTED, State.IN_REVIEW]
    reason: Reason | None
    reason_label: Bilingual | None
    because: Bilingual
    note: str | None = Field(description="A moderator's words for the author")
    decided_by: ActorKind
    rules: list[str]
    rulebook: str | None
    tags: list[str] = Field(description="Words that your rules put on it")
    notify_author: bool = Field(description="Your rules ask that its author be told, in private")


class DecisionMade(_Given):
    """Body of the callback. Later ones for the same comment replace earlier ones."""

    type: Literal["comment.approved", "comment.rejected", "comment.in_review"]
    timestamp: datetime
    data: DecisionData


# --- from core values ------------------------------------------------------------------------


def accepted(receipt: Receipt) -> Accepted:
    return Accepted(
        comment=receipt.comment_id,
        state=receipt.state,
        version=receipt.version,
        repeated=receipt.repeated,
    )


def judged(receipt: Receipt, verdict: Verdict) -> Judged:
    return Judged(**accepted(receipt).model_dump(), verdict=verdict_view(verdict))


def noted(comment: Comment | None) -> Accepted:
    """The answer to a deletion or a report. An unknown comment is no error: a sender that gets
    one would repeat for days what can never succeed."""
    if comment is None:
        return Accepted(comment=None, state="unknown")
    return Accepted(comment=comment.id, state=comment.state, version=comment.version)


def comment_view(record: CommentRecord) -> CommentView:
    comment, scores = record.comment, record.scores
    return CommentView(
        comment=comment.id,
        id=comment.external_id,
        version=comment.version,
        state=comment.state,
        received_at=comment.received_at,
        reports=comment.reports,
        verdict=verdict_view(record.verdict) if record.verdict else None,
        scores=ScoresView(values=dict(scores.values), scorer=scores.scorer, version=scores.version)
        if isinstance(scores, Scores)
        else None,
        unscored=scores.reason if isinstance(scores, Unscored) else None,
        decisions=[_decision_view(decision) for decision in record.decisions],
    )


def verdict_view(verdict: Verdict) -> VerdictView:
    return VerdictView(
        outcome=verdict.outcome,
        basis=verdict.basis,
        because=_bilingual(verdict.because),
        reason=verdict.reason,
        reason_label=_label(verdict.reason),
        rules=[
            RuleThatFired(
                rule=hit.rule,
                stage=hit.stage,
                outcome=hit.outcome,
                reason=hit.reason,
                idle=hit.idle,
            )
            for hit in verdict.hits
        ],
        tags=list(verdict.further.tags),
        rulebook=verdict.rulebook,
    )


def _decision_view(decision: CoreDecision) -> DecisionView:
    return DecisionView(
        outcome=decision.outcome,
        decided_by=decision.actor.kind,
        decided_at=decision.decided_at,
        version=decision.text_version,
        reason=decision.reason,
        reason_label=_label(decision.reason),
        note=decision.note,
        undone_at=decision.undone_at,
    )


def _bilingual(words: Words) -> Bilingual:
    return Bilingual(fr=words.fr, en=words.en)


def _label(reason: Reason | None) -> Bilingual | None:
    return Bilingual(fr=label(reason, "fr"), en=label(reason, "en")) if reason else None
