"""What the templates show of a case: numbers as bars, times as waits, texts as pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from bot.console import shown, texts
from bot.core.model import (
    Actor,
    AuthorHistory,
    Case,
    CommentRecord,
    Decision,
    FactValue,
    Scores,
    Source,
    State,
    Story,
    Unscored,
)
from bot.core.reasons import Reason

Tone = Literal["high", "middle", "low", "unknown"]

_HIGH, _MIDDLE = 0.8, 0.5
_BARS_IN_A_ROW = 3
_WORTH_A_BAR = 0.1
_FACT_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One attribute's probability, ready to draw."""

    attribute: str
    value: float

    @property
    def percent(self) -> int:
        """0 to 100, rounded so that 100 means certain."""
        return min(99, round(self.value * 100)) if self.value < 1 else 100

    @property
    def tone(self) -> Tone:
        return "high" if self.value >= _HIGH else "middle" if self.value >= _MIDDLE else "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case as the queue shows it."""

    case: Case
    record: CommentRecord | None
    waited_s: float
    bars: tuple[Bar, ...]
    tone: Tone
    excerpt: tuple[shown.Piece, ...]
    left_out: int
    """Characters of the text that the excerpt leaves out."""
    reason: Reason
    """Filled in when a moderator refuses."""
    history: str
    claimed_by: Actor | None
    """A colleague whose lease is running; the viewer's own is left out."""
    claimed_by_me: bool
    degraded: bool
    """Another scorer than the wanted one answered."""


def row(
    case: Case, record: CommentRecord | None, *, viewer: Actor, language: str, now: datetime
) -> Row:
    scores = record.scores if record else None
    every = bars(scores)
    text, left_out = shown.excerpt(case.comment.text)
    claim = case.claim if case.claim and case.claim.until > now else None
    mine = claim is not None and claim.actor.id == viewer.id
    return Row(
        case=case,
        record=record,
        waited_s=(now - case.opened_at).total_seconds(),
        bars=tuple(bar for bar in every if bar.value >= _WORTH_A_BAR)[:_BARS_IN_A_ROW] or every[:1],
        tone=every[0].tone if every else "unknown",
        excerpt=shown.pieces(text),
        left_out=left_out,
        reason=suggested_reason(record),
        history=history(record.history, language) if record else "",
        claimed_by=claim.actor if claim and not mine else None,
        claimed_by_me=mine,
        degraded=isinstance(scores, Scores) and scores.degraded,
    )


def bars(scores: Scores | Unscored | None) -> tuple[Bar, ...]:
    """Every attribute, the highest first; none when there are no scores."""
    if not isinstance(scores, Scores):
        return ()
    found = [Bar(attribute=name, value=value) for name, value in scores.values.items()]
    return tuple(sorted(found, key=lambda bar: -bar.value))


def suggested_reason(record: CommentRecord | None) -> Reason:
    """What the leading rule gave as reason, else any rule that fired, else «other»."""
    verdict = record.verdict if record else None
    if verdict is None:
        return Reason.OTHER
    given = [verdict.reason, *(hit.reason for hit in verdict.hits)]
    return next((reason for reason in given if reason), Reason.OTHER)


def history(past: AuthorHistory, language: str) -> str:
    """`3 publiés · 1 refusé`, or that it is the author's first comment."""
    counts = {
        "history.approved": past.approved,
        "history.rejected": past.rejected,
        "history.in_review": past.in_review,
    }
    told = [texts.count(language, key, n) for key, n in counts.items() if n]
    return " · ".join(told) if told else texts.say(language, "history.first")


def story_name(story: Story, source: Source, language: str) -> str:
    if story.title and shown.one_line(story.title):
        return shown.one_line(story.title)
    key = "channel" if source is Source.DISCORD else "untitled"
    return texts.say(language, key, id=shown.one_line(story.id))


def web_address(url: str | None) -> str | None:
    """The address if it may stand in a link: http or https with a host, nothing else."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def fact(value: FactValue) -> str:
    """A fact on one line: numbers with three decimals, long texts cut."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = ", ".join(value)
    text = shown.one_line(str(value))
    return text if len(text) <= _FACT_CHARS else f"{text[:_FACT_CHARS]}…"


def became(case: Case, decision: Decision | None, language: str) -> str:
    """One sentence on how a case ended."""
    if case.comment.state is State.WITHDRAWN:
        return texts.say(language, "gone.withdrawn")
    if decision is None:
        return texts.say(language, "gone.elsewhere")
    outcome = texts.say(language, f"outcome.{decision.outcome.value}")
    name = actor_name(decision.actor, language)
    return texts.say(language, "gone.decided", name=name, outcome=outcome)


def actor_name(actor: Actor, language: str) -> str:
    """A colleague's name; the machine and the site are named in the reader's language."""
    key = f"actor.{actor.kind.value}"
    return texts.say(language, key) if texts.known(key) else shown.one_line(actor.name)
