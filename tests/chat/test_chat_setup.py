"""/setup: from a bare installation to a working one, without a restart; `.env` wins."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from tests.chat.desk import Desk, buttons_of, read, walk
from tests.chat.oracle import faults_of_message

NOTHING = {"review_channel_id": None, "moderator_role_id": None, "admin_role_id": None}


@pytest.fixture
async def boss(desk: Desk) -> Any:
    """Administers the server; has none of the bot's roles."""
    role = desk.guild.create_role("Serveur", permissions=discord.Permissions(administrator=True))
    return desk.guild.add_member(desk.env.create_user("dana"), roles=[role], nick="Dana")


def selects(message: Any) -> dict[str, dict[str, Any]]:
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return {
        part["custom_id"].rpartition(":")[2]: part
        for part in walk(rows)
        if part.get("type") in {6, 8}
    }


async def wizard(member: Any, desk: Desk) -> Any:
    result = await member.slash(desk.talk, "setup")
    assert result.response.ephemeral
    return result.response


async def test_members_and_moderators_are_turned_away(desk: Desk):
    for member in (desk.member, desk.moderator):
        result = await member.slash(desk.review, "setup")
        assert "administrators of the server or of moderation only" in read(result.response)


async def test_a_bare_installation_is_set_up_by_choosing(desk: Desk, boss: Any):
    """Cards appear and moderators may decide at once; a restart keeps it."""
    await desk.restart(**NOTHING)
    message = await desk.member.send(desk.talk, "bof, ce ministre")
    case = await desk.case_of(message)
    await desk.quiet()
    assert desk.review.history() == []

    shown = await wizard(boss, desk)
    assert read(shown).count("*not chosen yet*") == 3
    assert "no review channel" in read(shown)
    assert "nobody can decide" in read(shown)
    body = {"components": shown.components, "flags": shown.flags.value}
    assert faults_of_message(body) == []
    role = desk.guild.roles["Modération"]
    await boss.select(shown, [desk.review], custom_id="veilleur:setup:review_channel_id")
    await boss.select(shown, [role], custom_id="veilleur:setup:moderator_role_id")
    assert f"<#{desk.review.id}> · chosen here" in read(shown)

    card = await desk.card_of(case)
    await desk.moderator.click(card, label="Publier")
    assert not (await desk.store.cases.get(case.id)).is_open
    await desk.restart()
    assert desk.client.config.review_channel_id == desk.review.id
    assert desk.client.settings.review_channel_id is None


async def test_what_is_missing_is_created(desk: Desk, boss: Any):
    await desk.restart(**NOTHING)
    shown = await wizard(boss, desk)
    result = await boss.click(shown, label="Create what is missing")
    assert "Now give the role" in result.followups[0].content
    channel = desk.client.get_channel(desk.client.config.review_channel_id)
    assert channel.name == "moderation"
    assert not channel.permissions_for(channel.guild.default_role).view_channel
    role = channel.guild.get_role(desk.client.config.moderator_role_id)
    assert channel.overwrites_for(role).view_channel
    result = await boss.click(shown, label="Create what is missing")
    assert "Nothing is missing" in result.followups[0].content


async def test_missing_permissions_to_create_are_named(desk: Desk, boss: Any):
    await desk.restart(**NOTHING)
    shown = await wizard(boss, desk)
    for role in desk.client.get_guild(desk.guild.id).me.roles:  # as after a GUILD_ROLE_UPDATE
        role._permissions = discord.Permissions(view_channel=True, send_messages=True).value
    result = await boss.click(shown, label="Create what is missing")
    assert "I lack in this server: «Manage Channels», «Manage Roles»" in result.followups[0].content


async def test_env_wins_and_says_so(desk: Desk):
    await desk.restart(lead_role_id=None)
    shown = await wizard(desk.admin, desk)
    assert "set in `.env`, which wins" in read(shown)
    found = selects(shown)
    assert found["review_channel_id"]["disabled"]
    assert not found["lead_role_id"].get("disabled")


async def test_what_cannot_be_chosen(desk: Desk, boss: Any):
    await desk.restart(**NOTHING)
    shown = await wizard(boss, desk)
    result = await boss.select(shown, [desk.talk], custom_id="veilleur:setup:review_channel_id")
    assert "channel of the cards" in result.followups[0].content
    everyone = desk.guild.default_role
    result = await boss.select(shown, [everyone], custom_id="veilleur:setup:moderator_role_id")
    assert "everybody" in result.followups[0].content
    assert await desk.store.choices.all() == {}


async def test_the_wizard_works_on_after_a_restart(desk: Desk, boss: Any):
    await desk.restart(**NOTHING)
    shown = await wizard(boss, desk)
    await desk.restart()
    await boss.select(shown, [desk.review], custom_id="veilleur:setup:review_channel_id")
    assert await desk.store.choices.all() == {"review_channel_id": desk.review.id}


async def test_in_french(desk: Desk, boss: Any, french_clients: None):
    await desk.restart(**NOTHING)
    shown = await wizard(boss, desk)
    assert "### 🛠️ Installation" in read(shown)
    assert list(buttons_of(shown)) == ["Créer ce qui manque", "Vérifier de nouveau"]
    await boss.click(shown, label="Vérifier de nouveau")
    result = await desk.member.slash(desk.talk, "setup")
    assert "Réservé aux administrateurs du serveur" in read(result.response)
