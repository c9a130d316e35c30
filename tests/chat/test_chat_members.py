"""What rules do to members: time-outs and private notices, and what Discord may answer to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import discord
import pytest

from bot.core.evaluate import Limits, Rulebook
from bot.core.model import (
    Author,
    Case,
    EffectKind,
    Further,
    OutboxItem,
    Outcome,
    Resolution,
    Resolved,
    Source,
    Stage,
    State,
    Story,
    Submission,
)
from bot.core.reasons import Reason
from bot.ports import Ports
from tests.chat.desk import Desk
from tests.conftest import ANNA, Bands, rule

STERN = Further(timeout_s=600, notify_author=True)


@pytest.fixture
def ports(ports: Ports, request: pytest.FixtureRequest) -> Ports:
    if "plain_desk" in request.fixturenames:
        return ports
    held = request.getfixturevalue("held") if "held" in request.fixturenames else {}
    rules = (
        rule("borderline", Outcome.REVIEW, further=Further(delete=True, notify_author=True)),
        rule("sure-toxicity", Outcome.REJECT, Reason.OFFENSIVE, further=STERN, **held),
    )
    book = Rulebook(version="stern", rules=rules, conditions=Bands())
    return replace(ports, rulebook=lambda: book)


@pytest.fixture
def plain_desk(desk: Desk) -> Desk:
    """With rules that do nothing to members."""
    return desk


async def _member(desk: Desk) -> discord.Member:
    assert desk.client is not None
    guild = desk.client.get_guild(desk.guild.id)
    assert guild is not None
    return await guild.fetch_member(desk.member.id)


async def _dead(desk: Desk) -> list[OutboxItem]:
    return await desk.until(desk.store.outbox.dead)


def _told(desk: Desk) -> list[str]:
    """Words the bot wrote anywhere but in the review channel."""
    return [
        call.json["content"]
        for call in desk.env.http_requests
        if call.method == "POST" and call.path.endswith("/messages") and call.json.get("content")
    ]


async def test_a_refused_message_costs_its_author_ten_minutes_and_brings_a_private_word(
    desk: Desk,
) -> None:
    message = await desk.member.send(desk.talk, "affreux")
    await desk.quiet()
    record = await desk.record_of(message)
    assert record is not None
    assert record.comment.state is State.REJECTED
    until = (await _member(desk)).timed_out_until
    assert until is not None
    assert timedelta(minutes=9) < until - desk.clock() <= timedelta(minutes=10)
    (notice,) = _told(desk)
    assert f"(<#{desk.talk.id}>) a été retiré. Motif : Propos injurieux" in notice
    assert "> \u2068affreux\u2069" in notice
    assert "écrivez à la modération" in notice
    assert desk.talk.history() == []


async def test_a_message_goes_at_once_while_a_person_still_looks(desk: Desk) -> None:
    message = await desk.member.send(desk.talk, "bof")
    case = await desk.case_of(message)
    await desk.quiet()
    assert case.is_open
    assert desk.talk.history() == []
    record = await desk.record_of(message)
    assert record is not None
    assert record.comment.state is State.IN_REVIEW


@pytest.mark.parametrize(
    ("kind", "code", "cause"),
    [
        (EffectKind.TIMEOUT_AUTHOR, 50013, "not allowed to time out"),
        (EffectKind.NOTIFY_AUTHOR, 50007, "takes no direct messages"),
    ],
)
async def test_what_discord_refuses_is_given_up_on_with_its_cause(
    desk: Desk, kind: EffectKind, code: int, cause: str
) -> None:
    assert desk.client is not None
    dm = await desk.client.create_dm(discord.Object(desk.member.id))  # type: ignore[arg-type]
    if kind is EffectKind.TIMEOUT_AUTHOR:
        method, where = "PATCH", f"/guilds/{desk.guild.id}/members/{desk.member.id}"
    else:
        method, where = "POST", f"/channels/{dm.id}/messages"
    desk.env.inject_error(method, where, status=403, code=code)
    await desk.member.send(desk.talk, "affreux")
    (dead,) = await _dead(desk)
    assert dead.effect.kind is kind
    assert cause in (dead.last_error or "")
    assert str(code) in (dead.last_error or "")
    await desk.quiet()
    assert desk.talk.history() == []  # the deletion did not wait for it


async def test_a_longer_timeout_is_left_alone(desk: Desk) -> None:
    member = await _member(desk)
    await member.timeout(timedelta(days=3))
    await desk.engine.submit(replace(_submission(desk), external_id="9", text="affreux"))
    await desk.quiet()
    until = (await _member(desk)).timed_out_until
    assert until is not None
    assert until - desk.clock() > timedelta(days=2)


async def _refused_by_hand(desk: Desk, text: str = "bof") -> tuple[Any, Case]:
    """A message that a moderator has refused, once it is gone."""
    message, case, card = await desk.shown(text)
    await desk.engine.resolve(
        Resolution(
            case_id=case.id,
            case_version=case.version,
            outcome=Outcome.REJECT,
            actor=ANNA,
            reason=Reason.SPAM,
            note="Trois fois la même chose. @everyone",
        )
    )
    desk.clock.forward(seconds=21)
    desk.worker.ring()
    await desk.until(lambda: desk.talk.history() == [])
    await desk.quiet()
    assert card is not None
    return message, case


async def test_a_moderators_words_reach_the_author_in_private(plain_desk: Desk) -> None:
    await _refused_by_hand(plain_desk)
    (notice,) = _told(plain_desk)
    assert "Motif : Spam" in notice
    assert "La modération précise : \u2068Trois fois la même chose." in notice
    assert plain_desk.talk.history() == [], "never in public"


async def test_in_english(plain_desk: Desk) -> None:
    await plain_desk.restart(language="en")
    await _refused_by_hand(plain_desk)
    (notice,) = _told(plain_desk)
    assert "was removed. Reason: Spam." in notice
    assert "The moderators add: " in notice
    assert "write to the server's moderators" in notice


async def test_closed_direct_messages_are_recorded_and_not_tried_again(plain_desk: Desk) -> None:
    """One attempt, one dead letter that says why; the removal stands."""
    desk = plain_desk
    dm = await desk.client.create_dm(discord.Object(desk.member.id))
    desk.env.inject_error("POST", f"/channels/{dm.id}/messages", status=403, code=50007, times=None)
    await _refused_by_hand(desk)
    (dead,) = await _dead(desk)
    assert dead.attempts == 1
    desk.clock.forward(seconds=48 * 3600)
    desk.worker.ring()
    await desk.quiet()
    tries = [one for one in desk.env.http_requests if one.path.endswith(f"/{dm.id}/messages")]
    assert len([one for one in tries if one.method == "POST"]) == 1


async def test_a_removal_that_is_taken_back_posts_the_message_again(plain_desk: Desk) -> None:
    """With the author's name, without waking anybody, once; and it is gone again if refused."""
    desk = plain_desk
    message, case = await _refused_by_hand(desk, "bof @everyone, ce ministre")
    await desk.engine.undo(case.id, actor=ANNA)
    (copy,) = await desk.until(desk.talk.history)
    await desk.quiet()
    assert copy.content == "bof @everyone, ce ministre"
    assert copy.author.name == "Lecteur"
    assert copy.webhook_id is not None
    assert not copy.mention_everyone
    record = await desk.record_of(message)
    assert record.comment.state is State.IN_REVIEW
    assert sum((await desk.store.totals()).by_state.values()) == 1, "the copy is no new comment"

    fresh = await desk.store.cases.get(case.id)
    order = Resolution(
        case_id=case.id,
        case_version=fresh.version,
        outcome=Outcome.REJECT,
        actor=ANNA,
        reason=Reason.SPAM,
    )
    await desk.engine.resolve(order)
    desk.clock.forward(seconds=21)
    desk.worker.ring()
    await desk.until(lambda: desk.talk.history() == [])


async def test_a_message_deleted_for_the_time_of_the_review_comes_back(desk: Desk) -> None:
    """A rule had it deleted at once; a person approves it."""
    await desk.member.send(desk.talk, "bof")
    await desk.until(lambda: desk.talk.history() == [])
    (case,) = await desk.until(desk.store.cases.queue)
    await desk.quiet()
    order = Resolution(
        case_id=case.id, case_version=case.version, outcome=Outcome.APPROVE, actor=ANNA
    )
    await desk.engine.resolve(order)
    desk.clock.forward(seconds=21)
    desk.worker.ring()
    (copy,) = await desk.until(desk.talk.history)
    assert copy.content == "bof"


async def test_a_restored_message_that_is_deleted_withdraws_the_comment(plain_desk: Desk) -> None:
    desk = plain_desk
    message, case = await _refused_by_hand(desk)
    await desk.engine.undo(case.id, actor=ANNA)
    (copy,) = await desk.until(desk.talk.history)
    await desk.quiet()
    await desk.client.partial_channel(desk.talk.id).get_partial_message(copy.id).delete()
    await desk.quiet()
    assert (await desk.record_of(message)).comment.state is State.WITHDRAWN


async def test_without_manage_webhooks_the_restoration_says_what_is_missing(
    plain_desk: Desk,
) -> None:
    desk = plain_desk
    _, case = await _refused_by_hand(desk)
    desk.env.inject_error("*", f"/channels/{desk.talk.id}/webhooks", status=403, code=50013)
    await desk.engine.undo(case.id, actor=ANNA)
    (dead,) = await _dead(desk)
    assert dead.effect.kind is EffectKind.RESTORE_MESSAGE
    assert "«Manage Webhooks»" in dead.last_error
    await desk.store.outbox.retry(dead.id, actor=ANNA, now=desk.clock())
    desk.worker.ring()
    (copy,) = await desk.until(desk.talk.history)
    assert copy.content == "bof"


async def test_a_restoration_that_broke_off_after_posting_is_not_repeated(
    plain_desk: Desk,
) -> None:
    """The first attempt posts and then cannot write it down: the second finds its post."""
    desk = plain_desk
    message, case = await _refused_by_hand(desk)
    put, desk.store.restored.put = desk.store.restored.put, _failing
    await desk.engine.undo(case.id, actor=ANNA)
    await desk.until(desk.talk.history)

    async def broke_off() -> bool:
        waiting = await desk.store.outbox.waiting()
        return [item.effect.kind for item in waiting] == [EffectKind.RESTORE_MESSAGE]

    await desk.until(broke_off)
    desk.store.restored.put = put
    desk.clock.forward(seconds=30)
    desk.worker.ring()
    await desk.quiet()
    (copy,) = desk.talk.history()
    comment = (await desk.record_of(message)).comment
    assert [one.message_id for one in await desk.store.restored.of_comment(comment.id)] == [copy.id]


async def _decided(desk: Desk, case: Case, outcome: Outcome) -> None:
    """A moderator's order, once it may leave the house."""
    fresh = await desk.store.cases.get(case.id)
    assert fresh is not None
    order = Resolution(
        case_id=case.id,
        case_version=fresh.version,
        outcome=outcome,
        actor=ANNA,
        reason=Reason.SPAM if outcome is Outcome.REJECT else None,
    )
    assert isinstance(await desk.engine.resolve(order), Resolved)
    desk.clock.forward(seconds=60)
    desk.worker.ring()


async def test_who_was_told_when_a_rule_deleted_is_not_told_again_by_the_refusal(
    desk: Desk,
) -> None:
    """One removal, one word; a second removal, after the message came back, is told again."""
    message = await desk.member.send(desk.talk, "bof")
    case = await desk.case_of(message)
    await desk.quiet()
    (notice,) = _told(desk)
    assert "a été retiré en attendant l'avis de la modération" in notice
    await _decided(desk, case, Outcome.REJECT)
    await desk.quiet()
    assert _told(desk) == [notice]
    assert desk.talk.history() == [], "never in public"

    await desk.engine.undo(case.id, actor=ANNA)
    await desk.until(desk.talk.history)
    await desk.quiet()
    await _decided(desk, case, Outcome.REJECT)
    await desk.quiet()
    first, again = _told(desk)
    assert first == notice
    assert "a été retiré. Motif : Spam" in again
    assert desk.talk.history() == [], "never in public"


async def test_a_word_that_could_not_leave_yet_is_not_asked_for_again(desk: Desk) -> None:
    """The outbox has no Discord while a rule deletes and a person refuses."""
    client, desk.client = desk.client, None
    message = await desk.member.send(desk.talk, "bof")
    case = await desk.case_of(message)
    await _decided(desk, case, Outcome.REJECT)
    desk.client = client
    desk.clock.forward(seconds=60)
    desk.worker.ring()
    await desk.quiet()
    (notice,) = _told(desk)
    assert "a été retiré en attendant" in notice
    assert desk.talk.history() == []


async def test_a_word_that_arrived_before_the_program_died_carries_the_same_nonce(
    desk: Desk,
) -> None:
    """By it Discord knows the repeated one for the first."""
    await desk.member.send(desk.talk, "affreux")
    await desk.quiet()
    bodies = [one.json for one in desk.env.http_requests if one.path.endswith("/messages")]
    (sent,) = [body for body in bodies if isinstance(body, dict) and body.get("content")]
    assert sent["nonce"]
    assert sent["enforce_nonce"] is True


@pytest.mark.parametrize(
    "held",
    [
        {"limits": Limits(per_hour=0)},
        {"stage": Stage.SHADOW},
        {"stage": Stage.CANARY, "share": 0.0},
        {"expires": date(2020, 1, 1)},
    ],
    ids=["limit", "shadow", "canary", "expired"],
)
@pytest.mark.usefixtures("held")
async def test_a_rule_that_is_held_back_tells_nobody(desk: Desk) -> None:
    """The message stands, and its author hears nothing, in private or in public."""
    message = await desk.member.send(desk.talk, "affreux")
    await desk.quiet()
    record = await desk.record_of(message)
    assert record is not None
    assert [hit.rule for hit in record.verdict.hits] == ["sure-toxicity"]
    assert _told(desk) == []
    assert [one.id for one in desk.talk.history()] == [message.id]


async def _failing(_: object) -> None:
    raise OSError("disk full")


def _submission(desk: Desk) -> Submission:
    return Submission(
        site=f"discord:{desk.guild.id}",
        source=Source.DISCORD,
        external_id="1",
        text="x",
        author=Author(id=str(desk.member.id), name="Lecteur"),
        story=Story(id=str(desk.talk.id)),
    )
