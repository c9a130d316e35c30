"""`veilleur demo`: the bot and a small newspaper page beside it, on this machine only."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.logs import set_up_logging
from bot.cli.run import require_free_port, serve_until, told_to_stop
from bot.cli.surroundings import DATA_DIR, DEMO_ENV
from bot.cli.terminal import err, tell
from bot.core.errors import Fault, SettingsError
from bot.settings import Settings, demo_settings, load_settings

if TYPE_CHECKING:  # the whole bot is loaded by the commands that run it, not by `--help`
    from bot.app import Started

_HOST = "127.0.0.1"
_START_WITHIN_S = 30.0
_STOP_WITHIN_S = 5.0


def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, envvar="HTTP_PORT", help="Of the bot; 0: a free one.")
    ] = 8080,
    site_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of the demo page; 0: a free one.")
    ] = 8081,
    data: Annotated[Path, typer.Option(metavar="DIR", help="Where its data lies.")] = DATA_DIR,
) -> None:
    """Show everything on this machine, with a demo page."""
    show_demo(port=port, site_port=site_port, data_dir=data)


def show_demo(*, port: int | None = None, site_port: int = 8081, data_dir: Path = DATA_DIR) -> None:
    if port is None:
        port = load_settings(None).http_port
    port, site_port = _free(port), _free(site_port)
    if port == site_port:
        what = f"is {port}, and so is --site-port"
        raise SettingsError((Fault(where="HTTP_PORT", what=what, fix="choose another port"),))
    require_free_port("HTTP_PORT", _HOST, port)
    require_free_port("--site-port", _HOST, site_port)
    settings = demo_settings(
        data_dir, http_port=port, callback_url=f"http://{_HOST}:{site_port}/callbacks"
    )
    _note_settings(settings, data_dir)
    set_up_logging(settings)
    if asyncio.run(_run(settings, site_port, data_dir)):
        raise typer.Exit(1)


async def _run(settings: Settings, site_port: int, data_dir: Path) -> bool:
    """True when the demo page ended by itself."""

    def announce(started: Started) -> None:
        tell(_introduction(started, site_port, data_dir))

    async with told_to_stop() as stop, _site(settings, site_port) as site:
        watch = asyncio.create_task(_stop_with(site, stop))
        try:
            await serve_until(stop, settings, announce)
            return watch.done() and watch.result()
        finally:
            watch.cancel()


@asynccontextmanager
async def _site(settings: Settings, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The page as a program of its own: it knows the secret and the public contract, no more."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.demo",
        "--port",
        str(port),
        "--bot-url",
        f"http://{_HOST}:{settings.http_port}",
        env={**os.environ, "DEMO_SECRET": settings.signing_secrets[0], "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await _ready(process)
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(_STOP_WITHIN_S):
                await process.communicate()
        except TimeoutError:
            process.kill()
            await process.communicate()


async def _ready(process: asyncio.subprocess.Process) -> None:
    if process.stdout is None:
        raise RuntimeError("the demo page was started without a pipe")
    try:
        async with asyncio.timeout(_START_WITHIN_S):
            line = await process.stdout.readline()
    except TimeoutError:
        line = b""
    if not line:
        fault = Fault(where="demo", what="the demo page does not start; its reason stands above")
        raise SettingsError((fault,))


async def _stop_with(site: asyncio.subprocess.Process, stop: asyncio.Event) -> bool:
    """True when the page ended before anybody asked to stop."""
    await site.wait()
    if stop.is_set():
        return False
    err().print("the demo page has ended, so the demo ends too", style="red")
    stop.set()
    return True


def _introduction(started: Started, site_port: int, data_dir: Path) -> str:
    return f"""
Veilleur is running, as a demo on this machine only.

  Demo article   http://{_HOST}:{site_port}/
                 write a comment there: a thank-you, an insult, something in between
  Console        {started.console_link}
                 where a moderator decides; the link works once, `veilleur console` gives another

  Bot            {started.url}  ({started.url}/docs describes its API)
  Scorer         {started.scorer}
  Rules          {started.rules}
  Data           {started.database}
  Settings       {data_dir / DEMO_ENV}  (other veilleur commands in this folder use them)

Ctrl-C stops it. `veilleur init DIR` writes a folder for a real installation.
"""


def _note_settings(settings: Settings, data_dir: Path) -> None:
    """So that `veilleur queue`, `replay` and the others find the demo; readable by its owner only."""
    file = data_dir / DEMO_ENV
    api_key = settings.site_api_key
    lines = {
        "SITE_SECRET": settings.signing_secrets[0],
        "SITE_API_KEY": api_key.get_secret_value() if api_key else "",
        "SITE_CALLBACK_URL": settings.site_callback_url or "",
        "ALLOW_PRIVATE_CALLBACKS": "true",
        "HTTP_PORT": str(settings.http_port),
        "DATABASE_URL": settings.database_url,
    }
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        file.write_text(f"# Written by `veilleur demo` at each start.\n{text}", encoding="utf-8")
    except OSError as error:
        fault = Fault(where=str(data_dir), what=f"cannot be written: {error.strerror}")
        raise SettingsError((fault,)) from error


def _free(port: int) -> int:
    """The port, or one that is free right now when it is 0."""
    if port:
        return port
    with closing(socket.socket()) as probe:
        probe.bind((_HOST, 0))
        free: int = probe.getsockname()[1]
        return free
