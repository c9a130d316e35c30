"""The pinned panel, the call when time is short, the order on the card, and care for who reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.model import Author, Parent, Report
from tests.chat.desk import Desk, buttons_of, read
from tests.chat.test_chat_flow import case_on, fill
from tests.conftest import submission


async def panel_of(desk: Desk) -> Any:
    known = await desk.store.bulletins.get("panel")
    if known is None:
        await desk.env.advance_time(25)
        known = await desk.store.bulletins.get("panel")
    return next(one for one in desk.review.history() if known and one.id == known.message_id)


async def later(desk: Desk, clock: Any, *, seconds: float) -> None:
    """Time passes for the engine, and the panel's own clock ticks once."""
    clock.forward(seconds=seconds)
    await desk.env.advance_time(25)
    await desk.quiet()


async def test_the_panel_is_pinned_and_follows_the_queue(desk: Desk, clock):
    panel = await panel_of(desk)
    assert panel.pinned
    assert "File vide" in read(panel)
    await fill(desk, 3)
    await later(desk, clock, seconds=1)
    text = read(await panel_of(desk))
    assert "Dossiers à examiner : 3" in text
    assert "🟠 sérieux 3" in text
    assert "pol\u2069 3" in text
    assert (await panel_of(desk)).id == panel.id


async def test_a_flood_costs_one_edit(desk: Desk, clock):
    await desk.restart(max_open_cards=2)
    await later(desk, clock, seconds=1)
    before = len(desk.env.http_requests)
    await fill(desk, 12)
    await later(desk, clock, seconds=1)
    panel = await panel_of(desk)
    edits = [
        call
        for call in desk.env.http_requests[before:]
        if call.method == "PATCH" and call.path.endswith(str(panel.id))
    ]
    assert len(edits) == 1
    assert "Les 2 premiers ont leur fiche" in read(panel)
    assert len(await desk.store.cards.of_open_cases()) == 2


async def test_next_on_the_panel_opens_a_private_flow(desk: Desk, clock):
    await fill(desk, 1)
    await later(desk, clock, seconds=1)
    panel = await panel_of(desk)
    begun = await desk.moderator.click(panel, label="Dossier suivant")
    assert begun.response.ephemeral
    assert "**bof** numéro 0" in read(begun.response)
    assert "bof" not in read(await panel_of(desk)), "the panel is everybody's"
    refused = await desk.member.click(panel, label="Dossier suivant")
    assert "moderation team only" in refused.response.content


async def test_the_panel_survives_a_restart_and_comes_back_when_deleted(desk: Desk):
    panel = await panel_of(desk)
    await desk.restart()
    assert (await panel_of(desk)).id == panel.id
    await desk.client.get_channel(desk.review.id).get_partial_message(panel.id).delete()
    await desk.env.settle()
    assert (await panel_of(desk)).id != panel.id


async def test_duty_is_called_once_when_time_is_short(desk: Desk, clock):
    await desk.restart(duty_role_id=desk.config.moderator_role_id)
    await fill(desk, 1)
    await later(desk, clock, seconds=60)
    role = f"<@&{desk.config.moderator_role_id}>"
    assert role not in "".join(read(one) for one in desk.review.history())

    await later(desk, clock, seconds=115 * 60)  # a strong case has 120 minutes
    calls = [one for one in desk.review.history() if role in read(one)]
    assert len(calls) == 1
    assert "bientôt : 1" in read(calls[0])
    await later(desk, clock, seconds=10 * 60)
    await desk.restart()
    await later(desk, clock, seconds=10 * 60)
    assert len([one for one in desk.review.history() if role in read(one)]) == 1
    assert "**⏰ En retard : 1**" in read(await panel_of(desk))

    (card,) = await desk.store.cards.of_open_cases()
    await desk.moderator.click(
        next(one for one in desk.review.history() if one.id == card.message_id), label="Publier"
    )
    await later(desk, clock, seconds=1)
    await fill(desk, 2)
    await later(desk, clock, seconds=115 * 60)
    assert len([one for one in desk.review.history() if role in read(one)]) == 2


async def test_nobody_is_called_at_night(desk: Desk, clock):
    hour = datetime.now(UTC).hour
    begins, ends = (hour + 1) % 24, (hour + 4) % 24
    await desk.restart(duty_role_id=desk.config.admin_role_id, quiet_hours=(begins, ends))
    await fill(desk, 1)
    night = datetime.now(UTC).replace(minute=30) + timedelta(hours=2)
    await later(desk, clock, seconds=(night - datetime.now(UTC)).total_seconds())
    role = f"<@&{desk.config.admin_role_id}>"
    assert role not in "".join(read(one) for one in desk.review.history())
    await later(desk, clock, seconds=3 * 3600)
    assert role in "".join(read(one) for one in desk.review.history())


async def test_the_order_is_explained_on_the_card(desk: Desk):
    for n in range(6):
        answer = submission(f"a{n}", "Merci", parent=Parent(id="1"))
        await desk.engine.submit(answer, wait_s=5)
    _, card = await desk.site_case(submission("1", "bof"))
    assert "ordre : sérieux, très lu × 1,5 · à voir <t:" in read(card)
    await desk.engine.submit(submission("2", "Bonjour"), wait_s=5)
    await desk.engine.report(Report(site="site", external_id="2"))
    comment = await desk.store.comments.find(site="site", external_id="2")
    reported = await desk.store.cases.for_comment(comment.id)
    assert "ordre : signalé, léger" in read(await desk.card_of(reported))
    assert (await desk.store.cases.queue(limit=1))[0].id == reported.id


async def test_an_edit_does_not_send_a_case_back_to_the_end(desk: Desk, clock):
    message, case, _ = await desk.shown()
    clock.forward(seconds=3600)
    await desk.member.edit(message, "bof, encore")
    await desk.quiet()
    assert (await desk.store.cases.get(case.id)).turn.turn_at == case.turn.turn_at


async def severe(desk: Desk, count: int, first: int = 0) -> None:
    """Severe cases: a degraded scorer removes nothing, people decide."""
    for n in range(first, first + count):
        await desk.engine.submit(
            submission(f"s{n}", f"affreux {n}", author=Author(id=f"a{n}", name=f"A{n}")), wait_s=5
        )
    await desk.quiet()


async def test_a_break_is_suggested_to_whoever_read_much(desk: Desk, scorer):
    scorer.degraded = True
    await severe(desk, 16)
    mine = await desk.moderator.slash(desk.review, "queue next")
    for _ in range(13):
        await desk.moderator.click(mine.response.message, label="Approve")
    assert "A break would do you good" not in read(mine.response)
    await desk.moderator.click(mine.response.message, label="Approve")
    assert "15 severe comments within two hours" in read(mine.response)
    await desk.moderator.click(mine.response.message, label="Approve")
    assert "A break would do you good" not in read(mine.response)

    own = await desk.moderator.slash(desk.review, "queue list")
    assert "within 24 h: 16" in read(own.response)
    theirs = await desk.colleague.slash(desk.review, "queue list")
    assert "within 24 h" not in read(theirs.response), "the number is private"


async def test_severe_cases_go_round_while_colleagues_are_there(desk: Desk, scorer):
    scorer.degraded = True
    await severe(desk, 8)
    await fill(desk, 3)
    theirs = await desk.colleague.slash(desk.review, "queue next")
    mine = await desk.moderator.slash(desk.review, "queue next")
    for _ in range(5):
        await desk.moderator.click(mine.response.message, label="Approve")
    assert "**bof** numéro" in read(mine.response), "the sixth severe one is left to Ben"
    await desk.colleague.click(theirs.response.message, label="Approve")
    assert "affreux" in read(theirs.response)


async def test_alone_one_gets_them_all(desk: Desk, scorer):
    scorer.degraded = True
    await severe(desk, 7)
    await fill(desk, 1)
    mine = await desk.moderator.slash(desk.review, "queue next")
    for _ in range(6):
        await desk.moderator.click(mine.response.message, label="Approve")
    assert "affreux" in read(mine.response)
    assert await case_on(desk, mine.response)


async def test_the_queue_in_numbers(desk: Desk):
    await fill(desk, 2)
    told = await desk.moderator.slash(desk.review, "queue list")
    assert "Cases to review: 2" in read(told.response)
    assert "🟠 strong 2" in read(told.response)
    assert "under an hour 2" in read(told.response)
    assert "Next case" not in buttons_of(told.response)
