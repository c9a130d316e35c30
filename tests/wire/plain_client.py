"""discord.py as it is, with nothing of ours in it: what the server is checked with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord

from .server import Channel, DiscordServer
from .waiting import until


class Plain(discord.Client):
    """A client that only writes down what it is told."""

    def __init__(self, server: DiscordServer, **options: Any) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.guild_messages = intents.message_content = True
        settings: dict[str, Any] = {
            "intents": intents,
            "guild_ready_timeout": 0.05,
            "chunk_guilds_at_startup": False,
        }
        super().__init__(connector=server.connector(), **(settings | options))
        self.heard: list[str] = []
        self.resumes = 0
        self.answering: Callable[[discord.Interaction], Any] | None = None

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Without discord.py's five seconds between two log-ins."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message.content)

    async def on_resumed(self) -> None:
        self.resumes += 1

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if self.answering is not None:
            await self.answering(interaction)


@asynccontextmanager
async def logged_in(server: DiscordServer, **options: Any) -> AsyncIterator[Plain]:
    client = Plain(server, **options)
    running = asyncio.create_task(client.start(server.token))
    try:
        await until(lambda: client.is_ready() or running.done())
        if running.done():
            await running
        yield client
    finally:
        await client.close()
        await asyncio.wait([running])


def place(client: Plain, channel: Channel) -> discord.TextChannel:
    found = client.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


class Keypad(discord.ui.View):
    """A button and a select, answered by whoever listens."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Press", custom_id="press"))
        options = [discord.SelectOption(label="One", value="1"), discord.SelectOption(label="2")]
        self.add_item(discord.ui.Select(custom_id="pick", options=options))
