"""Interactions are honest: three seconds, one answer, forms, commands, private words."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest

from .plain_client import Keypad, logged_in, place
from .server import DiscordServer
from .waiting import until


class Form(discord.ui.Modal, title="Why?"):
    words = discord.ui.Label(text="Words", component=discord.ui.TextInput(custom_id="words"))

    def __init__(self) -> None:
        super().__init__(custom_id="form")
        self.given = ""

    async def on_submit(self, interaction: discord.Interaction) -> None:
        field = self.words.component
        assert isinstance(field, discord.ui.TextInput)
        self.given = field.value
        await interaction.response.send_message(f"read {self.given}", ephemeral=True)


async def test_a_press_is_answered_once_and_in_time(server: DiscordServer) -> None:
    channel, alice = server.world.channel("review"), server.person("Alice")
    codes: list[int] = []

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("done", ephemeral=True)
        double = interaction.client.http
        route = discord.http.Route(
            "POST", f"/interactions/{interaction.id}/{interaction.token}/callback"
        )
        try:
            await double.request(route, json={"type": 6})
        except discord.HTTPException as refused:
            codes.append(refused.code)
        await interaction.followup.send("and more", ephemeral=True)
        await interaction.edit_original_response(content="really done")

    async with logged_in(server) as client:
        client.answering = answer
        posted = await place(client, channel).send("card", view=Keypad())
        pressed = await alice.presses(channel.messages[posted.id], "press")
        told = await pressed.answered()
        await until(lambda: len(pressed.follow_ups) == 1 and "really" in pressed.shown())
    assert told.data["content"] == "done"
    assert codes == [40060]
    assert list(channel.messages) == [posted.id], "ephemeral answers are in no channel"


async def test_an_answer_after_three_seconds_is_refused(server: DiscordServer) -> None:
    channel, alice = server.world.channel("review"), server.person("Alice")
    codes: list[int] = []

    async def too_late(interaction: discord.Interaction) -> None:
        await asyncio.sleep(3.05)
        try:
            await interaction.response.defer()
        except discord.NotFound as refused:
            codes.append(refused.code)

    async with logged_in(server) as client:
        client.answering = too_late
        posted = await place(client, channel).send("card", view=Keypad())
        pressed = await alice.presses(channel.messages[posted.id], "press")
        with pytest.raises(TimeoutError):
            await pressed.answered()
        await until(lambda: codes == [10062])


async def test_select_modal_and_update(server: DiscordServer) -> None:
    channel, alice, form = server.world.channel("review"), server.person("Alice"), Form()

    async def answer(interaction: discord.Interaction) -> None:
        if interaction.type is not discord.InteractionType.component:
            return
        data: Any = interaction.data
        if data["custom_id"] == "pick":
            await interaction.response.edit_message(content=f"picked {data['values']}")
        else:
            await interaction.response.send_modal(form)

    async with logged_in(server) as client:
        client.answering = answer
        posted = await place(client, channel).send("card", view=Keypad())
        card = channel.messages[posted.id]
        await (await alice.chooses(card, "pick", "1")).answered()
        assert card.content == "picked ['1']"
        pressed = await alice.presses(card, "press")
        await pressed.answered()
        submitted = await alice.submits(pressed, words="because")
        await submitted.answered()
    assert form.given == "because"
    assert "read because" in submitted.shown()


async def test_commands_are_registered_and_run(server: DiscordServer) -> None:
    channel, alice = server.world.channel("review"), server.person("Alice")
    async with logged_in(server) as client:
        tree = discord.app_commands.CommandTree(client)

        async def add(interaction: discord.Interaction, one: int, two: int = 1) -> None:
            await interaction.response.defer(ephemeral=True)
            await interaction.followup.send(f"{one + two}")

        tree.command(name="add", description="Adds")(add)
        await tree.sync()
        (command,) = await tree.fetch_commands()
        ran = await alice.runs("add", channel, one=2, two=3)
        await until(lambda: ran.shown().strip() == "5")
    assert command.name == "add"
    assert ran.original is not None
    assert ran.original.ephemeral
    assert channel.messages == {}


async def test_direct_messages(server: DiscordServer) -> None:
    alice = server.person("Alice")
    async with logged_in(server) as client:
        user = await client.fetch_user(alice.user.id)
        await user.send("a word in private")
    (message,) = server.world.dm_with(alice.user).messages.values()
    assert message.content == "a word in private"
