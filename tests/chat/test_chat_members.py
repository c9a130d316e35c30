"""What rules do to members: time-outs and private notices, and what Discord may answer to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.core.evaluate import Rulebook
from bot.core.model import (
    Author,
    EffectKind,
    Further,
    OutboxItem,
    Outcome,
    Source,
    State,
    Story,
    Submission,
)
from bot.core.reasons import Reason
from bot.ports import Ports
from tests.chat.desk import Desk
from tests.conftest import Bands, rule

STERN = Further(timeout_s=600, notify_author=True)


@pytest.fixture
def ports(ports: Ports) -> Ports:
    rules = (
        rule("borderline", Outcome.REVIEW, further=Further(delete=True)),
        rule("sure-toxicity", Outcome.REJECT, Reason.OFFENSIVE, further=STERN),
    )
    book = Rulebook(version="stern", rules=rules, conditions=Bands())
    return replace(ports, rulebook=lambda: book)


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
        if call.method == "POST" and call.path.endswith("/messages") and "content" in call.json
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
    assert "a été retiré. Motif : Propos injurieux" in notice
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


def _submission(desk: Desk) -> Submission:
    return Submission(
        site=f"discord:{desk.guild.id}",
        source=Source.DISCORD,
        external_id="1",
        text="x",
        author=Author(id=str(desk.member.id), name="Lecteur"),
        story=Story(id=str(desk.talk.id)),
    )
