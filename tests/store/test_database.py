"""The writer: neighbours share a commit, a failing unit takes no other with it."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import StoreError
from bot.core.model import EffectKind
from bot.engine import Engine
from bot.ports import Session
from bot.store import SqlStore
from bot.store import tables as t
from tests.conftest import ANNA, POSTGRES, submission


async def test_a_failing_unit_leaves_its_neighbours_alone(store: SqlStore) -> None:
    async def good(connection: AsyncConnection) -> str:
        await connection.execute(
            t.sites.insert().values(name="a", source="site", first_seen_at=sa.func.now())
        )
        return "done"

    async def bad(connection: AsyncConnection) -> None:
        await connection.execute(
            t.sites.insert().values(name="b", source="site", first_seen_at=sa.func.now())
        )
        raise LookupError("no")

    results = await asyncio.gather(
        store._database.write(good), store._database.write(bad), return_exceptions=True
    )
    assert results[0] == "done"
    assert isinstance(results[1], LookupError)
    async with store._database.reading() as connection:
        names = (await connection.execute(sa.select(t.sites.c.name))).scalars().all()
    assert names == ["a"]


async def test_a_failing_statement_does_not_show_what_it_carried(store: SqlStore) -> None:
    async def twice(connection: AsyncConnection) -> None:
        for _ in range(2):
            await connection.execute(
                t.sites.insert().values(name="a reader's words", source="s", first_seen_at=_now())
            )

    with pytest.raises(sa.exc.IntegrityError) as failed:
        await store._database.write(twice)
    assert "a reader's words" not in str(failed.value)


async def test_neighbours_share_one_commit(store: SqlStore) -> None:
    commits = 0

    def count(_: sa.Connection) -> None:
        nonlocal commits
        commits += 1

    sa.event.listen(store._database._writer.sync_engine, "commit", count)
    await asyncio.gather(
        *(
            store.comments.receive(submission(str(n)), on_case_change=lambda _: (), now=_now())
            for n in range(100)
        )
    )
    assert commits <= 3


async def test_another_process_may_write_at_the_same_time(
    store: SqlStore, database_url: str
) -> None:
    other = await SqlStore.open(database_url)
    await asyncio.gather(
        *(s.watched.watch(n, guild_id=None, now=_now()) for n in range(40) for s in (store, other))
    )
    assert len(await other.watched.all()) == 40
    await other.close()


@pytest.mark.skipif(POSTGRES is not None, reason="PostgreSQL is copied by pg_dump")
async def test_a_backup_is_whole_and_taken_while_writing(
    store: SqlStore, engine: Engine, tmp_path: Path
) -> None:
    for n in range(20):
        await engine.submit(submission(str(n), "bof"), wait_s=5)
    writing = asyncio.gather(*(engine.submit(submission(f"later {n}")) for n in range(50)))
    await store.backup(tmp_path / "copy.sqlite3")
    await writing
    copy = sqlite3.connect(tmp_path / "copy.sqlite3")
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert copy.execute("SELECT count(*) FROM cases").fetchone() == (20,)
    copy.close()
    with pytest.raises(StoreError):
        await store.backup(tmp_path / "copy.sqlite3")


async def test_deliveries_of_one_subject_leave_in_order(store: SqlStore, engine: Engine) -> None:
    await engine.submit(submission("1", "bof"), wait_s=5)
    await engine.submit(submission("1", "affreux"), wait_s=5)
    kinds = [EffectKind.SHOW_CASE]
    first = await store.outbox.take_due(now=_now(), limit=10, kinds=kinds)
    assert len(first) == 1
    assert await store.outbox.take_due(now=_now(), limit=10, kinds=kinds) == []
    assert await store.outbox.next_due_at(kinds) is None  # the second waits for the first
    assert await store.outbox.recover() == 1
    again = await store.outbox.take_due(now=_now(), limit=10, kinds=kinds)
    assert [item.delivery_id for item in again] == [first[0].delivery_id]
    assert again[0].attempts == 2


async def test_log_in_links_work_once(store: SqlStore) -> None:
    now = _now()
    session = Session(actor=ANNA, expires_at=now + timedelta(minutes=10))
    await store.sessions.issue_link("link", session=session, now=now)
    until = now + timedelta(hours=1)
    opened = await store.sessions.redeem_link("link", session_hash="s", expires_at=until, now=now)
    assert opened == Session(actor=ANNA, expires_at=until)
    assert (
        await store.sessions.redeem_link("link", session_hash="t", expires_at=until, now=now)
        is None
    )
    assert await store.sessions.get("s", now=now) == opened
    assert await store.sessions.get("s", now=until) is None
    await store.sessions.end("s")
    assert await store.sessions.get("s", now=now) is None


def _now() -> datetime:
    return datetime.now(UTC)
