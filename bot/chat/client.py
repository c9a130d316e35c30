"""The Discord client: joins Discord's events to the engine. It owns no background worker.

`create_client` is the only way to build it: the program, the simulator's tests and the wire tests
all come through here.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import tasks

from bot.chat import texts
from bot.chat.alike import ALIKE_ITEMS
from bot.chat.author_panel import AuthorButton
from bot.chat.board import Board
from bot.chat.buttons import BUTTONS
from bot.chat.calls import OpenButton
from bot.chat.commands import add_commands
from bot.chat.config import ChatConfig, with_choices
from bot.chat.context import CONTEXT_BUTTONS
from bot.chat.errors import DiscordError, answer, answer_command_error, language_of, said
from bot.chat.flow import FLOW_ITEMS
from bot.chat.full_text import TEXT_BUTTONS
from bot.chat.handlers import Handlers, noted
from bot.chat.intake import Intake
from bot.chat.localised import TableTranslator
from bot.chat.panel import Panel
from bot.chat.pressing import FORM_IDS
from bot.chat.setup import SETUP_ITEMS
from bot.chat.texts import say
from bot.core.model import Actor
from bot.engine import Engine
from bot.learn.tryouts import Tryouts

_PANEL_EVERY_S = 20.0

log = structlog.get_logger()


class _Commands(app_commands.CommandTree["VeilleurClient"]):
    async def interaction_check(self, interaction: discord.Interaction[VeilleurClient], /) -> bool:
        interaction.client.handlers.note()
        return True


class VeilleurClient(discord.Client):
    """One connection to Discord. A lost one is replaced by a fresh client, never revived."""

    def __init__(
        self, config: ChatConfig, engine: Engine, *, connector: aiohttp.BaseConnector | None
    ) -> None:
        super().__init__(
            intents=wanted_intents(),
            connector=connector,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
        )
        self.settings = config
        """What `.env` says; `config` is this, filled up with what was chosen in Discord."""
        self.config = config
        self.engine = engine
        self.intake = Intake(self, config=config, engine=engine)
        self.panel = Panel(self, config=config, engine=engine)
        self.tryouts = Tryouts(engine.store.past)
        self.board = Board(self, config=config, store=engine.store)
        self.tree = _Commands(self)
        self.online = False
        """True between READY (or RESUMED) and the next lost connection."""
        self.was_ready = False
        self.last_trouble: str | None = None
        """Discord's latest refusal, for health and `doctor`."""
        self._commands_synced = False
        self.handlers = Handlers()
        self.open_forms: set[str] = set()
        """Custom ids of the forms this client has opened; one from before a restart is missing."""

    async def setup_hook(self) -> None:
        self.add_dynamic_items(
            *BUTTONS, OpenButton, *CONTEXT_BUTTONS, *ALIKE_ITEMS, *TEXT_BUTTONS, *FLOW_ITEMS
        )
        self.add_dynamic_items(*SETUP_ITEMS, AuthorButton)
        await self.tree.set_translator(TableTranslator())
        add_commands(self.tree)
        self.tree.error(answer_command_error)
        await self._adopt()
        await self.intake.watch_configured()
        self._refresh_panel.start()

    async def close(self) -> None:
        """Nothing of this client runs on afterwards."""
        self._refresh_panel.cancel()
        await super().close()
        await self.handlers.end()

    @noted
    async def on_ready(self) -> None:
        self.online = self.was_ready = True
        log.info("discord ready", guilds=len(self.guilds))
        await self._sync_commands()
        await self.tell_of_scorer()
        await self.board.repair()
        await self.intake.catch_up()

    async def tell_of_scorer(self) -> None:
        """In the moderators' channel, if there is something new to tell."""
        if self.config.scorer_notice is not None and self.online:
            await self.config.scorer_notice.tell(self)

    @noted
    async def on_resumed(self) -> None:
        self.online = True
        await self.tell_of_scorer()
        await self.intake.catch_up(new_session=False)

    async def on_disconnect(self) -> None:
        self.online = False
        self.intake.fall_behind()

    @noted
    async def on_message(self, message: discord.Message) -> None:
        await self.intake.take(message)

    @noted
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        await self.intake.take_edit(payload)

    @noted
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        await self._forget(payload.guild_id, payload.channel_id, {payload.message_id})

    @noted
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        await self._forget(payload.guild_id, payload.channel_id, payload.message_ids)

    @noted
    async def on_interaction(self, interaction: discord.Interaction[VeilleurClient]) -> None:
        """discord.py drops a form that it does not know; whoever filled it in should hear of it."""
        data: Mapping[str, Any] = cast("Mapping[str, Any]", interaction.data or {})
        custom_id = str(data.get("custom_id", ""))
        if (
            interaction.type is discord.InteractionType.modal_submit
            and custom_id.startswith(FORM_IDS)
            and custom_id not in self.open_forms
        ):
            await answer(interaction, say(texts.FORM_LOST, language_of(interaction)))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Called by discord.py from within its own `except`."""
        if self.is_closed():
            return  # what was under way when the connection ended is read up by the next client
        log.error("discord event handler failed", handler=event_method, exc_info=sys.exc_info()[1])

    def partial_channel(self, channel_id: int) -> discord.PartialMessageable:
        """A channel to write to, whether or not it is cached."""
        cached = self.get_channel(channel_id)
        guild = cached.guild if isinstance(cached, discord.abc.GuildChannel) else None
        return self.get_partial_messageable(channel_id, guild_id=guild.id if guild else None)

    def note_trouble(self, what: str, error: BaseException) -> None:
        """Remembers and logs a refusal that nobody needs to be told about in person."""
        self.last_trouble = f"{what}: {said(error)}"
        log.warning("discord refused", what=what, why=said(error))

    @property
    def home_id(self) -> int | None:
        """The server that cards are shown in; while none is chosen, the only one there is."""
        channel = self.get_channel(self.config.review_channel_id or 0)
        if isinstance(channel, discord.abc.GuildChannel):
            return channel.guild.id
        return self.guilds[0].id if len(self.guilds) == 1 else None

    async def choose(self, choices: Mapping[str, int], *, actor: Actor) -> None:
        """Stores what an admin chose, and works by it from now on."""
        await self.engine.store.choices.put(choices, actor=actor, now=datetime.now(UTC))
        await self._adopt()
        await self.board.repair()

    async def _adopt(self) -> None:
        self.config = with_choices(self.settings, await self.engine.store.choices.all())
        self.board.use(self.config)
        self.panel.use(self.config)

    async def _forget(self, guild_id: int | None, channel_id: int, messages: set[int]) -> None:
        if channel_id == self.config.review_channel_id:
            await self.board.heal(messages)
            await self.panel.heal(messages)
        await self.intake.withdraw(guild_id=guild_id, channel_id=channel_id, messages=messages)

    @tasks.loop(seconds=_PANEL_EVERY_S)
    async def _refresh_panel(self) -> None:
        """However many cases come and go, the panel costs one edit each time at most."""
        if not self.online:
            return
        await self.panel.refresh()
        try:
            await self.board.refresh()
        except DiscordError as error:
            self.note_trouble("cards not refreshed", error)

    async def _sync_commands(self) -> None:
        """Once a client: to the review channel's server, where they appear at once."""
        if self._commands_synced:
            return
        guild = self.get_guild(self.home_id or 0)
        try:
            if guild is not None:
                self.tree.copy_global_to(guild=guild)
            await self.tree.sync(guild=guild)
        except (app_commands.AppCommandError, *DiscordError) as error:
            self.note_trouble("slash commands", error)
        else:
            self._commands_synced = True


def wanted_intents() -> discord.Intents:
    """Servers, messages in them, and what the messages say."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.message_content = True
    return intents


def create_client(
    config: ChatConfig, engine: Engine, *, connector: aiohttp.BaseConnector | None = None
) -> VeilleurClient:
    """Builds a client that is not yet connected.

    `connector` is handed on to discord.py: a resolver or a TLS context of one's own.
    """
    return VeilleurClient(config, engine, connector=connector)
