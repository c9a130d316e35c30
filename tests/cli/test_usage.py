"""What is typed wrong gets a sentence and exit code 2, never a traceback."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bot.cli.program import program
from tests.cli.conftest import SECRET, CommandLine

COMMANDS = (
    ("run",),
    ("demo",),
    ("init",),
    ("doctor",),
    ("console",),
    ("score",),
    ("replay",),
    ("rules", "check"),
    ("rules", "test"),
    ("queue", "list"),
    ("queue", "approve"),
    ("queue", "reject"),
    ("outbox", "list"),
    ("outbox", "retry"),
    ("db", "backup"),
    ("db", "migrate"),
)


def test_the_help_names_every_command(veilleur: CommandLine) -> None:
    helped = veilleur("--help")
    assert helped.returncode == 0
    for command in COMMANDS:
        assert f"\n  {command[0]} " in helped.stdout
    assert "..." not in helped.stdout.partition("Commands:")[2], "a summary was cut off"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_explains_itself(command: tuple[str, ...]) -> None:
    helped = CliRunner().invoke(program, [*command, "--help"], prog_name="veilleur")
    assert helped.exit_code == 0
    assert helped.stdout.startswith(f"Usage: veilleur {' '.join(command)}")


def test_the_version_is_told(veilleur: CommandLine) -> None:
    assert veilleur("--version").stdout.startswith("veilleur 0.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("runn",), "No such command 'runn'"),
        (("score",), "Missing argument 'TEXT'"),
        (("score", "a" * 20_001), "at most 20000 characters, got 20001"),
        (("rules", "check", "nowhere"), "does not exist"),
        (("queue", "approve", "abc"), "Invalid value for 'CASE'"),
        (("queue", "reject", "1"), "Missing option '--reason'"),
        (("queue", "reject", "1", "--reason", "RUDE"), "'RUDE' is not one of"),
        (("queue", "list"), "there is no database at data/veilleur.sqlite3"),
        (("outbox", "retry"), "name ITEMs, or --all"),
        (("outbox", "list"), "there is no database at data/veilleur.sqlite3"),
        (("db", "backup", "copy.sqlite3"), "there is no database at data/veilleur.sqlite3"),
        (("console",), "there is no database at data/veilleur.sqlite3"),
        (("replay", "nowhere.jsonl"), "SITE_API_KEY: is not set"),
        (("--env-file", "nowhere.env", "doctor"), "nowhere.env: cannot be read: No such file"),
        (("--env-file", "nowhere.env", "run"), "nowhere.env: cannot be read: No such file"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_wrong_usage(veilleur: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    done = veilleur(*arguments)
    assert (done.returncode, said in done.stdout + done.stderr) == (2, True), done


def test_wrong_settings_are_all_told_without_any_secret(veilleur: CommandLine) -> None:
    (veilleur.folder / ".env").write_text(
        "SITE_SECRET=hunter2\nHTTP_PORT=high\nSITE_CALBACK_URL=https://journal.example/\n"
    )
    done = veilleur("run")
    assert done.returncode == 2
    assert "SITE_SECRET: must be whsec_" in done.stderr
    assert "HTTP_PORT: must be a whole number from 0 to 65535, got 'high'" in done.stderr
    assert "did you mean SITE_CALLBACK_URL?" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_run_wants_a_way_in(veilleur: CommandLine) -> None:
    (veilleur.folder / ".env").write_text("HTTP_PORT=0\n")
    done = veilleur("run")
    assert done.returncode == 2
    assert "no comment can come in" in done.stderr


def test_run_says_which_port_is_taken(veilleur: CommandLine) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = veilleur("run", SITE_SECRET=SECRET, HTTP_PORT=str(port))
    assert done.returncode == 2
    assert f"HTTP_PORT: port {port} is taken by another program" in done.stderr


def test_a_database_that_is_none(veilleur: CommandLine) -> None:
    (veilleur.folder / "notes.sqlite3").write_text("Dear diary, this is no database. " * 100)
    done = veilleur("queue", "list", DATABASE_URL="sqlite+aiosqlite:///notes.sqlite3")
    assert done.returncode == 2
    assert "file is not a database" in done.stderr


def test_the_same_program_by_its_module(veilleur: CommandLine) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "bot", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == veilleur("--version").stdout
