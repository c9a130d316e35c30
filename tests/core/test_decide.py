"""The safety catches: what a machine must not do alone becomes a question to people."""

from __future__ import annotations

import pytest

from bot.core.decide import Policy, RecentRejections, decide
from bot.core.model import Basis, Outcome, Scores, Unscored, Verdict, Words
from bot.core.reasons import Reason

SCORES = Scores(values={"toxicity": 0.95}, scorer="s", version="1")
UNSCORED = Unscored(reason="timed out after 2 s")
FEW = RecentRejections(last_hour=0, last_day=0)
POLICY = Policy(max_rejections_per_hour=10, max_rejections_per_day=20)


def verdict(outcome: Outcome) -> Verdict:
    return Verdict(
        outcome=outcome,
        basis=Basis.RULE,
        rulebook="1",
        because=Words(fr="parce que", en="because"),
        reason=Reason.OFFENSIVE if outcome is Outcome.REJECT else None,
    )


@pytest.mark.parametrize("outcome", list(Outcome))
def test_unscored_always_means_review(outcome: Outcome) -> None:
    decided = decide(verdict(outcome), scores=UNSCORED, recent=FEW, policy=POLICY)
    assert (decided.outcome, decided.basis) == (Outcome.REVIEW, Basis.UNSCORED)


@pytest.mark.parametrize("outcome", [Outcome.APPROVE, Outcome.REVIEW])
def test_caps_concern_rejections_only(outcome: Outcome) -> None:
    full = RecentRejections(last_hour=99, last_day=99)
    asked = verdict(outcome)
    assert decide(asked, scores=SCORES, recent=full, policy=POLICY) == asked


@pytest.mark.parametrize(
    ("last_hour", "last_day", "basis"),
    [
        (9, 19, Basis.RULE),  # one is left under both caps
        (10, 10, Basis.CAP),
        (0, 20, Basis.CAP),
    ],
)
def test_a_rejection_over_a_cap_becomes_a_review_and_keeps_its_reason(
    last_hour: int, last_day: int, basis: Basis
) -> None:
    recent = RecentRejections(last_hour=last_hour, last_day=last_day)
    decided = decide(verdict(Outcome.REJECT), scores=SCORES, recent=recent, policy=POLICY)
    assert decided.basis is basis
    assert decided.outcome is (Outcome.REJECT if basis is Basis.RULE else Outcome.REVIEW)
    assert decided.reason is Reason.OFFENSIVE


def test_a_cap_of_zero_means_that_only_people_reject() -> None:
    nobody = Policy(max_rejections_per_hour=0)
    decided = decide(verdict(Outcome.REJECT), scores=SCORES, recent=FEW, policy=nobody)
    assert decided.outcome is Outcome.REVIEW
