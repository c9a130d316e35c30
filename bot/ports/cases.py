"""The review queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.model import Actor, Case, Comment, Decision, Effect, Refused, Resolution


class Cases(Protocol):
    """The review queue."""

    async def queue(
        self, *, limit: int = 50, offset: int = 0, viewer: Actor | None = None
    ) -> list[Case]:
        """Open cases, highest priority first, then oldest; those `viewer` skipped come last."""

    async def get(self, case_id: int) -> Case | None: ...

    async def for_comment(self, comment_id: str) -> Case | None: ...

    async def resolve(
        self, resolution: Resolution, *, effects: Sequence[Effect], now: datetime
    ) -> tuple[Case, Decision] | Refused: ...

    async def last_decision(self, case_id: int) -> Decision | None:
        """The latest decision on the case's comment that was not undone."""

    async def undo(
        self,
        decision_id: int,
        *,
        actor: Actor,
        corrections: Sequence[Effect],
        effects: Sequence[Effect],
        now: datetime,
    ) -> tuple[Case, Decision, bool] | Refused:
        """Reopens the case and calls off what was not yet delivered.

        `corrections` are written only if something had left already (the third value says so);
        `effects` always. Refused as TOO_LATE when a message is already deleted at its source.
        """

    async def claim(
        self, case_id: int, *, actor: Actor, until: datetime, now: datetime
    ) -> Case | Refused:
        """Takes or renews the lease; CLAIMED when a colleague's is still running."""

    async def release(self, case_id: int, *, actor: Actor) -> None: ...

    async def skip(self, case_id: int, *, actor: Actor, now: datetime) -> None:
        """Moves the case to the end of this actor's queue and releases their claim."""


class Search(Protocol):
    """What moderators look up; only reads."""

    async def next_for(self, actor: Actor, *, limit: int = 20, offset: int = 0) -> list[Case]:
        """Open cases in the order in which this actor should see them: the queue's order, then
        those they skipped, the longest ago first. Cases that colleagues claimed are among them."""

    async def of_author(self, *, site: str, author_id: str, limit: int) -> list[Comment]:
        """The newest first, as in the two below."""

    async def by_name(self, name: str, *, limit: int) -> list[Comment]:
        """Comments of authors whose name begins so; a to z count as A to Z."""

    async def with_text(self, text: str, *, limit: int) -> list[Comment]:
        """Comments whose present text holds these characters; a to z count as A to Z."""
