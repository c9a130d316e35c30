"""The whole bot as its own process, and a site that listens to its callbacks."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web
from standardwebhooks.webhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"
API_KEY = "an-api-key-for-the-tests"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """Keeps every callback it is sent; `failing` makes it answer 503 so many times."""

    url: str = ""
    failing: int = 0
    got: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        Webhook(SECRET).verify(body, dict(request.headers))  # raises on a bad signature
        if self.failing:
            self.failing -= 1
            return web.Response(status=503)
        self.got.append((request.headers["webhook-id"], await request.json()))
        return web.Response(status=204)


@asynccontextmanager
async def listening_site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_post("/decisions", site.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}/decisions"
    yield site
    await runner.cleanup()


class House:
    """`veilleur run` in a folder of its own."""

    def __init__(self, folder: Path, callback_url: str, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        lines = {
            "SITE_SECRET": SECRET,
            "SITE_API_KEY": API_KEY,
            "SITE_CALLBACK_URL": callback_url,
            "ALLOW_PRIVATE_CALLBACKS": "true",
            "HTTP_PORT": str(self.port),
            "INTAKE_PER_MINUTE": "100000",
            "SCORER": "embedded",
            "LOG_FORMAT": "json",
            **settings,
        }
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        (folder / ".env").write_text(text, encoding="utf-8")
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0

    async def start(self) -> None:
        """Returns when the bot answers; fails loudly when it does not."""
        self.starts += 1
        self.process = await self.command("run", log=self.folder / f"run-{self.starts}.log")
        async with asyncio.timeout(60), aiohttp.ClientSession() as session:
            while not await _answers(session, f"{self.url}/readyz"):
                if self.process.returncode is not None:
                    log = (self.folder / f"run-{self.starts}.log").read_text(encoding="utf-8")
                    raise AssertionError(f"the bot ended at once:\n{log}")
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """SIGKILL: no goodbye."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        self.process.terminate()
        async with asyncio.timeout(20):
            return await self.process.wait()

    async def command(self, *arguments: str, log: Path) -> asyncio.subprocess.Process:
        with log.open("wb") as file:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                *arguments,
                cwd=self.folder,
                env=_environment(),
                stdout=file,
                stderr=asyncio.subprocess.STDOUT,
            )


def _environment() -> Mapping[str, str]:
    """Enough to run; nothing that could be taken for a setting."""
    kept = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
