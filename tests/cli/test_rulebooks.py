"""`rules history|diff|rollback`: beside a database, and beside a bot that runs."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from standardwebhooks import Webhook

from bot.rulebook import load
from bot.rulebook.shelf import Shelf
from bot.rulebook.snapshot import texts
from bot.store import SqlStore
from tests.cli.conftest import CommandLine
from tests.e2e.house import SECRET, House, listening_site
from tests.rulebook.rule_texts import GOOD, with_condition

OTHER = with_condition("score.threat >= 0.5")
TYPO = with_condition("score.thraet >= 0.5")


class Folder:
    """A bot's folder whose rules were in force in two versions: OLD, then NEW."""

    def __init__(self, path: Path, veilleur: CommandLine, store: SqlStore) -> None:
        self.rules = path / "rules"
        self.store = store
        self.old = self.new = ""
        self._veilleur = veilleur
        self._moment = datetime.now(UTC) - timedelta(hours=2)

    async def rules_command(self, *arguments: str, code: int = 0) -> str:
        done = await asyncio.to_thread(
            self._veilleur,
            "rules",
            *arguments,
            DATABASE_URL=f"sqlite+aiosqlite:///{self.rules.parent / 'v.sqlite3'}",
        )
        assert done.returncode == code, done
        return done.stdout + done.stderr

    async def started(self) -> str:
        """What a bot does with the folder when it starts."""
        self._moment += timedelta(minutes=30)
        shelf = await Shelf.open(
            self.rules, rulebooks=self.store.rulebooks, now=lambda: self._moment
        )
        return shelf.current().version


@pytest.fixture
async def folder(tmp_path: Path, veilleur: CommandLine) -> AsyncIterator[Folder]:
    store = await SqlStore.open(f"sqlite+aiosqlite:///{tmp_path / 'v.sqlite3'}")
    made = Folder(tmp_path, veilleur, store)
    made.rules.mkdir()
    (made.rules / "README.md").write_text("for people")
    (made.rules / "threat.yaml").write_text(GOOD)
    (made.rules / "gone.yaml").write_text(GOOD)
    made.old = await made.started()
    (made.rules / "gone.yaml").unlink()
    (made.rules / "threat.yaml").write_text(OTHER)
    (made.rules / "added.yaml").write_text(GOOD)
    made.new = await made.started()
    yield made
    await store.close()


async def test_history_names_each_version_and_the_live_one(folder: Folder) -> None:
    _, newest, oldest = (await folder.rules_command("history")).splitlines()
    assert newest.split() == [
        folder.new,
        "live",
        "2",
        "1",
        "h",
        "ago",
        "startup",
        "1",
        "h",
        "ago",
        "startup",
    ]
    assert oldest.split()[0] == folder.old
    assert "live" not in oldest
    (folder.rules / "threat.yaml").write_text(TYPO)
    assert "1 faults (veilleur rules check)" in await folder.rules_command("history")


async def test_diff_shows_file_by_file_what_changed(folder: Folder) -> None:
    told = await folder.rules_command("diff", folder.old[:6], folder.new)
    assert "--- /dev/null\n+++ b/added.yaml" in told
    assert "--- a/gone.yaml\n+++ /dev/null" in told
    assert "-when: score.threat >= 0.6" in told
    assert "+  score.threat >= 0.5" in told
    assert "No difference." in await folder.rules_command("diff", folder.new)
    (folder.rules / "added.yaml").write_text(GOOD + "# \x1b[31m\n")
    told = await folder.rules_command("diff", folder.new)
    assert "+# �[31m" in told
    assert "\x1b" not in told


@pytest.mark.parametrize("version", ["nothing", "%", ""])
async def test_an_unknown_version_is_a_mistake_in_the_order(folder: Folder, version: str) -> None:
    assert "rules history" in await folder.rules_command("rollback", version, code=2)
    assert "rules history" in await folder.rules_command("diff", version, code=2)


async def test_a_dry_run_shows_and_writes_nothing(folder: Folder) -> None:
    before = texts(folder.rules)
    told = await folder.rules_command("rollback", folder.old, "--dry-run")
    assert "+when: score.threat >= 0.6" in told
    assert "nothing was written" in told
    assert texts(folder.rules) == before
    assert len(await folder.store.rulebooks.history()) == 2


async def test_a_rollback_is_exact_and_says_whose_it_was(folder: Folder) -> None:
    told = await folder.rules_command("rollback", folder.old[:8])
    assert f"back to version {folder.old} (2 files written, 1 removed)" in told
    assert load(folder.rules).version == folder.old
    assert (folder.rules / "README.md").read_text() == "for people"
    assert sorted(path.name for path in folder.rules.iterdir()) == [
        "README.md",
        "gone.yaml",
        "threat.yaml",
    ]
    assert "holds version" in await folder.rules_command("rollback", folder.old)


async def test_sound_files_that_never_were_in_force_are_kept_first(folder: Folder) -> None:
    (folder.rules / "fresh.yaml").write_text(GOOD)
    fresh = load(folder.rules).version
    await folder.rules_command("rollback", folder.old)
    history = {kept.version: kept for kept in await folder.store.rulebooks.history()}
    assert history[fresh].kept_by == "found at rollback by anna"
    assert history[fresh].loaded_at is None
    assert await folder.store.rulebooks.live() == folder.new  # no bot has loaded the old one yet
    await folder.rules_command("rollback", fresh)  # the way back from the way back
    assert (folder.rules / "fresh.yaml").read_text() == GOOD


async def test_faulty_files_are_never_lost(folder: Folder) -> None:
    (folder.rules / "threat.yaml").write_text(TYPO)
    assert ".before-rollback-" in await folder.rules_command("rollback", folder.old)
    (aside,) = folder.rules.glob(".before-rollback-*")
    assert (aside / "threat.yaml").read_text() == TYPO
    assert load(folder.rules).version == folder.old  # the hidden folder is not read


async def test_a_folder_that_is_gone_comes_back(folder: Folder) -> None:
    shutil.rmtree(folder.rules)
    await folder.rules_command("rollback", folder.new)
    assert load(folder.rules).version == folder.new


async def test_a_version_this_program_cannot_read_is_refused(folder: Folder) -> None:
    files = {"threat.yaml": TYPO}
    await folder.store.rulebooks.put_aside(
        "0ld", files=files, rules=1, by="an older Veilleur", now=datetime.now(UTC)
    )
    before = texts(folder.rules)
    told = await folder.rules_command("rollback", "0ld", code=1)
    assert "threat.yaml:4:3: unknown fact `score.thraet`" in told
    assert texts(folder.rules) == before


async def test_a_folder_that_cannot_be_written_is_told(folder: Folder) -> None:
    shutil.rmtree(folder.rules)
    folder.rules.write_text("a file in its place")
    assert "rules: cannot be written" in await folder.rules_command("rollback", folder.old, code=1)
    assert folder.rules.read_text() == "a file in its place"


async def test_before_the_first_start_there_is_nothing_to_tell(
    tmp_path: Path, veilleur: CommandLine
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'v.sqlite3'}"
    assert veilleur("rules", "history", DATABASE_URL=url).returncode == 2  # no database
    await (await SqlStore.open(url)).close()
    assert "No version yet" in veilleur("rules", "history", DATABASE_URL=url).stdout


# --- beside a bot that runs -------------------------------------------------------------------


async def rulebook_of(house: House, number: int) -> object:
    """The version that judges a comment sent now."""
    data = {
        "id": f"c-{number}",
        "text": "Merci.",
        "author": {"id": "a", "name": "A"},
        "story": {"id": "s", "url": "https://journal.example/1"},
    }
    body, moment = json.dumps({"type": "comment.created", "data": data}), datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": f"created-{number}",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(f"created-{number}", moment, body),
    }
    url = f"{house.url}/v1/comments?wait_ms=5000"
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as sent:
        return (await sent.json())["verdict"]["rulebook"]


def database(house: House) -> str:
    return f"sqlite+aiosqlite:///{house.folder / 'data' / 'veilleur.sqlite3'}"


async def faults_of(house: House) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"{house.url}/readyz") as answer:
        assert answer.status == 200
        return int((await answer.json())["rules_faults"])


async def live(house: House, version: str) -> None:
    store = await SqlStore.open(database(house))
    try:
        async with asyncio.timeout(20):
            while await store.rulebooks.live() != version:
                await asyncio.sleep(0.05)
    finally:
        await store.close()


async def test_a_running_bot_follows_edits_typos_and_a_rollback(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "threat.yaml").write_text(GOOD)
    first = load(rules).version
    async with listening_site() as site:
        house = House(tmp_path, site.url)
        await house.start()
        try:
            assert await rulebook_of(house, 1) == first

            (rules / "threat.yaml").write_text(OTHER)
            second = load(rules).version
            await live(house, second)
            assert await rulebook_of(house, 2) == second

            (rules / "threat.yaml").write_text(TYPO)
            async with asyncio.timeout(20):
                while not await faults_of(house):
                    await asyncio.sleep(0.05)
            assert await rulebook_of(house, 3) == second

            back = await house.command("rules", "rollback", first, log=tmp_path / "rollback.log")
            assert await back.wait() == 0, (tmp_path / "rollback.log").read_text("utf-8")
            await live(house, first)
            assert await rulebook_of(house, 4) == first
            assert await faults_of(house) == 0
        finally:
            assert await house.stop() == 0
    store = await SqlStore.open(database(house))
    newest = (await store.rulebooks.history())[0]
    await store.close()
    assert newest.version == first
    assert newest.kept_by == "startup"
    assert (newest.loaded_by or "").startswith("rollback by ")
