"""Faults while somebody waits for an answer: a clear private word to them, the cause to the log.

discord.py has no handler for what a DynamicItem raises: it would only be logged, and the moderator
would read «This interaction failed». So every callback is wrapped here.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.chat import texts
from bot.chat.texts import say

log = structlog.get_logger()

Owner = TypeVar("Owner")
Interaction = discord.Interaction[discord.Client]
DiscordError = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What a request to Discord may end in once discord.py has given up repeating it."""


def said(error: BaseException) -> str:
    """Discord's answer in a few characters, without anything that a reader wrote."""
    if isinstance(error, discord.HTTPException):
        return f"HTTP {error.status}, code {error.code}"
    return type(error).__name__


def language_of(interaction: Interaction) -> str:
    """The language of this person's own client, for what only they read."""
    return interaction.locale.value


async def answer(interaction: Interaction, content: str) -> None:
    """A private word, whether or not the press was acknowledged before."""
    if interaction.response.is_done():
        await interaction.followup.send(content, ephemeral=True)
    else:
        await interaction.response.send_message(content, ephemeral=True)


async def answer_failure(interaction: Interaction, error: BaseException, *, where: str) -> None:
    """Logs the cause under a reference and tells that reference; never raises."""
    reference = secrets.token_hex(4)
    log.error("interaction failed", where=where, reference=reference, exc_info=error)
    try:
        await answer(interaction, say(texts.FAILED, language_of(interaction), reference=reference))
    except DiscordError as unheard:
        log.warning("answer did not arrive", where=where, reference=reference, why=said(unheard))


def answered(
    callback: Callable[[Owner, Interaction], Awaitable[None]],
) -> Callable[[Owner, Interaction], Coroutine[Any, Any, None]]:
    """Wraps a component's or modal's callback so that nobody is left without an answer."""

    @wraps(callback)
    async def guarded(self: Owner, interaction: Interaction) -> None:
        try:
            await callback(self, interaction)
        except Exception as error:  # noqa: BLE001 - the last stop before discord.py drops it
            await answer_failure(interaction, error, where=type(self).__name__)

    return guarded


async def answer_command_error(
    interaction: Interaction, error: app_commands.AppCommandError
) -> None:
    """The command tree's error handler."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    name = interaction.command.qualified_name if interaction.command else "unknown command"
    await answer_failure(interaction, cause, where=f"/{name}")
