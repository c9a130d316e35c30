"""Judging: rules only ask, their order never matters, the strictest live one wins."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.evaluate import Rule, Rulebook, evaluate, placeholders
from bot.core.model import Basis, Outcome, Stage, Words
from bot.core.reasons import Reason


@dataclass
class Answers:
    """Conditions whose answers are given beforehand, one a rule."""

    answers: list[bool | None]

    def __call__(self, facts):
        return self.answers


def _rule(outcome: Outcome, *, name: str = "r", stage: Stage = Stage.LIVE, fr: str = "x") -> Rule:
    reason = Reason.SPAM if outcome is Outcome.REJECT else None
    return Rule(
        id=name,
        title=name,
        stage=stage,
        outcome=outcome,
        reason=reason,
        because=Words(fr=fr, en=f"en {fr}"),
    )


def _judge(*asked: tuple[Rule, bool | None], facts=None, default=Outcome.APPROVE):
    book = Rulebook(
        version="v",
        rules=tuple(rule for rule, _ in asked),
        conditions=Answers([answer for _, answer in asked]),
    )
    return evaluate(book, facts or {}, default=default)


@pytest.mark.parametrize(
    ("asked", "outcome", "basis"),
    [
        ([], Outcome.APPROVE, Basis.DEFAULT),
        ([Outcome.APPROVE], Outcome.APPROVE, Basis.RULE),
        ([Outcome.REVIEW], Outcome.REVIEW, Basis.RULE),
        ([Outcome.REJECT], Outcome.REJECT, Basis.RULE),
        ([Outcome.REVIEW, Outcome.REJECT], Outcome.REJECT, Basis.RULE),
        ([Outcome.APPROVE, Outcome.REVIEW], Outcome.REVIEW, Basis.RULE),
        ([Outcome.APPROVE, Outcome.REJECT], Outcome.REVIEW, Basis.CONFLICT),
        ([Outcome.APPROVE, Outcome.REVIEW, Outcome.REJECT], Outcome.REVIEW, Basis.CONFLICT),
    ],
)
def test_what_live_rules_ask_for_together(asked, outcome: Outcome, basis: Basis) -> None:
    verdict = _judge(*((_rule(each, name=each.value), True) for each in asked))
    assert (verdict.outcome, verdict.basis) == (outcome, basis)
    assert [hit.rule for hit in verdict.hits] == [each.value for each in asked]


def test_the_default_is_the_policys() -> None:
    verdict = _judge((_rule(Outcome.REJECT), False), default=Outcome.REVIEW)
    assert (verdict.outcome, verdict.basis, verdict.hits) == (Outcome.REVIEW, Basis.DEFAULT, ())


def test_the_strictest_rule_gives_reason_and_words() -> None:
    verdict = _judge(
        (_rule(Outcome.REVIEW, name="a", fr="vague"), True),
        (_rule(Outcome.REJECT, name="b", fr="net"), True),
    )
    assert (verdict.reason, verdict.because.fr) == (Reason.SPAM, "net")


def test_a_conflict_has_words_of_its_own_and_no_reason() -> None:
    verdict = _judge((_rule(Outcome.APPROVE), True), (_rule(Outcome.REJECT), True))
    assert verdict.reason is None
    assert "publier et de refuser" in verdict.because.fr


def test_a_shadow_is_recorded_and_acts_on_nothing() -> None:
    """Not even by making a conflict."""
    verdict = _judge(
        (_rule(Outcome.REJECT, name="shadow", stage=Stage.SHADOW), True),
        (_rule(Outcome.APPROVE, name="live"), True),
    )
    assert (verdict.outcome, verdict.basis) == (Outcome.APPROVE, Basis.RULE)
    assert [hit.rule for hit in verdict.hits] == ["shadow", "live"]


def test_a_rule_without_its_facts_is_named_and_does_nothing() -> None:
    verdict = _judge(
        (_rule(Outcome.REJECT, name="a"), None), (_rule(Outcome.REVIEW, name="b"), True)
    )
    assert verdict.outcome is Outcome.REVIEW
    assert verdict.not_applied == ("a",)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Outcome)),
            st.sampled_from([Stage.LIVE, Stage.SHADOW]),
            st.sampled_from([True, False, None]),
        ),
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_order_never_matters(drawn, random) -> None:
    asked = [
        (_rule(outcome, name=str(number), stage=stage), answer)
        for number, (outcome, stage, answer) in enumerate(drawn)
    ]
    shuffled = list(asked)
    random.shuffle(shuffled)
    one, other = _judge(*asked), _judge(*shuffled)
    assert (one.outcome, one.basis, one.reason) == (other.outcome, other.basis, other.reason)
    assert {hit.rule for hit in one.hits} == {hit.rule for hit in other.hits}
    assert set(one.not_applied) == set(other.not_applied)


def test_the_sentence_is_filled_with_the_facts_that_were_read() -> None:
    sentence = "{score.threat} {text.links} {source} {story.title} {score.insult}"
    facts = {"score.threat": 0.987, "text.links": 3, "source": "site", "story.title": "x" * 500}
    because = _judge((_rule(Outcome.REVIEW, fr=sentence), True), facts=facts).because
    assert because.fr == f"0,99 3 site {'x' * 79}… ?"
    assert because.en == f"en 0.99 3 site {'x' * 79}… ?"


def test_a_fact_cannot_bring_placeholders_of_its_own() -> None:
    facts = {"story.title": "{source}", "source": "site"}
    because = _judge((_rule(Outcome.REVIEW, fr="{story.title}"), True), facts=facts).because
    assert because.fr == "{source}"


def test_placeholders_are_found_with_their_place() -> None:
    assert [(m.group(1), m.start(1)) for m in placeholders("a {b.c} {} {{d}")] == [
        ("b.c", 3),
        ("", 9),
        ("d", 13),
    ]
