"""Approve, refuse, skip, undo, claim: what they do, and what is said when they cannot."""

from __future__ import annotations

import re

import pytest

from bot.core.model import Case, Delivered, EffectKind, Outcome, Resolution, State
from bot.core.reasons import Reason
from tests.conftest import ANNA, BEN, submission
from tests.console.conftest import House, Moderator


async def state_of(house: House, case: Case) -> State:
    comment = await house.engine.store.comments.get(case.comment.id)
    assert comment is not None
    return comment.state


def path(case: Case, order: str) -> str:
    return f"/console/cases/{case.id}/{order}"


async def test_approving_publishes_and_offers_an_undo(house: House, anna: Moderator):
    case = await house.case("1")
    answer = await anna.post(path(case, "approve"), {"version": case.version})
    assert answer.status == 303
    assert await state_of(house, case) is State.APPROVED
    page = await anna.page(answer.headers["Location"])
    assert "Commentaire publié." in page
    assert f'action="/console/cases/{case.id}/undo"' in page
    assert "La file est vide." in page


async def test_refusing_needs_a_reason_and_keeps_the_note(house: House, anna: Moderator):
    case = await house.case("1")
    fields = {"version": case.version, "reason": "SPAM", "note": "  Déjà publié trois fois. "}
    answer = await anna.post(path(case, "reject"), fields, script=True)
    told = await answer.json()
    assert (answer.status, told["message"]) == (200, "Commentaire refusé\u00a0: spam.")
    assert told["undo_s"] == 20.0
    decision = await house.engine.store.cases.last_decision(case.id)
    assert decision is not None
    assert (decision.outcome, decision.reason) == (Outcome.REJECT, Reason.SPAM)
    assert decision.note == "Déjà publié trois fois."
    assert decision.actor == ANNA


@pytest.mark.parametrize(
    "fields",
    [
        {"version": 1},
        {"version": 1, "reason": ""},
        {"version": 1, "reason": "BORING"},
        {"version": 1, "reason": "SPAM", "note": "x" * 1001},
        {"version": "", "reason": "SPAM"},
        {"version": "-1", "reason": "SPAM"},
        {"version": "٣", "reason": "SPAM"},
        {"version": "9" * 30, "reason": "SPAM"},
    ],
)
async def test_a_refusal_that_makes_no_sense_does_nothing(
    house: House, anna: Moderator, fields: dict[str, object]
):
    case = await house.case("1")
    answer = await anna.post(path(case, "reject"), fields, script=True)
    assert (answer.status, (await answer.json())["kind"]) == (422, "invalid")
    assert await state_of(house, case) is State.IN_REVIEW


async def test_a_faster_colleague_is_named(house: House, anna: Moderator, ben: Moderator):
    case = await house.case("1")
    fields = {"version": case.version, "reason": "OFFENSIVE"}
    await ben.post(path(case, "reject"), fields)
    answer = await anna.post(path(case, "approve"), {"version": case.version}, script=True)
    told = await answer.json()
    assert (answer.status, told["kind"]) == (409, "taken")
    assert told["message"] == "Ben a été plus rapide\u00a0: refusé."
    plain = await anna.post(path(case, "approve"), {"version": case.version})
    assert plain.status == 409
    assert "Ben a été plus rapide" in await plain.text()
    assert await state_of(house, case) is State.REJECTED


async def test_an_edited_text_asks_for_a_fresh_look(house: House, anna: Moderator, settled):
    case = await house.case("1")
    await house.engine.submit(submission("1", "Finalement bof bof."), wait_s=10)
    await settled()
    answer = await anna.post(path(case, "approve"), {"version": case.version}, script=True)
    assert (answer.status, (await answer.json())["kind"]) == (409, "changed")
    plain = await anna.post(path(case, "approve"), {"version": case.version})
    text = re.sub(r"</?mark[^>]*>", "", await plain.text())
    assert "Finalement bof bof." in text
    assert "version 2" in text
    assert await state_of(house, case) is State.IN_REVIEW


async def test_an_undo_within_the_grace_period_leaves_no_trace_outside(
    house: House, anna: Moderator
):
    case = await house.case("1")
    before = {item.id for item in await house.engine.store.outbox.waiting()}
    await anna.post(path(case, "approve"), {"version": case.version})
    answer = await anna.post(path(case, "undo"), script=True)
    assert (await answer.json())["message"] == "Décision annulée, le cas est rouvert."
    assert await state_of(house, case) is State.IN_REVIEW
    told = [
        item
        for item in await house.engine.store.outbox.waiting()
        if item.effect.kind is EffectKind.TELL_SITE and item.id not in before
    ]
    assert told == []
    again = await anna.post(path(case, "undo"), script=True)
    assert (again.status, (await again.json())["kind"]) == (404, "unknown")


async def test_an_undo_after_the_site_was_told_says_so(house: House, anna: Moderator):
    case = await house.case("1")
    await anna.post(path(case, "approve"), {"version": case.version})
    house.clock.forward(seconds=60)
    outbox = house.engine.store.outbox
    for _ in range(3):
        due = await outbox.take_due(now=house.clock(), limit=10, kinds=[EffectKind.TELL_SITE])
        results = [(item, Delivered(), house.clock()) for item in due]
        await outbox.settle(results, now=house.clock())
    answer = await anna.post(path(case, "undo"), script=True)
    assert "rectificatif" in (await answer.json())["message"]


async def test_a_skipped_case_comes_last_for_me_alone(
    house: House, anna: Moderator, ben: Moderator
):
    first, second = await house.case("1"), await house.case("2")
    answer = await anna.post(path(first, "skip"))
    assert answer.status == 303
    mine, theirs = await anna.page("/console/"), await ben.page("/console/")
    place = [f'id="case-{first.id}"', f'id="case-{second.id}"']
    assert mine.index(place[0]) > mine.index(place[1])
    assert theirs.index(place[0]) < theirs.index(place[1])


async def test_a_claim_keeps_colleagues_off(house: House, anna: Moderator, ben: Moderator):
    case = await house.case("1")
    assert (await anna.post(path(case, "claim"))).status == 303
    assert "Anna regarde ce cas" in await ben.page("/console/")
    assert "Anna regarde ce cas" not in await anna.page("/console/")
    answer = await ben.post(path(case, "approve"), {"version": case.version}, script=True)
    assert (answer.status, (await answer.json())["kind"]) == (423, "claimed")
    assert await state_of(house, case) is State.IN_REVIEW
    await anna.post(path(case, "release"))
    assert (await ben.post(path(case, "approve"), {"version": case.version})).status == 303


async def test_a_claim_runs_out(house: House, anna: Moderator, ben: Moderator):
    case = await house.case("1")
    await anna.post(path(case, "claim"))
    house.clock.forward(seconds=601)
    assert "Anna regarde ce cas" not in await ben.page("/console/")
    assert (await ben.post(path(case, "approve"), {"version": case.version})).status == 303


@pytest.mark.parametrize("order", ["approve", "reject", "skip", "undo", "claim"])
async def test_orders_on_no_case_are_not_found(house: House, anna: Moderator, order: str):
    fields = {"version": 1, "reason": "SPAM"}
    answer = await anna.post(f"/console/cases/4711/{order}", fields, script=True)
    assert (answer.status, (await answer.json())["kind"]) == (404, "unknown")
    assert (await anna.post(f"/console/cases/4711/{order}", fields)).status == 404


async def test_there_is_no_order_by_link(house: House, anna: Moderator):
    case = await house.case("1")
    assert (await anna.get(path(case, "approve"))).status in (404, 405)
    assert (await anna.post(path(case, "explode"))).status in (404, 405)
    assert await state_of(house, case) is State.IN_REVIEW


# --- the news that the page's script asks for ------------------------------------------------


async def test_news_bring_new_cases_and_tell_of_closed_ones(
    house: House, anna: Moderator, ben: Moderator
):
    first, second = await house.case("1"), await house.case("2", "Encore bof, ligne deux.")
    told = await (await anna.get(f"/console/news?shown={first.id}.{first.version}")).json()
    assert told["order"] == [first.id, second.id]
    assert list(told["rows"]) == [str(second.id)]
    assert "Encore bof, ligne deux." in told["rows"][str(second.id)]
    assert (told["open"], told["gone"]) == (2, {})
    await ben.post(path(first, "approve"), {"version": first.version})
    await house.engine.withdraw(site="site", external_id="2")
    shown = f"{first.id}.1,{second.id}.1,999.1,nonsense,1.2.3"
    told = await (await anna.get("/console/news", params={"shown": shown})).json()
    assert told["gone"][str(first.id)] == "Ben\u00a0: publié."
    assert told["gone"][str(second.id)] == "Retiré par son auteur ou par le site."
    assert told["gone"]["999"] == "Ce cas est clos."
    assert told["order"] == []


async def test_news_bring_an_edited_case_again(house: House, anna: Moderator, settled):
    case = await house.case("1")
    await house.engine.submit(submission("1", "Toujours bof mais poli."), wait_s=10)
    await settled()
    told = await (await anna.get(f"/console/news?shown={case.id}.{case.version}")).json()
    assert "Toujours bof mais poli." in told["rows"][str(case.id)]


async def test_news_tell_who_is_on_what(house: House, anna: Moderator, ben: Moderator):
    case = await house.case("1")
    await ben.post(path(case, "claim"))
    told = await (await anna.get(f"/console/news?shown={case.id}.1")).json()
    assert told["claims"] == {str(case.id): "Ben regarde ce cas"}
    assert (await (await ben.get("/console/news")).json())["claims"] == {}


async def test_decisions_made_elsewhere_can_be_undone_here(house: House, anna: Moderator):
    case = await house.case("1")
    order = Resolution(case_id=case.id, case_version=1, outcome=Outcome.APPROVE, actor=BEN)
    await house.engine.resolve(order)
    page = await anna.page(f"/console/cases/{case.id}")
    assert "Ben\u00a0: publié." in page
    answer = await anna.post(path(case, "undo"))
    assert answer.status == 303
    assert "annulée par Anna" in await anna.page(f"/console/cases/{case.id}")
