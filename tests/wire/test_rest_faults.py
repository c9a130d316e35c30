"""What REST does to a bot: every card arrives, and arrives once; every deletion is done once."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext

import pytest

from bot.core.model import EffectKind, State
from tests.conftest import ANNA

from .installation import Installation
from .newsroom import ANSWER, DELETE, EDIT_CARD, HISTORY, POST_CARD, Newsroom, button
from .server import When
from .server.state import Permission
from .waiting import until, until_told


async def _one_card(room: Newsroom, bot: Installation) -> None:
    """A borderline comment, until its only card stands and nothing is left to do."""
    message = await room.reader.says(room.watched, "bof, ce ministre")
    await room.card(", ce ministre")
    await bot.quiet()
    record = await room.became(bot, message)
    assert record.case is not None
    kept = await bot.store.cards.get(record.case.id)
    assert kept is not None
    assert [one.id for one in room.cards()] == [kept.message_id]


async def test_429_on_the_card(room: Newsroom) -> None:
    fault = room.server.faults.answer(
        *POST_CARD, status=429, retry_after_s=0.3, times=2, only=room.in_review
    )
    async with room.veilleur() as bot:
        await _one_card(room, bot)
    assert fault.struck == 2


async def test_a_global_429(room: Newsroom) -> None:
    """Everything waits, and then everything arrives."""
    async with room.veilleur() as bot:
        room.server.faults.limit_globally(for_s=0.5)
        await _one_card(room, bot)
    assert room.server.faults.global_hits >= 1


async def test_a_bucket_of_two_for_five_cards(room: Newsroom) -> None:
    room.server.faults.limit(*POST_CARD, calls=2, per_s=0.5)
    async with room.veilleur() as bot:
        for number in range(5):
            await room.reader.says(room.watched, f"bof, numéro {number}")
        await until(lambda: len(room.cards()) == 5)
        await bot.quiet()
    assert len({one.text() for one in room.cards()}) == 5
    assert room.server.asked(*POST_CARD, status=429) == []


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("status", [502, 503])
async def test_a_failing_server_on_the_card(room: Newsroom, status: int, when: When) -> None:
    """502 is tried again by discord.py, 503 only by the outbox. The card may stand already when
    the failure is told: then its nonce keeps a second one away."""
    fault = room.server.faults.answer(*POST_CARD, status=status, when=when, only=room.in_review)
    async with room.veilleur() as bot:
        await _one_card(room, bot)
    assert fault.struck == 1
    assert len(room.server.asked(*POST_CARD)) == 2


async def test_a_connection_that_breaks_after_the_card_was_posted(room: Newsroom) -> None:
    fault = room.server.faults.break_off(*POST_CARD, only=room.in_review)
    async with room.veilleur() as bot:
        await _one_card(room, bot)
    assert fault.struck == 1


async def test_a_card_that_was_posted_and_never_written_down_is_closed_all_the_same(
    room: Newsroom,
) -> None:
    """What a death between Discord's answer and the database leaves behind: the card stands, and
    its buttons work. Whoever presses one must see the outcome on that card."""
    async with room.veilleur() as bot:
        message = await room.reader.says(room.watched, "bof, ce ministre")
        card = await room.card("ce ministre")
        await bot.quiet()
        case = (await room.became(bot, message)).case
        assert case is not None
        await bot.store.cards.remove(case.id)
        pressed = await room.moderator.presses(card, button(card, "approve"))
        await pressed.answered()
        await room.decided(bot, message)
        await until(lambda: "Anna" in card.text())


async def test_a_card_that_somebody_deleted_while_it_was_edited_is_let_go(room: Newsroom) -> None:
    """10008 on an edit: a decided case needs no card, and nothing is retried for ever."""
    async with room.veilleur() as bot:
        message = await room.reader.says(room.watched, "bof, ce ministre")
        card = await room.card("ce ministre")
        await bot.quiet()
        server = room.server
        fault = server.faults.break_off(*EDIT_CARD, then=room.review.messages.clear)
        pressed = await room.moderator.presses(card, button(card, "approve"))
        await pressed.answered()
        record = await room.decided(bot, message)
    assert record.comment.state is State.APPROVED
    assert fault.struck == 1
    assert room.cards() == []


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("status", [502, 503])
async def test_a_deletion_whose_answer_is_lost_is_not_the_authors_doing(
    room: Newsroom, status: int, *, late: bool
) -> None:
    """The message is gone, the answer says otherwise, and sooner or later the gateway tells of
    the deletion: the comment stays refused by Anna, it was not withdrawn by its author."""
    room.server.faults.answer(*DELETE, status=status, when=When.AFTER)
    async with room.veilleur() as bot:
        message = await room.reader.says(room.watched, "bof, ce ministre")
        submitted = await room.rejects(await room.card("ce ministre"))
        await submitted.answered()
        async with room.server.gateway.lagging() if late else nullcontext():
            await until(lambda: len(room.server.asked(*DELETE)) == 2)
        await room.reader.says(room.watched, "bof, plus tard")
        await room.card("plus tard")
        record = await room.decided(bot, message)
    assert record.comment.state is State.REJECTED
    assert "withdrawn" not in [entry.action for entry in record.audit]
    assert [one.status for one in room.server.asked(*DELETE)] == [status, 404]


async def test_a_reply_that_breaks_off_leaves_the_decision_standing(room: Newsroom) -> None:
    """The acknowledgement of a press is lost: whatever the moderator sees, a second press does
    not decide twice."""
    async with room.veilleur() as bot:
        message = await room.reader.says(room.watched, "bof, ce ministre")
        card = await room.card("ce ministre")
        room.server.faults.break_off(*ANSWER)
        await room.moderator.presses(card, button(card, "approve"))
        again = await room.moderator.presses(card, button(card, "approve"))
        await again.answered()
        record = await room.decided(bot, message)
    assert len(record.decisions) == 1


@pytest.mark.parametrize("fault", ["status", "connection"])
async def test_a_history_that_cannot_be_read_at_first_is_read_later(
    room: Newsroom, fault: str
) -> None:
    """503 is not retried by discord.py, and the next READY may be days away."""
    async with room.veilleur() as bot:
        await bot.quiet()
    await room.reader.says(room.watched, "bof, pendant l'arrêt")
    watched = {"channel": str(room.watched.id)}
    if fault == "status":
        room.server.faults.answer(*HISTORY, status=503, only=watched)
    else:
        room.server.faults.break_off(*HISTORY, times=2, only=watched)
    async with room.veilleur():
        await room.card("pendant l'arrêt")


async def test_two_presses_at_once_decide_once(room: Newsroom) -> None:
    ben = room.server.person("Ben", room.server.world.roles[room.config.moderator_role_id or 0])
    async with room.veilleur() as bot:
        message = await room.reader.says(room.watched, "bof, ce ministre")
        card = await room.card("ce ministre")
        approve = button(card, "approve")
        pressed = await asyncio.gather(
            *(who.presses(card, approve) for who in (room.moderator, ben))
        )
        await asyncio.gather(*(one.answered() for one in pressed))
        record = await room.decided(bot, message)
        await until(lambda: any(one.shown() for one in pressed))
    (decision,) = record.decisions
    (refused,) = [one for one in pressed if one.follow_ups]
    assert decision.actor.name in refused.follow_ups[0].content


async def test_a_missing_permission_is_named_and_mended_by_a_retry(room: Newsroom) -> None:
    """Refused once, not tried again and again; the author is not left without the private word."""
    role = room.server.world.bot_role.id
    room.watched.overwrites[role] = (0, Permission.MANAGE_MESSAGES)
    async with room.veilleur() as bot:
        message = await room.reader.says(room.watched, "affreux")
        dead = await until_told(bot.store.outbox.dead)
        assert [one.effect.kind for one in dead] == [EffectKind.DELETE_MESSAGE]
        assert "«Manage Messages»" in (dead[0].last_error or "")
        assert dead[0].attempts == 1
        del room.watched.overwrites[role]
        assert await bot.engine.retry_delivery(dead[0].id, actor=ANNA)
        await until(lambda: message.id not in room.watched.messages)
        await bot.quiet()
