"""What `doctor` finds out about Discord, asked of a loopback Discord over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord
import pytest

from bot.chat.config import ChatConfig
from bot.chat.inspection import Finding, inspect, intents_finding
from tests.wire.server import Authority, DiscordServer, Permission


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer(Authority()) as started:
        yield started


def faults(findings: list[Finding]) -> list[str]:
    return [finding.what for finding in findings if not finding.ok]


async def test_all_is_well(server: DiscordServer):
    review, talk = server.world.channel("moderation"), server.world.channel("discussion")
    config = ChatConfig(
        review_channel_id=review.id, watched_channel_ids=(talk.id,), moderator_role_id=1
    )
    findings = await inspect(server.token, config, connector=server.connector())

    assert [finding.what for finding in findings] == [
        "discord: the token is valid",
        "discord: the message content intent is on",
        "discord: the review channel #moderation is usable",
        "discord: the watched channel #discussion is usable",
    ]
    assert all(finding.ok for finding in findings)


async def test_missing_permissions_are_named(server: DiscordServer):
    review, talk = server.world.channel("moderation"), server.world.channel("discussion")
    everyone = server.world.guild_id
    review.overwrites[everyone] = (0, Permission.SEND_MESSAGES)
    talk.overwrites[server.world.bot_role.id] = (0, Permission.MANAGE_MESSAGES)
    config = ChatConfig(
        review_channel_id=review.id, watched_channel_ids=(talk.id,), moderator_role_id=1
    )
    findings = await inspect(server.token, config, connector=server.connector())

    assert faults(findings) == [
        (
            "discord: missing in the review channel #moderation: «Send Messages», "
            "«Attach Files», «Mention @everyone, @here, and All Roles»"
        ),
        "discord: missing in the watched channel #discussion: «Manage Messages»",
    ]
    assert all(finding.fix for finding in findings if not finding.ok)


async def test_a_channel_that_is_not_there(server: DiscordServer):
    config = ChatConfig(review_channel_id=4711, moderator_role_id=1)
    findings = await inspect(server.token, config, connector=server.connector())
    assert faults(findings) == [
        "discord: the review channel 4711 cannot be seen (HTTP 404, code 10003)"
    ]


async def test_nobody_could_decide(server: DiscordServer):
    findings = await inspect(server.token, ChatConfig(), connector=server.connector())
    assert faults(findings) == ["discord: no moderator role is set, so nobody can decide there"]


async def test_a_wrong_token(server: DiscordServer):
    findings = await inspect("wrong", ChatConfig(), connector=server.connector())
    assert faults(findings) == ["discord: the token is refused"]
    assert "wrong" not in repr(findings)


async def test_discord_cannot_be_reached(server: DiscordServer):
    connector = server.connector()
    await server.down()
    findings = await inspect(server.token, ChatConfig(), connector=connector)
    assert len(findings) == 1
    assert findings[0].what.startswith("discord cannot be reached")


def test_the_intent_that_is_off():
    off = intents_finding(discord.ApplicationFlags())
    assert not off.ok
    assert "Message Content Intent" in off.fix
    assert intents_finding(discord.ApplicationFlags(gateway_message_content=True)).ok
