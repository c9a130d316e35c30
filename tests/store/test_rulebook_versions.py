"""Versions of the rules: each once, with its files, and who brought it into force when."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store import SqlStore
from bot.store import tables as t
from tests.conftest import ANNA, TestClock

FILES = {
    "threat.yaml": "title: Menace «é»\r\n",
    "lists/words.txt": "caf\udce9\n",
    "bom.yaml": "\ufeff",
}


async def keep(store: SqlStore, clock: TestClock, version: str, by: str) -> str:
    """A minute after whatever came before."""
    clock.forward(seconds=60)
    return await store.rulebooks.keep(version, files=FILES, rules=2, by=by, now=clock())


async def test_a_version_is_kept_once_and_its_last_start_is_known(
    store: SqlStore, clock: TestClock
) -> None:
    assert await store.rulebooks.live() is None
    await keep(store, clock, "aaa", "startup")
    first = (await store.rulebooks.history())[0]
    await keep(store, clock, "bbb", "file change")
    assert await store.rulebooks.live() == "bbb"
    await keep(store, clock, "aaa", "startup")
    again, other = await store.rulebooks.history()
    assert await store.rulebooks.live() == "aaa"
    assert (again.version, again.kept_at, again.rules) == ("aaa", first.kept_at, 2)
    assert again.loaded_at is not None
    assert first.loaded_at is not None
    assert again.loaded_at > first.loaded_at
    assert again.loaded_at.tzinfo is not None
    assert (other.version, other.loaded_by) == ("bbb", "file change")
    assert [kept.version for kept in await store.rulebooks.history(limit=1)] == ["aaa"]


async def test_every_start_of_a_version_is_in_the_audit(store: SqlStore, clock: TestClock) -> None:
    for version, by in (("aaa", "startup"), ("bbb", "file change"), ("aaa", "file change")):
        await keep(store, clock, version, by)
    async with store._database.reading() as connection:
        rows = (await connection.execute(sa.select(t.audit).order_by(t.audit.c.id))).all()
    assert [
        (row.action, row.actor_id, row.detail["version"], row.detail["by"]) for row in rows
    ] == [
        ("rules loaded", "system", "aaa", "startup"),
        ("rules loaded", "system", "bbb", "file change"),
        ("rules loaded", "system", "aaa", "file change"),
    ]


async def test_files_come_back_as_they_were(store: SqlStore, clock: TestClock) -> None:
    await keep(store, clock, "aaa", "startup")
    assert await store.rulebooks.files("aaa") == FILES
    assert await store.rulebooks.files("nnn") is None


async def test_who_asked_for_it_is_named_once_and_not_for_ever(
    store: SqlStore, clock: TestClock
) -> None:
    await keep(store, clock, "aaa", "startup")
    await keep(store, clock, "bbb", "file change")
    await store.rulebooks.ask_for("aaa", by="rollback by anna", actor=ANNA, now=clock())
    assert await keep(store, clock, "aaa", "file change") == "rollback by anna"
    assert (await store.rulebooks.history())[0].loaded_by == "rollback by anna"
    assert await keep(store, clock, "aaa", "file change") == "file change"

    await store.rulebooks.ask_for("bbb", by="rollback by anna", actor=ANNA, now=clock())
    assert await keep(store, clock, "aaa", "file change") == "file change"  # another one
    clock.forward(seconds=300)
    assert await keep(store, clock, "bbb", "file change") == "file change"  # too long ago


async def test_what_was_only_put_aside_is_not_live(store: SqlStore, clock: TestClock) -> None:
    await keep(store, clock, "aaa", "startup")
    clock.forward(seconds=60)
    for by in ("found at rollback by anna", "somebody later"):
        await store.rulebooks.put_aside("bbb", files=FILES, rules=1, by=by, now=clock())
    await store.rulebooks.put_aside("aaa", files={}, rules=0, by="nobody", now=clock())
    newest, oldest = await store.rulebooks.history()
    assert (newest.version, newest.kept_by) == ("bbb", "found at rollback by anna")
    assert (newest.loaded_at, newest.loaded_by) == (None, None)
    assert (oldest.rules, oldest.kept_by) == (2, "startup")
    assert await store.rulebooks.live() == "aaa"
    assert await store.rulebooks.files("aaa") == FILES


async def test_a_version_is_found_by_its_beginning(store: SqlStore, clock: TestClock) -> None:
    for version in ("ab1", "ab2", "cd3"):
        await keep(store, clock, version, "startup")
    assert await store.rulebooks.named("ab") == ["ab1", "ab2"]
    assert await store.rulebooks.named("cd3") == ["cd3"]
    assert await store.rulebooks.named("%") == []
    assert await store.rulebooks.named("_b") == []
