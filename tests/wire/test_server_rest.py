"""REST is honest: plain discord.py works with it and is refused where Discord would refuse."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
import pytest

from .plain_client import Keypad, logged_in, place
from .server import DiscordServer, Message, Permission, When

REST = "https://discord.com/api/v10"
POST = ("POST", "/channels/{channel}/messages")


# --- messages ------------------------------------------------------------------------------


async def test_post_get_edit_list_delete(server: DiscordServer) -> None:
    channel = server.world.channel("review")
    async with logged_in(server) as client:
        here = place(client, channel)
        posted = await here.send("first", embed=discord.Embed(title="T"), view=Keypad())
        await posted.edit(content="second")
        again = await here.fetch_message(posted.id)
        assert (again.content, again.embeds[0].title) == ("second", "T")
        assert isinstance(again.components[0], discord.ActionRow)
        later = [await here.send(str(number)) for number in range(3)]
        after = [one.id async for one in here.history(after=posted, limit=2)]
        assert after == [later[0].id, later[1].id]
        await here.delete_messages(later[:2])
        await posted.delete()
        assert list(channel.messages) == [later[2].id]


async def test_the_same_nonce_posts_once(server: DiscordServer) -> None:
    channel = server.world.channel("review")
    async with logged_in(server) as client:
        first = await place(client, channel).send("card", nonce="card-1")
        again = await place(client, channel).send("card", nonce="card-1")
    assert again.id == first.id
    assert len(channel.messages) == 1


async def test_refusals(server: DiscordServer) -> None:
    """Each with Discord's own code."""
    channel, sealed = server.world.channel("review"), server.world.channel("sealed")
    sealed.overwrites[server.world.guild_id] = (0, Permission.SEND_MESSAGES)
    hidden = server.world.channel("hidden")
    hidden.overwrites[server.world.guild_id] = (0, Permission.VIEW_CHANNEL)
    alice = server.person("Alice")
    theirs, elsewhere = await alice.says(channel, "mine"), await alice.says(sealed, "mine")
    gone = Message(id=server.world.snowflake(), channel=channel, author=alice.user)
    server.world.bot_role.permissions = 0
    async with logged_in(server) as client:
        here = place(client, channel)
        orders = {
            10003: client.get_partial_messageable(1).send("to nowhere"),
            10008: here.get_partial_message(gone.id).delete(),
            50001: place(client, hidden).send("unseen"),
            50005: here.get_partial_message(theirs.id).edit(content="yours"),
            50006: here.send(),
            50013: place(client, sealed).send("not here"),
        }
        found = {}
        for wanted, order in orders.items():
            with pytest.raises(discord.HTTPException) as refused:
                await order
            found[wanted] = refused.value.code
        with pytest.raises(discord.Forbidden):
            await place(client, sealed).get_partial_message(elsewhere.id).delete()
    assert found == {wanted: wanted for wanted in orders}


def _card(*texts: str, buttons: int = 0) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    for text in texts:
        view.add_item(discord.ui.TextDisplay(text))
    if buttons:
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        for number in range(buttons):
            row.add_item(discord.ui.Button(label=str(number), custom_id=f"b{number}"))
        view.add_item(row)
    return view


@pytest.mark.parametrize(
    ("view", "where"),
    [
        (_card("a" * 4001), "components"),
        (_card("a" * 2500, "b" * 2500), "4000"),
        (_card(""), "content"),
    ],
    ids=["one long text", "long in sum", "empty text"],
)
async def test_limits_of_cards(server: DiscordServer, view, where: str) -> None:
    channel = server.world.channel("review")
    async with logged_in(server) as client:
        with pytest.raises(discord.HTTPException, match=where) as refused:
            await place(client, channel).send(view=view)
    assert refused.value.code == 50035


@pytest.mark.parametrize(
    "body",
    [
        {"content": "a" * 2001},
        {"components": [{"type": 10, "content": "no V2 flag"}]},
        {"flags": 1 << 15, "content": "both", "components": [{"type": 10, "content": "x"}]},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "x"}] * 41},
        {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "x"}]}]},
        {"components": [{"type": 1, "components": []}]},
        {"embeds": [{"title": "a" * 257}]},
        *(
            {"components": [{"type": 1, "components": buttons}]}
            for buttons in (
                [{"type": 2, "style": 1, "label": "x", "custom_id": f"{n}"} for n in range(6)],
                [{"type": 2, "style": 1, "label": "x", "custom_id": "same"}] * 2,
                [{"type": 2, "style": 1, "label": "x", "custom_id": "a" * 101}],
                [{"type": 2, "style": 1, "label": "x"}],
            )
        ),
    ],
)
async def test_bodies_that_discord_refuses(server: DiscordServer, body: dict[str, Any]) -> None:
    """Sent past discord.py, which would stop some of them itself."""
    channel = server.world.channel("review")
    headers = {"Authorization": f"Bot {server.token}"}
    async with aiohttp.ClientSession(connector=server.connector(), headers=headers) as http:
        url = f"{REST}/channels/{channel.id}/messages"
        async with http.post(url, json=body) as response:
            assert (response.status, (await response.json())["code"]) == (400, 50035)
            assert response.headers["Content-Type"] == "application/json"
    assert channel.messages == {}


async def test_a_v2_card_never_becomes_a_plain_message(server: DiscordServer) -> None:
    channel = server.world.channel("review")
    async with logged_in(server) as client:
        posted = await place(client, channel).send(view=_card("one", buttons=5))
        with pytest.raises(discord.HTTPException) as refused:
            await posted.edit(content="plain", view=None)
        await posted.edit(view=_card("two"))
    assert refused.value.code == 50035
    assert channel.messages[posted.id].text().strip() == "two"


# --- faults --------------------------------------------------------------------------------


async def test_a_bucket_tells_its_limit_and_discord_py_obeys(server: DiscordServer) -> None:
    channel = server.world.channel("review")
    server.faults.limit(*POST, calls=2, per_s=0.3)
    async with logged_in(server) as client:
        here = place(client, channel)
        await asyncio.gather(*(here.send(str(number)) for number in range(5)))
    assert len(channel.messages) == 5


async def test_past_a_bucket_there_is_429(server: DiscordServer) -> None:
    channel = server.world.channel("review")
    server.faults.limit(*POST, calls=1, per_s=30)
    headers = {"Authorization": f"Bot {server.token}"}
    async with aiohttp.ClientSession(connector=server.connector(), headers=headers) as http:
        url = f"{REST}/channels/{channel.id}/messages"
        async with http.post(url, json={"content": "1"}) as first:
            assert first.headers["X-RateLimit-Remaining"] == "0"
        async with http.post(url, json={"content": "2"}) as second:
            told = await second.json()
    assert (first.status, second.status, told["global"]) == (200, 429, False)
    assert second.headers["Retry-After"] == "30"
    assert 29 < told["retry_after"] <= 30


async def test_limits_and_failures_that_discord_py_rides_out(server: DiscordServer) -> None:
    channel = server.world.channel("review")
    server.faults.answer(*POST, status=429, retry_after_s=0.1)
    server.faults.answer(*POST, status=502)
    async with logged_in(server) as client:
        await place(client, channel).send("through")
        server.faults.limit_globally(for_s=0.3)
        await place(client, channel).send("through again")
    assert [one.content for one in channel.messages.values()] == ["through", "through again"]
    statuses = [one.status for one in server.asked(*POST)]
    assert statuses == [429, 502, 200, 429, 200]


async def test_failures_that_discord_py_hands_on(server: DiscordServer) -> None:
    channel = server.world.channel("review")
    async with logged_in(server) as client:
        server.faults.answer(*POST, status=503)
        with pytest.raises(discord.DiscordServerError):
            await place(client, channel).send("lost")
        server.faults.break_off(*POST, when=When.AFTER)
        with pytest.raises(aiohttp.ClientError):
            await place(client, channel).send("arrived all the same")
    assert [one.content for one in channel.messages.values()] == ["arrived all the same"]
