"""The shelf: all or nothing, and every version that came into force can be looked up."""

# ruff: noqa: ASYNC240 - a few small files on this machine's disk

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.core.errors import RulesError
from bot.ports import RuleFiles
from bot.rulebook.shelf import Shelf
from bot.rulebook.snapshot import put_back, signature, texts
from bot.store import SqlStore
from tests.conftest import TestClock
from tests.rulebook.conftest import WriteRules
from tests.rulebook.rule_texts import GOOD, with_condition

OTHER = with_condition("score.threat >= 0.5")
TYPO = with_condition("score.thraet >= 0.5")


@pytest.fixture
async def shelf(rules: WriteRules, store: SqlStore, clock: TestClock) -> Shelf:
    folder = rules({"threat.yaml": GOOD, "README.md": "not a rule", ".hidden.yaml": ":"})
    return await Shelf.open(folder, rulebooks=store.rulebooks, now=clock)


def fires(shelf: Shelf, *, threat: float) -> bool:
    """What the conditions on the shelf, not just their version, say."""
    return shelf.current().conditions({"score.threat": threat}) == [True]


async def test_the_first_version_is_kept_with_its_files(shelf: Shelf, store: SqlStore) -> None:
    (kept,) = await store.rulebooks.history()
    assert (kept.version, kept.rules, kept.kept_by, kept.loaded_by) == (
        shelf.current().version,
        1,
        "startup",
        "startup",
    )
    assert await store.rulebooks.files(kept.version) == {"threat.yaml": GOOD}
    assert await store.rulebooks.live() == kept.version


async def test_a_faulty_folder_is_never_opened(
    rules: WriteRules, store: SqlStore, clock: TestClock
) -> None:
    folder = rules({"threat.yaml": GOOD, "typo.yaml": TYPO})
    with pytest.raises(RulesError, match="did you mean `score"):
        await Shelf.open(folder, rulebooks=store.rulebooks, now=clock)
    assert await store.rulebooks.history() == []


async def test_one_fault_keeps_the_whole_old_set(
    shelf: Shelf, rules: WriteRules, store: SqlStore
) -> None:
    before = shelf.current()
    rules({"threat.yaml": OTHER, "typo.yaml": TYPO})
    with capture_logs() as logs:
        assert not await shelf.reload()
        assert not await shelf.reload()
    assert shelf.current() is before
    assert not fires(shelf, threat=0.55)
    (fault,) = shelf.faults
    assert fault.where == "rules/typo.yaml:4:3"
    (entry,) = logs  # told once, not at every look
    assert (entry["log_level"], entry["count"]) == ("error", 1)
    assert "rules/typo.yaml:4:3: unknown fact `score.thraet`" in entry["faults"][0]
    assert len(await store.rulebooks.history()) == 1


async def test_a_mended_set_is_taken_up_whole(
    shelf: Shelf, rules: WriteRules, store: SqlStore, clock: TestClock
) -> None:
    rules({"threat.yaml": OTHER, "typo.yaml": TYPO})
    await shelf.reload()
    clock.forward(seconds=60)
    folder = rules({"typo.yaml": GOOD})
    assert await shelf.reload()
    assert shelf.faults == ()
    assert [rule.id for rule in shelf.current().rules] == ["threat", "typo"]
    assert shelf.current().conditions({"score.threat": 0.55}) == [True, False]
    newest, oldest = await store.rulebooks.history()
    assert (newest.version, newest.loaded_by) == (shelf.current().version, "file change")
    assert oldest.loaded_by == "startup"
    assert await store.rulebooks.files(newest.version) == texts(folder)


async def test_going_back_to_an_old_text_is_the_old_version(
    shelf: Shelf, rules: WriteRules, store: SqlStore, clock: TestClock
) -> None:
    first = shelf.current().version
    for text in (OTHER, GOOD, OTHER, GOOD):
        clock.forward(seconds=60)
        rules({"threat.yaml": text})
        assert await shelf.reload()
    assert shelf.current().version == first
    history = await store.rulebooks.history()
    assert history[0].version == first
    assert len(history) == 2
    assert (history[0].kept_by, history[0].loaded_by) == ("startup", "file change")


async def test_an_empty_folder_and_none_at_all_are_refused(shelf: Shelf) -> None:
    before = shelf.current()
    Path("rules/threat.yaml").unlink()
    assert not await shelf.reload()
    assert "no rules: an empty rulebook" in shelf.faults[0].what
    Path("rules").rename("elsewhere")
    assert not await shelf.reload()
    assert shelf.faults[0].what == "no such folder"
    assert shelf.current() is before


async def test_files_that_are_written_while_they_are_read_are_not_taken_up(
    shelf: Shelf, rules: WriteRules
) -> None:
    """Half of them could be old and half of them new."""
    # many, so that reading them lasts longer than a thread waits for its turn
    many = {f"more-{number}.yaml": f"{GOOD}# {number}\n" for number in range(60)}
    before, folder = shelf.current(), rules({"threat.yaml": OTHER, "second.yaml": GOOD, **many})
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            os.utime(folder / "second.yaml")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert not await shelf.reload()
    finally:
        stop.set()
        writer.join()
    assert shelf.current() is before
    assert shelf.faults[0].what == "the files keep changing while they are read"
    assert shelf.seen != signature(folder)  # so it is looked at again
    assert await shelf.reload()


class Away:
    """A database that is away."""

    async def keep(self, version: str, **rest: object) -> str:
        raise ConnectionRefusedError(version)


async def test_what_cannot_be_kept_is_not_taken_up_yet(shelf: Shelf, rules: WriteRules) -> None:
    """Else a verdict could name a version that nobody can look up."""
    before, kept = shelf.current(), shelf._rulebooks
    rules({"threat.yaml": OTHER})
    shelf._rulebooks = Away()
    with pytest.raises(ConnectionRefusedError):
        await shelf.reload()
    assert shelf.current() is before
    assert shelf.seen != signature(shelf.directory)  # so it is tried again
    shelf._rulebooks = kept
    assert await shelf.reload()
    assert fires(shelf, threat=0.55)


# --- the files -------------------------------------------------------------------------------

FILES: RuleFiles = {
    "a.yaml": "title: a\r\nwhen: é\n",
    "bom.yaml": "\ufefftitle: b\n",
    "latin.yaml": "caf\udce9",  # one byte that is not UTF-8
    "lists/words.txt": "mot\n",
}


def test_files_come_back_byte_for_byte(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    assert put_back(folder, FILES) == (sorted(FILES), [])
    assert (folder / "latin.yaml").read_bytes() == b"caf\xe9"
    assert (folder / "a.yaml").read_bytes() == "title: a\r\nwhen: é\n".encode()
    assert texts(folder) == FILES
    assert put_back(folder, FILES) == ([], [])


def test_putting_back_removes_rules_and_leaves_everything_else(tmp_path: Path) -> None:
    for name in ("new.yaml", "README.md", "schema.json", ".git", "notes.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "new.yaml").chmod(0o640)
    assert put_back(tmp_path, {"old.yaml": "1", "new.yaml": "2"}) == (["new.yaml", "old.yaml"], [])
    assert (tmp_path / "new.yaml").stat().st_mode & 0o777 == 0o640
    assert put_back(tmp_path, {"old.yaml": "1"}) == ([], ["new.yaml"])
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".git", "README.md", "notes.txt", "old.yaml", "schema.json"]


@pytest.mark.parametrize(
    "name", ["../x.yaml", "/etc/x.yaml", "a/../x.yaml", "a/b/c.yaml", ".x", ""]
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name of a rule file"):
        put_back(tmp_path / "rules", {"fine.yaml": "1", name: "2"})
    assert list(tmp_path.iterdir()) == []


def test_the_signature_sees_what_matters(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("1")
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "words.txt").write_text("1")
    before = signature(tmp_path)
    (tmp_path / "README.md").write_text("x")
    (tmp_path / ".a.yaml.swp").write_text("x")
    (tmp_path / "a.yaml~").write_text("x")
    assert signature(tmp_path) == before
    (tmp_path / "lists" / "words.txt").write_text("2")
    changed = signature(tmp_path)
    assert changed != before
    (tmp_path / "dead.yaml").symlink_to("nowhere")
    assert signature(tmp_path) != changed
    (tmp_path / "out").symlink_to("/", target_is_directory=True)
    assert len(signature(tmp_path)) == 3
    assert signature(tmp_path / "none") == ()
