"""What `doctor` asks Discord: token, intents, channels, permissions; each missing one by name."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
import discord

from bot.chat.config import ChatConfig
from bot.chat.errors import said
from bot.chat.permissions import IN_REVIEW_CHANNEL, IN_WATCHED_CHANNELS, lacking

_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of `doctor`. Lower case, no full stop."""

    ok: bool
    what: str
    fix: str = ""


async def inspect(
    token: str, config: ChatConfig, *, connector: aiohttp.BaseConnector | None = None
) -> list[Finding]:
    """Asks Discord's REST interface; opens no gateway connection and never raises."""
    client = discord.Client(intents=discord.Intents.none(), connector=connector)
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            return await _findings(client, token, config)
    except discord.LoginFailure:
        return [
            Finding(
                ok=False,
                what="discord: the token is refused",
                fix="reset it in the developer portal and set DISCORD_TOKEN",
            )
        ]
    except discord.HTTPException as error:
        return [Finding(ok=False, what=f"discord: {said(error)}", fix="try again later")]
    except (OSError, aiohttp.ClientError, TimeoutError) as error:
        return [
            Finding(
                ok=False,
                what=f"discord cannot be reached: {type(error).__name__}",
                fix="check the network; the site is moderated meanwhile",
            )
        ]
    finally:
        await client.close()


async def _findings(client: discord.Client, token: str, config: ChatConfig) -> list[Finding]:
    await client.login(token)
    findings = [Finding(ok=True, what="discord: the token is valid")]
    findings.append(intents_finding((await client.application_info()).flags))
    findings += _roles(config)
    if config.review_channel_id is not None:
        findings.append(
            await _channel(client, config.review_channel_id, "review", IN_REVIEW_CHANNEL)
        )
    for channel_id in config.watched_channel_ids:
        findings.append(await _channel(client, channel_id, "watched", IN_WATCHED_CHANNELS))
    return findings


def intents_finding(flags: discord.ApplicationFlags) -> Finding:
    if flags.gateway_message_content or flags.gateway_message_content_limited:
        return Finding(ok=True, what="discord: the message content intent is on")
    return Finding(
        ok=False,
        what="discord: the message content intent is off",
        fix="switch on «Message Content Intent» in the developer portal, page «Bot»",
    )


def _roles(config: ChatConfig) -> list[Finding]:
    if config.moderator_role_id is not None or config.admin_role_id is not None:
        return []
    return [
        Finding(
            ok=False,
            what="discord: no moderator role is set, so nobody can decide there",
            fix="set MODERATOR_ROLE_ID",
        )
    ]


async def _channel(
    client: discord.Client, channel_id: int, role: str, wanted: tuple[str, ...]
) -> Finding:
    try:
        missing, name = await _missing(client, channel_id, wanted)
    except discord.HTTPException as error:
        return Finding(
            ok=False,
            what=f"discord: the {role} channel {channel_id} cannot be seen ({said(error)})",
            fix="check the id, invite the bot, grant it «View Channel»",
        )
    if missing:
        return Finding(
            ok=False,
            what=f"discord: missing in the {role} channel #{name}: {missing}",
            fix="grant them to the bot's role in the channel's settings",
        )
    return Finding(ok=True, what=f"discord: the {role} channel #{name} is usable")


async def _missing(
    client: discord.Client, channel_id: int, wanted: tuple[str, ...]
) -> tuple[str, str]:
    """Asked of Discord afresh: without a gateway connection nothing is cached."""
    found = await client.fetch_channel(channel_id)
    if not isinstance(found, discord.abc.GuildChannel | discord.Thread) or client.user is None:
        return lacking(discord.Permissions.none(), wanted), str(channel_id)
    guild = await client.fetch_guild(found.guild.id, with_counts=False)
    channel = await guild.fetch_channel(channel_id)
    me = await guild.fetch_member(client.user.id)
    return lacking(channel.permissions_for(me), wanted), channel.name
