"""`run` and `demo`: what is started is there, what is stopped is gone."""

from __future__ import annotations

import json
import re
import signal
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from tests.cli.conftest import SECRET, CommandLine, Running, free_port
from tests.score.made_detoxify import make

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+[^\s)]*")


def status_of(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - an address of ours
        return int(response.status)


def is_gone(url: str) -> bool:
    try:
        status_of(url)
    except urllib.error.URLError as error:
        return isinstance(error.reason, ConnectionRefusedError)
    return False


def ports() -> tuple[str, ...]:
    return ("--port", str(free_port()), "--site-port", str(free_port()))


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_shows_its_addresses_and_ends_cleanly(
    start: Callable[..., Running], kind: signal.Signals
) -> None:
    demo = start("demo", *ports())
    printed = demo.wait_for("Ctrl-C stops it")
    article, console, bot = _ADDRESS.findall(printed)[:3]
    assert [status_of(url) for url in (article, console, bot + "/healthz")] == [200, 200, 200]
    assert "/console/login?t=" in console
    assert "data/veilleur.sqlite3" in printed
    assert demo.stop(kind) == 0
    assert is_gone(article)
    assert is_gone(bot)
    assert "Traceback" not in demo.printed


def test_run_without_settings_is_the_demo_and_the_other_commands_find_it(
    start: Callable[..., Running], veilleur: CommandLine
) -> None:
    demo = start("demo", *ports())
    demo.wait_for("Ctrl-C stops it")
    comment = {
        "id": "1",
        "text": "Bonjour",
        "author": {"id": "a", "name": "Camille"},
        "story": {"id": "s"},
    }
    (veilleur.folder / "one.jsonl").write_text(json.dumps(comment))
    assert json.loads(veilleur("replay", "one.jsonl", "--json").stdout)["comments"] == 1
    assert veilleur("queue", "list").returncode == 0
    assert _ADDRESS.search(veilleur("console").stdout)
    env = (veilleur.folder / "data" / "demo.env").stat()
    assert env.st_mode & 0o077 == 0


def test_run_without_settings_says_that_it_is_the_demo(start: Callable[..., Running]) -> None:
    demo = start("run", HTTP_PORT=str(free_port()), LANGUAGE="de_DE:de")
    printed = demo.wait_for("Veilleur", seconds=30)
    assert "No settings here (no .env, nothing in the environment), so this is the demo." in printed


def test_run_with_settings_is_the_bot_alone(start: Callable[..., Running]) -> None:
    port = free_port()
    bot = start("run", SITE_SECRET=SECRET, HTTP_PORT=str(port), LOG_FORMAT="json")
    printed = bot.wait_for("console   http")
    assert f"Veilleur listens on http://127.0.0.1:{port}" in printed
    assert "Discord   not used" in printed
    assert status_of(f"http://127.0.0.1:{port}/readyz") == 200
    assert bot.stop() == 0
    events = [json.loads(line) for line in bot.printed.splitlines() if line.startswith("{")]
    assert {"started", "stopping"} <= {event["event"] for event in events}
    assert SECRET not in bot.printed


@pytest.mark.parametrize("busy", ["--port", "--site-port"])
def test_a_busy_port_is_told(veilleur: CommandLine, busy: str) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        others = {"--port": free_port(), "--site-port": free_port()} | {busy: port}
        done = veilleur("demo", *(str(word) for pair in others.items() for word in pair))
    assert done.returncode == 2
    assert f"port {port} is taken by another program" in done.stderr


def test_a_model_without_levels_stops_the_start(veilleur: CommandLine) -> None:
    """Else no rule that names a level could ever apply, and nobody would notice."""
    make(veilleur.folder / "data" / "models", with_levels=False)
    done = veilleur("run", SITE_SECRET=SECRET, HTTP_PORT=str(free_port()))
    assert done.returncode == 2
    assert "SCORER: detoxify, version " in done.stderr
    assert "has no levels" in done.stderr
    assert "take them with `veilleur models levels multilingual CIVIL.jsonl`" in done.stderr
    assert "has no levels" in veilleur("doctor", SITE_SECRET=SECRET).stdout


def test_broken_rules_stop_the_start_with_all_faults(veilleur: CommandLine) -> None:
    (veilleur.folder / "rules").mkdir()
    (veilleur.folder / "rules" / "a.yaml").write_text("title: [\n")
    (veilleur.folder / "rules" / "b.yaml").write_text("title: B\nstage: alive\n")
    done = veilleur("run", SITE_SECRET=SECRET, HTTP_PORT=str(free_port()))
    assert done.returncode == 1
    assert "rules/a.yaml:" in done.stderr
    assert "rules/b.yaml:2:8: " in done.stderr
