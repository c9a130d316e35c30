"""Buttons of a card. The case and the version that was shown stand in the custom id, so that they
work after a restart and a press on an outdated card is noticed."""

from __future__ import annotations

import asyncio
import re
from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.chat import texts
from bot.chat.access import actor_of
from bot.chat.errors import DiscordError, Interaction, answer, answered, language_of
from bot.chat.safe_text import one_line, plain
from bot.chat.texts import say
from bot.chat.workplace import Workplace, workplace_of
from bot.core.model import (
    Actor,
    Outcome,
    RefusalKind,
    Refused,
    Resolution,
    Resolved,
    Words,
)
from bot.core.reasons import Reason, label

NOTE_CHARS = 1_000
_LOOK_UP_S = 1.5
"""Half of the three seconds that Discord waits for a first answer."""


class CaseButton(ui.DynamicItem[ui.Button[Any]], template=r"veilleur:never"):
    """A button that names a case and the version it was shown at."""

    action: ClassVar[str]
    words: ClassVar[Words]
    style: ClassVar[discord.ButtonStyle]

    def __init__(self, case_id: int, version: int, *, language: str) -> None:
        super().__init__(
            ui.Button(
                label=say(self.words, language),
                style=self.style,
                custom_id=f"veilleur:{self.action}:{case_id}:{version}",
            )
        )
        self.case_id = case_id
        self.version = version

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],  # noqa: ARG003 - given by discord.py
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(int(match["case"]), int(match["version"]), language=language_of(interaction))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        """Checks who presses, then does what the button says."""
        client = workplace_of(interaction)
        client.handlers.note()
        actor = actor_of(interaction.user, client.config)
        if actor is None:
            await answer(interaction, say(texts.NOT_ALLOWED, language_of(interaction)))
            return
        await self.press(interaction, client, actor)

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        raise NotImplementedError


class ApproveButton(
    CaseButton, template=r"veilleur:approve:(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"
):
    action = "approve"
    words = texts.APPROVE
    style = discord.ButtonStyle.success

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer()
        order = Resolution(
            case_id=self.case_id,
            case_version=self.version,
            outcome=Outcome.APPROVE,
            actor=actor,
        )
        await carry_out(interaction, client, order)


class RejectButton(
    CaseButton, template=r"veilleur:reject:(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"
):
    action = "reject"
    words = texts.REJECT
    style = discord.ButtonStyle.danger

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        """A modal must be the first answer: what is slow to find out must not hold it up."""
        language = language_of(interaction)
        suggested: Reason | None = None
        try:
            async with asyncio.timeout(_LOOK_UP_S):
                refused = await self._outdated(client)
                suggested = await client.board.suggested_reason(self.case_id)
        except TimeoutError:
            refused = None  # the order itself is checked again when it comes in
        if refused is not None:
            await interaction.response.defer()
            await answer(interaction, refusal(refused, language))
            await show_result(interaction, client, self.case_id, version=self.version)
            return
        modal = RejectModal(self.case_id, self.version, suggested=suggested, language=language)
        await interaction.response.send_modal(modal)

    async def _outdated(self, client: Workplace) -> Refused | None:
        """Spares a moderator the reason for a case that somebody else decided meanwhile."""
        case = await client.engine.store.cases.get(self.case_id)
        if case is None:
            return Refused(kind=RefusalKind.UNKNOWN)
        if case.version == self.version:
            return None
        last = await client.engine.store.cases.last_decision(self.case_id)
        if case.is_open or last is None:
            return Refused(kind=RefusalKind.CHANGED)
        return Refused(kind=RefusalKind.TAKEN, by=last.actor, outcome=last.outcome)


class UndoButton(
    CaseButton, template=r"veilleur:undo:(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"
):
    action = "undo"
    words = texts.UNDO
    style = discord.ButtonStyle.secondary

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer()
        language = language_of(interaction)
        case = await client.engine.store.cases.get(self.case_id)
        if case is not None and case.version != self.version:
            await answer(interaction, refusal(Refused(kind=RefusalKind.CHANGED), language))
            await show_result(interaction, client, self.case_id, version=self.version)
            return
        undone = await client.engine.undo(self.case_id, actor=actor)
        if isinstance(undone, Refused):
            await answer(interaction, refusal(undone, language))
            return
        await show_result(interaction, client, self.case_id, version=self.version)
        if undone.site_had_been_told:
            await answer(interaction, say(texts.UNDONE_TOLD, language, case=self.case_id))


class RejectModal(ui.Modal):
    """Why a comment is refused: one of the eleven reasons, and a note if wanted."""

    def __init__(
        self, case_id: int, version: int, *, suggested: Reason | None, language: str
    ) -> None:
        super().__init__(
            title=plain(f"{say(texts.REJECT_TITLE, language)} · {case_id}", limit=45),
            custom_id=f"veilleur:reject-modal:{case_id}:{version}",
            timeout=900,
        )
        self.case_id = case_id
        self.version = version
        self.reason: ui.Select[Any] = ui.Select(
            custom_id="reason",
            options=[
                discord.SelectOption(
                    label=label(reason, language), value=reason.value, default=reason is suggested
                )
                for reason in Reason
            ],
        )
        self.note: ui.TextInput[Any] = ui.TextInput(
            custom_id="note",
            style=discord.TextStyle.paragraph,
            placeholder=say(texts.NOTE_HINT, language),
            required=False,
            max_length=NOTE_CHARS,
        )
        self.add_item(ui.Label(text=say(texts.REASON, language), component=self.reason))
        self.add_item(ui.Label(text=say(texts.NOTE, language), component=self.note))

    @answered
    async def on_submit(self, interaction: Interaction) -> None:
        client = workplace_of(interaction)
        client.handlers.note()
        actor = actor_of(interaction.user, client.config)
        if actor is None:  # the role was taken away while the modal was open
            await answer(interaction, say(texts.NOT_ALLOWED, language_of(interaction)))
            return
        await interaction.response.defer()
        order = Resolution(
            case_id=self.case_id,
            case_version=self.version,
            outcome=Outcome.REJECT,
            actor=actor,
            reason=Reason(self.reason.values[0]) if self.reason.values else None,
            note=self.note.value.strip() or None,
        )
        await carry_out(interaction, client, order)


BUTTONS: tuple[type[CaseButton], ...] = (ApproveButton, RejectButton, UndoButton)
"""Registered at every start: this is what brings the buttons of old cards back to life."""


async def carry_out(interaction: Interaction, client: Workplace, order: Resolution) -> None:
    """Decides an acknowledged press; a refused one is explained, and the card brought up to date."""
    done: Resolved | Refused = await client.engine.resolve(order)
    if isinstance(done, Refused):
        await answer(interaction, refusal(done, language_of(interaction)))
    await show_result(interaction, client, order.case_id, version=order.case_version)


async def show_result(
    interaction: Interaction, client: Workplace, case_id: int, *, version: int
) -> None:
    """Brings the card in line at once. The outbox would do it too: a failure here loses nothing.

    The message that was pressed follows as well, when it is another one: a private card, or one
    that was posted just before the program died.
    """
    message = interaction.message
    private = message is not None and message.flags.ephemeral
    language = language_of(interaction) if private else client.config.language
    try:
        other = private or (
            message is not None
            and not await client.board.is_card(case_id, message.id, version=version)
        )
        await client.board.show_case(case_id)
        view = await client.board.private_card(case_id, language=language) if other else None
        if view is not None:
            await interaction.edit_original_response(view=view)
    except DiscordError as error:
        client.note_trouble("card not updated", error)


def refusal(refused: Refused, language: str) -> str:
    """Why an order was not carried out, with the colleague's name where there is one."""
    by = one_line(refused.by.name, limit=80) if refused.by else say(texts.COLLEAGUE, language)
    outcome = texts.DECIDED[refused.outcome].in_language(language) if refused.outcome else "?"
    return say(texts.REFUSED[refused.kind], language, by=f"**{by}**", outcome=outcome.lower())
