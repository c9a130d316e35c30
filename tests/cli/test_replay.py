"""`replay`: patient with a busy door, honest about what was lost, and true on the real bot."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from tests.cli.conftest import API_KEY, SECRET, CommandLine, Running, free_port

MERCI, INSULT = "Merci pour cet article.", "Ferme ta gueule, espèce de connard."


def write_comments(file: Path, texts: list[str]) -> Path:
    rows = [
        {
            "id": f"c-{number}",
            "text": text,
            "author": {"id": f"a-{number}", "name": "Camille"},
            "story": {"id": "s-1", "url": "https://journal.example/1", "title": "Budget"},
            "label": 1,
        }
        for number, text in enumerate(texts)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


class FlakyDoor:
    """Answers each comment's first attempts as told, then 202; checks every signature."""

    def __init__(self) -> None:
        self.first_answers: list[tuple[int, dict[str, str]]] = []
        self.state = "approved"
        self.known = True
        self.attempts: dict[str, list[str]] = defaultdict(list)
        self.sent: dict[str, dict[str, object]] = {}

    async def take(self, request: web.Request) -> web.Response:
        body = await request.text()
        Webhook(SECRET).verify(body, dict(request.headers))
        data = json.loads(body)["data"]
        attempts = self.attempts[data["id"]]
        attempts.append(request.headers["webhook-id"])
        if len(attempts) <= len(self.first_answers):
            status, headers = self.first_answers[len(attempts) - 1]
            return web.json_response({"detail": "no"}, status=status, headers=headers)
        self.sent[data["id"]] = data
        return web.json_response({"comment": data["id"], "state": "received"}, status=202)

    async def show(self, request: web.Request) -> web.Response:
        if request.headers["authorization"] != f"Bearer {API_KEY}":
            return web.json_response({}, status=401)
        if not self.known or request.match_info["id"] not in self.sent:
            return web.json_response({}, status=404)
        return web.json_response({"state": self.state})


@pytest.fixture
async def door() -> FlakyDoor:
    return FlakyDoor()


@pytest.fixture
async def url(door: FlakyDoor) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes([web.post("/v1/comments", door.take), web.get("/v1/comments/{id}", door.show)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def replay(
    veilleur: CommandLine, *arguments: str, code: int = 0, key: str = API_KEY
) -> dict[str, float]:
    done = await asyncio.to_thread(
        veilleur, "replay", *arguments, "--json", SITE_SECRET=SECRET, SITE_API_KEY=key
    )
    assert done.returncode == code, done
    return json.loads(done.stdout) if done.stdout else {"said": done.stderr}


async def test_a_busy_door_is_asked_again_with_the_same_id(
    veilleur: CommandLine, door: FlakyDoor, url: str
) -> None:
    door.first_answers = [(429, {"retry-after": "1"}), (503, {"retry-after": "1"}), (500, {})]
    file = write_comments(veilleur.folder / "some.jsonl", [MERCI, INSULT])
    told = await replay(veilleur, str(file), "--url", url)
    assert (told["comments"], told["approved"], told["retries"]) == (2, 2, 6)
    assert told["seconds"] >= 2
    assert [len(set(ids)) for ids in door.attempts.values()] == [1, 1]
    assert {len(ids) for ids in door.attempts.values()} == {4}
    assert door.sent["c-0"].get("label") is None, "only what the contract knows is sent"


async def test_what_was_accepted_and_is_gone_counts_as_lost(
    veilleur: CommandLine, door: FlakyDoor, url: str
) -> None:
    door.known = False
    file = write_comments(veilleur.folder / "some.jsonl", [MERCI])
    assert (await replay(veilleur, str(file), "--url", url, code=1))["lost"] == 1


async def test_what_gets_no_verdict_in_time_is_told(
    veilleur: CommandLine, door: FlakyDoor, url: str
) -> None:
    door.state = "received"
    file = write_comments(veilleur.folder / "some.jsonl", [MERCI])
    told = await replay(veilleur, str(file), "--url", url, "--wait", "0.5", code=1)
    assert told["waiting"] == 1


async def test_a_door_that_stays_shut_loses_after_the_patience(
    veilleur: CommandLine, door: FlakyDoor, url: str
) -> None:
    door.first_answers = [(503, {})] * 50
    file = write_comments(veilleur.folder / "some.jsonl", [MERCI])
    told = await replay(veilleur, str(file), "--url", url, "--patience", "0.5", code=1)
    assert told["lost"] == 1


async def test_a_refusal_is_not_repeated(veilleur: CommandLine, door: FlakyDoor, url: str) -> None:
    door.first_answers = [(422, {})]
    file = write_comments(veilleur.folder / "some.jsonl", [MERCI])
    assert (await replay(veilleur, str(file), "--url", url, code=1))["refused"] == 1
    assert len(door.attempts["c-0"]) == 1


async def test_the_rate_is_kept(veilleur: CommandLine, door: FlakyDoor, url: str) -> None:
    file = write_comments(veilleur.folder / "some.jsonl", [MERCI] * 11)
    assert (await replay(veilleur, str(file), "--url", url, "--rate", "10"))["seconds"] >= 1


async def test_a_wrong_key_is_told_before_anything_is_sent(
    veilleur: CommandLine, door: FlakyDoor, url: str
) -> None:
    file = write_comments(veilleur.folder / "some.jsonl", [MERCI])
    told = await replay(veilleur, str(file), "--url", url, code=2, key="another-key-of-tests")
    assert "answers 401 to this SITE_API_KEY" in str(told["said"])
    assert door.attempts == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"id": 1}\n{"id"\n[]\n', ":1: lacks text, author, story"),
        ('{"id": 1}\n{"id"\n[]\n', ":2: is not JSON"),
        ('{"id": 1}\n{"id"\n[]\n', ":3: is not a JSON object"),
        ('{"id":1,"text":"","author":{},"story":{}}\n' * 2, ":2: has the same id as line 1"),
        ("\n\n", "holds no comment"),
        ("[" * 100_000, ":1: is not JSON"),
        ("x\n" * 50, "30 more lines are wrong"),
    ],
)
def test_a_file_that_is_none(veilleur: CommandLine, content: str, said: str) -> None:
    file = veilleur.folder / "bad.jsonl"
    file.write_text(content)
    done = veilleur("replay", "bad.jsonl", SITE_SECRET=SECRET, SITE_API_KEY=API_KEY)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_bot_that_is_not_there(veilleur: CommandLine) -> None:
    write_comments(veilleur.folder / "some.jsonl", [MERCI])
    port = str(free_port())
    done = veilleur(
        "replay", "some.jsonl", SITE_SECRET=SECRET, SITE_API_KEY=API_KEY, HTTP_PORT=port
    )
    assert done.returncode == 2
    assert "nothing answers there" in done.stderr


def test_a_sample_through_the_real_bot(
    veilleur: CommandLine, start: Callable[..., Running]
) -> None:
    """Then again: the bot knows them all, and nothing is done twice."""
    port = str(free_port())
    variables = {"SITE_SECRET": SECRET, "SITE_API_KEY": API_KEY, "HTTP_PORT": port}
    bot = start("run", **variables)
    bot.wait_for("Veilleur listens on")
    write_comments(veilleur.folder / "some.jsonl", [MERCI, INSULT] * 15)
    for _ in range(2):
        done = veilleur("replay", "some.jsonl", "--json", **variables)
        assert done.returncode == 0, done
        told = Counter(json.loads(done.stdout))
        assert told["comments"] == 30
        assert told["approved"] == 15
        assert told["rejected"] + told["in_review"] == 15
    table = veilleur("replay", "some.jsonl", "--prefix", "again-", **variables).stdout
    assert "approved" in table
    assert "30 comments in " in table
    checked = veilleur("doctor", **variables)
    assert "60 comments" in checked.stdout
    assert "✓ bot       running" in checked.stdout
    assert bot.stop() == 0
    assert MERCI not in bot.printed, "texts are not logged"
