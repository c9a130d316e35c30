"""What doors and views remember of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.model import Actor, Case, Comment


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Where a case is shown in Discord."""

    case_id: int
    channel_id: int
    message_id: int
    case_version: int
    """The version that is shown."""
    revision: int = 0
    """The revision that is shown; another than the case's own while the card is stale."""


class Cards(Protocol):
    """Cards in the review channel: views of cases, rebuilt from the database when lost."""

    async def get(self, case_id: int) -> Card | None: ...

    async def put(self, card: Card) -> None: ...

    async def remove(self, case_id: int) -> None: ...

    async def of_open_cases(self) -> list[Card]: ...

    async def stale(self) -> list[int]:
        """Case ids whose card shows another revision than the case's own, or closed ones' cards
        still shown as open."""

    async def missing(self, *, limit: int) -> list[Case]:
        """Open cases without a card, in the queue's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A message of our own that is neither a card nor a call, e.g. the pinned panel."""

    name: str
    channel_id: int
    message_id: int
    digest: str
    """Of what it says; the same digest need not be sent again."""
    posted_at: datetime


class Bulletins(Protocol):
    async def get(self, name: str) -> Bulletin | None: ...

    async def put(self, bulletin: Bulletin) -> None: ...

    async def remove(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedChannel:
    channel_id: int
    guild_id: int | None
    last_message_id: int | None
    """The newest message that is stored; None before the first."""
    chosen: bool = False
    """Chosen in Discord, not in the settings."""


class WatchedChannels(Protocol):
    """Discord channels whose messages are comments, and how far each was read."""

    async def all(self) -> list[WatchedChannel]: ...

    async def watch(self, channel_id: int, *, guild_id: int | None, now: datetime) -> None: ...

    async def unwatch(self, channel_id: int) -> None: ...

    async def choose(
        self,
        channel_id: int,
        *,
        guild_id: int,
        last_message_id: int,
        actor: Actor,
        now: datetime,
    ) -> None:
        """Watches the channel on an admin's word, from that message on; audited."""

    async def drop(self, channel_id: int, *, actor: Actor, now: datetime) -> None:
        """Ends what `choose` began; audited."""

    async def advance(self, channel_id: int, message_id: int) -> None:
        """Never moves back."""

    async def still_up(self, channel_id: int, *, since: datetime) -> list[Comment]:
        """Messages of the channel that must still be there: those in review, and those approved
        since then; the newest first, at most 500. What we delete ourselves is left out."""


class Choices(Protocol):
    """Channels and roles that an admin has chosen in Discord, by the name of the setting."""

    async def all(self) -> Mapping[str, int]: ...

    async def put(self, choices: Mapping[str, int], *, actor: Actor, now: datetime) -> None:
        """In place of what was chosen before; audited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A message of ours that stands where a removed one stood."""

    comment_id: str
    channel_id: int
    message_id: int


class RestoredMessages(Protocol):
    """Removed Discord messages that were posted again."""

    async def put(self, messages: Sequence[Restored]) -> None: ...

    async def of_comment(self, comment_id: str) -> list[Restored]: ...

    async def at(self, message_id: int) -> Restored | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    actor: Actor
    expires_at: datetime


class Sessions(Protocol):
    """Log-ins to the console. Only hashes of tokens are kept."""

    async def issue_link(self, token_hash: str, *, session: Session, now: datetime) -> None:
        """`session.expires_at` is the link's own end."""

    async def redeem_link(
        self, token_hash: str, *, session_hash: str, expires_at: datetime, now: datetime
    ) -> Session | None:
        """Turns an unused link into a session; a second use, or one too late, gives None."""

    async def get(self, session_hash: str, *, now: datetime) -> Session | None: ...

    async def end(self, session_hash: str) -> None: ...
