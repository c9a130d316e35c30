"""Effects on their way out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.model import Actor, Delivery, Effect, EffectKind, OutboxItem


class Outbox(Protocol):
    """Effects on their way out."""

    async def recover(self) -> int:
        """Puts what was under way when the process died back in line; returns how many.

        Only for the one process that delivers, before it starts to.
        """

    async def take_due(
        self, *, now: datetime, limit: int, kinds: Sequence[EffectKind]
    ) -> list[OutboxItem]:
        """Marks as under way, and returns, the oldest waiting effect of each (kind, subject)
        whose time has come; one more attempt is counted for each."""

    async def settle(
        self, results: Sequence[tuple[OutboxItem, Delivery, datetime]], *, now: datetime
    ) -> None:
        """Writes what became of taken items; the third value is when to try again."""

    async def next_due_at(self, kinds: Sequence[EffectKind]) -> datetime | None:
        """When `take_due` will next find something; those that wait for another do not count."""

    async def waiting(self, *, limit: int = 100) -> list[OutboxItem]: ...

    async def dead(self, *, limit: int = 100) -> list[OutboxItem]: ...

    async def retry(self, item_id: int, *, actor: Actor, now: datetime) -> bool:
        """Gives a dead letter (or a waiting item) a fresh start; False when there is none."""

    async def add(self, effects: Sequence[Effect], *, now: datetime) -> None: ...


class Deliverer(Protocol):
    """Takes effects of one kind to where they belong."""

    async def deliver(self, item: OutboxItem) -> Delivery: ...
