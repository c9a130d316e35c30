"""`/watch` and `/mode`: what admins change while the bot runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from discord import app_commands

from bot.chat import admin_texts as texts
from bot.chat.access import actor_of
from bot.chat.errors import Interaction, answer, language_of
from bot.chat.localised import localised, option
from bot.chat.permissions import IN_WATCHED_CHANNELS, lacking
from bot.chat.pressing import admitted
from bot.chat.safe_text import one_line, plain
from bot.chat.texts import say
from bot.chat.workplace import Workplace, workplace_of
from bot.core.model import Actor, ActorKind, Refused, StoryRef
from bot.core.modes import ModeNow, Why

_CALENDAR = "calendar"
_MOST_OFFERED = 25
_MOST_HOURS = 24 * 60


async def admitted_admin(interaction: Interaction) -> tuple[Workplace, Actor] | None:
    """Like `admitted`, for admins; an admitted press is acknowledged."""
    found = await admitted(interaction)
    if found is None:
        return None
    if found[1].kind is not ActorKind.ADMIN:
        await answer(interaction, say(texts.ADMINS_ONLY, language_of(interaction)))
        return None
    await interaction.response.defer(ephemeral=True, thinking=True)
    return found


def admin_commands() -> tuple[app_commands.Command[Any, ..., None] | app_commands.Group, ...]:
    """Built afresh for each command tree."""
    watch = app_commands.Group(name="watch", description=localised(texts.COMMAND_WATCH))
    for name, words, callback in (
        ("add", texts.COMMAND_WATCH_ADD, _watch_add),
        ("remove", texts.COMMAND_WATCH_REMOVE, _watch_remove),
    ):
        watch.add_command(
            app_commands.Command(name=name, description=localised(words), callback=callback)
        )
    mode = app_commands.Command[Any, ..., None](
        name="mode", description=localised(texts.COMMAND_MODE), callback=_mode
    )
    mode.autocomplete("name")(_offer_modes)
    mode.autocomplete("story")(_offer_stories)
    return watch, mode


# --- /watch ------------------------------------------------------------------------------------


@option("channel", called=texts.OPTION_CHANNEL, does=texts.COMMAND_CHANNEL)
async def _watch_add(interaction: Interaction, channel: discord.TextChannel) -> None:
    found = await admitted_admin(interaction)
    if found is None:
        return
    client, actor = found
    language = language_of(interaction)
    if channel.id == client.config.review_channel_id:
        await answer(interaction, say(texts.NOT_REVIEW, language))
        return
    if client.intake.is_watched(channel.id):
        await answer(interaction, say(texts.WATCHED_ALREADY, language, channel=channel.mention))
        return
    await client.intake.begin(channel, actor=actor)
    lines = [say(texts.WATCHED, language, channel=channel.mention)]
    missing = lacking(channel.permissions_for(channel.guild.me), IN_WATCHED_CHANNELS)
    if missing:
        lines.append(say(texts.WATCHED_BUT, language, missing=missing))
    await answer(interaction, "\n".join(lines))


@option("channel", called=texts.OPTION_CHANNEL, does=texts.COMMAND_CHANNEL)
async def _watch_remove(interaction: Interaction, channel: discord.TextChannel) -> None:
    found = await admitted_admin(interaction)
    if found is None:
        return
    client, actor = found
    if channel.id in client.config.watched_channel_ids:
        said = texts.WATCHED_BY_ENV
    elif not client.intake.is_watched(channel.id):
        said = texts.NOT_WATCHED
    else:
        await client.intake.leave(channel.id, actor=actor)
        said = texts.UNWATCHED
    await answer(interaction, say(said, language_of(interaction), channel=channel.mention))


# --- /mode -------------------------------------------------------------------------------------


@option("name", called=texts.OPTION_NAME, does=texts.COMMAND_MODE_NAME)
@option("story", called=texts.OPTION_STORY, does=texts.COMMAND_MODE_STORY)
@option("hours", called=texts.OPTION_HOURS, does=texts.COMMAND_MODE_HOURS)
async def _mode(
    interaction: Interaction,
    name: str | None = None,
    story: str | None = None,
    hours: app_commands.Range[int, 1, _MOST_HOURS] | None = None,
) -> None:
    found = await admitted_admin(interaction)
    if found is None:
        return
    client, actor = found
    language, engine = language_of(interaction), client.engine
    ref, title = await _story(client, story)
    if story and ref is None:
        await answer(interaction, say(texts.NO_STORY, language))
        return
    if name is None:
        now: ModeNow | Refused = await engine.mode(ref)
    else:
        until = datetime.now(UTC) + timedelta(hours=hours) if hours else None
        wanted = None if name == _CALENDAR else name
        now = await engine.set_mode(wanted, actor=actor, story=ref, until=until)
    if isinstance(now, Refused):
        known = ", ".join(f"`{mode.id}`" for mode in engine.modes)
        mode = one_line(name or "", limit=80)
        await answer(interaction, say(texts.NO_MODE, language, mode=mode, known=known))
        return
    await answer(interaction, mode_line(client, now, title=title, language=language))


def mode_line(client: Workplace, now: ModeNow, *, title: str | None, language: str) -> str:
    """Which mode is in force, where, why and for how long."""
    known = next((mode for mode in client.engine.modes if mode.id == now.mode), None)
    shown = known.title.in_language(language) if known else now.mode
    where = (
        say(texts.UNDER, language, story=one_line(title, limit=150))
        if title
        else say(texts.EVERYWHERE, language)
    )
    who = f"**{one_line(now.order.actor.name, limit=80)}**" if now.order else ""
    why = say(
        {
            Why.STORY: texts.WHY_STORY,
            Why.ORDER: texts.WHY_ORDER,
            Why.CALENDAR: texts.WHY_CALENDAR,
            Why.NORMAL: texts.WHY_NORMAL,
        }[now.why],
        language,
        who=who,
    )
    if now.order and now.order.until:
        until = discord.utils.format_dt(now.order.until, "f")
        why += f", {say(texts.UNTIL, language, until=until)}"
    return say(texts.MODE_NOW, language, where=where, mode=one_line(shown, limit=80), why=why)


async def _story(client: Workplace, chosen: str | None) -> tuple[StoryRef | None, str | None]:
    if chosen is None or not chosen.isdecimal():
        return None, None
    known = await client.engine.store.search.story(int(chosen[:18]))
    return (known.ref, known.title or known.ref.story) if known else (None, None)


async def _offer_modes(interaction: Interaction, written: str) -> list[app_commands.Choice[str]]:
    client = workplace_of(interaction)
    if actor_of(interaction.user, client.config) is None:
        return []
    language = language_of(interaction)
    offered = [(mode.title.in_language(language), mode.id) for mode in client.engine.modes]
    offered.append((say(texts.CALENDAR, language), _CALENDAR))
    return [
        app_commands.Choice(name=plain(title, limit=100), value=value)
        for title, value in offered
        if written.casefold() in title.casefold() or written.casefold() in value
    ][:_MOST_OFFERED]


async def _offer_stories(interaction: Interaction, written: str) -> list[app_commands.Choice[str]]:
    client = workplace_of(interaction)
    if actor_of(interaction.user, client.config) is None:
        return []
    found = await client.engine.store.search.stories(written[:100], limit=_MOST_OFFERED)
    return [
        app_commands.Choice(
            name=plain(story.title or story.ref.story, limit=100) or story.ref.story[:100],
            value=str(story.id),
        )
        for story in found
    ]
