"""Known messages looked at again: which were edited or deleted while nobody listened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.core.model import MAX_TEXT_CHARS, Comment

UNKNOWN_MESSAGE = 10008
_MOST_LISTED = 500
"""Messages listed from the oldest known one on; what lies further on is asked for one by one."""
_MOST_ASKED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    edited: tuple[discord.Message, ...]
    deleted: tuple[Comment, ...]


async def changed_meanwhile(channel: discord.abc.Messageable, known: Sequence[Comment]) -> Changes:
    """Raises what Discord answers. A list may leave messages out (without «Read Message History»
    it is empty), so that only a message that Discord itself calls unknown counts as deleted."""
    wanted = {int(comment.external_id): comment for comment in known}
    found = await _listed(channel, wanted)
    deleted: list[Comment] = []
    for message_id in sorted(wanted.keys() - found.keys(), reverse=True)[:_MOST_ASKED]:
        message = await _asked_for(channel, message_id)
        if message is None:
            deleted.append(wanted[message_id])
        else:
            found[message_id] = message
    edited = [
        message
        for message_id, message in sorted(found.items())
        if message.edited_at is not None
        and message.content[:MAX_TEXT_CHARS] != wanted[message_id].text
    ]
    return Changes(edited=tuple(edited), deleted=tuple(deleted))


async def _listed(
    channel: discord.abc.Messageable, wanted: dict[int, Comment]
) -> dict[int, discord.Message]:
    if not wanted:
        return {}
    newest = sorted(wanted)[-_MOST_LISTED:]
    history = channel.history(after=discord.Object(newest[0] - 1), limit=_MOST_LISTED)
    return {message.id: message async for message in history if message.id in wanted}


async def _asked_for(channel: discord.abc.Messageable, message_id: int) -> discord.Message | None:
    try:
        return await channel.fetch_message(message_id)
    except discord.NotFound as error:
        if error.code != UNKNOWN_MESSAGE:
            raise
        return None
