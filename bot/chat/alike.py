"""Look-alikes: what stands behind a card, and how to take an exception out of the lot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.chat import texts
from bot.chat.context import fitted, listed
from bot.chat.errors import Interaction, language_of
from bot.chat.pressing import CaseButton, CaseControl
from bot.chat.safe_text import plain
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.model import Actor, Case

_SHOWN = 25
"""Discord's most options in one select; the next ones come up as these leave."""
_IDS = r"(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"


class AlikeButton(CaseButton, template=rf"veilleur:alike:{_IDS}"):
    """Shows the members privately."""

    action = "alike"
    words = texts.ALIKE_BUTTON

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await _show(interaction, client, self.case_id, self.version)


class ApartSelect(CaseControl, template=rf"veilleur:apart:{_IDS}"):
    """Takes the chosen ones out: each becomes a case of its own."""

    def __init__(
        self, case_id: int, version: int, *, language: str, members: Sequence[Case] = ()
    ) -> None:
        super().__init__(case_id, version, language=language)
        if members:
            self.select.options = [
                discord.SelectOption(
                    label=plain(f"{one.id} · {one.comment.author.name}", limit=100),
                    value=str(one.id),
                )
                for one in members
            ]
            self.select.max_values = len(members)

    def made(self, case_id: int, version: int, *, language: str) -> ui.Item[Any]:
        return ui.Select(
            custom_id=f"veilleur:apart:{case_id}:{version}",
            placeholder=say(texts.SET_APART, language),
            options=[discord.SelectOption(label="-", value="0")],
        )

    @property
    def select(self) -> ui.Select[Any]:
        assert isinstance(self.item, ui.Select)  # noqa: S101 - made above
        return self.item

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer()
        chosen = [int(value) for value in self.select.values]
        moved = await client.engine.set_apart(chosen, actor=actor)
        language = language_of(interaction)
        told = say(texts.WERE_SET_APART, language, count=moved)
        await _show(interaction, client, self.case_id, self.version, notice=told)


ALIKE_ITEMS: tuple[type[CaseControl], ...] = (AlikeButton, ApartSelect)


async def _show(
    interaction: Interaction,
    client: Workplace,
    case_id: int,
    version: int,
    *,
    notice: str | None = None,
) -> None:
    members = await client.engine.store.cases.alike(case_id)
    view = alike_view(case_id, version, members, notice=notice, language=language_of(interaction))
    await interaction.edit_original_response(view=view)


def alike_view(
    case_id: int, version: int, members: Sequence[Case], *, notice: str | None, language: str
) -> ui.LayoutView:
    """The first members, and a select to take some out."""
    lines = [
        f"### {say(texts.CASE, language, case=case_id)}",
        say(texts.ALIKE, language, count=len(members)),
        *listed([one.comment for one in members[:_SHOWN]], language=language),
    ]
    view = ui.LayoutView(timeout=None)
    if notice:
        view.add_item(ui.TextDisplay(notice))
    view.add_item(ui.TextDisplay(fitted(lines)))
    if members:
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        row.add_item(ApartSelect(case_id, version, language=language, members=members[:_SHOWN]))
        view.add_item(row)
    return view
