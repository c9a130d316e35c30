"""Delivers recorded effects: each once, in order per subject, with retries.

"Once" means: marked delivered once. A crash between the delivery and its mark repeats it, with the
same delivery id, so that the other side can tell.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.core.model import (
    Delivered,
    Delivery,
    EffectKind,
    OutboxItem,
    Retry,
    Undeliverable,
)
from bot.ports import Clock, Deliverer, Store

log = structlog.get_logger()

SCHEDULE_S: tuple[float, ...] = (
    5,
    5 * 60,
    30 * 60,
    2 * 3600,
    5 * 3600,
    10 * 3600,
    14 * 3600,
    20 * 3600,
    24 * 3600,
)
"""Waits after the first, second, … failed attempt: the schedule Standard Webhooks advises.
After the last one the item is a dead letter."""

_IDLE_S = 30.0
"""How often to look even when nobody rang: a safety net, e.g. after the clock was set."""


class OutboxWorker:
    """Takes what is due, delivers it, writes down what became of it."""

    def __init__(
        self,
        *,
        store: Store,
        deliverers: Mapping[EffectKind, Deliverer],
        now: Clock,
        at_once: int = 16,
        schedule_s: Sequence[float] = SCHEDULE_S,
    ) -> None:
        """Effects of kinds without a deliverer stay where they are."""
        self._store = store
        self._deliverers = dict(deliverers)
        self._now = now
        self._at_once = at_once
        self._schedule_s = tuple(schedule_s)
        self._bell = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None

    def deliver_with(self, kind: EffectKind, deliverer: Deliverer) -> None:
        """Plugs a way out in, before the start."""
        self._deliverers[kind] = deliverer

    def ring(self) -> None:
        """Something new may be due."""
        self._bell.set()

    async def start(self) -> None:
        recovered = await self._store.outbox.recover()
        if recovered:
            log.info("taking up deliveries that were under way", count=recovered)
        self._loop = asyncio.create_task(self._run(), name="outbox")

    async def stop(self) -> None:
        """Stops at once; deliveries under way are repeated at the next start."""
        tasks = [*self._tasks, *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loop = None

    async def _run(self) -> None:
        while True:
            self._bell.clear()
            try:
                wait_s = await self._turn()
            except Exception:
                log.exception("outbox turn failed")
                wait_s = 5.0
            if wait_s > 0:
                try:  # not wait_for: in Python 3.11 it loses a cancellation that meets the bell
                    async with asyncio.timeout(wait_s):
                        await self._bell.wait()
                except TimeoutError:
                    continue

    async def _turn(self) -> float:
        """Takes what is due; returns how long there is nothing to do, in seconds."""
        kinds = tuple(self._deliverers)
        free = self._at_once - len(self._tasks)
        if free <= 0:
            return _IDLE_S
        items = await self._store.outbox.take_due(now=self._now(), limit=free, kinds=kinds)
        for item in items:
            task = asyncio.create_task(self._deliver(item))
            self._tasks.add(task)
            task.add_done_callback(self._finished)
        if items:
            return 0.0
        due_at = await self._store.outbox.next_due_at(kinds)
        if due_at is None:
            return _IDLE_S
        return min(_IDLE_S, max(0.05, (due_at - self._now()).total_seconds()))

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._bell.set()

    async def _deliver(self, item: OutboxItem) -> None:
        try:
            delivery: Delivery = await self._deliverers[item.effect.kind].deliver(item)
        except Exception as error:
            log.exception("delivery raised", item=item.id, kind=item.effect.kind.value)
            delivery = Retry(error=type(error).__name__)
        delivery, again_at = self._judged(item, delivery)
        await self._store.outbox.settle([(item, delivery, again_at)], now=self._now())
        if not isinstance(delivery, Delivered):
            log.warning(
                "delivery failed",
                item=item.id,
                kind=item.effect.kind.value,
                attempt=item.attempts,
                error=delivery.error,
                final=isinstance(delivery, Undeliverable),
            )

    def _judged(self, item: OutboxItem, delivery: Delivery) -> tuple[Delivery, datetime]:
        """When to try again; a retry beyond the schedule becomes a dead letter."""
        now = self._now()
        if not isinstance(delivery, Retry):
            return delivery, now
        if not delivery.counts:
            return delivery, now + timedelta(seconds=delivery.after_s or 5.0)
        if item.attempts > len(self._schedule_s):
            return Undeliverable(error=f"given up after {item.attempts}: {delivery.error}"), now
        planned_s = self._schedule_s[item.attempts - 1] * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
        return delivery, now + timedelta(seconds=max(planned_s, delivery.after_s or 0.0))
