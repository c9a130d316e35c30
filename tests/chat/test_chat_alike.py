"""Look-alikes: a raid is one card, decided and undone as one, with exceptions taken out."""

from __future__ import annotations

from typing import Any

from bot.core.model import Author, Case, State
from tests.chat.desk import Desk, buttons_of, read, walk
from tests.chat.test_chat_colleagues import told
from tests.chat.test_chat_flow import case_on, fill, state_of
from tests.chat.test_chat_panel import later
from tests.conftest import submission

RAID = "bof, ce maire nous vend des salades depuis dix ans, votez contre lui"


async def raid(desk: Desk, count: int, text: str = RAID) -> list[Case]:
    """The same thought by many hands; the first one's case stands for the others."""
    cases = []
    for n in range(count):
        receipt = await desk.engine.submit(
            submission(
                f"raid{n}",
                text.replace("dix", f"dix{'!' * (n % 4)}"),
                author=Author(id=f"r{n}", name=f"Compte {n}"),
            ),
            wait_s=5,
        )
        cases.append(await desk.store.cases.for_comment(receipt.comment_id))
    await desk.quiet()
    return cases


async def test_a_raid_is_one_card(desk: Desk, clock):
    head, *others = await raid(desk, 5)
    assert [one.alike_of for one in others] == [head.id] * 4
    assert len(await desk.store.cards.of_open_cases()) == 1
    assert [one.id for one in await desk.store.cases.queue()] == [head.id]
    await later(desk, clock, seconds=1)
    card = await desk.card_of(head)
    assert "Presque identiques : 4" in read(card)
    assert "Semblables" in buttons_of(card)


async def test_joining_does_not_edit_the_card_each_time(desk: Desk, clock):
    (head,) = await raid(desk, 1)
    before = len(desk.env.http_requests)
    for n in range(20):
        await desk.engine.submit(
            submission(f"x{n}", RAID, author=Author(id=f"x{n}", name="X")), wait_s=5
        )
    await later(desk, clock, seconds=1)
    card = await desk.card_of(head)
    edits = [
        call
        for call in desk.env.http_requests[before:]
        if call.method == "PATCH" and call.path.endswith(str(card.id))
    ]
    assert len(edits) == 1
    assert "Presque identiques : 20" in read(card)


async def test_it_is_decided_and_undone_as_one_and_logged_one_by_one(desk: Desk, clock):
    cases = await raid(desk, 4)
    await later(desk, clock, seconds=1)
    card = await desk.card_of(cases[0])
    shown = await desk.moderator.click(card, label="Refuser…")
    await desk.moderator.submit_modal(shown, {"reason": ["SPAM"]})
    records = [await desk.store.comments.record(one.comment.id) for one in cases]
    assert {one.comment.state for one in records} == {State.REJECTED}
    assert all(one.decisions[-1].actor.name == "Anna" for one in records)
    assert len({one.decisions[-1].unit for one in records}) == 1
    assert all(one.audit[-1].action == "resolved reject" for one in records)
    closed = await desk.card_of(cases[0])
    assert "4 commentaires ensemble" in read(closed)

    await desk.restart()
    await desk.colleague.click(closed, label="Annuler")
    assert {await state_of(desk, one.id) for one in cases} == {State.IN_REVIEW}
    assert [one.id for one in await desk.store.cases.queue()] == [cases[0].id]
    last = await desk.store.comments.record(cases[3].comment.id)
    assert last.audit[-1].action == "undone"


async def test_an_exception_is_taken_out(desk: Desk, clock):
    head, second, third = await raid(desk, 3)
    await later(desk, clock, seconds=1)
    opened = await desk.moderator.click(await desk.card_of(head), label="Semblables")
    assert opened.response.ephemeral
    assert "Nearly the same: 2" in read(opened.response)
    assert "Compte 1" in read(opened.response)
    done = await desk.moderator.select(opened.response.message, [str(second.id)])
    assert "Taken out: 1" in read(done.response or opened.response)
    await desk.quiet()
    assert (await desk.store.cases.get(second.id)).alike_of is None
    assert len(await desk.store.cards.of_open_cases()) == 2
    await later(desk, clock, seconds=1)

    await desk.moderator.click(await desk.card_of(head), label="Publier")
    assert await state_of(desk, third.id) is State.APPROVED
    assert await state_of(desk, second.id) is State.IN_REVIEW
    record = await desk.store.comments.record(second.comment.id)
    assert "set apart" in [entry.action for entry in record.audit]


async def test_readers_may_not_look(desk: Desk, clock):
    head, *_ = await raid(desk, 2)
    await later(desk, clock, seconds=1)
    refused = await desk.member.click(await desk.card_of(head), label="Semblables")
    assert "moderation team only" in told(refused)


async def test_in_the_flow_a_raid_is_one_press(desk: Desk):
    head, *others = await raid(desk, 3)
    (ordinary,) = await fill(desk, 1)
    mine = await desk.moderator.slash(desk.review, "queue next")
    assert await case_on(desk, mine.response) == head.id
    assert "Look-alikes" in buttons_of(mine.response)
    await desk.moderator.click(mine.response.message, label="Approve")
    assert "3 comments together" in read(mine.response)
    alone = await desk.store.cases.for_comment(ordinary)
    assert await case_on(desk, mine.response) == alone.id
    assert {await state_of(desk, one.id) for one in others} == {State.APPROVED}


async def test_when_the_first_one_leaves_another_stands_for_the_rest(desk: Desk):
    head, second, third = await raid(desk, 3)
    await desk.engine.withdraw(site="site", external_id="raid0")
    await desk.quiet()
    assert (await desk.store.cases.get(second.id)).alike_of is None
    assert (await desk.store.cases.get(third.id)).alike_of == second.id
    assert await desk.card_of(second)
    assert [one.id for one in await desk.store.cases.queue()] == [second.id]
    assert not (await desk.store.cases.get(head.id)).is_open


async def test_one_that_is_edited_stands_for_itself(desk: Desk):
    _, second = await raid(desk, 2)
    await desk.engine.submit(
        submission("raid1", "bof, tout compte fait", author=Author(id="r1", name="Compte 1")),
        wait_s=5,
    )
    assert (await desk.store.cases.get(second.id)).alike_of is None


async def test_of_those_undone_what_has_changed_since_stays(desk: Desk, clock):
    """The author of one deleted it after the decision: the others come back all the same."""
    cases = await raid(desk, 3)
    await later(desk, clock, seconds=1)
    await desk.moderator.click(await desk.card_of(cases[0]), label="Publier")
    await desk.engine.withdraw(site="site", external_id="raid2")
    await desk.moderator.click(await desk.card_of(cases[0]), label="Annuler")
    states = [await state_of(desk, one.id) for one in cases]
    assert states == [State.IN_REVIEW, State.IN_REVIEW, State.WITHDRAWN]


def options_of(message: Any) -> list[str]:
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return [one["value"] for part in walk(rows) if part.get("type") == 3 for one in part["options"]]


async def test_more_than_a_select_takes(desk: Desk):
    head, *others = await raid(desk, 30)
    opened = await desk.moderator.slash(desk.review, "case", id=head.id)
    listed = await desk.moderator.click(opened.response.message, label="Look-alikes")
    assert options_of(listed.response) == [str(one.id) for one in others[:25]]
