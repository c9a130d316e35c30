"""What stands around a case, for one moderator: every score, every rule, the author's other words."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import ui

from bot.chat import texts
from bot.chat.bars import bar
from bot.chat.errors import Interaction, language_of
from bot.chat.forms import AskForm, NoteForm
from bot.chat.pressing import CaseButton, open_form
from bot.chat.safe_text import length, one_line
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.model import Actor, Comment, CommentRecord, Note, Scores

_LAST_COMMENTS = 6
_EXCERPT_CHARS = 160
_NOTES = 5
_NOTE_CHARS = 250
_MESSAGE_CHARS = 3_800


class MoreButton(
    CaseButton, template=r"veilleur:more:(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"
):
    """Opens the context in a private message of its own."""

    action = "more"
    words = texts.MORE

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        language = language_of(interaction)
        store = client.engine.store
        case = await store.cases.get(self.case_id)
        record = await store.comments.record(case.comment.id) if case else None
        if case is None or record is None:
            content = say(texts.NO_CASE, language, case=self.case_id)
        else:
            if case.claim is not None and case.claim.actor.id == actor.id:
                await client.engine.claim(case.id, actor=actor)  # reading on is a sign of life
            others = await store.search.of_author(
                site=case.comment.site, author_id=case.comment.author.id, limit=_LAST_COMMENTS + 1
            )
            content = context_text(
                record,
                [one for one in others if one.id != case.comment.id][:_LAST_COMMENTS],
                title=say(texts.CASE, language, case=self.case_id),
                language=language,
            )
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.TextDisplay(content))
        if case is not None:
            row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
            for kind in (NoteButton, AskButton):
                row.add_item(kind(self.case_id, self.version, language=language))
            view.add_item(row)
        await interaction.edit_original_response(view=view)


class NoteButton(
    CaseButton, template=r"veilleur:note:(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"
):
    action = "note"
    words = texts.NOTE_BUTTON

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await open_form(interaction, NoteForm(self.case_id, language=language_of(interaction)))


class AskButton(CaseButton, template=r"veilleur:ask:(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"):
    """A second opinion."""

    action = "ask"
    words = texts.ASK_BUTTON

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await open_form(interaction, AskForm(self.case_id, language=language_of(interaction)))


CONTEXT_BUTTONS: tuple[type[CaseButton], ...] = (MoreButton, NoteButton, AskButton)


def context_text(
    record: CommentRecord, others: Sequence[Comment], *, title: str, language: str
) -> str:
    """Scores, rules and the author's latest other comments, as far as there is room."""
    lines = [f"### {title}"]
    if isinstance(record.scores, Scores):
        ranked = sorted(record.scores.values.items(), key=lambda pair: pair[1], reverse=True)
        lines += [bar(name, value, language=language) for name, value in ranked[:12]]
    hits = record.verdict.hits if record.verdict else ()
    for hit in hits[:12]:
        because = one_line(hit.because.in_language(language), limit=150)
        lines.append(f"• **{one_line(hit.rule, limit=60)}** — {because}")
    lines += notes_lines(record.notes[-_NOTES:], language=language, limit=_NOTE_CHARS)
    lines.append(f"**{say(texts.AUTHORS_COMMENTS, language)}**")
    lines += listed(others, language=language) or [say(texts.NO_OTHERS, language)]
    return fitted(lines)


def notes_lines(notes: Sequence[Note], *, language: str, limit: int) -> list[str]:
    """What colleagues wrote, one line each, oldest first."""
    return [
        say(
            texts.NOTE_LINE,
            language,
            who=f"**{one_line(note.actor.name, limit=60)}**",
            when=discord.utils.format_dt(note.written_at, "R"),
            note=one_line(note.text, limit=limit),
        )
        for note in notes
    ]


def listed(comments: Sequence[Comment], *, language: str) -> list[str]:
    """One line a comment, its words masked: nobody asked to read them all."""
    return [
        f"{discord.utils.format_dt(one.received_at, 'R')} · "
        f"{texts.STATES[one.state].in_language(language)} · "
        f"**{one_line(one.author.name, limit=60)}** : "
        f"||{one_line(one.text, limit=_EXCERPT_CHARS)}||"
        for one in comments
    ]


def fitted(lines: list[str]) -> str:
    """As many of the first lines as one message takes."""
    kept = list(lines)
    while length("\n".join(kept)) > _MESSAGE_CHARS:
        kept.pop()
    return "\n".join(kept)
