"""What goes wrong and what is lost: restarts, absences, failures of Discord and of our own."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.model import (
    Actor,
    ActorKind,
    Outcome,
    Resolution,
    State,
)
from tests.chat.desk import Desk, buttons_of, read
from tests.conftest import submission


async def test_buttons_live_through_a_restart(desk: Desk):
    message, case, card = await desk.shown()
    await desk.restart()
    shown = await desk.moderator.click(card, label="Refuser…")
    await desk.moderator.submit_modal(shown, {"reason": ["SPAM"]})
    await desk.restart()
    await desk.moderator.click(await desk.card_of(case), label="Annuler")
    await desk.restart()
    await desk.moderator.click(await desk.card_of(case), label="Publier")

    assert (await desk.record_of(message)).comment.state is State.APPROVED
    assert len(desk.posts()) == 1


async def test_cards_are_repaired_after_an_absence(desk: Desk):
    """Decided elsewhere, opened and withdrawn while Discord was away: the channel catches up."""
    first, first_card = await desk.site_case(submission("1", "bof un"))
    await desk.stop()
    console = Actor(kind=ActorKind.MODERATOR, id="console:1", name="Console")
    order = Resolution(
        case_id=first.id, case_version=first.version, outcome=Outcome.APPROVE, actor=console
    )
    await desk.engine.resolve(order)
    await desk.engine.submit(submission("2", "bof deux"))
    await desk.until(lambda: _has_case(desk, "2"))
    await desk.restart()
    await desk.env.settle()

    cards = desk.posts()
    assert len(cards) == 2
    assert cards[0].id == first_card.id
    assert "\u2068Console\u2069" in read(cards[0])
    assert "**bof** deux" in read(cards[1])


async def test_no_more_cards_than_the_maximum(desk: Desk):
    """The rest waits in /queue; a decided one makes room for the next."""
    await desk.restart(max_open_cards=2)
    for n in range(4):
        await desk.engine.submit(submission(str(n), f"bof {n}"))
    await desk.quiet()
    assert len(desk.posts()) == 2

    await desk.moderator.click(desk.posts()[0], label="Publier")
    await desk.quiet()
    cards = desk.posts()
    assert len(cards) == 3
    assert len([card for card in cards if "Publier" in buttons_of(card)]) == 2


async def test_a_deleted_card_comes_back(desk: Desk):
    _, case, card = await desk.shown()
    await desk.client.get_channel(desk.review.id).get_partial_message(card.id).delete()
    await desk.until(lambda: len(desk.posts()) == 1)
    await desk.quiet()

    again = await desk.card_of(case)
    assert again.id != card.id
    await desk.moderator.click(again, label="Publier")
    assert not (await desk.store.cases.get(case.id)).is_open


async def test_a_card_deleted_while_away_is_posted_again(desk: Desk):
    """Nobody heard of the deletion; the next session looks for its cards and misses one."""
    _, kept, kept_card = await desk.shown("bof un")
    _, lost, lost_card = await desk.shown("bof deux")
    await desk.stop()
    desk.env.backend.delete_message(desk.review.id, lost_card.id)
    await desk.restart()
    await desk.quiet()

    assert (await desk.card_of(kept)).id == kept_card.id
    again = await desk.card_of(lost)
    assert again.id != lost_card.id
    assert len(desk.posts()) == 2
    await desk.moderator.click(again, label="Publier")
    assert not (await desk.store.cases.get(lost.id)).is_open


async def test_a_failing_engine_is_told_and_logged(desk: Desk, capsys):
    """The store breaks: the moderator gets a private word, the log the cause."""
    _, case, card = await desk.shown()
    broken = desk.client.engine
    await broken.stop()
    desk.client.engine = _Broken(broken)
    result = await desk.moderator.click(card, label="Publier")

    assert result.followups[0].ephemeral
    assert "Something went wrong" in result.followups[0].content
    reference = result.followups[0].content.split("`")[1]
    logged = capsys.readouterr().out
    assert reference in logged
    assert "disk on fire" in logged
    assert (await desk.store.cases.get(case.id)).is_open


async def test_discord_refusing_the_card_loses_no_decision(desk: Desk):
    """The edit fails once: the decision stands, and the outbox mends the card."""
    message, case, card = await desk.shown()
    desk.env.inject_error("PATCH", f"/channels/{desk.review.id}/messages/*", status=403, code=50013)
    await desk.moderator.click(card, label="Publier")

    assert (await desk.record_of(message)).comment.state is State.APPROVED
    assert "Publié**" in read(await desk.card_of(case))


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (404, 10003)])
async def test_a_message_gone_already_counts_as_deleted(desk: Desk, clock, status: int, code: int):
    _, _, card = await desk.shown()
    desk.env.inject_error("DELETE", "/channels/*/messages/*", status=status, code=code)
    shown = await desk.moderator.click(card, label="Refuser…")
    await desk.moderator.submit_modal(shown, {"reason": ["SPAM"]})
    clock.forward(seconds=21)
    desk.worker.ring()
    await desk.quiet()

    assert (await desk.store.totals()).outbox_dead == 0
    assert (await desk.store.totals()).outbox_waiting == 0


async def test_a_missing_permission_is_named(desk: Desk, clock):
    message, _, card = await desk.shown()
    desk.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013)
    shown = await desk.moderator.click(card, label="Refuser…")
    await desk.moderator.submit_modal(shown, {"reason": ["SPAM"]})
    clock.forward(seconds=21)
    desk.worker.ring()
    dead = await desk.until(desk.store.outbox.dead)

    assert "«Manage Messages»" in dead[0].last_error
    assert str(desk.talk.id) in dead[0].last_error
    assert message.id in [one.id for one in desk.talk.history()]


async def test_a_slow_database_does_not_hold_up_the_form(desk: Desk):
    """A form must be the first answer, within three seconds: it comes without the suggestion."""
    message, case, card = await desk.shown()
    desk.client.engine = _Slow(desk.client.engine)
    shown = await desk.moderator.click(card, label="Refuser…")
    assert shown.modal is not None

    desk.client.engine = desk.engine
    await desk.moderator.submit_modal(shown, {"reason": ["SPAM"]})
    assert (await desk.record_of(message)).comment.state is State.REJECTED
    assert not (await desk.store.cases.get(case.id)).is_open


async def _has_case(desk: Desk, external_id: str) -> object:
    comment = await desk.store.comments.find(site="site", external_id=external_id)
    return comment and await desk.store.cases.for_comment(comment.id)


class _Slow:
    """An engine whose database takes its time."""

    def __init__(self, engine) -> None:
        self.store = self
        self.cases = self
        self.real = engine

    async def get(self, case_id: int) -> None:
        await asyncio.sleep(30)


class _Broken:
    """An engine whose disk is on fire; reading still works."""

    def __init__(self, engine) -> None:
        self.store = engine.store

    async def resolve(self, order) -> None:
        raise OSError("disk on fire")
