"""`/queue next`: one case after the other in one private message."""

from __future__ import annotations

import asyncio

from bot.core.model import State
from tests.chat.desk import Desk, buttons_of, read, walk
from tests.chat.oracle import faults_of_message
from tests.conftest import submission


async def fill(desk: Desk, count: int, text: str = "bof numéro") -> list[str]:
    """That many borderline comments; their ids in the order in which they came."""
    ids = [
        (await desk.engine.submit(submission(str(n), f"{text} {n}"), wait_s=5)).comment_id
        for n in range(count)
    ]
    await desk.quiet()
    return ids


def select_of(message: object) -> dict:
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return next(part for part in walk(rows) if part.get("type") == 3)


async def case_on(desk: Desk, message: object) -> int:
    return int(select_of(message)["custom_id"].split(":")[2])


async def state_of(desk: Desk, case_id: int) -> State:
    return (await desk.store.cases.get(case_id)).comment.state


async def test_each_press_decides_and_brings_the_next(desk: Desk):
    await fill(desk, 3)
    begun = await desk.moderator.slash(desk.review, "queue next")
    message = begun.response.message
    assert begun.response.ephemeral
    first = await case_on(desk, message)
    assert list(buttons_of(begun.response)) == [
        "Approve",
        "Escalate…",
        "Skip",
        "Stop",
        "More",
        "Reject with words…",
    ]

    await desk.moderator.click(message, label="Approve")
    second = await case_on(desk, begun.response)
    assert second != first
    assert await state_of(desk, first) is State.APPROVED
    assert f"Case no. {first} : Approved" in read(begun.response)

    await desk.moderator.select(message, ["SPAM"])
    third = await case_on(desk, begun.response)
    assert third not in {first, second}
    assert await state_of(desk, second) is State.REJECTED
    record = await desk.store.comments.record((await desk.store.cases.get(second)).comment.id)
    assert record.decisions[-1].reason.value == "SPAM"

    await desk.moderator.click(message, label="Approve")
    assert "Nothing more for you" in read(begun.response)
    body = {"components": begun.response.components, "flags": begun.response.flags.value}
    assert faults_of_message(body) == []


async def test_two_moderators_never_get_the_same_case(desk: Desk):
    await fill(desk, 4)
    mine = await desk.moderator.slash(desk.review, "queue next")
    theirs = await desk.colleague.slash(desk.review, "queue next")
    seen = []
    for _ in range(2):
        seen += [await case_on(desk, mine.response), await case_on(desk, theirs.response)]
        await desk.moderator.click(mine.response.message, label="Approve")
        await desk.colleague.click(theirs.response.message, label="Approve")

    assert len(set(seen)) == 4
    assert "Nothing more" in read(mine.response)
    assert "Nothing more" in read(theirs.response)


async def test_a_claim_ends_with_its_lease(desk: Desk, clock):
    """Anna walks away: after ten minutes Ben gets her case, and her late press is refused."""
    (comment_id,) = await fill(desk, 1)
    mine = await desk.moderator.slash(desk.review, "queue next")
    early = await desk.colleague.slash(desk.review, "queue next")
    assert "Nothing more" in read(early.response)

    clock.forward(seconds=601)
    await desk.colleague.click(early.response.message, label="Next case")
    await desk.moderator.click(mine.response.message, label="Approve")
    assert "is on this case right now" in read(mine.response)
    assert (await desk.store.comments.get(comment_id)).state is State.IN_REVIEW

    await desk.colleague.click(early.response.message, label="Approve")
    assert (await desk.store.comments.get(comment_id)).state is State.APPROVED


async def test_skipping_is_personal_and_goes_round(desk: Desk):
    await fill(desk, 3)
    mine = await desk.moderator.slash(desk.review, "queue next")
    seen = []
    for _ in range(5):
        seen.append(await case_on(desk, mine.response))
        await desk.moderator.click(mine.response.message, label="Skip")
    assert len(set(seen[:3])) == 3
    assert seen[3:] == seen[:2], "the one skipped longest ago comes first"

    theirs = await desk.colleague.slash(desk.review, "queue next")
    assert await case_on(desk, theirs.response) == seen[0], "a skip means nothing to others"


async def test_only_a_skipped_one_is_left(desk: Desk):
    await fill(desk, 1)
    mine = await desk.moderator.slash(desk.review, "queue next")
    skipped = await case_on(desk, mine.response)
    await desk.moderator.click(mine.response.message, label="Skip")
    assert "Only what you skipped is left" in read(mine.response)
    await desk.moderator.click(mine.response.message, label="Next case")
    assert await case_on(desk, mine.response) == skipped


async def test_stopping_frees_the_case(desk: Desk):
    await fill(desk, 1)
    mine = await desk.moderator.slash(desk.review, "queue next")
    case_id = await case_on(desk, mine.response)
    await desk.moderator.click(mine.response.message, label="Stop")

    assert (await desk.store.cases.get(case_id)).claim is None
    theirs = await desk.colleague.slash(desk.review, "queue next")
    assert await case_on(desk, theirs.response) == case_id


async def test_a_slip_is_taken_back_in_the_flow(desk: Desk):
    await fill(desk, 2)
    mine = await desk.moderator.slash(desk.review, "queue next")
    message = mine.response.message
    first = await case_on(desk, mine.response)
    await desk.moderator.select(message, ["OFFENSIVE"])
    second = await case_on(desk, mine.response)
    await desk.moderator.click(message, label=f"Undo: case no. {first}")

    assert await case_on(desk, mine.response) == first
    assert await state_of(desk, first) is State.IN_REVIEW
    assert (await desk.store.cases.get(second)).claim is None
    await desk.moderator.click(message, label="Approve")
    assert await state_of(desk, first) is State.APPROVED


async def test_the_last_slip_can_be_taken_back_too(desk: Desk):
    await fill(desk, 1)
    mine = await desk.moderator.slash(desk.review, "queue next")
    only = await case_on(desk, mine.response)
    await desk.moderator.click(mine.response.message, label="Approve")
    await desk.moderator.click(mine.response.message, label=f"Undo: case no. {only}")
    assert await case_on(desk, mine.response) == only


async def test_a_slip_somebody_else_mended_is_left_alone(desk: Desk):
    await fill(desk, 2)
    mine = await desk.moderator.slash(desk.review, "queue next")
    first = await case_on(desk, mine.response)
    await desk.moderator.click(mine.response.message, label="Approve")
    case = await desk.store.cases.get(first)
    await desk.colleague.click(await desk.card_of(case), label="Annuler")
    await desk.moderator.click(mine.response.message, label=f"Undo: case no. {first}")
    assert "Nothing to take back" in read(mine.response)
    assert await state_of(desk, first) is State.IN_REVIEW


async def test_a_text_that_changed_is_shown_again(desk: Desk):
    message, case, _ = await desk.shown("bof un")
    mine = await desk.moderator.slash(desk.review, "queue next")
    await desk.member.edit(message, "bof deux")
    await desk.quiet()
    await desk.moderator.click(mine.response.message, label="Approve")

    assert "The case has changed" in read(mine.response)
    assert "**bof** deux" in read(mine.response)
    assert (await desk.store.cases.get(case.id)).is_open


async def test_the_flow_goes_on_after_a_restart(desk: Desk):
    await fill(desk, 2)
    mine = await desk.moderator.slash(desk.review, "queue next")
    first = await case_on(desk, mine.response)
    message = mine.response.message
    await desk.restart()
    pressed = await desk.moderator.click(message, label="Approve")
    assert await state_of(desk, first) is State.APPROVED
    assert await case_on(desk, pressed.response) != first


async def test_whoever_lost_the_role_decides_nothing(desk: Desk):
    await fill(desk, 1)
    mine = await desk.moderator.slash(desk.review, "queue next")
    case_id = await case_on(desk, mine.response)
    await desk.client.http.remove_role(
        desk.guild.id, desk.moderator.id, desk.config.moderator_role_id
    )
    for label in ("Approve", "Skip", "Stop"):
        result = await desk.moderator.click(mine.response.message, label=label)
        assert (
            "moderation team only" in result.followups[0].content
            if result.followups
            else ("moderation team only" in result.response.content)
        )
    await desk.moderator.select(mine.response.message, ["SPAM"])
    case = await desk.store.cases.get(case_id)
    assert case.is_open
    assert case.claim is not None, "nor did Stop free it"


async def test_the_rules_reason_comes_first(desk: Desk, scorer):
    scorer.degraded = True
    await desk.engine.submit(submission("1", "affreux"))
    await desk.quiet()
    mine = await desk.moderator.slash(desk.review, "queue next")
    options = select_of(mine.response)["options"]
    assert options[0]["value"] == "OFFENSIVE"
    assert options[0]["description"] == "suggested by the rules"
    assert not any(option.get("default") for option in options)


async def test_requests_for_each_decided_case(desk: Desk):
    """With the review channel full and more waiting: the answer, the card, the next card."""
    await desk.restart(max_open_cards=5)
    await fill(desk, 16)
    mine = await desk.moderator.slash(desk.review, "queue next")
    await asyncio.sleep(0)
    before = len(desk.env.http_requests)
    for _ in range(10):
        await desk.moderator.click(mine.response.message, label="Approve")
        await desk.quiet()
    sent = desk.env.http_requests[before:]
    assert len(sent) <= 30, [f"{call.method} {call.path}" for call in sent]


async def test_a_long_text_is_read_to_its_end(desk: Desk):
    text = "bof " + " ".join(f"mot{n}_*" for n in range(2_000))
    _, card = await desk.site_case(submission("1", text))
    assert "Texte entier" in buttons_of(card)
    opened = await desk.moderator.click(card, label="Texte entier")
    page = opened.response
    assert page.ephemeral
    assert "page 1 of" in read(page)
    shown = [read(page)]
    while "Next page" in buttons_of(page):
        await desk.moderator.click(page.message, label="Next page")
        shown.append(read(page))
    whole = "".join(shown)
    assert all(f"mot{n}\\_" in whole.replace("\n", "") for n in range(0, 2_000, 97))
    assert "mot1999" in shown[-1]
    await desk.moderator.click(page.message, label="Previous page")
    assert f"page {len(shown) - 1} of {len(shown)}" in read(page)


async def test_a_short_text_needs_no_pages(desk: Desk):
    _, card = await desk.site_case(submission("1", "bof, *court*"))
    assert "Texte entier" not in buttons_of(card)


async def test_more_tells_what_the_card_leaves_out(desk: Desk):
    await desk.engine.submit(submission("0", "Merci @everyone"), wait_s=5)
    case, card = await desk.site_case(submission("1", "bof, ce maire"))
    told = await desk.moderator.click(card, label="Plus")
    text = read(told.response)
    assert told.response.ephemeral
    assert "Insult" in text
    assert "approved · **\u2068Camille\u2069** : ||\u2068Merci @\u200beveryone\u2069||" in text
    assert "bof, ce maire" not in text, "the case's own text stands on the card"
    assert (await desk.store.cases.get(case.id)).claim is None

    refused = await desk.member.click(card, label="Plus")
    assert "moderation team only" in refused.response.content


async def test_reading_on_renews_the_claim(desk: Desk, clock):
    await fill(desk, 1)
    mine = await desk.moderator.slash(desk.review, "queue next")
    case_id = await case_on(desk, mine.response)
    before = (await desk.store.cases.get(case_id)).claim.until
    clock.forward(seconds=300)
    await desk.moderator.click(mine.response.message, label="More")
    assert (await desk.store.cases.get(case_id)).claim.until > before


async def test_author_and_search_look_back(desk: Desk):
    await fill(desk, 2, text="bof 100%_sûr")
    for command, options, expected in (
        ("author", {"name": "cami"}, "bof 100%\\_sûr 1"),
        ("author", {"name": "amille"}, "Nothing found."),
        ("search", {"text": "100%_S"}, "bof 100%\\_sûr 0"),
        ("search", {"text": "1%0"}, "Nothing found."),
    ):
        result = await desk.moderator.slash(desk.review, command, **options)
        assert result.response.ephemeral
        assert expected in read(result.response), command
        refused = await desk.member.slash(desk.review, command, **options)
        assert "moderation team only" in refused.response.content
