"""Turns a verdict into what is done: the safety catches that no rule can lift."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.model import Basis, Outcome, Scores, Unscored, Verdict, Words
from bot.core.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The operator's standing choices."""

    default: Outcome = Outcome.APPROVE
    """For a comment that was scored and that no live rule asks anything about."""
    max_rejections_per_hour: int = 60
    """Automatic ones; further ones go to people."""
    max_rejections_per_day: int = 400
    two_person_reasons: frozenset[Reason] = frozenset()
    """A person's rejection for one of these takes effect when a second person agrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentRejections:
    """Automatic rejections of the last hour and the last 24 hours, this comment left out."""

    last_hour: int
    last_day: int


NONE_RECENT = RecentRejections(last_hour=0, last_day=0)

_UNSCORED = Words(
    fr="Le commentaire n'a pas pu être évalué : à vous de juger.",
    en="The comment could not be scored: yours to judge.",
)
_CAPPED = Words(
    fr="Plafond de refus automatiques atteint : à vous de juger.",
    en="The cap on automatic refusals is reached: yours to judge.",
)
_DEGRADED = Words(
    fr="Le modèle voulu manque, rien n'est refusé automatiquement : à vous de juger.",
    en="The wanted model is missing, nothing is refused automatically: yours to judge.",
)


def decide(
    verdict: Verdict, *, scores: Scores | Unscored, recent: RecentRejections, policy: Policy
) -> Verdict:
    """The verdict, or a review in its place where a machine must not have the last word.

    A refusal keeps its reason when it becomes a review, so that a moderator finds it filled in.
    """
    if isinstance(scores, Unscored):
        return replace(verdict, outcome=Outcome.REVIEW, basis=Basis.UNSCORED, because=_UNSCORED)
    if verdict.outcome is not Outcome.REJECT:
        return verdict
    if scores.degraded:
        return replace(verdict, outcome=Outcome.REVIEW, basis=Basis.DEGRADED, because=_DEGRADED)
    if (
        recent.last_hour >= policy.max_rejections_per_hour
        or recent.last_day >= policy.max_rejections_per_day
    ):
        return replace(verdict, outcome=Outcome.REVIEW, basis=Basis.CAP, because=_CAPPED)
    return verdict


def priority(verdict: Verdict, scores: Scores | Unscored, *, reports: int) -> float:
    """How soon a person should look: the worst attribute (0 to 1), plus 1 for readers' reports.

    An unscored comment counts as 0.5: unknown is neither harmless nor urgent.
    """
    worst = 0.5 if isinstance(scores, Unscored) else max(scores.values.values(), default=0.5)
    refused = 0.25 if any(hit.outcome is Outcome.REJECT for hit in verdict.hits) else 0.0
    return worst + refused + (1.0 if reports else 0.0)
