"""What the site's own decisions taught: what there is to learn from, and every head that was kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.core.model import Actor, Lesson, SiteHead


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHead:
    """One fitted head, as history tells of it."""

    head: SiteHead
    made_at: datetime
    made_by: str
    in_use: bool
    figures: Mapping[str, Any]
    """What it was worth on held-back decisions; `bot.learn.head.Trial.as_json`."""


class Heads(Protocol):
    """Heads by version; at most one is in use, none means the shipped one."""

    async def lessons(self, *, since: datetime) -> list[Lesson]:
        """Comments whose present text a person decided since, the oldest decision first; a decision
        that was undone does not count."""

    async def published(self, *, limit: int) -> list[Lesson]:
        """The newest comments that the rules approved and nobody reported."""

    async def keep(
        self, head: SiteHead, *, figures: Mapping[str, Any], actor: Actor, now: datetime
    ) -> None:
        """Keeps the head and puts it to use."""

    async def use(self, version: str | None, *, actor: Actor, now: datetime) -> bool:
        """Puts a kept head to use, or the shipped one (None). False for an unknown version."""

    async def in_use(self) -> SiteHead | None: ...

    async def history(self) -> list[KeptHead]:
        """The newest first."""
