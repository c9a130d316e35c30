"""What colleagues tell one another: notes, escalation, second opinions, decisions that take two."""

from __future__ import annotations

import re
from typing import Any

from bot.core.model import Case, State
from bot.core.reasons import Reason
from tests.chat.desk import Desk, buttons_of, read
from tests.chat.test_chat_flow import case_on, fill, select_of


def told(result: Any) -> str:
    """What a press was answered, wherever the answer went."""
    parts = [result.response, *result.followups]
    return "\n".join(read(part) for part in parts if part is not None)


async def calls_in(desk: Desk, card: Any) -> list[Any]:
    """What was written in the thread that hangs on the card."""
    await desk.quiet()
    return next(one for one in desk.review.threads if one.id == card.id).history()


async def said_in_thread(desk: Desk, card: Any) -> str:
    return "\n".join(read(message) for message in await calls_in(desk, card))


async def escalate(desk: Desk, case: Case, words: str = "Faut-il prévenir ?") -> Any:
    shown = await desk.moderator.click(await desk.card_of(case), label="Transmettre…")
    return await desk.moderator.submit_modal(shown, {"note": words})


async def test_an_escalated_case_is_for_the_leads(desk: Desk):
    _, case, _ = await desk.shown()
    await escalate(desk, case)
    card = await desk.card_of(case)
    assert "Transmis aux responsables par **\u2068Anna\u2069**" in read(card)
    assert "Faut-il prévenir ?" in read(card)
    assert "Rendre à la file" in buttons_of(card)
    said = await said_in_thread(desk, card)
    assert f"<@&{desk.config.lead_role_id}>" in said
    assert "Faut-il prévenir ?" in said

    refused = await desk.colleague.click(card, label="Publier")
    assert "handed this case up" in told(refused)
    assert (await desk.store.cases.get(case.id)).is_open

    await desk.lead.click(card, label="Publier")
    assert (await desk.store.cases.get(case.id)).comment.state is State.APPROVED


async def test_only_the_leads_role_is_called(desk: Desk):
    """Whatever the words say, nobody else is pinged."""
    _, case, _ = await desk.shown()
    await escalate(desk, case, "@everyone <@1>")
    card = await desk.card_of(case)
    await desk.quiet()
    (sent,) = [
        call.json
        for call in desk.env.http_requests
        if call.method == "POST" and call.path.endswith(f"/channels/{card.id}/messages")
    ]
    assert sent["allowed_mentions"].get("parse", []) == []
    assert [int(one) for one in sent["allowed_mentions"]["roles"]] == [desk.config.lead_role_id]
    assert not sent["allowed_mentions"].get("users")


async def test_whoever_escalated_may_take_it_back(desk: Desk):
    _, case, _ = await desk.shown()
    await escalate(desk, case)
    card = await desk.card_of(case)
    refused = await desk.colleague.click(card, label="Rendre à la file")
    assert "handed this case up" in told(refused)
    await desk.moderator.click(card, label="Rendre à la file")
    assert (await desk.store.cases.get(case.id)).escalation is None
    await desk.colleague.click(await desk.card_of(case), label="Publier")
    assert (await desk.store.cases.get(case.id)).comment.state is State.APPROVED


async def test_an_escalation_from_the_flow_brings_the_next(desk: Desk):
    await fill(desk, 2)
    mine = await desk.moderator.slash(desk.review, "queue next")
    first = await case_on(desk, mine.response)
    shown = await desk.moderator.click(mine.response.message, label="Escalate…")
    result = await desk.moderator.submit_modal(shown, {})
    assert f"Case no. {first} handed up" in read(result.response)
    assert await case_on(desk, result.response) != first

    theirs = await desk.colleague.slash(desk.review, "queue next")
    assert "Nothing more" in read(theirs.response), "one is with the leads, one is claimed"
    leads = await desk.lead.slash(desk.review, "queue next")
    assert await case_on(desk, leads.response) == first, "the leads get it first"


async def test_a_second_press_on_escalate_is_refused(desk: Desk):
    _, case, card = await desk.shown()
    early = await desk.colleague.click(card, label="Transmettre…")
    await escalate(desk, case)
    late = await desk.colleague.submit_modal(early, {"note": "moi aussi"})
    assert "has changed" in told(late)
    assert len((await desk.store.comments.record(case.comment.id)).notes) == 1


async def note(desk: Desk, who: Any, case: Case, words: str) -> Any:
    more = await who.click(await desk.card_of(case), label="Plus")
    shown = await who.click(more.response.message, label="Note…")
    return await who.submit_modal(shown, {"note": words})


async def test_a_note_stays_with_the_case(desk: Desk):
    """It is on the card, in the context, and still there once the case is decided."""
    _, case, _ = await desk.shown()
    done = await note(desk, desk.moderator, case, "Vu ailleurs, @everyone")
    assert "Noted on case" in told(done)
    card = await desk.card_of(case)
    assert "Vu ailleurs, @\u200beveryone" in read(card)
    await desk.moderator.click(card, label="Publier")
    record = await desk.store.comments.record(case.comment.id)
    assert [one.text for one in record.notes] == ["Vu ailleurs, @everyone"]
    assert "noted" in [entry.action for entry in record.audit]
    assert all("ailleurs" not in str(entry.detail) for entry in record.audit)


async def test_a_note_does_not_make_others_look_again(desk: Desk):
    _, case, card = await desk.shown()
    await note(desk, desk.moderator, case, "bonne question")
    await desk.card_of(case)
    await desk.colleague.click(card, label="Publier")
    assert (await desk.store.cases.get(case.id)).comment.state is State.APPROVED


async def ask(desk: Desk, case: Case, who: Any, words: str = "Trop dur ?") -> Any:
    more = await desk.moderator.click(await desk.card_of(case), label="Plus")
    shown = await desk.moderator.click(more.response.message, label="Second opinion…")
    return await desk.moderator.submit_modal(shown, {"who": who, "note": words})


async def test_a_named_colleague_gets_the_question_first(desk: Desk):
    ids = await fill(desk, 3)
    case = await desk.store.cases.for_comment(ids[2])
    done = await ask(desk, case, [desk.colleague])
    assert "Opinion asked" in told(done)
    card = await desk.card_of(case)
    assert "**\u2068Anna\u2069** demande l'avis de **\u2068Ben\u2069**" in read(card)
    assert f"<@{desk.colleague.id}>" in await said_in_thread(desk, card)

    theirs = await desk.colleague.slash(desk.review, "queue next")
    assert await case_on(desk, theirs.response) == case.id
    assert "Trop dur ?" in read(theirs.response)


async def test_the_one_who_asks_gets_it_last(desk: Desk):
    ids = await fill(desk, 2)
    case = await desk.store.cases.for_comment(ids[0])
    await ask(desk, case, [])
    assert f"<@&{desk.config.moderator_role_id}>" in await said_in_thread(
        desk, await desk.card_of(case)
    )
    mine = await desk.moderator.slash(desk.review, "queue next")
    assert await case_on(desk, mine.response) != case.id


async def test_only_the_team_can_be_asked(desk: Desk):
    _, case, _ = await desk.shown()
    for who in (desk.member, desk.moderator):
        assert "another member of the moderation team" in told(await ask(desk, case, [who]))
    assert (await desk.store.cases.get(case.id)).question is None


async def test_the_asked_opens_the_case_from_the_call(desk: Desk):
    _, case, _ = await desk.shown()
    await ask(desk, case, [desk.colleague])
    card = await desk.card_of(case)
    message = (await calls_in(desk, card))[-1]
    opened = await desk.colleague.click(message, label="Ouvrir le dossier")
    assert opened.response.ephemeral
    assert "**bof**, ce ministre" in read(opened.response)


async def reject(desk: Desk, who: Any, case: Case, reason: Reason) -> Any:
    label = "Refuser…"
    shown = await who.click(await desk.card_of(case), label=label)
    return await who.submit_modal(shown, {"reason": [reason.value], "note": "Pour le parquet."})


async def test_some_reasons_take_two_people(desk: Desk):
    message, case, _ = await desk.shown()
    first = await reject(desk, desk.moderator, case, Reason.ILLEGAL_CONTENT)
    assert "takes two people" in told(first)
    waiting = await desk.store.cases.get(case.id)
    assert waiting.is_open
    assert waiting.comment.state is State.IN_REVIEW
    card = await desk.card_of(case)
    assert "propose de refuser : Contenu illicite" in read(card)
    assert f"<@&{desk.config.moderator_role_id}>" in await said_in_thread(desk, card)

    again = await reject(desk, desk.moderator, case, Reason.ILLEGAL_CONTENT)
    assert "a colleague has to confirm" in told(again)
    assert (await desk.store.cases.get(case.id)).is_open

    shown = await desk.colleague.click(card, label="Refuser…")
    options = shown.modal["components"][0]["component"]["options"]
    assert [one["value"] for one in options if one.get("default")] == ["ILLEGAL_CONTENT"]
    await desk.colleague.submit_modal(shown, {"reason": ["ILLEGAL_CONTENT"]})
    record = await desk.record_of(message)
    assert record.comment.state is State.REJECTED
    assert record.decisions[-1].actor.name == "Ben"
    assert record.audit[-1].detail["proposed_by"] == "Anna"


async def test_a_proposal_ends_with_the_text_it_was_made_on(desk: Desk):
    message, case, _ = await desk.shown()
    await reject(desk, desk.moderator, case, Reason.ILLEGAL_CONTENT)
    await desk.member.edit(message, "bof, autre chose")
    await desk.quiet()
    assert (await desk.store.cases.get(case.id)).proposal is None


async def test_a_proposal_in_the_flow_brings_the_next_and_does_not_come_back(desk: Desk):
    await fill(desk, 1)
    mine = await desk.moderator.slash(desk.review, "queue next")
    case_id = await case_on(desk, mine.response)
    await desk.moderator.select(mine.response.message, ["ILLEGAL_CONTENT"])
    assert "takes two people" in read(mine.response)
    assert "Nothing more" in read(mine.response)
    theirs = await desk.colleague.slash(desk.review, "queue next")
    assert await case_on(desk, theirs.response) == case_id
    assert select_of(theirs.response)["options"][0]["value"] == "ILLEGAL_CONTENT"
    await desk.colleague.select(theirs.response.message, ["ILLEGAL_CONTENT"])
    assert (await desk.store.cases.get(case_id)).comment.state is State.REJECTED


async def test_words_for_the_author_in_the_flow(desk: Desk):
    await fill(desk, 1)
    mine = await desk.moderator.slash(desk.review, "queue next")
    case_id = await case_on(desk, mine.response)
    shown = await desk.moderator.click(mine.response.message, label="Reject with words…")
    await desk.moderator.submit_modal(shown, {"reason": ["SPAM"], "note": "Sans lien, merci."})
    case = await desk.store.cases.get(case_id)
    record = await desk.store.comments.record(case.comment.id)
    assert record.decisions[-1].note == "Sans lien, merci."


async def test_a_form_from_before_a_restart_is_answered(desk: Desk):
    _, case, card = await desk.shown()
    shown = await desk.moderator.click(card, label="Refuser…")
    await desk.restart()
    late = await desk.moderator.submit_modal(shown, {"reason": ["SPAM"]})
    assert "was restarted meanwhile" in told(late)
    assert (await desk.store.cases.get(case.id)).is_open


async def test_two_forms_on_one_case_do_not_get_in_each_others_way(desk: Desk):
    _, case, card = await desk.shown()
    mine = await desk.moderator.click(card, label="Refuser…")
    theirs = await desk.colleague.click(card, label="Refuser…")
    await desk.moderator.submit_modal(mine, {"reason": ["SPAM"]})
    late = await desk.colleague.submit_modal(theirs, {"reason": ["OFFENSIVE"]})
    assert "Anna" in told(late)
    record = await desk.store.comments.record(case.comment.id)
    assert [one.reason for one in record.decisions] == [Reason.SPAM]


async def test_skipping_a_card_is_private(desk: Desk):
    ids = await fill(desk, 2)
    case = await desk.store.cases.for_comment(ids[0])
    done = await desk.moderator.click(await desk.card_of(case), label="Passer")
    assert re.search(r"case no\. \d+ comes back last", told(done))
    mine = await desk.moderator.slash(desk.review, "queue next")
    assert await case_on(desk, mine.response) != case.id


async def test_readers_may_do_none_of_it(desk: Desk):
    _, case, card = await desk.shown()
    for label in ("Transmettre…", "Passer", "Plus"):
        assert "moderation team only" in told(await desk.member.click(card, label=label))
    await escalate(desk, case)
    held = await desk.card_of(case)
    assert "moderation team only" in told(await desk.member.click(held, label="Rendre à la file"))
