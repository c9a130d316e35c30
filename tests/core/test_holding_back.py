"""Rules that hold back: expired ones, canaries, limits, and what a rule asks for further."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.alarms import alarms_of
from bot.core.decide import (
    NONE_RECENT,
    Count,
    Policy,
    RecentRejections,
    decide,
    held_back,
    removes,
)
from bot.core.evaluate import Limits, Rule, Rulebook, author_key, evaluate
from bot.core.model import (
    AlarmKind,
    Basis,
    Further,
    Idle,
    Outcome,
    Scores,
    Stage,
    Unscored,
    Verdict,
)
from bot.core.reasons import Reason
from tests.conftest import rule

SCORES = Scores(values={"toxicity": 0.9}, scorer="s", version="1")
POLICY = Policy(max_rejections_per_hour=10, max_rejections_per_day=20)
REJECT = rule("a", Outcome.REJECT, Reason.SPAM)


def book(*rules: Rule) -> Rulebook:
    return Rulebook(version="v", rules=rules, conditions=lambda _: [True] * len(rules))


def judged(*rules: Rule, **about: object) -> Verdict:
    return evaluate(book(*rules), {}, default=Outcome.APPROVE, **about)  # type: ignore[arg-type]


def decided(verdict: Verdict, **changes: object) -> Verdict:
    asked = {"scores": SCORES, "recent": NONE_RECENT, "policy": POLICY} | changes
    return decide(verdict, **asked)  # type: ignore[arg-type]


def test_a_rule_acts_through_its_last_day_and_not_after() -> None:
    expiring = replace(REJECT, expires=date(2026, 6, 30))
    assert judged(expiring, today=date(2026, 6, 30)).outcome is Outcome.REJECT
    late = judged(expiring, today=date(2026, 7, 1))
    assert (late.outcome, late.basis) == (Outcome.APPROVE, Basis.DEFAULT)
    assert [(hit.idle, hit.stage, hit.acts) for hit in late.hits] == [
        (Idle.EXPIRED, Stage.SHADOW, False)
    ]


def test_a_canary_tries_about_its_share_and_always_the_same_authors() -> None:
    canary = replace(REJECT, stage=Stage.CANARY, share=0.1)
    authors = [author_key("site", str(number)) for number in range(3_000)]
    tried = [author for author in authors if judged(canary, author=author).hits[0].acts]
    assert 200 < len(tried) < 400
    assert all(judged(canary, author=author).outcome is Outcome.REJECT for author in tried)
    other = [author for author in authors if replace(canary, id="b").tries(author)]
    assert set(other) != set(tried)
    left = next(author for author in authors if author not in tried)
    assert judged(canary, author=left).hits[0].idle is Idle.OUT_OF_SHARE


@pytest.mark.parametrize(
    ("limits", "count", "held"),
    [
        (Limits(per_hour=2), Count(last_hour=1, last_day=9), False),
        (Limits(per_hour=2), Count(last_hour=2, last_day=2), True),
        (Limits(per_day=5), Count(last_hour=0, last_day=5), True),
        (Limits(per_hour=0), Count(), True),
    ],
)
def test_a_rule_at_its_limit_asks_a_person(limits: Limits, count: Count, held: bool) -> None:
    limited = replace(REJECT, limits=limits)
    recent = RecentRejections(last_hour=0, last_day=0, by_rule={"a": count})
    back = held_back(book(limited), recent, ())
    verdict = decided(judged(limited), recent=recent, held=back)
    assert (verdict.outcome is Outcome.REVIEW) is held
    assert verdict.reason is Reason.SPAM
    assert alarms_of(verdict) == (((AlarmKind.RULE_CAP, "a"),) if held else ())


def test_another_rule_may_still_refuse_and_gives_the_reason() -> None:
    other = replace(rule("b", Outcome.REJECT, Reason.AD))
    verdict = decided(judged(REJECT, other), held={"a": Idle.SURGE})
    assert (verdict.outcome, verdict.reason) == (Outcome.REJECT, Reason.AD)
    assert [hit.idle for hit in verdict.hits] == [Idle.SURGE, None]


def test_the_global_cap_raises_one_alarm_for_all_rules() -> None:
    full = RecentRejections(last_hour=10, last_day=10)
    assert alarms_of(decided(judged(REJECT), recent=full)) == ((AlarmKind.CAP, None),)
    assert alarms_of(decided(judged(REJECT))) == ()


HARD = Further(escalate=True, tags=("doxxing", "b"), timeout_s=600, delete=True, notify_author=True)


def test_acting_rules_add_up_and_shadows_ask_for_nothing() -> None:
    soft = replace(rule("b", Outcome.REVIEW), further=Further(tags=("a",), timeout_s=60))
    shadow = replace(rule("c", Outcome.REVIEW), stage=Stage.SHADOW, further=HARD)
    assert judged(soft, shadow).further == Further(tags=("a",), timeout_s=60)
    both = judged(soft, replace(REJECT, further=HARD)).further
    assert both == replace(HARD, tags=("a", "b", "doxxing"))


@pytest.mark.parametrize(
    ("changes", "basis"),
    [
        ({"scores": Unscored(reason="x")}, Basis.UNSCORED),
        ({"scores": replace(SCORES, degraded=True)}, Basis.DEGRADED),
        ({"recent": RecentRejections(last_hour=10, last_day=10)}, Basis.CAP),
        ({"held": {"a": Idle.LIMIT}}, Basis.CAP),
    ],
)
def test_nothing_is_taken_from_an_author_where_a_person_must_look(
    changes: dict[str, object], basis: Basis
) -> None:
    """But people still see the tags, and what is escalated stays so unless the rule is held."""
    verdict = decided(judged(replace(REJECT, further=HARD)), **changes)
    assert (verdict.outcome, verdict.basis) == (Outcome.REVIEW, basis)
    further = verdict.further
    assert (further.timeout_s, further.delete, further.notify_author) == (0, False, False)
    assert further.escalate is ("held" not in changes)


def test_deleting_before_the_review_counts_as_a_removal() -> None:
    deleting = replace(rule("d", Outcome.REVIEW), further=Further(delete=True))
    asked = judged(deleting)
    assert removes(asked)
    assert decided(asked).further.delete
    full = RecentRejections(last_hour=10, last_day=10)
    assert not decided(asked, recent=full).further.delete
