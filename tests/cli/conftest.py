"""The real command in a real process, in a folder of its own, with an environment of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

VEILLEUR = Path(sys.executable).parent / "veilleur"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
API_KEY = "a-key-made-up-for-tests"
_KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT")


def environment(**variables: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONUTF8": "1", "USER": "anna", "LOGNAME": "anna", **variables}


@dataclass
class CommandLine:
    """Runs `veilleur` in `folder`."""

    folder: Path

    def __call__(
        self, *arguments: str, stdin: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(  # noqa: S603 - our own command with the test's own words
            [VEILLEUR, *arguments],
            cwd=self.folder,
            env=environment(**variables),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done


@pytest.fixture
def veilleur(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


class Running:
    """A `veilleur` that keeps running; what it prints is collected in a file."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self.log = folder / "printed.txt"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - as above
                [VEILLEUR, *arguments],
                cwd=folder,
                env=environment(**variables),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def printed(self) -> str:
        return self.log.read_text("utf-8")

    def wait_for(self, words: str, *, seconds: float = 60) -> str:
        until = time.monotonic() + seconds
        while words not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < until, self.printed
            time.sleep(0.05)
        return self.printed

    def stop(self, kind: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(kind)
        return self.process.wait(timeout=30)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[type[Running]]:
    """Starts programs that are ended with the test."""
    started: list[Running] = []

    def run(*arguments: str, **variables: str) -> Running:
        started.append(Running(tmp_path, *arguments, **variables))
        return started[-1]

    yield run  # type: ignore[misc] # called as the class is, without the folder
    for each in started:
        if each.process.poll() is None:
            each.stop()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
