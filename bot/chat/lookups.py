"""`/author` and `/search`: looks into the past, privately."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from bot.chat import texts
from bot.chat.author_panel import author_view
from bot.chat.cards import words_card
from bot.chat.context import fitted, listed
from bot.chat.errors import Interaction, language_of
from bot.chat.localised import localised, option
from bot.chat.pressing import admitted
from bot.chat.safe_text import one_line
from bot.chat.texts import say
from bot.chat.workplace import workplace_of
from bot.core.model import Comment

_MOST_FOUND = 12
_LONGEST_QUESTION = 100


def lookup_commands() -> tuple[app_commands.Command[Any, ..., None], ...]:
    """Built afresh for each command tree."""

    @option("name", called=texts.OPTION_NAME, does=texts.COMMAND_AUTHOR_NAME)
    async def author(
        interaction: Interaction, name: app_commands.Range[str, 1, _LONGEST_QUESTION]
    ) -> None:
        if await _may(interaction):
            client = workplace_of(interaction)
            found = await client.engine.store.search.by_name(name, limit=_MOST_FOUND)
            if len({(one.site, one.author.id) for one in found}) == 1:
                view = await author_view(client, found, language=language_of(interaction))
                await interaction.followup.send(view=view, ephemeral=True)
            else:
                await _tell(interaction, name, found)

    @option("text", called=texts.OPTION_TEXT, does=texts.COMMAND_SEARCH_TEXT)
    async def search(
        interaction: Interaction, text: app_commands.Range[str, 1, _LONGEST_QUESTION]
    ) -> None:
        if await _may(interaction):
            store = workplace_of(interaction).engine.store
            await _tell(interaction, text, await store.search.with_text(text, limit=_MOST_FOUND))

    return (
        app_commands.Command(
            name="author", description=localised(texts.COMMAND_AUTHOR), callback=author
        ),
        app_commands.Command(
            name="search", description=localised(texts.COMMAND_SEARCH), callback=search
        ),
    )


async def _may(interaction: Interaction) -> bool:
    if await admitted(interaction) is None:
        return False
    await interaction.response.defer(ephemeral=True, thinking=True)
    return True


async def _tell(interaction: Interaction, asked: str, found: list[Comment]) -> None:
    language = language_of(interaction)
    title = f"### 🔎 {one_line(asked, limit=120)}"
    lines = listed(found, language=language) or [say(texts.NOTHING_FOUND, language)]
    await interaction.followup.send(view=words_card(fitted([title, *lines])), ephemeral=True)
