"""Cards in the review channel: seen, pressed, refused, undone."""

from __future__ import annotations

import asyncio

from bot.core.model import (
    Actor,
    ActorKind,
    Outcome,
    Parent,
    Refused,
    Report,
    Resolution,
    State,
)
from bot.core.reasons import Reason
from tests.chat.desk import Desk, buttons_of, read
from tests.chat.oracle import faults_of_modal
from tests.conftest import submission

SOMEBODY = Actor(kind=ActorKind.MODERATOR, id="console:2", name="Zoé")


async def test_a_card_shows_what_a_moderator_needs(desk: Desk):
    parent = Parent(id="0", author="Dominique", text="Le maire a raison.")
    await desk.engine.submit(submission("0", "Merci !"))
    await desk.quiet()
    case, card = await desk.site_case(submission("1", "bof, ce maire", parent=parent))

    text = read(card)
    for expected in (
        f"Dossier n° {case.id}",
        "Budget",
        "pol",
        "[lire l'article](<https://journal.example/1>)",
        "Camille",
        "publiés : 1 · refusés : 0",
        "En réponse à \u2068Dominique\u2069 : \u2068Le maire a raison.\u2069",
        "**bof**, ce maire",
        "`██████░░░░` 60 % Toxicité",
        "30 % Insulte",
        "Règle borderline.",
        "En attente <t:",
        "[Publier]",
        "[Refuser…]",
    ):
        assert expected in text
    assert "Obscénité" not in text


async def test_a_severe_text_is_masked(desk: Desk, scorer):
    """A capped refusal comes to people with a high score: the words are hidden until tapped."""
    scorer.degraded = True
    _, card = await desk.site_case(submission("1", "affreux"))

    assert "||**affreux**||" in read(card)
    assert "modèle de secours" in read(card)


async def test_an_unscored_comment_says_so(desk: Desk):
    _, card = await desk.site_case(submission("1", "muet"))
    assert "Non évalué" in read(card)


async def test_reports_are_counted_on_the_card(desk: Desk):
    await desk.engine.submit(submission("1", "Merci"))
    await desk.quiet()
    await desk.engine.report(Report(site="site", external_id="1", why="C'est faux."))
    comment = await desk.store.comments.find(site="site", external_id="1")
    case = await desk.store.cases.for_comment(comment.id)

    card = read(await desk.card_of(case))
    assert "signalements : 1" in card
    assert "C'est faux." in card


async def test_approve_closes_the_case_and_the_card(desk: Desk):
    message, case, card = await desk.shown()
    result = await desk.moderator.click(card, label="Publier")
    await desk.quiet()

    assert result.acknowledged
    assert result.followups == []
    record = await desk.record_of(message)
    assert record.comment.state is State.APPROVED
    assert record.decisions[-1].actor.name == "Anna"
    assert record.decisions[-1].actor.id == f"discord:{desk.moderator.id}"
    closed = await desk.card_of(case)
    assert closed.id == card.id
    assert "Publié** par **\u2068Anna\u2069**" in read(closed)
    assert list(buttons_of(closed)) == ["Annuler"]
    assert message.id in [one.id for one in desk.talk.history()]


async def test_approving_takes_three_requests(desk: Desk):
    """Post, acknowledge, edit: the outbox finds the card in line and adds nothing."""
    _, _, card = await desk.shown()
    before = len(desk.env.http_requests)
    await desk.moderator.click(card, label="Publier")
    await desk.quiet()

    assert len(desk.env.http_requests) - before == 2


async def test_reject_asks_for_a_reason_and_deletes_the_message(desk: Desk, clock):
    message, case, card = await desk.shown()
    shown = await desk.moderator.click(card, label="Refuser…")
    assert faults_of_modal(shown.modal) == []
    result = await desk.moderator.submit_modal(
        shown, {"reason": ["HARASSMENT_BULLYING"], "note": "Troisième fois."}
    )

    assert result.acknowledged
    record = await desk.record_of(message)
    assert record.comment.state is State.REJECTED
    assert record.decisions[-1].reason is Reason.HARASSMENT_BULLYING
    assert record.decisions[-1].note == "Troisième fois."
    text = read(await desk.card_of(case))
    assert "Refusé** par **\u2068Anna\u2069** · Harcèlement" in text
    assert "Troisième fois." in text
    assert message.id in [one.id for one in desk.talk.history()], "deleted before its time"

    clock.forward(seconds=21)
    desk.worker.ring()
    await desk.until(lambda: message.id not in [one.id for one in desk.talk.history()])
    await desk.quiet()
    record = await desk.record_of(message)
    assert record.comment.state is State.REJECTED, "our own deletion is no withdrawal"
    assert "withdrawn" not in [entry.action for entry in record.audit]


async def test_the_reason_is_filled_in_from_the_verdict(desk: Desk, scorer):
    scorer.degraded = True
    _, card = await desk.site_case(submission("1", "affreux"))
    shown = await desk.moderator.click(card, label="Refuser…")

    select = shown.modal["components"][0]["component"]
    chosen = [option["value"] for option in select["options"] if option.get("default")]
    assert chosen == ["OFFENSIVE"]
    assert len(select["options"]) == len(Reason)


async def test_undo_reopens_and_calls_the_deletion_off(desk: Desk, clock):
    message, case, card = await desk.shown()
    shown = await desk.moderator.click(card, label="Refuser…")
    await desk.moderator.submit_modal(shown, {"reason": ["SPAM"]})
    await desk.colleague.click(await desk.card_of(case), label="Annuler")
    await desk.quiet()
    clock.forward(seconds=60)
    desk.worker.ring()
    await desk.quiet()

    reopened = await desk.store.cases.get(case.id)
    assert reopened.is_open
    assert reopened.comment.state is State.IN_REVIEW
    assert list(buttons_of(await desk.card_of(case))) == [
        "Publier",
        "Refuser…",
        "Transmettre…",
        "Passer",
        "Plus",
    ]
    assert message.id in [one.id for one in desk.talk.history()]


async def test_undo_of_a_removal_says_that_the_message_comes_back(desk: Desk, clock):
    message, case, card = await desk.shown()
    shown = await desk.moderator.click(card, label="Refuser…")
    await desk.moderator.submit_modal(shown, {"reason": ["SPAM"]})
    clock.forward(seconds=21)
    desk.worker.ring()
    await desk.until(lambda: message.id not in [one.id for one in desk.talk.history()])
    await desk.quiet()
    result = await desk.moderator.click(await desk.card_of(case), label="Annuler")

    assert result.followups[0].ephemeral
    assert "posted again" in result.followups[0].content


async def test_a_second_decision_names_the_first(desk: Desk):
    """Two moderators with the same card on screen: the second learns who decided, and what."""
    message, case, card = await desk.shown()
    stale = f"veilleur:approve:{case.id}:{case.version}"
    shown = await desk.colleague.click(card, label="Refuser…")
    await desk.moderator.click(card, custom_id=stale)
    late = await desk.colleague.submit_modal(shown, {"reason": ["SPAM"]})

    assert late.followups[0].ephemeral
    assert "Too late: **\u2068Anna\u2069** has decided already — approved." in (
        late.followups[0].content
    )
    record = await desk.record_of(message)
    assert record.comment.state is State.APPROVED
    assert len(record.decisions) == 1


async def test_two_press_at_once_and_one_decision_stands(desk: Desk):
    message, case, _ = await desk.shown()
    orders = [
        Resolution(
            case_id=case.id,
            case_version=case.version,
            outcome=Outcome.APPROVE,
            actor=Actor(kind=ActorKind.MODERATOR, id=f"discord:{n}", name=f"M{n}"),
        )
        for n in range(5)
    ]
    done = await asyncio.gather(*(desk.engine.resolve(order) for order in orders))
    await desk.quiet()

    assert sum(not isinstance(one, Refused) for one in done) == 1
    assert len((await desk.record_of(message)).decisions) == 1
    assert len(desk.posts()) == 1


async def test_a_press_on_an_edited_text_asks_for_a_fresh_look(desk: Desk):
    """The text changed under the moderator's hand: the order names the version that was seen."""
    message, case, card = await desk.shown("bof un")
    shown = await desk.moderator.click(card, label="Refuser…")
    await desk.member.edit(message, "bof deux")
    await desk.quiet()
    late = await desk.moderator.submit_modal(shown, {"reason": ["SPAM"]})

    assert "read it again" in late.followups[0].content
    assert (await desk.store.cases.get(case.id)).is_open
    assert "**bof** deux" in read(await desk.card_of(case))


async def test_members_are_turned_away(desk: Desk):
    message, case, card = await desk.shown()
    for label in ("Publier", "Refuser…"):
        result = await desk.member.click(card, label=label)
        assert result.response.ephemeral
        assert "moderation team only" in result.response.content
        assert result.modal is None
    await desk.quiet()
    assert (await desk.store.cases.get(case.id)).is_open

    await desk.moderator.click(card, label="Publier")
    result = await desk.member.click(await desk.card_of(case), label="Annuler")
    assert "moderation team only" in result.response.content
    assert (await desk.record_of(message)).comment.state is State.APPROVED


async def test_a_role_taken_away_counts_at_once(desk: Desk):
    """Between opening the form and sending it, Anna leaves the team."""
    _, case, card = await desk.shown()
    shown = await desk.moderator.click(card, label="Refuser…")
    await desk.client.http.remove_role(
        desk.guild.id, desk.moderator.id, desk.config.moderator_role_id
    )
    result = await desk.moderator.submit_modal(shown, {"reason": ["SPAM"]})

    assert "moderation team only" in result.response.content
    assert (await desk.store.cases.get(case.id)).is_open


async def test_admins_may_decide(desk: Desk):
    message, _, card = await desk.shown()
    await desk.admin.click(card, label="Publier")
    record = await desk.record_of(message)
    assert record.decisions[-1].actor.kind.value == "admin"


async def test_a_form_for_a_decided_case_is_spared(desk: Desk):
    """Whoever presses Reject on a card that is out of date learns it before filling in a form."""
    _, case, card = await desk.shown()
    stop_edits = ("PATCH", f"/channels/{desk.review.id}/messages/*")
    desk.env.inject_error(*stop_edits, status=500, times=2)
    order = Resolution(
        case_id=case.id, case_version=case.version, outcome=Outcome.APPROVE, actor=SOMEBODY
    )
    await desk.engine.resolve(order)
    late = await desk.moderator.click(card, label="Refuser…")

    assert late.modal is None
    assert "\u2068Zoé\u2069** has decided already" in late.followups[0].content
