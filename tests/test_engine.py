"""The engine: takes up what was left, answers in time, never lets a comment fall through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.errors import IntakeFullError
from bot.core.model import Basis, Outcome, State
from bot.engine import Engine, Load
from bot.ports import Ports
from tests.conftest import RULEBOOK, WordScorer, submission


async def test_a_caller_who_waits_gets_the_verdict(engine: Engine) -> None:
    receipt = await engine.submit(submission(text="affreux"), wait_s=5)
    assert receipt.state is State.REJECTED
    assert receipt.verdict is not None
    assert receipt.verdict.outcome is Outcome.REJECT


async def test_a_caller_who_does_not_wait_is_answered_at_once(
    engine: Engine, scorer: WordScorer, settled: Callable[[], object]
) -> None:
    scorer.delay_s = 0.2
    receipt = await engine.submit(submission(text="affreux"))
    assert (receipt.state, receipt.verdict) == (State.RECEIVED, None)
    impatient = await engine.submit(submission(text="affreux"), wait_s=0.01)
    assert (impatient.state, impatient.repeated) == (State.RECEIVED, True)
    await settled()  # type: ignore[misc]
    again = await engine.submit(submission(text="affreux"))
    assert (again.state, again.repeated) == (State.REJECTED, True)


async def test_what_an_earlier_run_left_is_taken_up(
    ports: Ports, settled: Callable[[], object]
) -> None:
    idle = Engine(ports)  # never started: the process "died" right after storing
    for n in range(5):
        await idle.submit(submission(str(n), "bof"))
    started = Engine(ports)
    await started.start()
    async with asyncio.timeout(10):
        while State.RECEIVED in (await ports.store.totals()).by_state:
            await asyncio.sleep(0.01)
    assert (await ports.store.totals()).by_state == {State.IN_REVIEW: 5}
    await started.stop()


async def test_too_many_waiting_is_said_and_nothing_is_stored(ports: Ports) -> None:
    idle = Engine(ports, load=Load(max_waiting=2))
    await idle.submit(submission("1"))
    await idle.submit(submission("2"))
    with pytest.raises(IntakeFullError) as full:
        await idle.submit(submission("3"))
    assert full.value.retry_after_s == 10
    assert (await ports.store.totals()).by_state == {State.RECEIVED: 2}


async def test_a_comment_that_cannot_be_moderated_goes_to_people(ports: Ports) -> None:
    calls = 0

    def breaks(_: object) -> list[bool | None]:
        nonlocal calls
        calls += 1
        raise RuntimeError("a bug in a condition")

    broken = replace(ports, rulebook=lambda: replace(RULEBOOK, conditions=breaks))
    engine = Engine(broken)
    await engine.start()
    receipt = await engine.submit(submission(), wait_s=10)
    await engine.stop()
    assert calls == 3
    assert receipt.state is State.IN_REVIEW
    case = (await ports.store.cases.queue())[0]
    assert case.basis is Basis.FAILURE


async def test_a_thousand_at_once_all_get_a_state(engine: Engine, settled) -> None:
    texts = ["Merci !", "bof", "affreux", "muet"]
    await asyncio.gather(*(engine.submit(submission(str(n), texts[n % 4])) for n in range(1000)))
    await settled()
    by_state = (await engine.store.totals()).by_state
    assert sum(by_state.values()) == 1000
    assert by_state[State.APPROVED] == 250
    assert by_state[State.REJECTED] == 60  # the hourly cap; the rest is for people
    assert by_state[State.IN_REVIEW] == 690
