"""SIGKILL at the worst moments: the whole bot runs as a process, dies without a word, comes back on
the same database, and nothing is decided or deleted twice, nothing lost."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.core.model import CommentRecord, State
from bot.store import SqlStore

from .newsroom import ANSWER, DELETE, EDIT_CARD, POST_CARD, Newsroom, button
from .server import Message, When
from .waiting import until, until_told

ROOT = Path(__file__).parents[2]


class Process:
    """The bot's process, started as often as it takes."""

    def __init__(self, room: Newsroom, ca_pem: str) -> None:
        self._room = room
        self._ca_pem = ca_pem
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns once the bot has logged in."""
        room, gateway = self._room, self._room.server.gateway
        order = {
            "port": room.server.port,
            "ca": self._ca_pem,
            "token": room.server.token,
            "database": room.database_url,
            "review": room.review.id,
            "watched": room.watched.id,
            "role": room.config.moderator_role_id,
        }
        before = gateway.identified
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.wire.whole_bot",
            json.dumps(order),
            cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL,
        )
        await until(lambda: gateway.identified > before and gateway.connected, within_s=20)

    def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def died(self) -> None:
        assert self._process is not None
        code = await asyncio.wait_for(self._process.wait(), timeout=10)
        assert code == -9, "it died by itself"
        await until(lambda: not self._room.server.gateway.connected)


@pytest.fixture
async def process(room: Newsroom, authority) -> AsyncIterator[Process]:
    made = Process(room, authority.pem)
    yield made
    made.kill()
    await made.died()


@asynccontextmanager
async def _reading(room: Newsroom) -> AsyncIterator[SqlStore]:
    """The database as somebody else sees it, e.g. the command line."""
    store = await SqlStore.open(room.database_url)
    try:
        yield store
    finally:
        await store.close()


async def _record(room: Newsroom, message: Message) -> CommentRecord:
    async with _reading(room) as store:
        comment = await store.comments.find(site=room.site, external_id=str(message.id))
        assert comment is not None
        record = await store.comments.record(comment.id)
        assert record is not None
        return record


async def _kept_card(room: Newsroom, words: str) -> Message:
    """The card of a comment, once the database knows of it."""
    card = await room.card(words)
    async with _reading(room) as store:
        await until_told(store.cards.of_open_cases)
    return card


async def test_killed_between_press_and_answer(room: Newsroom, process: Process) -> None:
    """Anna reads «This interaction failed», and presses again when the bot is back."""
    await process.start()
    message = await room.reader.says(room.watched, "bof, ce ministre")
    card = await _kept_card(room, "ce ministre")
    room.server.faults.break_off(*ANSWER, when=When.BEFORE, then=process.kill)
    pressed = await room.moderator.presses(card, button(card, "approve"))
    await process.died()
    assert pressed.answer is None
    assert (await _record(room, message)).decisions == ()

    await process.start()
    again = await room.moderator.presses(card, button(card, "approve"))
    await again.answered()
    await until(lambda: "Anna" in card.text())
    record = await _record(room, message)
    assert record.comment.state is State.APPROVED
    assert len(record.decisions) == 1
    assert room.cards() == [card]


@pytest.mark.slow
async def test_killed_after_the_decision_and_again_after_the_deletion(
    room: Newsroom, process: Process
) -> None:
    """The decision is on disk but nobody was shown it; then the message is gone but nobody wrote
    that down. Both are made good, neither is done twice."""
    await process.start()
    message = await room.reader.says(room.watched, "bof, ce ministre")
    card = await _kept_card(room, "ce ministre")
    faults = room.server.faults
    faults.break_off(*EDIT_CARD, when=When.BEFORE, then=process.kill)
    await room.rejects(card)
    await process.died()
    assert (await _record(room, message)).comment.state is State.REJECTED
    assert "Anna" not in card.text()

    faults.break_off(*DELETE, when=When.AFTER, then=process.kill)
    await process.start()
    await process.died()
    assert message.id not in room.watched.messages

    await process.start()
    await until(lambda: len(room.server.asked(*DELETE)) == 2)
    await until(lambda: "Anna" in card.text())
    record = await _record(room, message)
    assert record.comment.state is State.REJECTED
    assert len(record.decisions) == 1
    assert [one.status for one in room.server.asked(*DELETE)] == [None, 404]
    assert room.cards() == [card]


async def test_killed_after_the_card_was_posted(room: Newsroom, process: Process) -> None:
    """Discord has the card, the database does not know: the same nonce finds it again."""
    room.server.faults.break_off(
        *POST_CARD, when=When.AFTER, then=process.kill, only=room.in_review
    )
    await process.start()
    await room.reader.says(room.watched, "bof, ce ministre")
    await process.died()
    assert len(room.cards("ce ministre")) == 1

    await process.start()
    card = await _kept_card(room, "ce ministre")
    await (await room.moderator.presses(card, button(card, "approve"))).answered()
    await until(lambda: "Anna" in card.text())
    assert room.cards() == [card]
