"""The counterfactual, and where the passages of a hit come from."""

from __future__ import annotations

import pytest

from bot.core.decide import NONE_RECENT, Policy, RecentRejections, decide
from bot.core.evaluate import Evidence, Rule, Rulebook, evaluate
from bot.core.evidence import substantiated
from bot.core.model import Outcome, Passage, Pivot, Scores, Stage, Unscored, Verdict, Window, Words
from bot.core.reasons import Reason

APPROVE, REVIEW, REJECT = Outcome.APPROVE, Outcome.REVIEW, Outcome.REJECT
SCORES = Scores(values={"toxicity": 0.5}, scorer="s", version="1")
FULL = RecentRejections(last_hour=10**6, last_day=10**6)


class Fires:
    """Conditions that all hold; the n-th one reads the n-th fact and found something at n."""

    def __init__(self, facts: tuple[str, ...]) -> None:
        self.facts = facts

    def __call__(self, facts):
        return [True] * len(self.facts)

    def evidence(self, facts, fired):
        return [
            Evidence(
                read={self.facts[n]: facts[self.facts[n]]},
                passages=(Passage(start=n, end=n + 1, function="has_any", looked_for="list"),),
            )
            for n in fired
        ]


def _rule(name: str, outcome: Outcome, stage: Stage = Stage.LIVE) -> Rule:
    return Rule(
        id=name,
        title=name,
        stage=stage,
        outcome=outcome,
        reason=Reason.SPAM if outcome is REJECT else None,
        because=Words(fr=name, en=name),
    )


def _asked(*rules: Rule, default: Outcome = APPROVE, worst: Window | None = None) -> Verdict:
    names = ("score.threat", "text.links", "score.whole.insult")[: len(rules)]
    book = Rulebook(version="v", rules=rules, conditions=Fires(names))
    facts = {"score.threat": 0.9, "text.links": 4, "score.whole.insult": 0.8}
    return substantiated(book, evaluate(book, facts, default=default), worst=worst)


def _pivots(*rules: Rule, default: Outcome = APPROVE, scores=SCORES, recent=NONE_RECENT):
    policy = Policy(default=default)
    asked = _asked(*rules, default=default)
    decided = decide(asked, scores=scores, recent=recent, policy=policy)
    return [(pivot.rule, pivot.outcome) for pivot in decided.pivots]


def test_each_hit_keeps_what_it_read_and_where() -> None:
    one, other = _asked(_rule("a", REVIEW), _rule("b", REJECT)).hits
    assert (one.read, other.read) == ({"score.threat": 0.9}, {"text.links": 4})
    assert [passage.start for passage in (*one.passages, *other.passages)] == [0, 1]


def test_rules_on_scores_of_own_words_point_at_the_worst_stretch() -> None:
    rules = (_rule("a", REVIEW), _rule("b", REJECT), _rule("c", REVIEW))
    worst = Window(start=10, end=20)
    scored, counted, whole = _asked(*rules, worst=worst).hits
    assert [(p.start, p.end, p.told) for p in scored.passages[1:]] == [(10, 20, "score.threat")]
    assert len(counted.passages) == len(whole.passages) == 1


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ((), []),
        ((_rule("a", APPROVE),), []),
        ((_rule("a", REVIEW),), [("a", APPROVE)]),
        ((_rule("a", REVIEW), _rule("b", REVIEW)), []),
        ((_rule("a", REVIEW), _rule("b", REJECT)), [("b", REVIEW)]),
        ((_rule("a", REJECT), _rule("b", REJECT)), []),
        ((_rule("a", APPROVE), _rule("b", REJECT)), [("a", REJECT), ("b", APPROVE)]),
        ((_rule("a", REVIEW, Stage.SHADOW), _rule("b", REJECT)), [("b", APPROVE)]),
        ((_rule("a", REJECT, Stage.SHADOW),), []),
    ],
)
def test_which_single_rule_makes_the_difference(rules, found) -> None:
    """Two that ask for the same cover for each other; a shadow decides nothing."""
    assert _pivots(*rules) == found


def test_the_counterfactual_goes_through_the_safety_catches() -> None:
    refusal = (_rule("a", REJECT),)
    assert _pivots(*refusal) == [("a", APPROVE)]
    assert _pivots(*refusal, recent=FULL) == [("a", APPROVE)], (
        "review in its place, still its doing"
    )
    assert _pivots(*refusal, default=REVIEW, recent=FULL) == []
    assert _pivots(*refusal, scores=Unscored(reason="late")) == [], "people decide, rule or no rule"


def test_pivots_stay_with_the_verdict_that_was_decided() -> None:
    asked = _asked(_rule("a", REVIEW))
    decided = decide(asked, scores=SCORES, recent=NONE_RECENT, policy=Policy())
    assert decided.pivots == (Pivot(rule="a", outcome=APPROVE),)
    assert decided.hits == asked.hits
