"""Turns a verdict into what is done: the safety catches that no rule can lift."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from bot.core.evaluate import Limits, Rulebook
from bot.core.evidence import pivots
from bot.core.model import Basis, Idle, Outcome, Scores, Unscored, Verdict, Words
from bot.core.reasons import Reason
from bot.core.waiting import Care, Targets


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
    targets: Targets = field(default_factory=Targets)
    care: Care = field(default_factory=Care)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Of the last hour and the last 24 hours."""

    last_hour: int = 0
    last_day: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentRejections:
    """What was removed automatically of late, this comment left out."""

    last_hour: int
    last_day: int
    by_rule: Mapping[str, Count] = field(default_factory=dict)
    """How often a rule acted; those without `limits` may be left out."""


NONE_RECENT = RecentRejections(last_hour=0, last_day=0)

_UNSCORED = Words(
    fr="Le commentaire n'a pas pu être évalué : à vous de juger.",
    en="The comment could not be scored: yours to judge.",
)
_CAPPED = Words(
    fr="Plafond de refus automatiques atteint : à vous de juger.",
    en="The cap on automatic refusals is reached: yours to judge.",
)
_LIMITED = Words(
    fr="La règle a atteint sa propre limite : à vous de juger.",
    en="The rule has reached its own limit: yours to judge.",
)
_SURGING = Words(
    fr="La règle se déclenche bien plus souvent que d'habitude : à vous de juger.",
    en="The rule fires far more often than it used to: yours to judge.",
)
_DEGRADED = Words(
    fr="Le modèle voulu manque, rien n'est refusé automatiquement : à vous de juger.",
    en="The wanted model is missing, nothing is refused automatically: yours to judge.",
)


def removes(verdict: Verdict) -> bool:
    """Whether something would be taken from the author without a person's word."""
    if verdict.outcome is Outcome.REJECT:
        return True
    further = verdict.further
    return further.delete or further.timeout_s > 0


def decide(
    verdict: Verdict,
    *,
    scores: Scores | Unscored,
    recent: RecentRejections,
    policy: Policy,
    held: Mapping[str, Idle] | None = None,
) -> Verdict:
    """What the safety catches leave of a verdict (see `caught`), and on which rules that hangs."""

    def decided(asked: Verdict) -> Verdict:
        return caught(asked, scores=scores, recent=recent, policy=policy, held=held)

    found = pivots(verdict, default=policy.default, decide=decided) if verdict.hits else ()
    return replace(decided(verdict), pivots=found) if found else decided(verdict)


def caught(
    verdict: Verdict,
    *,
    scores: Scores | Unscored,
    recent: RecentRejections,
    policy: Policy,
    held: Mapping[str, Idle] | None = None,
) -> Verdict:
    """The verdict, or a review in its place where a machine must not have the last word.

    `held` names rules that must not remove anything, and why; see `held_back`. A refusal keeps its
    reason when it becomes a review, so that a moderator finds it filled in.
    """
    if isinstance(scores, Unscored):
        return replace(verdict, outcome=Outcome.REVIEW, basis=Basis.UNSCORED, because=_UNSCORED)
    if not removes(verdict):
        return verdict
    if scores.degraded:
        return replace(verdict, outcome=Outcome.REVIEW, basis=Basis.DEGRADED, because=_DEGRADED)
    if _is_capped(recent, policy):
        return replace(verdict, outcome=Outcome.REVIEW, basis=Basis.CAP, because=_CAPPED)
    return _without_held(verdict, held or {})


def held_back(
    rulebook: Rulebook, recent: RecentRejections, surging: Collection[str]
) -> dict[str, Idle]:
    """Rules that must not remove anything now: at their own limits, or `surging`."""
    held = dict.fromkeys(surging, Idle.SURGE)
    for rule in rulebook.rules:
        count = recent.by_rule.get(rule.id, Count())
        if rule.limits and _reached(rule.limits, count):
            held[rule.id] = Idle.LIMIT
    return held


def _reached(limits: Limits, count: Count) -> bool:
    pairs = ((limits.per_hour, count.last_hour), (limits.per_day, count.last_day))
    return any(limit is not None and number >= limit for limit, number in pairs)


def _is_capped(recent: RecentRejections, policy: Policy) -> bool:
    return (
        recent.last_hour >= policy.max_rejections_per_hour
        or recent.last_day >= policy.max_rejections_per_day
    )


def _without_held(verdict: Verdict, held: Mapping[str, Idle]) -> Verdict:
    """Rules that are held back ask no more; what the others ask for stands."""
    hits = tuple(
        replace(hit, idle=held[hit.rule])
        if hit.acts and hit.rule in held and (hit.outcome is Outcome.REJECT or hit.further.removes)
        else hit
        for hit in verdict.hits
    )
    if hits == verdict.hits:
        return verdict
    rejecting = [hit for hit in hits if hit.acts and hit.outcome is Outcome.REJECT]
    if verdict.outcome is Outcome.REJECT and rejecting:
        first = rejecting[0]
        return replace(verdict, hits=hits, reason=first.reason, because=first.because)
    why = {hit.idle for hit in hits}
    because = _SURGING if Idle.SURGE in why and Idle.LIMIT not in why else _LIMITED
    return replace(verdict, outcome=Outcome.REVIEW, basis=Basis.CAP, because=because, hits=hits)
