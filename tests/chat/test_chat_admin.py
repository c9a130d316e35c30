"""/watch, /mode and /doctor: what admins change and look at while the bot runs, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.config import Health
from bot.core.errors import Fault
from bot.core.model import StoryRef
from tests.chat.desk import Desk, read
from tests.conftest import ANNA, submission


def healthy(**changes: Any) -> Any:
    values = {
        "scorer": "embedded",
        "scorer_ready": True,
        "degraded": False,
        "why": "",
        "rules_faults": (),
    }
    return lambda: Health(**(values | changes))


async def answer_of(member: Any, desk: Desk, command: str, /, **options: Any) -> str:
    result = await member.slash(desk.review, command, **options)
    assert result.response.ephemeral
    return read(result.response)


@pytest.mark.parametrize("name", ["watch add", "watch remove", "mode", "doctor"])
async def test_members_are_turned_away(desk: Desk, name: str):
    options = {"channel": desk.talk} if name.startswith("watch") else {}
    said = await answer_of(desk.member, desk, name, **options)
    assert said == "⛔ For the moderation team only."


@pytest.mark.parametrize("name", ["watch add", "watch remove", "mode"])
async def test_moderators_may_not_change_how_the_bot_works(desk: Desk, name: str):
    options = {"channel": desk.talk} if name.startswith("watch") else {}
    assert "admins only" in await answer_of(desk.moderator, desk, name, **options)


async def test_a_channel_is_watched_from_now_on_and_after_a_restart(desk: Desk):
    fresh = desk.guild.create_text_channel("debats")
    await desk.member.send(fresh, "bof, avant")
    said = await answer_of(desk.admin, desk, "watch add", channel=fresh)
    assert f"<#{fresh.id}> is moderated from now on" in said
    first = await desk.member.send(fresh, "bof, pendant")
    await desk.case_of(first)
    await desk.stop()
    missed = await desk.member.send(fresh, "bof, en l'absence du bot")
    await desk.restart()
    await desk.case_of(missed)
    assert sum((await desk.store.totals()).by_state.values()) == 2

    assert "already" in await answer_of(desk.admin, desk, "watch add", channel=fresh)
    said = await answer_of(desk.admin, desk, "watch remove", channel=fresh)
    assert "no longer moderated" in said
    await desk.member.send(fresh, "bof, après")
    await desk.restart()
    await desk.quiet()
    assert sum((await desk.store.totals()).by_state.values()) == 2


async def test_the_settings_win_over_watch_remove(desk: Desk):
    said = await answer_of(desk.admin, desk, "watch remove", channel=desk.talk)
    assert "`WATCHED_CHANNEL_IDS` (.env), which wins" in said
    await desk.case_of(await desk.member.send(desk.talk, "bof"))


async def test_what_cannot_be_watched(desk: Desk):
    elsewhere = desk.guild.create_text_channel("ailleurs")
    said = await answer_of(desk.admin, desk, "watch add", channel=desk.review)
    assert "channel of the cards" in said
    said = await answer_of(desk.admin, desk, "watch remove", channel=elsewhere)
    assert "is not moderated" in said


async def test_a_mode_is_put_in_force_and_taken_back(desk: Desk):
    offered = await desk.admin.autocomplete(desk.review, "mode", "name", "cri")
    assert [choice["value"] for choice in offered] == ["crisis"]
    said = await answer_of(desk.admin, desk, "mode", name="crisis", hours=2)
    assert (
        "Mode everywhere: **\u2068Crisis\u2069**, set everywhere by **\u2068Chloé\u2069**" in said
    )
    assert "until <t:" in said
    assert (await desk.engine.mode()).mode == "crisis"
    assert "Crisis" in await answer_of(desk.admin, desk, "mode")
    assert "Normal" in await answer_of(desk.admin, desk, "mode", name="calendar")
    assert (await desk.engine.mode()).mode == "normal"


async def test_a_mode_under_one_story(desk: Desk):
    await desk.engine.submit(submission("1", "Merci"))
    offered = await desk.admin.autocomplete(desk.review, "mode", "story", "budg")
    (choice,) = offered
    assert choice["name"] == "Budget"
    said = await answer_of(desk.admin, desk, "mode", name="crisis", story=choice["value"])
    assert "Mode under \u2068Budget\u2069: **\u2068Crisis\u2069**, set for this story" in said
    story = StoryRef(site="site", story="story-1")
    assert (await desk.engine.mode(story)).mode == "crisis"
    assert (await desk.engine.mode()).mode == "normal"


async def test_a_mode_or_a_story_that_there_is_not(desk: Desk):
    said = await answer_of(desk.admin, desk, "mode", name="panique")
    assert "no mode \u2068panique\u2069. Known here: `normal`, `crisis`" in said
    said = await answer_of(desk.admin, desk, "mode", name="crisis", story="Budget")
    assert "Unknown story" in said
    assert (await desk.engine.mode()).mode == "normal"


async def test_members_are_offered_nothing(desk: Desk):
    for option in ("name", "story"):
        offered = await desk.member.autocomplete(desk.review, "mode", option, "")
        assert not offered


async def test_doctor_finds_nothing_wrong(desk: Desk):
    await desk.restart(health=healthy())
    said = await answer_of(desk.moderator, desk, "doctor")
    assert "❌" not in said
    for line in ("review channel <#", "moderated channel <#", "model \u2068embedded\u2069"):
        assert f"✅ {line}" in said
    assert "nothing is stuck" in said


async def test_doctor_names_what_is_wrong_first(desk: Desk):
    fault = Fault(where="rules/threats.yaml:7:13", what="at_least must be between 0 and 1, got 95")
    await desk.restart(
        health=healthy(degraded=True, why="detoxify is not installed", rules_faults=(fault,)),
        watched_channel_ids=(desk.talk.id, 4711),
        moderator_role_id=4712,
    )
    desk.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013)
    await desk.member.send(desk.talk, "affreux")
    await desk.until(desk.store.outbox.dead)
    said = await answer_of(desk.admin, desk, "doctor")
    lines = said.splitlines()
    assert "rules/threats.yaml:7:13" in said
    assert "stand-in model" in said
    assert "I cannot see the channel `4711`" in said
    assert "the role `4712` is gone" in said
    assert "deliveries given up on: 1. The latest: \u2068not allowed to delete" in said
    marks = [line[0] for line in lines[1:]]
    assert marks == sorted(marks, key="❌⚠✅".index)


async def test_doctor_names_the_missing_permissions(desk: Desk):
    me = desk.client.get_guild(desk.guild.id).me
    channel = desk.client.get_channel(desk.talk.id)
    await channel.set_permissions(me, manage_messages=False, manage_webhooks=False)
    said = await answer_of(desk.moderator, desk, "doctor")
    assert f"in <#{desk.talk.id}> I lack: «Manage Messages», «Manage Webhooks»" in said


async def test_in_french(desk: Desk, french_clients: None):
    await desk.restart(health=healthy())
    fresh = desk.guild.create_text_channel("debats")
    admin = desk.admin
    said = await answer_of(admin, desk, "watch add", channel=fresh)
    assert "est modéré à partir de maintenant" in said
    assert "n'est plus modéré" in await answer_of(admin, desk, "watch remove", channel=fresh)
    said = await answer_of(admin, desk, "mode", name="crisis")
    assert "Mode en vigueur partout : **\u2068Crise\u2069**, mis en vigueur partout par" in said
    said = await answer_of(admin, desk, "doctor")
    assert "### 🩺 Examen" in said
    assert "rien en souffrance" in said
    assert "Réservé aux administrateurs" in await answer_of(desk.moderator, desk, "mode")


async def test_a_choice_is_on_record(desk: Desk):
    """Who chose a channel stands in the audit."""
    channel = desk.client.get_channel(desk.talk.id)
    await desk.client.intake.begin(channel, actor=ANNA)
    (watched,) = [one for one in await desk.store.watched.all() if one.chosen]
    assert watched.channel_id == desk.talk.id
