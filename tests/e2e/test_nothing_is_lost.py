"""The promise of the whole: every comment that was accepted gets one decision, and the site hears
of it, whatever happens to the process in between."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.house import House, Site, listening_site

SAMPLE = os.environ.get("REPLAY_SAMPLE")
"""A file of comments of one's own, for `make chaos`; else a small one is written."""
COMMENTS = len(Path(SAMPLE).read_text(encoding="utf-8").splitlines()) if SAMPLE else 150
KILLS = 3

KINDS = (
    "Merci pour cet article, numéro {n}, très clair sur le budget.",
    "Je ne suis pas d'accord avec le ministre sur le point {n}, et je le dis calmement.",
    "Ferme ta gueule espèce de connard, tu me dégoûtes numéro {n}.",
    "veilleur-test-phrase numéro {n}",
    "Cette réforme est une catastrophe pour les hôpitaux, voilà mon avis n° {n} !",
)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with listening_site() as listening:
        yield listening


@pytest.fixture
async def house(tmp_path: Path, site: Site) -> AsyncIterator[House]:
    made = House(tmp_path, site.url)
    yield made
    if made.process is not None and made.process.returncode is None:
        await made.stop()


def write_comments(folder: Path) -> Path:
    if SAMPLE:
        return Path(SAMPLE).resolve()
    lines = [
        {
            "id": f"c-{n}",
            "text": KINDS[n % len(KINDS)].format(n=n),
            "format": "plain",
            "author": {"id": f"a-{n % 40}", "name": f"lecteur{n % 40}"},
            "story": {"id": f"s-{n % 6}", "url": f"https://journal.example/{n % 6}"},
            "language": "fr",
        }
        for n in range(COMMENTS)
    ]
    file = folder / "comments.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    return file


async def replayed(house: House, file: Path, *, kills: int) -> str:
    """Sends the file with `veilleur replay`, killing and restarting the bot on the way."""
    log = house.folder / "replay.log"
    replay = await house.command("replay", str(file), "--patience", "90", "--wait", "90", log=log)
    for kill in range(kills):
        target = COMMENTS * (kill + 1) // (kills + 2)
        async with asyncio.timeout(60):
            while stored(house) < target and replay.returncode is None:
                await asyncio.sleep(0.02)
        await house.kill()
        await house.start()
    async with asyncio.timeout(180):
        await replay.wait()
    text = log.read_text(encoding="utf-8")
    assert replay.returncode == 0, text
    return text


def stored(house: House) -> int:
    (count,) = rows(house, "SELECT count(*) FROM comments")[0]
    return int(count)


def rows(house: House, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(house.folder / "data" / "veilleur.sqlite3")) as database:
        return database.execute(query).fetchall()


async def everything_told(house: House) -> None:
    async with asyncio.timeout(60):
        while rows(house, "SELECT 1 FROM outbox WHERE status IN ('waiting', 'taken') LIMIT 1"):
            await asyncio.sleep(0.1)


def check(house: House, site: Site) -> Counter[str]:
    """Nothing lost, nothing twice; returns how many ended in each state."""
    states = dict(rows(house, "SELECT external_id, state FROM comments"))
    assert len(states) == COMMENTS
    assert set(states.values()) <= {"approved", "rejected", "in_review"}

    decided = Counter(str(row[0]) for row in rows(house, "SELECT comment_id FROM decisions"))
    assert set(decided.values()) == {1}, "a comment was decided twice"
    final = sum(state != "in_review" for state in states.values())
    assert len(decided) == final
    assert rows(house, "SELECT count(*) FROM cases") == [(COMMENTS - final,)]

    told: dict[str, dict[str, object]] = {}
    for webhook_id, body in site.got:
        assert told.setdefault(webhook_id, body) == body, "one webhook-id, two messages"
    last = {str(body["data"]["id"]): body["data"]["state"] for body in told.values()}  # type: ignore[index]
    assert len(told) == COMMENTS, "a decision was made into two messages"
    assert last == states
    assert rows(house, "SELECT count(*) FROM outbox WHERE status = 'dead'") == [(0,)]
    return Counter(str(state) for state in states.values())


async def test_a_replay_reaches_the_site_comment_by_comment(house: House, site: Site) -> None:
    await house.start()
    await replayed(house, write_comments(house.folder), kills=0)
    await everything_told(house)
    totals = check(house, site)
    assert totals["approved"] > 0
    assert totals["rejected"] > 0
    assert totals["in_review"] > 0
    assert await house.stop() == 0


@pytest.mark.slow
async def test_three_kills_on_the_way_lose_and_repeat_nothing(house: House, site: Site) -> None:
    await house.start()
    site.failing = 5  # and the site stumbles, too
    await replayed(house, write_comments(house.folder), kills=KILLS)
    await everything_told(house)
    totals = check(house, site)
    assert house.starts == KILLS + 1
    assert totals["rejected"] > 0
    log = (house.folder / f"run-{house.starts}.log").read_text(encoding="utf-8")
    assert "lecteur" not in log, "a reader's name is in the log"
    assert "connard" not in log, "a comment's text is in the log"
