"""`queue`, `outbox`, `db`, `console`: on the database of a bot that is open at the same time."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.effects import Outlets
from bot.core.model import ActorKind, AlarmKind, EffectKind, Retry, State, Undeliverable
from bot.engine import Engine
from bot.store import SqlStore
from tests.cli.conftest import SECRET, CommandLine
from tests.conftest import submission

Settled = Callable[[], Awaitable[None]]


@pytest.fixture
def outlets() -> Outlets:
    return Outlets(tell_site=True, undo_grace_s=20.0)


class Desk:
    """The command line beside an engine on the same database file."""

    def __init__(self, veilleur: CommandLine, url: str) -> None:
        self._veilleur = veilleur
        self._url = url

    async def __call__(self, *arguments: str, code: int = 0) -> str:
        done = await asyncio.to_thread(
            self._veilleur,
            *arguments,
            DATABASE_URL=self._url,
            SITE_SECRET=SECRET,
            SITE_CALLBACK_URL="https://journal.example/decisions",
        )
        assert done.returncode == code, done
        return done.stdout + done.stderr


@pytest.fixture
def desk(veilleur: CommandLine, database_url: str) -> Desk:
    return Desk(veilleur, database_url)


async def test_a_case_is_listed_decided_and_not_decided_twice(
    desk: Desk, engine: Engine, settled: Settled
) -> None:
    await engine.submit(submission("7", "bof, \x1b[31mrouge\x1b[0m et \u202eà l'envers"))
    await settled()
    (case,) = await engine.store.cases.queue()
    listed = await desk("queue", "list")
    assert "bof, �[31mrouge" in listed
    assert "Camille" in listed
    assert "Règle borderline." in listed
    assert "\x1b" not in listed
    assert "\u202e" not in await desk("queue", "list", "--full")

    told = await desk("queue", "reject", str(case.id), "--reason", "OFFENSIVE", "--note", "Non.")
    assert told.startswith(f"case {case.id}: rejected · bof")
    record = await engine.store.comments.record(case.comment.id)
    assert record is not None
    assert record.comment.state is State.REJECTED
    assert (record.decisions[0].actor.id, record.decisions[0].actor.kind) == (
        "cli:anna",
        ActorKind.ADMIN,
    )
    assert record.decisions[0].note == "Non."
    in_review, rejected = sorted(await engine.store.outbox.waiting(), key=lambda item: item.id)
    assert not in_review.effect.revocable
    assert rejected.effect.kind is EffectKind.TELL_SITE
    assert rejected.effect.revocable

    assert "somebody decided first (anna): reject" in await desk(
        "queue", "approve", str(case.id), code=1
    )
    assert "The queue is empty." in await desk("queue", "list")


async def test_a_case_that_changed_is_not_decided(
    desk: Desk, engine: Engine, settled: Settled
) -> None:
    await engine.submit(submission("7", "bof"))
    await settled()
    (case,) = await engine.store.cases.queue()
    await engine.submit(submission("7", "bof, vraiment"))
    await settled()
    order = ("queue", "approve", str(case.id), "--version", str(case.version))
    assert "the case has changed since: look again" in await desk(*order, code=1)
    assert "there is no such case" in await desk("queue", "approve", "4711", code=1)
    assert f"case {case.id}: approved" in await desk("queue", "approve", str(case.id))


async def test_the_list_says_when_there_is_more(
    desk: Desk, engine: Engine, settled: Settled
) -> None:
    for number in range(3):
        await engine.submit(submission(str(number), f"bof {number}"))
    await settled()
    assert "2 more; see --limit" in await desk("queue", "list", "--limit", "1")


async def test_a_delivery_that_was_given_up_on_is_tried_again(
    desk: Desk, engine: Engine, store: SqlStore, settled: Settled
) -> None:
    for number in ("1", "2"):
        await engine.submit(submission(number, f"Merci {number}"))
    await settled()
    now = datetime.now(UTC)
    first, second = await store.outbox.take_due(now=now, limit=9, kinds=list(EffectKind))
    await store.outbox.settle(
        [
            (first, Undeliverable(error="410 Gone"), now),
            (second, Retry(error="503 Service Unavailable"), now),
        ],
        now=now,
    )
    listed = await desk("outbox", "list")
    assert re.search(rf"{first.id} +given up +tell_site .* 410 Gone", listed)
    assert re.search(rf"{second.id} +waiting +tell_site .* 503 Service", listed)
    assert "503" not in await desk("outbox", "list", "--dead")

    assert "1 to be tried again" in await desk("outbox", "retry", "--all")
    assert "item 4711: there is none" in await desk("outbox", "retry", "4711", code=1)
    assert "Nothing was given up on." in await desk("outbox", "list", "--dead")
    assert await store.outbox.dead() == []


async def test_a_backup_is_whole_and_never_overwrites(
    desk: Desk, engine: Engine, settled: Settled, tmp_path: Path
) -> None:
    await engine.submit(submission("7", "bof"))
    await settled()
    copy = tmp_path / "copy.sqlite3"
    assert str(copy) in await desk("db", "backup", str(copy))
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM comments").fetchone() == (1,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert "the file exists already" in await desk("db", "backup", str(copy), code=2)


async def test_a_link_to_the_console_works_once(desk: Desk, store: SqlStore) -> None:
    from bot.console import tokens

    link = (await desk("console")).strip()
    assert link.startswith("http://127.0.0.1:8080/console/login?t=")
    now = datetime.now(UTC)
    redeemed = [
        await store.sessions.redeem_link(
            tokens.hashed(link.partition("t=")[2]), session_hash=name, expires_at=now, now=now
        )
        for name in ("one", "two")
    ]
    assert redeemed[0] is not None
    assert redeemed[0].actor.id == "cli:anna"
    assert redeemed[1] is None


def test_migrate_makes_a_database(veilleur: CommandLine) -> None:
    done = veilleur("db", "migrate")
    assert done.returncode == 0
    assert re.search(r"data/veilleur\.sqlite3: schema \w+", done.stdout)
    assert (veilleur.folder / "data" / "veilleur.sqlite3").is_file()


def test_a_newer_database_is_refused(veilleur: CommandLine) -> None:
    veilleur("db", "migrate")
    file = veilleur.folder / "data" / "veilleur.sqlite3"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = veilleur("queue", "list")
    assert done.returncode == 2
    assert "the database has schema 9999, unknown here" in done.stderr


async def test_a_mode_is_set_shown_and_lifted_beside_a_running_bot(
    desk: Desk, engine: Engine
) -> None:
    said = await desk("mode", "set", "crisis", "--for", "2h")
    assert "crisis is in force everywhere, until" in said
    assert (await engine.mode()).mode == "crisis"
    assert "crisis: Crise  in force, set everywhere by anna" in await desk("mode", "show")
    await desk("mode", "set", "normal", "--story", "story-1")
    assert "under story-1" in await desk("mode", "lift", "--story", "story-1")
    await desk("mode", "lift")
    assert (await engine.mode()).order is None


async def test_an_unknown_mode_or_span_is_a_usage_error(desk: Desk, engine: Engine) -> None:
    assert "known here: normal, night, crisis" in await desk("mode", "set", "siege", code=2)
    assert "must be like 30m" in await desk("mode", "set", "night", "--for", "soon", code=2)


async def test_alarms_are_listed_and_closed(desk: Desk, store: SqlStore) -> None:
    """A second closing finds nothing and says where to look."""
    assert "No alarm is open." in await desk("rules", "alarms")
    detail = {"hits": 40, "expected": 6.2, "usual": 0.01}
    moment = datetime.now(UTC)
    await store.alarms.sound(AlarmKind.RULE_SURGE, rule="threat", detail=detail, now=moment)
    (alarm,) = await store.alarms.open()
    listed = " ".join((await desk("rules", "alarms")).split())
    assert "threat" in listed
    assert "40 firings" in listed
    assert f"alarm {alarm.id} is closed" in await desk("rules", "alarms", "close", str(alarm.id))
    assert await store.alarms.open() == []
    assert "veilleur rules alarms" in await desk("rules", "alarms", "close", "77", code=2)
