"""One author, for moderators: history, standing, and the means to mute and to trust."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import discord
from discord import ui

from bot.chat import author_texts as texts
from bot.chat import texts as common
from bot.chat.cards import ago
from bot.chat.context import fitted, listed
from bot.chat.errors import Interaction, answer, language_of
from bot.chat.outcomes import refusal
from bot.chat.pressing import Control, Form, open_form
from bot.chat.safe_text import one_line
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.model import Actor, AuthorStanding, Comment, Refused

_DAYS = (1, 3, 7, 30)
_WORDS = {
    "mute": texts.MUTE,
    "unmute": texts.UNMUTE,
    "trust": texts.TRUST,
    "untrust": texts.UNTRUST,
}


async def author_view(
    client: Workplace, comments: Sequence[Comment], *, language: str
) -> ui.LayoutView:
    """`comments` are this one author's latest, at least one."""
    newest = comments[0]
    store = client.engine.store
    record = await store.comments.record(newest.id)
    standing = await _standing(client, newest)
    lines = [f"### ✍️ {one_line(newest.author.name, limit=120)}"]
    if record is not None:
        history = record.history
        parts = [
            say(common.HISTORY, language, approved=history.approved, rejected=history.rejected)
        ]
        if history.first_seen_at:
            parts.append(say(common.KNOWN_SINCE, language, since=ago(history.first_seen_at)))
        lines.append(" · ".join(parts))
    lines.append(standing_line(standing, now=datetime.now(UTC), language=language))
    lines += listed(comments, language=language)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(fitted(lines)))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    muted = standing.is_muted(datetime.now(UTC))
    for action in ("unmute" if muted else "mute", "untrust" if standing.trusted else "trust"):
        row.add_item(AuthorButton(action, newest.id, language=language))
    view.add_item(row)
    return view


def standing_line(standing: AuthorStanding, *, now: datetime, language: str) -> str:
    parts = [say(texts.TRUSTED if standing.trusted else texts.NOT_TRUSTED, language)]
    if not standing.is_muted(now):
        parts.append(say(texts.NOT_MUTED, language))
    elif standing.muted_until is None:
        parts.append(say(texts.MUTED, language))
    else:
        until = discord.utils.format_dt(standing.muted_until, "f")
        parts.append(say(texts.MUTED_UNTIL, language, until=until))
    return " · ".join(parts)


class AuthorButton(
    Control,
    template=r"veilleur:author-(?P<action>mute|unmute|trust|untrust):(?P<comment>[0-9a-f]{32})",
):
    """Names the author by one of their comments: the site's own ids may be too long."""

    def __init__(self, action: str, comment_id: str, *, language: str) -> None:
        super().__init__(
            ui.Button(
                label=say(_WORDS[action], language),
                custom_id=f"veilleur:author-{action}:{comment_id}",
            )
        )
        self.action = action
        self.comment_id = comment_id

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],  # noqa: ARG003 - given by discord.py
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(match["action"], match["comment"], language=language_of(interaction))

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        if self.action == "mute":
            form = MuteForm(self.comment_id, language=language_of(interaction))
            await open_form(interaction, form)
            return
        await interaction.response.defer()
        comment = await client.engine.store.comments.get(self.comment_id)
        if comment is None:
            await answer(interaction, say(common.NOTHING_FOUND, language_of(interaction)))
            return
        engine, site, author_id = client.engine, comment.site, comment.author.id
        if self.action == "unmute":
            done = await engine.mute_author(
                site=site, author_id=author_id, actor=actor, muted=False
            )
        else:
            trusted = self.action == "trust"
            done = await engine.trust_author(
                site=site, author_id=author_id, actor=actor, trusted=trusted
            )
        await _show(interaction, client, comment, done)


class MuteForm(Form):
    """For how long, and why: the words stay in the record."""

    def __init__(self, comment_id: str, *, language: str) -> None:
        super().__init__(say(texts.MUTE_TITLE, language))
        self.comment_id = comment_id
        options = [
            discord.SelectOption(label=say(texts.DAYS, language, days=days), value=str(days))
            for days in _DAYS
        ]
        options.append(discord.SelectOption(label=say(texts.FOR_GOOD, language), value="0"))
        self.days: ui.Select[Any] = ui.Select(custom_id="days", options=options)
        self.add_item(ui.Label(text=say(texts.HOW_LONG, language), component=self.days))
        self.note = self.ask_words(texts.WHY, texts.WHY_HINT, language=language)

    async def submitted(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer()
        comment = await client.engine.store.comments.get(self.comment_id)
        if comment is None:
            await answer(interaction, say(common.NOTHING_FOUND, language_of(interaction)))
            return
        days = int(self.days.values[0])
        done = await client.engine.mute_author(
            site=comment.site,
            author_id=comment.author.id,
            actor=actor,
            until=datetime.now(UTC) + timedelta(days=days) if days else None,
            note=self.note.value.strip() or None,
        )
        await _show(interaction, client, comment, done)


async def _show(
    interaction: Interaction,
    client: Workplace,
    comment: Comment,
    done: AuthorStanding | Refused,
) -> None:
    language = language_of(interaction)
    if isinstance(done, Refused):
        await answer(interaction, refusal(done, language))
        return
    latest = await client.engine.store.search.of_author(
        site=comment.site, author_id=comment.author.id, limit=12
    )
    view = await author_view(client, latest or [comment], language=language)
    await interaction.edit_original_response(view=view)


async def _standing(client: Workplace, comment: Comment) -> AuthorStanding:
    found = await client.engine.store.authors.standing(
        site=comment.site, author_id=comment.author.id
    )
    return found or AuthorStanding()
