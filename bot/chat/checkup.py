"""`/doctor`: is everything as it must be, seen from inside the running bot?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from discord import app_commands

from bot.chat import admin_texts as texts
from bot.chat.admin import mode_line
from bot.chat.cards import ago, words_card
from bot.chat.context import fitted
from bot.chat.errors import Interaction, language_of
from bot.chat.localised import localised
from bot.chat.permissions import IN_REVIEW_CHANNEL, IN_WATCHED_CHANNELS, lacking
from bot.chat.pressing import admitted
from bot.chat.safe_text import one_line, plain
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.model import Words

FINE, LOOK, WRONG = "✅", "⚠️", "❌"
_LATE = timedelta(minutes=1)


def doctor_command() -> app_commands.Command[Any, ..., None]:
    """Built afresh for each command tree."""
    return app_commands.Command(
        name="doctor", description=localised(texts.COMMAND_DOCTOR), callback=_doctor
    )


async def _doctor(interaction: Interaction) -> None:
    found = await admitted(interaction)
    if found is None or interaction.guild is None:
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    client, language = found[0], language_of(interaction)
    lines = [
        *place_lines(client, interaction.guild, language=language),
        *_inside_lines(client, language=language),
        *await _kept_lines(client, language=language),
    ]
    worst_first = sorted(lines, key=lambda line: (FINE in line[:2], LOOK in line[:2]))
    title = say(texts.DOCTOR_TITLE, language)
    await interaction.followup.send(view=words_card(fitted([title, *worst_first])), ephemeral=True)


def place_lines(client: Workplace, guild: discord.Guild, *, language: str) -> list[str]:
    """Channels, what the bot may do there, and roles."""
    config = client.config
    lines = []
    if config.review_channel_id is None:
        lines.append(f"{WRONG} {say(texts.NO_REVIEW, language)}")
    else:
        lines.append(
            _channel_line(
                guild,
                config.review_channel_id,
                wanted=IN_REVIEW_CHANNEL,
                fine=texts.FINE_REVIEW,
                language=language,
            )
        )
    for channel_id in client.intake.watched_ids:
        lines.append(
            _channel_line(
                guild,
                channel_id,
                wanted=IN_WATCHED_CHANNELS,
                fine=texts.FINE_WATCHED,
                language=language,
            )
        )
        if client.intake.is_unread(channel_id):
            said = say(texts.UNREAD_CHANNEL, language, channel=f"<#{channel_id}>")
            lines.append(f"{LOOK} {said}")
    if not client.intake.watched_ids:
        lines.append(f"{LOOK} {say(texts.NONE_WATCHED, language)}")
    return [*lines, *_role_lines(client, guild, language=language)]


def _channel_line(
    guild: discord.Guild, channel_id: int, *, wanted: tuple[str, ...], fine: Words, language: str
) -> str:
    channel = guild.get_channel_or_thread(channel_id)
    mention = f"<#{channel_id}>"
    if channel is None:
        return f"{WRONG} {say(texts.UNSEEN_CHANNEL, language, channel=f'`{channel_id}`')}"
    missing = lacking(channel.permissions_for(guild.me), wanted)
    if missing:
        return f"{WRONG} {say(texts.MISSING, language, channel=mention, missing=missing)}"
    return f"{FINE} {say(fine, language, channel=mention)}"


def _role_lines(client: Workplace, guild: discord.Guild, *, language: str) -> list[str]:
    config = client.config
    wanted = [role for role in (config.moderator_role_id, config.admin_role_id) if role]
    if not wanted:
        return [f"{WRONG} {say(texts.NO_ROLE, language)}"]
    gone = [role for role in wanted if guild.get_role(role) is None]
    lines = [f"{WRONG} {say(texts.ROLE_GONE, language, role=f'`{role}`')}" for role in gone]
    there = " ".join(f"<@&{role}>" for role in wanted if role not in gone)
    return [*lines, *([f"{FINE} {say(texts.FINE_ROLES, language, roles=there)}"] if there else [])]


def _inside_lines(client: Workplace, *, language: str) -> list[str]:
    """Model, rule files, Discord's latest refusal."""
    lines = []
    if client.config.health is not None:
        health = client.config.health()
        name, why = one_line(health.scorer, limit=100), one_line(health.why, limit=300)
        if not health.scorer_ready:
            lines.append(f"{WRONG} {say(texts.NO_SCORER, language, why=why)}")
        elif health.degraded:
            lines.append(f"{LOOK} {say(texts.DEGRADED_SCORER, language, name=name, why=why)}")
        else:
            lines.append(f"{FINE} {say(texts.FINE_SCORER, language, name=name)}")
        faults = health.rules_faults
        if faults:
            first = plain(f"{faults[0].where}: {faults[0].what}", limit=300).replace("`", "'")
            said = say(texts.RULES_FAULTS, language, count=len(faults), first=first)
            lines.append(f"{WRONG} {said}")
        else:
            lines.append(f"{FINE} {say(texts.FINE_RULES, language)}")
    if client.last_trouble:
        what = one_line(client.last_trouble, limit=200)
        lines.append(f"{LOOK} {say(texts.TROUBLE, language, what=what)}")
    return lines


async def _kept_lines(client: Workplace, *, language: str) -> list[str]:
    """What the database tells: mode, alarms, deliveries."""
    engine = client.engine
    lines = [f"{FINE} {mode_line(client, await engine.mode(), title=None, language=language)}"]
    alarms = await engine.alarms()
    if alarms:
        kinds = ", ".join(sorted({f"`{alarm.kind.value}`" for alarm in alarms}))
        lines.append(f"{LOOK} {say(texts.ALARMS, language, count=len(alarms), kinds=kinds)}")
    totals = await engine.store.totals()
    if totals.outbox_dead:
        dead = await engine.store.outbox.dead()
        error = one_line(dead[-1].last_error or "?" if dead else "?", limit=300)
        said = say(texts.OUTBOX_DEAD, language, count=totals.outbox_dead, error=error)
        lines.append(f"{WRONG} {said}")
    due_at = totals.oldest_outbox_due_at
    if due_at is not None and datetime.now(UTC) - due_at > _LATE:
        lines.append(f"{LOOK} {say(texts.OUTBOX_LATE, language, since=ago(due_at))}")
    elif not totals.outbox_dead:
        lines.append(f"{FINE} {say(texts.FINE_OUTBOX, language)}")
    return lines
