"""What every button, select and form of ours has in common: who presses is checked, nobody is left
without an answer, and what a press needs stands in its custom id, so that it works after a restart."""

from __future__ import annotations

import re
import secrets
from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.chat import texts
from bot.chat.access import actor_of
from bot.chat.errors import Interaction, answer, answered, language_of
from bot.chat.safe_text import plain
from bot.chat.texts import say
from bot.chat.workplace import Workplace, workplace_of
from bot.core.model import Actor, Words

FORM_IDS = "veilleur:form:"
"""How the custom ids of our forms begin."""
NOTE_CHARS = 1_000
_TITLE_CHARS = 45


async def admitted(interaction: Interaction) -> tuple[Workplace, Actor] | None:
    """The workplace and who came in; None, once they were told, for whoever may not decide."""
    client = workplace_of(interaction)
    client.handlers.note()
    actor = actor_of(interaction.user, client.config)
    if actor is None:
        await answer(interaction, say(texts.NOT_ALLOWED, language_of(interaction)))
        return None
    return client, actor


class Control(ui.DynamicItem[ui.Item[Any]], template=r"veilleur:never"):
    """A button or a select."""

    @answered
    async def callback(self, interaction: Interaction) -> None:
        """Checks who presses, then does what the control says."""
        found = await admitted(interaction)
        if found is not None:
            await self.press(interaction, *found)

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        raise NotImplementedError


class CaseControl(Control, template=r"veilleur:never"):
    """A control that names a case and the version it was shown at."""

    def __init__(self, case_id: int, version: int, *, language: str) -> None:
        super().__init__(self.made(case_id, version, language=language))
        self.case_id = case_id
        self.version = version

    def made(self, case_id: int, version: int, *, language: str) -> ui.Item[Any]:
        raise NotImplementedError

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],  # noqa: ARG003 - given by discord.py
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(int(match["case"]), int(match["version"]), language=language_of(interaction))


class CaseButton(CaseControl, template=r"veilleur:never"):
    action: ClassVar[str]
    words: ClassVar[Words]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def made(self, case_id: int, version: int, *, language: str) -> ui.Item[Any]:
        return ui.Button(
            label=say(self.words, language),
            style=self.style,
            custom_id=f"veilleur:{self.action}:{case_id}:{version}",
        )

    @property
    def button(self) -> ui.Button[Any]:
        assert isinstance(self.item, ui.Button)  # noqa: S101 - made above
        return self.item


class PlainButton(Control, template=r"veilleur:never"):
    """A button that names nothing."""

    action: ClassVar[str]
    words: ClassVar[Words]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, *, language: str) -> None:
        super().__init__(
            ui.Button(
                label=say(self.words, language),
                style=self.style,
                custom_id=f"veilleur:{self.action}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],  # noqa: ARG003 - given by discord.py
        match: re.Match[str],  # noqa: ARG003 - given by discord.py
        /,
    ) -> Self:
        return cls(language=language_of(interaction))


class Form(ui.Modal):
    """Asks for words or a choice. Its custom id is used once: two people who fill in the same form
    do not take each other's answers away."""

    def __init__(self, title: str) -> None:
        super().__init__(
            title=plain(title, limit=_TITLE_CHARS),
            custom_id=f"{FORM_IDS}{secrets.token_hex(8)}",
            timeout=900,
        )

    def ask_words(
        self, label: Words, hint: Words, *, language: str, required: bool = False
    ) -> ui.TextInput[Any]:
        """Adds a field for a few lines."""
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id="note",
            style=discord.TextStyle.paragraph,
            placeholder=say(hint, language),
            required=required,
            max_length=NOTE_CHARS,
        )
        self.add_item(ui.Label(text=say(label, language), component=field))
        return field

    @answered
    async def on_submit(self, interaction: Interaction) -> None:
        """The role may have been taken away while the form was open."""
        found = await admitted(interaction)
        if found is not None:
            await self.submitted(interaction, *found)

    async def submitted(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        raise NotImplementedError


async def open_form(interaction: Interaction, form: Form) -> None:
    """Shows the form; one that a restarted program no longer knows is answered by the client."""
    workplace_of(interaction).open_forms.add(form.custom_id)
    await interaction.response.send_modal(form)
