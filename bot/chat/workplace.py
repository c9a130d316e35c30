"""What buttons and commands may reach of the client that they are pressed in.

The client imports the buttons to register them, so they know it by this description only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

import discord

from bot.chat.config import ChatConfig
from bot.chat.errors import Interaction
from bot.chat.handlers import Handlers
from bot.core.model import Actor
from bot.core.reasons import Reason
from bot.engine import Engine
from bot.learn.tryouts import Tryouts


class CardWall(Protocol):
    """The cards in the review channel; `bot.chat.board` says what each method promises."""

    async def show_case(self, case_id: int) -> None: ...

    async def is_card(self, case_id: int, message_id: int, *, version: int) -> bool: ...

    async def suggested_reason(self, case_id: int) -> Reason | None: ...

    async def private_card(
        self, case_id: int, *, language: str
    ) -> discord.ui.LayoutView | None: ...


class MessageIntake(Protocol):
    """The watched channels; `bot.chat.intake` says what each method promises."""

    @property
    def watched_ids(self) -> tuple[int, ...]: ...

    def is_watched(self, channel_id: int) -> bool: ...

    def is_unread(self, channel_id: int) -> bool: ...

    async def begin(self, channel: discord.TextChannel, *, actor: Actor) -> None: ...

    async def leave(self, channel_id: int, *, actor: Actor) -> None: ...


class Workplace(Protocol):
    """The client, as far as a press or a command needs it."""

    @property
    def config(self) -> ChatConfig: ...
    @property
    def settings(self) -> ChatConfig: ...
    @property
    def home_id(self) -> int | None: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def board(self) -> CardWall: ...
    @property
    def intake(self) -> MessageIntake: ...
    @property
    def last_trouble(self) -> str | None: ...
    @property
    def handlers(self) -> Handlers: ...
    @property
    def tryouts(self) -> Tryouts: ...
    @property
    def open_forms(self) -> set[str]: ...

    def partial_channel(self, channel_id: int) -> discord.PartialMessageable: ...

    async def choose(self, choices: Mapping[str, int], *, actor: Actor) -> None: ...

    def note_trouble(self, what: str, error: BaseException) -> None: ...


def workplace_of(interaction: Interaction) -> Workplace:
    """The client that this press or command came in through."""
    return cast("Workplace", interaction.client)
