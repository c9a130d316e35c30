"""Decisions out through the real outbox: again, in order, and given up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from standardwebhooks import Webhook

from bot.core.model import (
    Effect,
    EffectKind,
)
from bot.engine import Engine
from bot.outbox import OutboxWorker
from bot.ports import Ports
from bot.sites.callbacks import SiteCallbacks
from bot.store import SqlStore
from tests.conftest import TestClock, submission
from tests.sites.client import NEW
from tests.sites.receiver import calling, receiving


@asynccontextmanager
async def working(
    store: SqlStore, callbacks: SiteCallbacks, clock: TestClock, schedule_s: tuple[float, ...]
) -> AsyncIterator[OutboxWorker]:
    worker = OutboxWorker(
        store=store,
        deliverers={EffectKind.TELL_SITE: callbacks},
        now=clock,
        schedule_s=schedule_s,
    )
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


async def test_a_site_that_fails_hears_of_the_same_decision_again(
    store: SqlStore, ports: Ports, clock: TestClock
) -> None:
    async with (
        receiving(500, 503, 404) as site,
        calling(site.address) as callbacks,
        working(store, callbacks, clock, (0.05, 0.05, 0.05)) as worker,
    ):
        engine = Engine(ports, on_effects=worker.ring)
        await engine.start()
        receipt = await engine.submit(submission("c-9", "C'est affreux"), wait_s=10)
        attempts = await site.got(4)
        await asyncio.sleep(0.2)
        await engine.stop()
    assert len(attempts) == 4
    assert len({attempt.id for attempt in attempts}) == 1
    assert len({attempt.body for attempt in attempts}) == 1
    for attempt in attempts:
        Webhook(NEW).verify(attempt.body, attempt.headers)
    told = json.loads(attempts[0].body)
    assert told["type"] == "comment.rejected"
    assert told["data"]["id"] == "c-9"
    assert told["data"]["comment"] == receipt.comment_id
    totals = await store.totals()
    assert (totals.outbox_waiting, totals.outbox_dead) == (0, 0)


def told(subject: str, number: int, *, now: datetime) -> Effect:
    return Effect(
        kind=EffectKind.TELL_SITE, subject=subject, due_at=now, payload={"c": subject, "n": number}
    )


async def known(store: SqlStore, name: str, clock: TestClock) -> str:
    """The id of a stored comment: effects are about comments that exist."""
    receipt = await store.comments.receive(
        submission(name), on_case_change=lambda _: (), now=clock()
    )
    return receipt.comment_id


async def test_order_is_kept_per_comment_and_others_do_not_wait(
    store: SqlStore, clock: TestClock
) -> None:
    subjects = [await known(store, name, clock) for name in "ab"]
    effects = [told(subject, number, now=clock()) for number in (1, 2, 3) for subject in subjects]
    await store.outbox.add(effects, now=clock())
    async with (
        receiving(500, 204, 500, 500) as site,
        calling(site.address) as callbacks,
        working(store, callbacks, clock, (0.05, 0.05, 0.05)),
    ):
        attempts = await site.got(9)
    bodies = [json.loads(attempt.body) for attempt in attempts]
    for subject in subjects:
        numbers = [body["n"] for body in bodies if body["c"] == subject]
        assert numbers == sorted(numbers)
        assert set(numbers) == {1, 2, 3}
    assert len({attempt.id for attempt in attempts}) == 6


async def test_retry_after_outlasts_the_schedule(store: SqlStore, clock: TestClock) -> None:
    await store.outbox.add([told(await known(store, "a", clock), 1, now=clock())], now=clock())
    async with (
        receiving((429, {"Retry-After": "1"})) as site,
        calling(site.address) as callbacks,
        working(store, callbacks, clock, (0.01,)),
    ):
        first, second = await site.got(2)
    assert second.at_s - first.at_s >= 0.95


async def test_410_and_a_used_up_schedule_are_dead_letters(
    store: SqlStore, clock: TestClock
) -> None:
    await store.outbox.add([told(await known(store, "a", clock), 1, now=clock())], now=clock())
    async with (
        receiving(410, 500, 500) as site,
        calling(site.address) as callbacks,
        working(store, callbacks, clock, (0.01,)) as worker,
    ):
        await site.got(1)
        await store.outbox.add([told(await known(store, "b", clock), 2, now=clock())], now=clock())
        worker.ring()
        await site.got(3)
        async with asyncio.timeout(5):
            while (await store.totals()).outbox_dead < 2:
                await asyncio.sleep(0.01)
    gone, given_up = sorted(await store.outbox.dead(), key=lambda dead: dead.id)
    assert gone.last_error == "the site answered 410: it wants no more of this"
    assert given_up.last_error == "given up after 2: answered 500, an error"


async def test_a_private_address_is_a_dead_letter_with_the_remedy(
    store: SqlStore, clock: TestClock
) -> None:
    clock.offset = timedelta()
    await store.outbox.add([told(await known(store, "a", clock), 1, now=clock())], now=clock())
    async with (
        receiving() as site,
        calling(site.address, allow_private=False) as callbacks,
        working(store, callbacks, clock, (0.01,)),
    ):
        async with asyncio.timeout(5):
            while (await store.totals()).outbox_dead < 1:
                await asyncio.sleep(0.01)
    assert site.attempts == []
    [dead] = await store.outbox.dead()
    assert "ALLOW_PRIVATE_CALLBACKS" in (dead.last_error or "")
