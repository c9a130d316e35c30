"""Context menus on any message: send it to moderation, learn why it was removed, score it."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.chat import menu_texts as texts
from bot.chat import texts as common
from bot.chat.access import actor_of
from bot.chat.bars import bar
from bot.chat.cards import ago, words_card
from bot.chat.context import fitted
from bot.chat.errors import Interaction, answer, language_of
from bot.chat.intake import from_a_reader, site_of, submission_of
from bot.chat.localised import localised
from bot.chat.pressing import admitted
from bot.chat.safe_text import one_line
from bot.chat.texts import say
from bot.chat.workplace import Workplace, workplace_of
from bot.core.model import (
    Comment,
    CommentRecord,
    Decision,
    EffectKind,
    Report,
    State,
    Unscored,
)
from bot.core.reasons import label

_VERDICT_WITHIN_S = 12.0
_MOST_RULES = 8


def context_menus() -> tuple[app_commands.ContextMenu, ...]:
    """Built afresh for each command tree."""
    return tuple(
        app_commands.ContextMenu(name=localised(words), callback=callback)
        for words, callback in (
            (texts.SEND, _send),
            (texts.WHY, _why),
            (texts.SCORE, _score),
        )
    )


async def _send(interaction: Interaction, message: discord.Message) -> None:
    """Counts as a complaint, once a person and message. Only a moderator may bring in what stands
    in a channel that is not watched."""
    client, language = workplace_of(interaction), language_of(interaction)
    client.handlers.note()
    await interaction.response.defer(ephemeral=True, thinking=True)
    if not from_a_reader(message):
        await answer(interaction, say(texts.NOT_A_READER, language))
        return
    site, external_id = site_of(interaction.guild_id or 0), str(message.id)
    moderator = actor_of(interaction.user, client.config) is not None
    known = await _comment(client, message, guild_id=interaction.guild_id or 0)
    if known is None and not moderator:
        await answer(interaction, say(texts.NOT_MODERATED, language))
        return
    if known is None:
        await client.engine.submit(submission_of(message), wait_s=_VERDICT_WITHIN_S)
    else:
        site, external_id = known.site, known.external_id
    reported = await client.engine.report(
        Report(
            site=site,
            external_id=external_id,
            delivery_id=f"discord-report:{interaction.user.id}:{message.id}",
        )
    )
    gone = reported is not None and reported.state in {State.REJECTED, State.WITHDRAWN}
    await answer(interaction, say(texts.SENT_GONE if gone else texts.SENT, language))


async def _why(interaction: Interaction, message: discord.Message) -> None:
    found = await admitted(interaction)
    if found is None:
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    client, language = found[0], language_of(interaction)
    comment = await _comment(client, message, guild_id=interaction.guild_id or 0)
    record = await client.engine.store.comments.record(comment.id) if comment else None
    if record is None:
        await answer(interaction, say(texts.UNKNOWN, language))
        return
    lines = why_lines(record, language=language)
    untold = [
        item
        for item in await client.engine.store.outbox.dead()
        if item.effect.subject == record.comment.id and item.effect.kind is EffectKind.NOTIFY_AUTHOR
    ]
    if untold:
        error = one_line(untold[-1].last_error or "?", limit=300)
        lines.append(say(texts.UNTOLD, language, error=error))
    await interaction.followup.send(view=words_card(fitted(lines)), ephemeral=True)


def why_lines(record: CommentRecord, *, language: str) -> list[str]:
    """What became of the message, on whose word, by which rules."""
    state = common.STATES[record.comment.state].in_language(language)
    lines = [f"### {say(texts.WHY_TITLE, language, state=state)}"]
    lines += [_decision(one, language=language) for one in record.decisions[-_MOST_RULES:]]
    verdict = record.verdict
    if verdict is not None:
        because = one_line(verdict.because.in_language(language), limit=300)
        lines.append(
            f"**{common.BASES[verdict.basis].in_language(language).capitalize()}** — {because}"
        )
        for hit in verdict.hits[:_MOST_RULES]:
            said = one_line(hit.because.in_language(language), limit=200)
            lines.append(f"• **{one_line(hit.rule, limit=80)}** — {said}")
    return lines


def _decision(decision: Decision, *, language: str) -> str:
    who = say(common.BY, language, who=f"**{one_line(decision.actor.name, limit=80)}**")
    parts = [f"**{common.DECIDED[decision.outcome].in_language(language)}** {who}"]
    if decision.reason is not None:
        parts.append(label(decision.reason, language))
    parts.append(ago(decision.decided_at))
    if decision.undone_at is not None:
        parts.append(say(texts.TAKEN_BACK, language))
    note = f"\n> {one_line(decision.note, limit=300)}" if decision.note else ""
    return " · ".join(parts) + note


async def _score(interaction: Interaction, message: discord.Message) -> None:
    """Nothing is stored."""
    found = await admitted(interaction)
    if found is None:
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    client, language = found[0], language_of(interaction)
    if not message.content.strip():
        await answer(interaction, say(texts.NOTHING_TO_SCORE, language))
        return
    scores = await client.engine.score(message.content)
    lines = [f"### {say(texts.SCORE_TITLE, language)}"]
    if isinstance(scores, Unscored):
        why = one_line(scores.reason, limit=200)
        lines.append(say(common.UNSCORED, language, why=why))
    else:
        ranked = sorted(scores.values.items(), key=lambda pair: pair[1], reverse=True)
        lines += [bar(name, value, language=language) for name, value in ranked]
        if scores.degraded:
            lines.append(say(common.DEGRADED, language))
    await interaction.followup.send(view=words_card(fitted(lines)), ephemeral=True)


async def _comment(client: Workplace, message: discord.Message, *, guild_id: int) -> Comment | None:
    """The comment this message is, or stands for since it was restored."""
    store = client.engine.store
    copy: Any = await store.restored.at(message.id)
    if copy is not None:
        return await store.comments.get(copy.comment_id)
    return await store.comments.find(site=site_of(guild_id), external_id=str(message.id))
