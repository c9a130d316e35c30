"""Commands in the user's own language: what Discord shows before anything is answered.

Every description, option, choice and context menu is declared with both languages; discord.py asks
`TableTranslator` once per locale when the commands are sent to Discord. Whoever uses neither French nor
English sees English. The names of the slash commands stay as they are: the guides name them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import discord
from discord import app_commands

from bot.core.model import Words

Callback = TypeVar("Callback", bound=Callable[..., Any])
_LONGEST = 100
"""Of a description or a choice, as Discord takes it."""


def localised(words: Words) -> app_commands.locale_str:
    """For a description, the name of a choice or of a context menu."""
    return app_commands.locale_str(words.en[:_LONGEST], words=words)


def choice(words: Words, value: str) -> app_commands.Choice[str]:
    return app_commands.Choice(name=localised(words), value=value)


def option(name: str, *, called: Words, does: Words) -> Callable[[Callback], Callback]:
    """Decorates a command's callback: how one of its options is called and what it is for.

    Both forms of `called` are in small letters and without spaces, as Discord wants names.
    """

    def decorate(callback: Callback) -> Callback:
        named = app_commands.rename(**{name: localised(called)})
        described = app_commands.describe(**{name: localised(does)})
        return named(described(callback))

    return decorate


class TableTranslator(app_commands.Translator):
    """Answers from the words that a string was declared with."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """None keeps the English, and the names of commands, which are declared without words."""
        words = string.extras.get("words")
        if not isinstance(words, Words) or locale is not discord.Locale.french:
            return None
        return words.fr[:_LONGEST]
