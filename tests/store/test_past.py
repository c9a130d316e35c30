"""Looking back: comments that went through the real engine, and what people said of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.core.model import Basis, Outcome, Resolution, Resolved, Stage, Undone
from bot.core.reasons import Reason
from bot.engine import Engine
from bot.ports import Judged
from bot.store import SqlStore
from tests.conftest import ANNA, BEN, TestClock, submission

Settled = Callable[[], Awaitable[None]]
EVER = datetime(2020, 1, 1, tzinfo=UTC)


async def looked_back(store: SqlStore, *, since: datetime = EVER) -> dict[str, Judged]:
    """By text: the tests' texts are all different."""
    return {each.text: each async for portion in store.past.judged(since=since) for each in portion}


async def decide(engine: Engine, text: str, outcome: Outcome) -> int:
    (case,) = [each for each in await engine.store.cases.queue() if each.comment.text == text]
    done = await engine.resolve(
        Resolution(
            case_id=case.id,
            case_version=case.version,
            outcome=outcome,
            reason=Reason.OFFENSIVE if outcome is Outcome.REJECT else None,
            actor=ANNA,
        )
    )
    assert isinstance(done, Resolved)
    return case.id


async def test_verdict_facts_and_rules_of_then(
    engine: Engine, store: SqlStore, settled: Settled
) -> None:
    for number, text in enumerate(("Merci !", "bof, une question", "affreux", "muet")):
        await engine.submit(submission(str(number), text))
    await settled()
    found = await looked_back(store)
    assert {text: (each.outcome, each.basis, list(each.rules)) for text, each in found.items()} == {
        "Merci !": (Outcome.APPROVE, Basis.DEFAULT, []),
        "bof, une question": (Outcome.REVIEW, Basis.RULE, ["borderline"]),
        "affreux": (Outcome.REJECT, Basis.RULE, ["sure-toxicity"]),
        "muet": (Outcome.REVIEW, Basis.UNSCORED, []),
    }
    assert found["affreux"].facts["score.toxicity"] == 0.97
    assert found["affreux"].facts["story.section"] == "pol"
    assert "text.folded" not in found["affreux"].facts
    assert found["affreux"].judged_at.tzinfo is UTC
    assert {each.human for each in found.values()} == {None}, "the rulebook is not a person"


async def test_only_people_who_stood_by_their_word(
    engine: Engine, store: SqlStore, settled: Settled
) -> None:
    for text in ("bof un", "bof deux", "bof trois", "bof quatre"):
        await engine.submit(submission(text, text))
    await settled()
    await decide(engine, "bof un", Outcome.APPROVE)
    await decide(engine, "bof deux", Outcome.REJECT)
    undone = await decide(engine, "bof trois", Outcome.REJECT)
    assert isinstance(await engine.undo(undone, actor=BEN), Undone)
    twice = await decide(engine, "bof quatre", Outcome.REJECT)
    assert isinstance(await engine.undo(twice, actor=BEN), Undone)
    await decide(engine, "bof quatre", Outcome.APPROVE)
    found = await looked_back(store)
    assert {text: each.human for text, each in found.items()} == {
        "bof un": Outcome.APPROVE,
        "bof deux": Outcome.REJECT,
        "bof trois": None,
        "bof quatre": Outcome.APPROVE,
    }


async def test_of_an_edited_comment_the_latest_text_counts(
    engine: Engine, store: SqlStore, settled: Settled
) -> None:
    await engine.submit(submission("1", "bof, avant"))
    await settled()
    await decide(engine, "bof, avant", Outcome.REJECT)
    await engine.submit(submission("1", "bof, après"))
    await settled()
    (found,) = (await looked_back(store)).values()
    assert (found.text, found.human, dict(found.rules)) == (
        "bof, après",
        None,
        {"borderline": Stage.LIVE},
    )
    assert await store.past.count(since=EVER) == 1
    assert (await store.past.firings(since=EVER)).judged == 2, "both texts were judged"
    await decide(engine, "bof, après", Outcome.APPROVE)
    (found,) = (await looked_back(store)).values()
    assert found.human is Outcome.APPROVE


async def test_what_was_judged_before_is_left_out(
    engine: Engine, store: SqlStore, settled: Settled, clock: TestClock
) -> None:
    await engine.submit(submission("1", "bof, le premier"))
    await settled()
    clock.forward(seconds=86_400)
    await engine.submit(submission("2", "affreux"))
    await settled()
    since = clock() - timedelta(hours=1)
    assert list(await looked_back(store, since=since)) == ["affreux"]
    assert await store.past.count(since=since) == 1
    firings = await store.past.firings(since=since)
    assert (firings.judged, dict(firings.by_rule)) == (1, {"sure-toxicity": 1})
    assert dict((await store.past.firings(since=EVER)).by_rule) == {
        "borderline": 1,
        "sure-toxicity": 1,
    }


async def test_many_portions_are_one_whole(
    engine: Engine, store: SqlStore, settled: Settled
) -> None:
    texts = {f"bof {number}" for number in range(12)}
    for text in texts:
        await engine.submit(submission(text, text))
    await settled()
    await decide(engine, "bof 7", Outcome.REJECT)
    store.past.portion = 5
    portions = [portion async for portion in store.past.judged(since=EVER)]
    assert [len(portion) for portion in portions] == [5, 5, 2]
    found = [each for portion in portions for each in portion]
    assert {each.text for each in found} == texts
    assert {each.text: each.human for each in found if each.human} == {"bof 7": Outcome.REJECT}
    assert [list(each.rules) for each in found] == [["borderline"]] * 12
