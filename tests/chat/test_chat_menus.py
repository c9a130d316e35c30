"""The three context menus on messages, in both languages, and who may use them."""

from __future__ import annotations

import pytest

from bot.core.model import State
from tests.chat.desk import Desk, read

SEND, WHY, SCORE = "Send to moderation", "Why was this removed?", "Score this"


async def test_a_member_sends_an_approved_message_to_moderation_once(desk: Desk):
    message = await desk.member.send(desk.talk, "Merci")
    await desk.quiet()
    for _ in range(2):
        result = await desk.member.context_menu(desk.talk, SEND, message)
        assert result.response.ephemeral
        assert "the moderators will look" in result.response.content
    case = await desk.case_of(message)
    assert case.is_open
    assert case.comment.reports == 1


async def test_an_unwatched_channel_is_for_moderators_only(desk: Desk):
    elsewhere = desk.guild.create_text_channel("ailleurs")
    message = await desk.member.send(elsewhere, "Merci")
    result = await desk.member.context_menu(elsewhere, SEND, message)
    assert "does not moderate this channel" in result.response.content
    assert await desk.record_of(message) is None
    result = await desk.moderator.context_menu(elsewhere, SEND, message)
    assert "the moderators will look" in result.response.content
    case = await desk.case_of(message)
    assert case.is_open
    assert "Merci" in read(await desk.card_of(case))


async def test_bots_are_not_moderated(desk: Desk):
    robot = desk.guild.add_member(desk.env.create_user("robot", bot=True))
    message = await robot.send(desk.talk, "bof")
    result = await desk.moderator.context_menu(desk.talk, SEND, message)
    assert "written by members" in result.response.content


@pytest.mark.parametrize("menu", [WHY, SCORE])
async def test_members_are_turned_away(desk: Desk, menu: str):
    message = await desk.member.send(desk.talk, "Merci")
    result = await desk.member.context_menu(desk.talk, menu, message)
    assert result.response.content == "⛔ For the moderation team only."


async def test_why_a_message_is_removed(desk: Desk):
    """Within the grace period it still stands, and tells who refused it and why."""
    message, case, card = await desk.shown()
    shown = await desk.colleague.click(card, label="Refuser…")
    await desk.colleague.submit_modal(shown, {"reason": ["SPAM"], "note": "Trois fois"})
    result = await desk.moderator.context_menu(desk.talk, WHY, message)
    said = read(result.response)
    assert "This message: rejected" in said
    assert "Rejected** by **\u2068Ben\u2069** · Spam" in said
    assert "Trois fois" in said
    assert "borderline" in said
    assert case.comment.state is State.IN_REVIEW


async def test_why_of_a_message_nobody_knows(desk: Desk):
    elsewhere = desk.guild.create_text_channel("ailleurs")
    message = await desk.member.send(elsewhere, "Merci")
    result = await desk.moderator.context_menu(elsewhere, WHY, message)
    assert "does not know this message" in read(result.response)


async def test_a_score_is_shown_and_not_stored(desk: Desk):
    elsewhere = desk.guild.create_text_channel("ailleurs")
    message = await desk.member.send(elsewhere, "bof, ce ministre")
    result = await desk.moderator.context_menu(elsewhere, SCORE, message)
    said = read(result.response)
    assert result.response.ephemeral
    assert "Toxicity" in said
    assert "60" in said
    assert (await desk.store.totals()).by_state == {}
    message = await desk.member.send(elsewhere, "muet")
    result = await desk.moderator.context_menu(elsewhere, SCORE, message)
    assert "Not scored: " in read(result.response)


async def test_in_french(desk: Desk, french_clients: None):
    message = await desk.member.send(desk.talk, "Merci")
    await desk.quiet()
    result = await desk.moderator.context_menu(desk.talk, WHY, message)
    assert "Ce message : publié" in read(result.response)
    result = await desk.moderator.context_menu(desk.talk, SCORE, message)
    assert "### Évaluation" in read(result.response)
    result = await desk.member.context_menu(desk.talk, SEND, message)
    assert "la modération va le regarder" in result.response.content
