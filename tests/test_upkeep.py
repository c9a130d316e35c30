"""Alarms about rules, raised and closed on a real database of judged comments."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

from bot import pipeline
from bot.core.decide import Policy
from bot.core.model import Alarm, AlarmKind, Idle, State
from bot.engine import Engine
from bot.ports import Ports
from bot.upkeep import look_after
from tests.conftest import ANNA, RULEBOOK, TestClock, submission

CAPS = Policy(max_rejections_per_hour=1_000, max_rejections_per_day=10_000)


async def send(ports: Ports, start: int, count: int, text: str) -> str:
    comment_id = ""
    for number in range(start, start + count):
        made = submission(str(number), f"{text} {number}")
        comment_id = (await pipeline.receive(ports, made)).comment_id
        await pipeline.moderate(ports, comment_id)
    return comment_id


async def surging(ports: Ports, clock: TestClock) -> Ports:
    """A rule that fired once in thirty comments three days ago, and now in each."""
    bound = replace(ports, policy=CAPS)
    clock.forward(seconds=-timedelta(days=3).total_seconds())
    await send(bound, 0, 1, "affreux")
    await send(bound, 100, 29, "Merci !")
    clock.forward(seconds=timedelta(days=3).total_seconds())
    await send(bound, 200, 12, "affreux")
    return bound


async def opened(ports: Ports) -> list[tuple[AlarmKind, str | None]]:
    return [(alarm.kind, alarm.rule) for alarm in await ports.store.alarms.open()]


async def only(ports: Ports) -> Alarm:
    (alarm,) = await ports.store.alarms.open()
    return alarm


async def test_a_surge_is_raised_once_holds_the_rule_back_and_ends_by_itself(
    ports: Ports, clock: TestClock
) -> None:
    bound = await surging(ports, clock)
    await look_after(bound)
    first = await only(bound)
    assert (first.kind, first.rule) == (AlarmKind.RULE_SURGE, "sure-toxicity")
    assert first.detail["hits"] == 12
    await look_after(bound)
    assert (await only(bound)).id == first.id

    record = await bound.store.comments.record(await send(bound, 300, 1, "affreux"))
    assert record is not None
    assert record.verdict is not None
    assert (record.comment.state, record.verdict.hits[0].idle) == (State.IN_REVIEW, Idle.SURGE)

    clock.forward(seconds=3_700)
    await send(bound, 400, 5, "Merci !")
    await look_after(bound)
    assert await opened(bound) == []
    held = await bound.store.comments.record(await send(bound, 500, 1, "affreux"))
    assert held is not None
    assert held.comment.state is State.REJECTED


async def test_what_a_person_closed_is_not_raised_again_at_once(
    ports: Ports, clock: TestClock
) -> None:
    bound = await surging(ports, clock)
    await look_after(bound)
    assert await bound.store.alarms.close((await only(bound)).id, actor=ANNA, now=bound.now())
    await look_after(bound)
    assert await opened(bound) == []


async def test_expired_rules_are_told_by_the_running_engine_until_renewed(ports: Ports) -> None:
    late = replace(RULEBOOK.rules[0], expires=date(2020, 1, 1))
    bound = replace(ports, rulebook=lambda: replace(RULEBOOK, rules=(late, RULEBOOK.rules[1])))
    engine = Engine(bound)
    await engine.start()
    async with asyncio.timeout(60):
        while not await engine.alarms():
            await asyncio.sleep(0.01)
    await engine.stop()
    assert await opened(bound) == [(AlarmKind.RULE_EXPIRED, "borderline")]
    await look_after(ports)
    assert await opened(ports) == []


async def test_alarms_that_people_close_are_left_alone(ports: Ports) -> None:
    await ports.store.alarms.sound(AlarmKind.CAP, rule=None, detail={}, now=ports.now())
    await look_after(ports)
    assert await opened(ports) == [(AlarmKind.CAP, None)]
