"""Forms that a press opens: a reason, words for the author, words for colleagues, a colleague."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.chat import texts
from bot.chat.access import actor_of
from bot.chat.errors import Interaction, answer, language_of
from bot.chat.outcomes import carry_out, refusal, show_result
from bot.chat.pressing import Form
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.model import Actor, Case, Outcome, Refused, Resolution, Words
from bot.core.reasons import Reason, label


def _titled(words: Words, case_id: int, language: str) -> str:
    return f"{say(words, language)} · {case_id}"


class RejectForm(Form):
    """Why a comment is refused: one of the eleven reasons, and a word to its author if wanted."""

    def __init__(
        self, case_id: int, version: int, *, suggested: Reason | None, language: str
    ) -> None:
        super().__init__(_titled(texts.REJECT_TITLE, case_id, language))
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
        self.add_item(ui.Label(text=say(texts.REASON, language), component=self.reason))
        self.note = self.ask_words(texts.NOTE, texts.NOTE_HINT, language=language)

    def order(self, actor: Actor) -> Resolution:
        return Resolution(
            case_id=self.case_id,
            case_version=self.version,
            outcome=Outcome.REJECT,
            actor=actor,
            reason=Reason(self.reason.values[0]) if self.reason.values else None,
            note=self.note.value.strip() or None,
        )

    async def submitted(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer()
        await carry_out(interaction, client, self.order(actor))


class EscalateForm(Form):
    """What the leads should know; may stay empty."""

    def __init__(self, case_id: int, version: int, *, language: str) -> None:
        super().__init__(_titled(texts.ESCALATE_TITLE, case_id, language))
        self.case_id = case_id
        self.version = version
        self.note = self.ask_words(texts.WORDS, texts.WORDS_HINT, language=language)

    async def escalated(self, client: Workplace, actor: Actor) -> Case | Refused:
        return await client.engine.escalate(
            self.case_id, version=self.version, actor=actor, words=self.note.value.strip() or None
        )

    async def submitted(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer()
        done = await self.escalated(client, actor)
        if isinstance(done, Refused):
            await answer(interaction, refusal(done, language_of(interaction)))
        await show_result(interaction, client, self.case_id, version=self.version)


class NoteForm(Form):
    """A note that stays with the case."""

    def __init__(self, case_id: int, *, language: str) -> None:
        super().__init__(_titled(texts.NOTE_TITLE, case_id, language))
        self.case_id = case_id
        self.note = self.ask_words(
            texts.NOTE_WORDS, texts.WORDS_HINT, language=language, required=True
        )

    async def submitted(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer()
        language, words = language_of(interaction), self.note.value.strip()
        if not words:
            await answer(interaction, say(texts.NOTHING_WRITTEN, language))
            return
        done = await client.engine.note(self.case_id, actor=actor, text=words)
        told = say(texts.NOTED, language, case=self.case_id)
        await answer(interaction, refusal(done, language) if isinstance(done, Refused) else told)


class AskForm(Form):
    """Whose opinion is wanted, and on what; nobody named means whoever is there."""

    def __init__(self, case_id: int, *, language: str) -> None:
        super().__init__(_titled(texts.ASK_TITLE, case_id, language))
        self.case_id = case_id
        self.who: ui.UserSelect[Any] = ui.UserSelect(
            custom_id="who",
            placeholder=say(texts.ASK_ANYBODY, language),
            required=False,
            min_values=0,
            max_values=1,
        )
        self.add_item(ui.Label(text=say(texts.ASK_WHOM, language), component=self.who))
        self.note = self.ask_words(texts.WORDS, texts.WORDS_HINT, language=language)

    async def submitted(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer()
        language = language_of(interaction)
        of: Actor | None = None
        if self.who.values:
            of = actor_of(self.who.values[0], client.config)
            if of is None or of.id == actor.id:
                await answer(interaction, say(texts.ASK_NOBODY, language))
                return
        words = self.note.value.strip() or None
        done = await client.engine.ask(self.case_id, actor=actor, of=of, words=words)
        told = say(texts.ASKED, language, case=self.case_id)
        await answer(interaction, refusal(done, language) if isinstance(done, Refused) else told)
