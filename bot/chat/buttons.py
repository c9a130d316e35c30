"""Buttons of a card in the review channel."""

from __future__ import annotations

import asyncio

import discord

from bot.chat import texts
from bot.chat.errors import Interaction, answer, language_of
from bot.chat.forms import EscalateForm, RejectForm
from bot.chat.outcomes import carry_out, refusal, show_result
from bot.chat.pressing import CaseButton, open_form
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.model import Actor, Outcome, RefusalKind, Refused, Resolution
from bot.core.reasons import Reason

LOOK_UP_S = 1.5
"""Half of the three seconds that Discord waits for a first answer."""
IDS = r"(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"


class ApproveButton(CaseButton, template=rf"veilleur:approve:{IDS}"):
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


class RejectButton(CaseButton, template=rf"veilleur:reject:{IDS}"):
    action = "reject"
    words = texts.REJECT
    style = discord.ButtonStyle.danger

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        """A modal must be the first answer: what is slow to find out must not hold it up."""
        language = language_of(interaction)
        suggested: Reason | None = None
        try:
            async with asyncio.timeout(LOOK_UP_S):
                refused = await self._outdated(client)
                suggested = await client.board.suggested_reason(self.case_id)
        except TimeoutError:
            refused = None  # the order itself is checked again when it comes in
        if refused is not None:
            await interaction.response.defer()
            await answer(interaction, refusal(refused, language))
            await show_result(interaction, client, self.case_id, version=self.version)
            return
        form = RejectForm(self.case_id, self.version, suggested=suggested, language=language)
        await open_form(interaction, form)

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


class EscalateButton(CaseButton, template=rf"veilleur:escalate:{IDS}"):
    action = "escalate"
    words = texts.ESCALATE

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        form = EscalateForm(self.case_id, self.version, language=language_of(interaction))
        await open_form(interaction, form)


class HandBackButton(CaseButton, template=rf"veilleur:hand-back:{IDS}"):
    """Takes an escalation back."""

    action = "hand-back"
    words = texts.HAND_BACK

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer()
        done = await client.engine.hand_back(self.case_id, version=self.version, actor=actor)
        if isinstance(done, Refused):
            await answer(interaction, refusal(done, language_of(interaction)))
        await show_result(interaction, client, self.case_id, version=self.version)


class SkipButton(CaseButton, template=rf"veilleur:skip:{IDS}"):
    """To the end of this moderator's own queue; the card stays for the others."""

    action = "skip"
    words = texts.SKIP

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await client.engine.skip(self.case_id, actor=actor)
        language = language_of(interaction)
        await answer(interaction, say(texts.SKIPPED, language, case=self.case_id))


class UndoButton(CaseButton, template=rf"veilleur:undo:{IDS}"):
    action = "undo"
    words = texts.UNDO

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


BUTTONS: tuple[type[CaseButton], ...] = (
    ApproveButton,
    RejectButton,
    EscalateButton,
    HandBackButton,
    SkipButton,
    UndoButton,
)
"""Registered at every start: this is what brings the buttons of old cards back to life."""
