"""The real watcher on real files: what is saved is in force within a second, unless it is wrong."""

# ruff: noqa: ASYNC240 - a few small files on this machine's disk

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.rulebook.shelf import Shelf
from bot.rulebook.watch import watching
from bot.store import SqlStore
from tests.conftest import TestClock
from tests.rulebook.conftest import WriteRules
from tests.rulebook.rule_texts import GOOD, with_condition

TYPO = with_condition("score.thraet >= 0.5")


def at_least(limit: float) -> str:
    return with_condition(f"score.threat >= {limit}")


@pytest.fixture
async def shelf(rules: WriteRules, store: SqlStore, clock: TestClock) -> AsyncIterator[Shelf]:
    folder = rules({"threat.yaml": GOOD})
    opened = await Shelf.open(folder, rulebooks=store.rulebooks, now=clock)
    async with watching(opened):
        await asyncio.sleep(0.1)  # the watcher is on its post
        yield opened


async def until(holds: Callable[[], bool], *, seconds: float = 10.0) -> float:
    """How long it took; generous, as the machine may be busy with other things."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)
    return loop.time() - start


def limit_is(shelf: Shelf, limit: float) -> Callable[[], bool]:
    """True when the set on the shelf fires from `limit` on, and not below."""

    def holds() -> bool:
        conditions = shelf.current().conditions
        return [conditions({"score.threat": limit + step}) for step in (-0.01, 0)] == [
            [False],
            [True],
        ]

    return holds


async def test_a_typo_keeps_the_old_set_and_mending_it_swaps(
    shelf: Shelf, rules: WriteRules
) -> None:
    before = shelf.current()
    rules({"threat.yaml": TYPO})
    await until(lambda: bool(shelf.faults))
    assert shelf.current() is before
    assert shelf.faults[0].where == "rules/threat.yaml:4:3"
    rules({"threat.yaml": at_least(0.3)})
    await until(limit_is(shelf, 0.3))
    assert shelf.faults == ()


async def test_mending_back_to_the_same_text_clears_the_faults(
    shelf: Shelf, rules: WriteRules
) -> None:
    rules({"threat.yaml": TYPO})
    await until(lambda: bool(shelf.faults))
    rules({"threat.yaml": GOOD})
    await until(lambda: not shelf.faults)
    assert limit_is(shelf, 0.6)()


async def test_an_editors_atomic_rename_is_seen(shelf: Shelf) -> None:
    for limit in (0.3, 0.4):
        aside = Path("rules/.threat.yaml.tmp")
        aside.write_text(at_least(limit))
        aside.replace("rules/threat.yaml")
        await until(limit_is(shelf, limit))


async def test_the_system_tells_of_changes_without_looking(
    rules: WriteRules, store: SqlStore, clock: TestClock
) -> None:
    shelf = await Shelf.open(rules({"threat.yaml": GOOD}), rulebooks=store.rulebooks, now=clock)
    async with watching(shelf, look_every_s=3600):
        await asyncio.sleep(0.3)  # the watcher is on its post
        rules({"threat.yaml": at_least(0.3)})
        await until(limit_is(shelf, 0.3))
        Path("rules/threat.yaml").unlink()
        await until(lambda: bool(shelf.faults))


async def test_a_backup_and_a_swap_file_change_nothing(
    shelf: Shelf, rules: WriteRules, store: SqlStore
) -> None:
    before = shelf.current()
    with capture_logs() as logs:
        rules({".threat.yaml.swp": b"\0", "threat.yaml~": "old", "4913": "", "README.md": "x"})
        await asyncio.sleep(1.0)
    assert (shelf.current(), shelf.faults, logs) == (before, (), [])


async def test_deleting_every_rule_is_refused(shelf: Shelf, rules: WriteRules) -> None:
    before = shelf.current()
    Path("rules/threat.yaml").unlink()
    await until(lambda: bool(shelf.faults))
    assert "an empty rulebook would let everything through" in shelf.faults[0].what
    assert shelf.current() is before
    rules({"threat.yaml": at_least(0.3)})
    await until(limit_is(shelf, 0.3))


async def test_deleting_one_of_two_swaps(shelf: Shelf, rules: WriteRules) -> None:
    rules({"second.yaml": GOOD})
    await until(lambda: len(shelf.current().rules) == 2)
    Path("rules/threat.yaml").unlink()
    await until(lambda: [rule.id for rule in shelf.current().rules] == ["second"])


async def test_the_folder_replaced_twice_is_still_followed(shelf: Shelf, rules: WriteRules) -> None:
    """As a checkout of another branch, or a deployment, does it."""
    for number, limit in enumerate((0.3, 0.4)):
        fresh = Path(f"fresh-{number}")
        fresh.mkdir()
        (fresh / "threat.yaml").write_text(at_least(limit))
        Path("rules").rename(f"old-{number}")
        fresh.rename("rules")
        await until(limit_is(shelf, limit))
    shutil.rmtree("rules")
    await until(lambda: bool(shelf.faults))
    assert shelf.faults[0].what == "no such folder"
    rules({"threat.yaml": at_least(0.5)})
    await until(limit_is(shelf, 0.5))
    rules({"threat.yaml": at_least(0.7)})  # inside the folder that came last
    await until(limit_is(shelf, 0.7))


async def test_a_link_that_is_turned_is_followed(
    rules: WriteRules, store: SqlStore, clock: TestClock
) -> None:
    for name, limit in (("one", 0.3), ("two", 0.4)):
        Path(name).mkdir()
        Path(name, "threat.yaml").write_text(at_least(limit))
    Path("rules").symlink_to("one")
    shelf = await Shelf.open(Path("rules"), rulebooks=store.rulebooks, now=clock)
    async with watching(shelf):
        Path("turned").symlink_to("two")
        Path("turned").replace("rules")
        await until(limit_is(shelf, 0.4))
        Path("two/threat.yaml").write_text(at_least(0.5))
        await until(limit_is(shelf, 0.5))


async def test_many_quick_saves_are_one_swap(
    shelf: Shelf, rules: WriteRules, store: SqlStore
) -> None:
    with capture_logs() as logs:
        for number in range(40):
            name = f"rule-{number}.yaml" if number % 2 else "threat.yaml"
            rules({name: at_least(round(0.1 + number / 100, 2))})
            await asyncio.sleep(0.01)
        await until(lambda: len(shelf.current().rules) == 21)
    assert [entry["event"] for entry in logs] == ["rules taken up"]
    assert len(await store.rulebooks.history()) == 2


async def test_links_in_a_circle_do_not_end_the_watch(shelf: Shelf, rules: WriteRules) -> None:
    for name in ("circle.yaml", "lists"):
        Path("rules", name).symlink_to(name)
    await until(lambda: bool(shelf.faults))
    assert "circle.yaml" in shelf.faults[0].where
    Path("rules/circle.yaml").unlink()
    Path("rules/lists").unlink()
    await until(lambda: not shelf.faults)
    Path("rules/threat.yaml").unlink()
    Path("rules").rename("away")
    Path("rules").symlink_to("rules")
    await until(lambda: bool(shelf.faults))
    Path("rules").unlink()
    rules({"threat.yaml": at_least(0.3)})
    await until(limit_is(shelf, 0.3))


async def test_files_saved_together_with_one_wrong_come_in_not_at_all(
    shelf: Shelf, rules: WriteRules
) -> None:
    before = shelf.current()
    rules({"a.yaml": GOOD, "b.yaml": TYPO, "threat.yaml": at_least(0.2)})
    await until(lambda: bool(shelf.faults))
    assert shelf.current() is before
    os.utime("rules/a.yaml")  # touched, still wrong
    await asyncio.sleep(0.5)
    assert shelf.current() is before
    rules({"b.yaml": GOOD})
    await until(lambda: len(shelf.current().rules) == 3)


async def test_five_hundred_rules_do_not_hold_up_the_loop(shelf: Shelf, rules: WriteRules) -> None:
    """They are read in a thread: meanwhile comments go on being judged."""
    loop = asyncio.get_running_loop()
    rules({f"rule-{number}.yaml": GOOD for number in range(500)})
    start = last = loop.time()
    longest = 0.0
    while len(shelf.current().rules) < 501:
        shelf.current().conditions({"score.threat": 0.7})
        await asyncio.sleep(0.005)
        longest, last = max(longest, loop.time() - last), loop.time()
    assert longest < (last - start) / 2  # on the loop, reading would be nearly all of it


class Away:
    """A database that is away for the first call."""

    def __init__(self, store: SqlStore) -> None:
        self.calls = 0
        self._store = store

    async def keep(self, version: str, **rest: object) -> str:
        self.calls += 1
        if self.calls == 1:
            raise ConnectionRefusedError
        return await self._store.rulebooks.keep(version, **rest)


async def test_the_watcher_outlives_a_database_that_is_away(
    shelf: Shelf, rules: WriteRules, store: SqlStore
) -> None:
    shelf._rulebooks = away = Away(store)
    with capture_logs() as logs:
        rules({"threat.yaml": at_least(0.3)})
        await until(limit_is(shelf, 0.3), seconds=20)
    assert away.calls == 2
    assert [entry["log_level"] for entry in logs] == ["error", "info"]
