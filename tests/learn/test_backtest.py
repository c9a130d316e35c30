"""Rules tried on a past that really happened: a real store, filled by the real engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

import pytest

from bot.core.decide import Policy
from bot.core.evaluate import Rulebook
from bot.core.model import Basis, FactValue, Outcome, Resolution, Resolved, Stage, Undone
from bot.core.reasons import Reason
from bot.engine import Engine
from bot.learn.backtest import Backtest, Change, Report, judge_again
from bot.ports import Judged
from bot.store import SqlStore
from tests.conftest import ANNA, RULEBOOK, WordScorer, rule, submission

Settled = Callable[[], Awaitable[None]]
EVER = datetime(2020, 1, 1, tzinfo=UTC)
APPROVE, REVIEW, REJECT = Outcome


class Words:
    """One condition a rule: the folded text holds this word."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def __call__(self, facts: Mapping[str, FactValue]) -> Sequence[bool | None]:
        return [word in str(facts["text.folded"]) for word in self._words]


STRICTER = Rulebook(
    version="stricter",
    rules=(
        rule("word-bof", REJECT, Reason.OFFENSIVE),
        rule("word-merci", REVIEW, stage=Stage.SHADOW),
    ),
    conditions=Words("bof", "merci"),
)


async def tried(store: SqlStore, rulebook: Rulebook) -> Report:
    test = Backtest(rulebook, Policy())
    async for portion in store.past.judged(since=EVER):
        for judged in portion:
            test.add(judged)
    return test.report()


@pytest.fixture
def submit(engine: Engine, settled: Settled) -> Callable[..., Awaitable[None]]:
    async def send(*texts: str) -> None:
        for text in texts:
            await engine.submit(submission(text, text))
        await settled()

    return send


@pytest.fixture
def person(engine: Engine) -> Callable[[str, Outcome], Awaitable[int]]:
    async def decide(text: str, outcome: Outcome) -> int:
        (case,) = [each for each in await engine.store.cases.queue() if each.comment.text == text]
        order = Resolution(
            case_id=case.id,
            case_version=case.version,
            outcome=outcome,
            reason=Reason.OFFENSIVE if outcome is REJECT else None,
            actor=ANNA,
        )
        assert isinstance(await engine.resolve(order), Resolved)
        return case.id

    return decide


Submit = Callable[..., Awaitable[None]]
Person = Callable[[str, Outcome], Awaitable[int]]


async def test_the_rules_of_then_come_out_as_then(store: SqlStore, submit: Submit) -> None:
    await submit("Merci", "bof", "affreux", "muet")
    report = await tried(store, RULEBOOK)
    assert dict(report.outcomes) == {
        (APPROVE, APPROVE): 1,
        (REVIEW, REVIEW): 2,
        (REJECT, REJECT): 1,
    }
    assert (report.changed, report.decided, report.tellings, report.unseen) == (0, 0, (), ())
    assert [(each.fired_then, each.fired_now, each.not_applied) for each in report.rules] == [
        (1, 1, 1),
        (1, 1, 1),
    ]
    assert report.reviews_per_day == (2.0, 2.0)


async def test_against_people(
    engine: Engine, store: SqlStore, submit: Submit, person: Person
) -> None:
    await submit("Merci", "bof bon", "bof mauvais", "bof mauvais aussi", "bof repris", "affreux")
    await person("bof bon", APPROVE)
    await person("bof mauvais", REJECT)
    await person("bof mauvais aussi", REJECT)
    taken_back = await person("bof repris", REJECT)
    assert isinstance(await engine.undo(taken_back, actor=ANNA), Undone)

    report = await tried(store, STRICTER)
    assert (report.comments, report.decided) == (6, 3)
    assert dict(report.outcomes) == {
        (APPROVE, APPROVE): 1,
        (REVIEW, REJECT): 4,
        (REJECT, APPROVE): 1,
    }
    now, then = report.now, report.then
    assert (now.refused_rightly.hits, now.refused_rightly.of) == (2, 3)
    assert (now.refused_found.hits, now.refused_found.of) == (2, 2)
    assert (then.refused_rightly.of, then.refused_found.hits, then.flagged_found.hits) == (0, 0, 2)
    (wrong,) = report.tellings
    assert (wrong.text, wrong.change, wrong.human) == ("bof bon", Change.REMOVED, APPROVE)
    assert wrong.rules == ("word-bof",)
    assert (report.new_mistakes, report.mended) == (1, 0)
    assert {each.text for each in report.unseen} == {"bof repris", "affreux"}


async def test_each_rule_is_held_against_people(
    store: SqlStore, submit: Submit, person: Person
) -> None:
    await submit("Merci", "bof un", "bof deux", "affreux")
    await person("bof un", APPROVE)
    await person("bof deux", REJECT)
    rules = {each.rule: each for each in (await tried(store, STRICTER)).rules}
    assert list(rules) == ["borderline", "sure-toxicity", "word-bof", "word-merci"]
    bof = rules["word-bof"]
    assert (bof.fired_then, bof.fired_now, dict(bof.changed)) == (0, 2, {(REVIEW, REJECT): 2})
    assert (bof.precision.hits, bof.precision.of, bof.recall.hits, bof.recall.of) == (1, 2, 1, 1)
    shadow = rules["word-merci"]
    assert (shadow.stage, shadow.fired_now) == (Stage.SHADOW, 1)
    gone = rules["sure-toxicity"]
    assert (gone.stage, gone.fired_then, gone.fired_now, gone.recall.of) == (None, 1, 0, 0)
    assert dict(gone.changed) == {(REJECT, APPROVE): 1}


async def test_the_latest_text_counts(
    engine: Engine, store: SqlStore, settled: Settled, person: Person
) -> None:
    await engine.submit(submission("1", "bof"))
    await settled()
    await person("bof", REJECT)
    await engine.submit(submission("1", "Merci"))
    await settled()
    report = await tried(store, STRICTER)
    assert (dict(report.outcomes), report.decided) == ({(APPROVE, APPROVE): 1}, 0)


async def test_what_no_rule_can_lift_holds_in_the_past_too(
    store: SqlStore, submit: Submit, scorer: WordScorer
) -> None:
    everything = Rulebook(
        version="all", rules=(rule("all", REJECT, Reason.SPAM),), conditions=Words("")
    )
    scorer.degraded = True
    await submit("affreux", "Merci", "muet")
    report = await tried(store, everything)
    assert dict(report.outcomes) == {
        (REVIEW, REVIEW): 2,  # the wanted model was missing; no scores at all
        (APPROVE, REJECT): 1,
    }


def judged(text: str = "bof", **changes: object) -> Judged:
    values: dict[str, object] = {
        "comment_id": text,
        "text": text,
        "judged_at": datetime(2026, 3, 1, 23, 59, tzinfo=UTC),
        "facts": {"score.toxicity": 0.5},
        "outcome": APPROVE,
        "basis": Basis.DEFAULT,
        "rules": {},
        "human": None,
    }
    return Judged(**(values | changes))  # type: ignore[arg-type]


def test_a_refusal_that_met_the_cap_would_meet_it_again() -> None:
    capped = judged(outcome=REVIEW, basis=Basis.CAP)
    verdict = judge_again(STRICTER, Policy(), capped)
    assert (verdict.outcome, verdict.basis) == (REVIEW, Basis.CAP)


def test_the_worst_come_first_and_new_mistakes_before_old_ones() -> None:
    test = Backtest(STRICTER, Policy())
    for text, human, outcome, toxicity in (
        ("bof old", APPROVE, REJECT, 0.01),
        ("bof mild", APPROVE, REVIEW, 0.1),
        ("bof harsh", APPROVE, REVIEW, 0.6),
        ("let through", REJECT, REVIEW, 0.95),
        ("bof agreed", REJECT, REVIEW, 0.9),
    ):
        facts = {"score.toxicity": toxicity}
        test.add(judged(text, human=human, outcome=outcome, facts=facts, basis=Basis.RULE))
    report = test.report()
    assert [each.text for each in report.tellings] == [
        "let through",
        "bof mild",
        "bof harsh",
        "bof old",
    ]
    assert (report.new_mistakes, report.mended) == (3, 0)
    assert dict(report.differs) == {Change.REMOVED: 3, Change.PUBLISHED: 1}


def test_memory_does_not_grow_and_the_worst_are_kept() -> None:
    test = Backtest(STRICTER, Policy())
    for number in range(1_000):
        facts = {"score.toxicity": (number * 7 % 1_000) / 1_000}
        test.add(judged(f"bof {number}", facts=facts))
    report = test.report()
    assert (report.differs[Change.UNSEEN], len(report.unseen)) == (1_000, 200)
    kept = [each.badness for each in report.unseen]
    assert kept == sorted(kept, reverse=True)
    assert kept[-1] == pytest.approx(1.8)


def test_only_rules_that_act_change_outcomes() -> None:
    test = Backtest(STRICTER, Policy())
    for text, then, stage in (
        ("bof, promoted", "word-bof", Stage.SHADOW),
        ("bof, as before", "word-bof", Stage.LIVE),
        ("merci, demoted", "word-merci", Stage.LIVE),
        ("merci, bof", "word-merci", Stage.SHADOW),
    ):
        test.add(judged(text, outcome=REVIEW, basis=Basis.RULE, rules={then: stage}))
    bof, merci = test.report().rules
    assert dict(bof.changed) == {(REVIEW, REJECT): 2}, "promoted; fired for the first time"
    assert dict(merci.changed) == {(REVIEW, APPROVE): 1}, "demoted"


def test_days_and_failures() -> None:
    test = Backtest(STRICTER, Policy())
    test.add(judged("bof", outcome=REVIEW))
    test.add(judged("autre", judged_at=datetime(2026, 3, 4, tzinfo=UTC), outcome=REVIEW))
    test.add(judged("bof", basis=Basis.FAILURE, outcome=REVIEW, facts={}))
    report = test.report()
    assert (report.comments, report.left_out) == (2, 1)
    assert [(str(day.day), day.reviews_then, day.reviews_now) for day in report.days] == [
        ("2026-03-01", 1, 0),
        ("2026-03-04", 1, 0),
    ]


def test_nothing_at_all() -> None:
    report = Backtest(STRICTER, Policy()).report()
    assert (report.comments, report.reviews_per_day, report.now.refused_found.value) == (
        0,
        (0.0, 0.0),
        None,
    )
