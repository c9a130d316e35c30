"""Tells the moderators' channel when the wanted model does not score, and when it does again."""

from __future__ import annotations

from collections.abc import Callable

import discord

from bot.chat import texts
from bot.chat.errors import DiscordError
from bot.chat.safe_text import one_line
from bot.chat.texts import say
from bot.chat.workplace import Workplace

_WHY_CHARS = 300


class ScorerNotice:
    """One for all clients of a run, so that a new connection does not tell the same again."""

    def __init__(self, trouble: Callable[[], str]) -> None:
        """`trouble` is why the wanted model does not score; empty when it does."""
        self._trouble = trouble
        self._told = ""

    async def tell(self, client: Workplace) -> None:
        """Posts what has changed since the last word; what cannot be sent is tried again next time."""
        channel_id, trouble, before = client.config.review_channel_id, self._trouble(), self._told
        if channel_id is None or trouble == before:
            return
        self._told = trouble
        language = client.config.language
        text = say(texts.SCORER_BACK, language)
        if trouble:
            text = say(texts.SCORER_TROUBLE, language, why=one_line(trouble, limit=_WHY_CHARS))
        try:
            await client.partial_channel(channel_id).send(
                text, allowed_mentions=discord.AllowedMentions.none()
            )
        except DiscordError as error:
            self._told = before
            client.note_trouble("scorer notice", error)
