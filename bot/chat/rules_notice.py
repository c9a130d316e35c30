"""Tells the admins when the rules folder holds faults, and when they are mended.

Run beside the client by the program's entry point, like the deliveries: a client owns no worker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import discord
import structlog

from bot.chat import rule_texts as t
from bot.chat.cards import words_card
from bot.chat.config import ChatConfig
from bot.chat.errors import DiscordError, said
from bot.chat.rule_views import faults_page
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.errors import Fault
from bot.rulebook.desk import RuleDesk

log = structlog.get_logger()

_LOOK_EVERY_S = 1.0
_TRY_AGAIN_S = 30.0


class RulesNotice:
    """One message from the first fault until all are mended: posted once, with the admins called,
    then kept up to date without calling them again."""

    def __init__(self, current: Callable[[], Workplace | None], desk: RuleDesk) -> None:
        """`current` gives the client that is connected now, if any."""
        self._current = current
        self._desk = desk
        self._told: tuple[Fault, ...] = ()
        self._message_id: int | None = None

    async def run(self) -> None:
        """Until cancelled. Looking costs a comparison; Discord is asked only when something changed."""
        while True:
            try:
                await self.tell()
            except DiscordError as error:
                log.warning("rule faults not told in discord", why=said(error))
                await asyncio.sleep(_TRY_AGAIN_S)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def tell(self) -> None:
        """Harmless when repeated. Raises what Discord answers; then the next call tries again."""
        faults, client = self._desk.faults, self._current()
        if faults == self._told or client is None or client.config.review_channel_id is None:
            return
        channel = client.partial_channel(client.config.review_channel_id)
        view = words_card(self._words(faults, client.config))
        if self._message_id is not None:
            try:
                await channel.get_partial_message(self._message_id).edit(view=view)
            except discord.NotFound:  # somebody deleted it
                self._message_id = None
        if self._message_id is None and faults:
            roles = [discord.Object(client.config.admin_role_id or 0)]
            message = await channel.send(
                view=view, allowed_mentions=discord.AllowedMentions(roles=roles)
            )
            self._message_id = message.id
        if not faults:
            self._message_id = None
        self._told = faults

    def _words(self, faults: tuple[Fault, ...], config: ChatConfig) -> str:
        version = self._desk.version
        if not faults:
            return say(t.FOLDER_MENDED, config.language, version=version)
        head = say(t.FOLDER_FAULTS, config.language, count=len(faults), version=version)
        if config.admin_role_id is not None:
            head += f" <@&{config.admin_role_id}>"
        return faults_page(head, faults)
