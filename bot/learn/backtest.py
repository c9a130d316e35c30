"""A rulebook tried on comments that were judged before. Pure: what is read and shown is elsewhere.

Each comment is judged by the very functions that judge a new one. What no rule can lift held then
and holds here: an unscored comment stays with people, and so does a refusal where the wanted model
was missing or the cap on automatic refusals was reached.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import count

from bot.core.decide import NONE_RECENT, Policy, RecentRejections, caught
from bot.core.evaluate import Rulebook, evaluate
from bot.core.facts import text_facts
from bot.core.model import Basis, FactValue, Outcome, Scores, Stage, Unscored, Verdict
from bot.learn.shares import Share
from bot.ports import Judged

_KEPT = 200
"""Comments kept to be shown, of each kind: memory does not grow with the past."""


class Change(StrEnum):
    """How a comment would differ from what was decided."""

    REMOVED = "would refuse what a person approved"
    PUBLISHED = "would publish what a person refused"
    UNSEEN = "no person decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One comment to look at before the rulebook goes live."""

    comment_id: str
    text: str
    change: Change
    then: Outcome
    now: Outcome
    human: Outcome | None
    rules: tuple[str, ...]
    """Live rules that fire now."""
    badness: float
    """Higher is worse: above 1 when the rulebook of then did not make this mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReport:
    """One rule of the new rulebook, or one that is gone (`stage` is None)."""

    rule: str
    stage: Stage | None
    asks: Outcome | None
    fired_then: int
    fired_now: int
    not_applied: int
    """Comments that lack a fact which the rule reads."""
    lacking: Mapping[str, int]
    """Which facts those lacked, the most often first."""
    changed: Mapping[tuple[Outcome, Outcome], int]
    """Outcomes (then, now) of comments where this rule fired and was no shadow only then or only
    now."""
    precision: Share
    """Of the comments it fires on and a person decided: where the person saw it the same way."""
    recall: Share
    """Of the comments a person refused (approved, for a rule that approves): it fires on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A rulebook's outcomes against people's."""

    refused_rightly: Share
    """Of what it refuses by itself: what people refused too (precision)."""
    refused_found: Share
    """Of what people refused: what it refuses by itself (recall)."""
    flagged_found: Share
    """Of what people refused: what it refuses or puts before people."""
    published_rightly: Share
    """Of what it publishes by itself: what people approved too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    day: date
    comments: int
    reviews_then: int
    reviews_now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the new rulebook would have made of the past."""

    rulebook: str
    comments: int
    left_out: int
    """Comments whose moderation failed then: they have no facts to judge."""
    decided: int
    """Comments that a person decided."""
    outcomes: Mapping[tuple[Outcome, Outcome], int]
    """Comments by outcome (then, now)."""
    then: Agreement
    now: Agreement
    rules: tuple[RuleReport, ...]
    """In order of id."""
    days: tuple[Day, ...]
    """Every day (UTC) on which something was judged, in order."""
    tellings: tuple[Telling, ...]
    """Where it would differ from a person, worst first; at most 200 of either direction."""
    unseen: tuple[Telling, ...]
    """Changed outcomes that no person has judged, the highest toxicity first; at most 200."""
    differs: Mapping[Change, int]
    """All of them, those that are not kept included."""
    new_mistakes: int
    """Differences from people that the rulebook of then did not have."""
    mended: int
    """Differences from people that only the rulebook of then had."""

    def total(self, outcome: Outcome, *, now: bool) -> int:
        return sum(n for pair, n in self.outcomes.items() if pair[now] is outcome)

    @property
    def changed(self) -> int:
        return sum(n for (then, now), n in self.outcomes.items() if then is not now)

    @property
    def reviews_per_day(self) -> tuple[float, float]:
        """Then and now, over the days on which comments came in; 0 of nothing."""
        days = max(1, len(self.days))
        return (
            self.total(Outcome.REVIEW, now=False) / days,
            self.total(Outcome.REVIEW, now=True) / days,
        )


@dataclass(slots=True)
class _OfRule:
    fired_then: int = 0
    fired_now: int = 0
    not_applied: int = 0
    lacking: Counter[str] = field(default_factory=Counter)
    changed: Counter[tuple[Outcome, Outcome]] = field(default_factory=Counter)
    said: Counter[Outcome] = field(default_factory=Counter)
    """What people decided where it fires now."""


class Backtest:
    """Takes the comments of the past one after the other; `report` says what came out."""

    def __init__(self, rulebook: Rulebook, policy: Policy) -> None:
        self._rulebook = rulebook
        self._policy = policy
        self._reads = {rule.id: rule.reads for rule in rulebook.rules}
        self._seen: Counter[tuple[Outcome, Outcome, Outcome | None]] = Counter()
        self._left_out = 0
        self._rules = {rule.id: _OfRule() for rule in rulebook.rules}
        self._days: dict[date, list[int]] = {}
        self._differs: Counter[Change] = Counter()
        self._worst: dict[Change, list[tuple[float, int, Telling]]] = {
            change: [] for change in Change
        }
        self._order = count()

    def add(self, judged: Judged) -> None:
        if judged.basis is Basis.FAILURE:
            self._left_out += 1
            return
        verdict = judge_again(self._rulebook, self._policy, judged)
        self._seen[judged.outcome, verdict.outcome, judged.human] += 1
        day = self._days.setdefault(judged.judged_at.date(), [0, 0, 0])
        day[0] += 1
        day[1] += judged.outcome is Outcome.REVIEW
        day[2] += verdict.outcome is Outcome.REVIEW
        self._count_rules(judged, verdict)
        self._keep(judged, verdict)

    def _count_rules(self, judged: Judged, verdict: Verdict) -> None:
        if not (judged.rules or verdict.hits or verdict.not_applied):
            return
        then, now = judged.rules, {hit.rule: hit.stage for hit in verdict.hits}
        moved = judged.outcome is not verdict.outcome
        for rule in then.keys() | now.keys():
            row = self._rules.setdefault(rule, _OfRule())
            row.fired_then += rule in then
            row.fired_now += rule in now
            if moved and _acts(then.get(rule)) is not _acts(now.get(rule)):
                row.changed[judged.outcome, verdict.outcome] += 1
            if judged.human is not None and rule in now:
                row.said[judged.human] += 1
        for rule in verdict.not_applied:
            row = self._rules[rule]
            row.not_applied += 1
            row.lacking.update(fact for fact in self._reads[rule] if fact not in verdict.facts)

    def _keep(self, judged: Judged, verdict: Verdict) -> None:
        change = _change(judged, verdict.outcome)
        if change is None:
            return
        self._differs[change] += 1
        badness = _badness(judged, change)
        worst = self._worst[change]
        if len(worst) == _KEPT and badness <= worst[0][0]:
            return
        telling = Telling(
            comment_id=judged.comment_id,
            text=judged.text,
            change=change,
            then=judged.outcome,
            now=verdict.outcome,
            human=judged.human,
            rules=tuple(hit.rule for hit in verdict.hits if _acts(hit.stage)),
            badness=badness,
        )
        push = heapq.heappush if len(worst) < _KEPT else heapq.heapreplace
        push(worst, (badness, -next(self._order), telling))

    def report(self) -> Report:
        outcomes: Counter[tuple[Outcome, Outcome]] = Counter()
        for (then, now, _), number in self._seen.items():
            outcomes[then, now] += number
        people = Counter(
            {human: self._people(human) for human in (Outcome.APPROVE, Outcome.REJECT)}
        )
        return Report(
            rulebook=self._rulebook.version,
            comments=outcomes.total(),
            left_out=self._left_out,
            decided=people.total(),
            outcomes=outcomes,
            then=self._agreement(now=False),
            now=self._agreement(now=True),
            rules=tuple(self._rule(name, row, people) for name, row in sorted(self._rules.items())),
            days=tuple(
                Day(day=day, comments=all_, reviews_then=then, reviews_now=now)
                for day, (all_, then, now) in sorted(self._days.items())
            ),
            tellings=self._kept(Change.REMOVED, Change.PUBLISHED),
            unseen=self._kept(Change.UNSEEN),
            differs=self._differs,
            new_mistakes=self._mistakes(now_only=True),
            mended=self._mistakes(now_only=False),
        )

    def _people(self, human: Outcome) -> int:
        return sum(number for (_, _, said), number in self._seen.items() if said is human)

    def _agreement(self, *, now: bool) -> Agreement:
        table: Counter[tuple[Outcome, Outcome]] = Counter()
        for (then, again, human), number in self._seen.items():
            if human is not None:
                table[again if now else then, human] += number

        def of(outcome: Outcome | None, human: Outcome | None) -> int:
            return sum(
                number
                for (came_out, said), number in table.items()
                if outcome in (None, came_out) and human in (None, said)
            )

        refused = of(None, Outcome.REJECT)
        rightly = of(Outcome.REJECT, Outcome.REJECT)
        published = of(Outcome.APPROVE, Outcome.REJECT)
        return Agreement(
            refused_rightly=Share(hits=rightly, of=of(Outcome.REJECT, None)),
            refused_found=Share(hits=rightly, of=refused),
            flagged_found=Share(hits=refused - published, of=refused),
            published_rightly=Share(
                hits=of(Outcome.APPROVE, Outcome.APPROVE), of=of(Outcome.APPROVE, None)
            ),
        )

    def _rule(self, name: str, row: _OfRule, people: Counter[Outcome]) -> RuleReport:
        rule = next((each for each in self._rulebook.rules if each.id == name), None)
        asks = rule.outcome if rule else None
        right = Outcome.APPROVE if asks is Outcome.APPROVE else Outcome.REJECT
        return RuleReport(
            rule=name,
            stage=rule.stage if rule else None,
            asks=asks,
            fired_then=row.fired_then,
            fired_now=row.fired_now,
            not_applied=row.not_applied,
            lacking=dict(row.lacking.most_common()),
            changed=row.changed,
            precision=Share(hits=row.said[right], of=row.said.total()),
            recall=Share(hits=row.said[right], of=people[right] if rule else 0),
        )

    def _kept(self, *changes: Change) -> tuple[Telling, ...]:
        entries = [entry for change in changes for entry in self._worst[change]]
        return tuple(telling for _, _, telling in sorted(entries, key=_worst_first))

    def _mistakes(self, *, now_only: bool) -> int:
        return sum(
            number
            for (then, now, human), number in self._seen.items()
            if _opposed(now, human) is now_only and _opposed(then, human) is not now_only
        )


def recalled(judged: Judged, reads: Collection[str] | None) -> dict[str, FactValue]:
    """The facts of then. What was not stored and the text alone gives is had from it again, where
    `reads` names it; what else was not stored stays absent."""
    wanted = None if reads is None else reads - judged.facts.keys()
    return {**text_facts(judged.text, wanted), **judged.facts}


def judge_again(rulebook: Rulebook, policy: Policy, judged: Judged) -> Verdict:
    """The verdict of `rulebook` on the facts of then."""
    facts = recalled(judged, rulebook.reads)
    asked = evaluate(rulebook, facts, default=policy.default, author=judged.author)
    if judged.basis is Basis.UNSCORED:
        return caught(asked, scores=_UNSCORED, recent=NONE_RECENT, policy=policy)
    scores = _DEGRADED if judged.basis is Basis.DEGRADED else _SCORED
    recent = NONE_RECENT
    if judged.basis is Basis.CAP:
        recent = RecentRejections(
            last_hour=policy.max_rejections_per_hour, last_day=policy.max_rejections_per_day
        )
    return caught(asked, scores=scores, recent=recent, policy=policy)


_UNSCORED = Unscored(reason="unscored then")
_SCORED = Scores(values={}, scorer="then", version="then")
_DEGRADED = Scores(values={}, scorer="then", version="then", degraded=True)


def _acts(stage: Stage | None) -> bool:
    """None for a rule that did not fire."""
    return stage not in (None, Stage.SHADOW)


def _change(judged: Judged, now: Outcome) -> Change | None:
    if judged.human is None:
        return Change.UNSEEN if judged.outcome is not now else None
    if not _opposed(now, judged.human):
        return None
    return Change.REMOVED if now is Outcome.REJECT else Change.PUBLISHED


def _opposed(outcome: Outcome, human: Outcome | None) -> bool:
    """A review is never opposed to a person: it asks for one."""
    return human is not None and outcome is not Outcome.REVIEW and outcome is not human


def _worst_first(entry: tuple[float, int, Telling]) -> tuple[float, int]:
    return -entry[0], -entry[1]


def _badness(judged: Judged, change: Change) -> float:
    """The clearer the case, the worse the mistake; a mistake that is new is worse than any old one."""
    stated = judged.facts.get("score.toxicity")
    toxicity = float(stated) if isinstance(stated, int | float) else 0.5
    clear = 1 - toxicity if change is Change.REMOVED else toxicity
    is_old = change is not Change.UNSEEN and _opposed(judged.outcome, judged.human)
    return clear if is_old else 1 + clear
