"""What people have put in force beside the rules, and the alarms they are told of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.core.model import Actor, Alarm, AlarmKind, AuthorStanding, ModeOrder, StoryRef


class Authors(Protocol):
    """Flags on authors. Each change is audited; None when the author was never seen here."""

    async def standing(self, *, site: str, author_id: str) -> AuthorStanding | None: ...

    async def mute(
        self,
        *,
        site: str,
        author_id: str,
        muted: bool,
        until: datetime | None,
        actor: Actor,
        note: str | None,
        now: datetime,
    ) -> AuthorStanding | None:
        """`until` None: until somebody lifts it."""

    async def trust(
        self,
        *,
        site: str,
        author_id: str,
        trusted: bool,
        actor: Actor,
        note: str | None,
        now: datetime,
    ) -> AuthorStanding | None: ...


class ModeOrders(Protocol):
    """Modes that somebody has put in force."""

    async def standing(self, *, now: datetime) -> list[ModeOrder]:
        """Those that have not ended, the newest first."""

    async def put(self, order: ModeOrder) -> None:
        """In place of the one before it in the same scope."""

    async def lift(self, *, story: StoryRef | None, actor: Actor, now: datetime) -> None:
        """Back to the calendar; nothing happens where no order stands."""


class Alarms(Protocol):
    """What admins should look at. Of one kind and rule at most one is open."""

    async def open(self) -> list[Alarm]:
        """The oldest first."""

    async def sound(
        self, kind: AlarmKind, *, rule: str | None, detail: Mapping[str, object], now: datetime
    ) -> bool:
        """True when it is new; an open one keeps its time and gets the new detail."""

    async def close(self, alarm_id: int, *, actor: Actor, now: datetime) -> bool:
        """False when there is no such open alarm."""

    async def closed_since(self, kind: AlarmKind, *, rule: str | None, since: datetime) -> bool:
        """Whether a person has closed such an alarm since: then it is not sounded at once again."""
