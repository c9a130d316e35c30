"""The gateway is honest: plain discord.py logs in, hears, loses and resumes as with Discord."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiohttp
import discord
import pytest

from .plain_client import Plain, logged_in, place
from .server import DiscordServer, Intent
from .waiting import until


@pytest.mark.parametrize("compressed", [True, False])
async def test_log_in_and_hear_a_message(server: DiscordServer, *, compressed: bool) -> None:
    """With the transport compression that discord.py asks for, and for a client without any."""
    channel = server.world.channel("comments")
    if compressed:
        async with logged_in(server) as client:
            await server.person("Alice").says(channel, "bonjour")
            await until(lambda: client.heard == ["bonjour"])
            assert client.guilds[0].name == "La Rédaction"
            assert place(client, channel).permissions_for(client.guilds[0].me).manage_messages
    else:
        async with (
            aiohttp.ClientSession(connector=server.connector()) as http,
            http.ws_connect("wss://gateway.discord.gg/?v=10&encoding=json") as socket,
        ):
            hello = await socket.receive_json()
            intents = int(Intent.GUILDS)
            identify = {"token": server.token, "intents": intents, "properties": {}}
            await socket.send_json({"op": 2, "d": identify})
            ready = await socket.receive_json()
        assert (hello["op"], ready["t"], ready["s"]) == (10, "READY", 1)


async def test_heartbeats_are_answered(authority) -> None:
    async with (
        DiscordServer(authority, heartbeat_interval_ms=50) as server,
        logged_in(server) as client,
    ):
        await until(lambda: client.latency < 1)


async def test_a_wrong_token_is_refused_by_rest_and_by_the_gateway(server: DiscordServer) -> None:
    client = Plain(server)
    with pytest.raises(discord.LoginFailure):
        await client.start("wrong")
    await client.close()
    async with logged_in(server) as client:
        await server.revoke_token()
        await until(client.is_closed)


async def test_intents_that_are_not_switched_on_are_refused(server: DiscordServer) -> None:
    server.gateway.allowed_privileged = Intent.NONE
    client = Plain(server)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await client.start(server.token)
    await client.close()


async def test_without_the_content_intent_words_arrive_blank(server: DiscordServer) -> None:
    channel = server.world.channel("comments")
    intents = discord.Intents(guilds=True, guild_messages=True)
    async with logged_in(server, intents=intents) as client:
        await server.person("Alice").says(channel, "bonjour")
        await until(lambda: client.heard == [""])


async def test_reconnect_replays_what_was_missed(server: DiscordServer) -> None:
    channel, alice = server.world.channel("comments"), server.person("Alice")
    async with logged_in(server) as client:
        await alice.says(channel, "before")
        await server.gateway.ask_to_reconnect()
        await alice.says(channel, "meanwhile")
        await until(lambda: client.resumes == 1)
        await alice.says(channel, "after")
        await until(lambda: client.heard == ["before", "meanwhile", "after"])
    assert (server.gateway.identified, server.gateway.resumed) == (1, 1)


async def test_a_dropped_socket_is_resumed(server: DiscordServer) -> None:
    channel, alice = server.world.channel("comments"), server.person("Alice")
    async with logged_in(server) as client:
        server.gateway.drop()
        await alice.says(channel, "meanwhile")
        await until(lambda: client.heard == ["meanwhile"])
    assert (server.gateway.identified, server.gateway.resumed) == (1, 1)


@pytest.mark.parametrize("told", [True, False])
async def test_a_lost_session_loses_events(server: DiscordServer, *, told: bool) -> None:
    """Whether the client is told by op 9 or finds out when it tries to resume."""
    channel, alice = server.world.channel("comments"), server.person("Alice")
    async with logged_in(server) as client:
        if told:
            await server.gateway.invalidate()
        else:
            server.gateway.drop(forget=True)
        await alice.says(channel, "lost")
        await until(lambda: server.gateway.connected)
        await until(client.is_ready)
        await alice.says(channel, "after")
        await until(lambda: client.heard == ["after"])
        history = [one.content async for one in place(client, channel).history(oldest_first=True)]
    assert history == ["lost", "after"]
    assert server.gateway.rejected_resumes == (0 if told else 1)


async def test_a_gateway_that_refuses_the_upgrade_kills_a_first_connect(server) -> None:
    """discord.py's known fault (Rapptz/discord.py #10520), which the supervisor is there for."""
    server.gateway.refuse_status = 503
    client = Plain(server)
    with pytest.raises(AttributeError, match="sequence"):
        await client.start(server.token)
    await client.close()
    assert server.gateway.refused == 1


async def test_edits_and_deletions_are_told(server: DiscordServer) -> None:
    channel, alice = server.world.channel("comments"), server.person("Alice")
    told: list[tuple[str, object]] = []
    async with logged_in(server) as client:
        client.event(_writes(told, "on_raw_message_edit"))
        client.event(_writes(told, "on_raw_message_delete"))
        client.event(_writes(told, "on_raw_bulk_message_delete"))
        one, two, three = [await alice.says(channel, text) for text in ("1", "2", "3")]
        await alice.edits(one, "1 bis")
        await alice.deletes(one)
        await server.removed(channel, [two, three])
        await until(lambda: len(told) == 3)
    edit, deletion, bulk = (payload for _, payload in told)
    assert isinstance(edit, discord.RawMessageUpdateEvent)
    assert edit.message.content == "1 bis"
    assert isinstance(deletion, discord.RawMessageDeleteEvent)
    assert deletion.message_id == one.id
    assert isinstance(bulk, discord.RawBulkMessageDeleteEvent)
    assert bulk.message_ids == {two.id, three.id}


def _writes(told: list[tuple[str, object]], name: str) -> Callable[[Any], Any]:
    async def handler(payload: object) -> None:
        told.append((name, payload))

    handler.__name__ = name
    return handler
