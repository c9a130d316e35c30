"""The outbox: in order, once, with retries; what cannot go becomes a dead letter people see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from bot.core.model import (
    Delivered,
    Delivery,
    EffectKind,
    OutboxItem,
    Outcome,
    Resolution,
    Retry,
    Undeliverable,
)
from bot.engine import Engine
from bot.outbox import OutboxWorker
from bot.ports import Ports
from tests.conftest import ANNA, TestClock, submission


@dataclass
class Site:
    """A deliverer that answers as told and keeps what it got."""

    answers: list[Delivery | Exception] = field(default_factory=list)
    got: list[OutboxItem] = field(default_factory=list)

    async def deliver(self, item: OutboxItem) -> Delivery:
        self.got.append(item)
        answer = self.answers.pop(0) if self.answers else Delivered()
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
async def worker(ports: Ports, site: Site, clock: TestClock) -> AsyncIterator[OutboxWorker]:
    made = OutboxWorker(
        store=ports.store,
        deliverers={EffectKind.TELL_SITE: site},
        now=clock,
        schedule_s=(0.05, 0.05),
    )
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def engine(ports: Ports, worker: OutboxWorker) -> AsyncIterator[Engine]:
    started = Engine(ports, on_effects=worker.ring)
    await started.start()
    yield started
    await started.stop()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_decision_is_delivered_at_once(engine: Engine, site: Site) -> None:
    await engine.submit(submission(text="affreux"), wait_s=5)
    await until(lambda: site.got)
    assert site.got[0].effect.payload["type"] == "comment.rejected"


async def test_a_retry_keeps_its_delivery_id(engine: Engine, site: Site) -> None:
    site.answers = [Retry(error="503"), RuntimeError("a bug"), Delivered()]
    await engine.submit(submission(), wait_s=5)
    await until(lambda: len(site.got) == 3)
    assert len({item.delivery_id for item in site.got}) == 1
    assert [item.attempts for item in site.got] == [1, 2, 3]


async def test_after_the_last_retry_it_is_a_dead_letter_that_can_be_sent_again(
    engine: Engine, site: Site, ports: Ports
) -> None:
    site.answers = [Retry(error="503")] * 3
    await engine.submit(submission(), wait_s=5)
    await until(lambda: len(site.got) == 3)
    async with asyncio.timeout(5):
        while not (dead := await ports.store.outbox.dead()):
            await asyncio.sleep(0.01)
    assert dead[0].last_error == "given up after 3: 503"
    assert await engine.retry_delivery(dead[0].id, actor=ANNA)
    await until(lambda: len(site.got) == 4)
    assert not await engine.retry_delivery(987654, actor=ANNA)


async def test_what_never_works_is_dead_at_once(engine: Engine, site: Site, ports: Ports) -> None:
    site.answers = [Undeliverable(error="410 Gone")]
    await engine.submit(submission(), wait_s=5)
    async with asyncio.timeout(5):
        while not (dead := await ports.store.outbox.dead()):
            await asyncio.sleep(0.01)
    assert (dead[0].last_error, dead[0].attempts) == ("410 Gone", 1)


async def test_a_closed_way_out_uses_up_no_attempt(engine: Engine, site: Site) -> None:
    site.answers = [Retry(error="not connected", after_s=0.02, counts=False)] * 6
    await engine.submit(submission(), wait_s=5)
    await until(lambda: len(site.got) == 7)
    assert site.got[-1].attempts == 1


async def test_order_is_kept_per_comment_while_others_pass(engine: Engine, site: Site) -> None:
    site.answers = [Retry(error="503", after_s=0.3)]
    await engine.submit(submission("1", "bof"), wait_s=5)
    await until(lambda: site.got)
    await engine.submit(submission("2", "affreux"), wait_s=5)
    case = await engine.store.cases.for_comment(site.got[0].effect.subject)
    assert case is not None
    await engine.resolve(
        Resolution(case_id=case.id, case_version=case.version, outcome=Outcome.APPROVE, actor=ANNA)
    )
    await until(lambda: len(site.got) >= 3)
    told = [(i.effect.payload["data"]["id"], i.effect.payload["type"]) for i in site.got]  # type: ignore[index]
    assert told[:3] == [
        ("1", "comment.in_review"),
        ("2", "comment.rejected"),
        ("1", "comment.in_review"),
    ]


async def test_a_persons_decision_waits_for_the_grace_period(
    engine: Engine, site: Site, clock: TestClock, worker: OutboxWorker
) -> None:
    receipt = await engine.submit(submission("1", "bof"), wait_s=5)
    await until(lambda: len(site.got) == 1)
    case = await engine.store.cases.for_comment(receipt.comment_id)
    assert case is not None
    await engine.resolve(
        Resolution(case_id=case.id, case_version=case.version, outcome=Outcome.APPROVE, actor=ANNA)
    )
    await asyncio.sleep(0.2)
    assert len(site.got) == 1
    clock.forward(seconds=21)
    worker.ring()
    await until(lambda: len(site.got) == 2)
    assert site.got[1].effect.payload["type"] == "comment.approved"
