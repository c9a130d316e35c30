"""`veilleur run`: the bot, until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from typing import TYPE_CHECKING

import typer

from bot.cli.logs import set_up_logging
from bot.cli.surroundings import surroundings
from bot.cli.terminal import tell
from bot.core.errors import Fault, SettingsError
from bot.settings import Settings

if TYPE_CHECKING:  # the whole bot is loaded by the commands that run it, not by `--help`
    from bot.app import Started


def run(context: typer.Context) -> None:
    """Start the bot; without any settings, start the demo."""
    if surroundings(context).is_bare:
        from bot.cli.demo import show_demo

        tell("No settings here (no .env, nothing in the environment), so this is the demo.")
        show_demo()
        return
    settings = surroundings(context).settings()
    _require_a_door(settings)
    require_free_port("HTTP_PORT", settings.http_host, settings.http_port)
    set_up_logging(settings)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    async with told_to_stop() as stop:
        await serve_until(stop, settings, lambda started: tell(introduction(started)))


async def serve_until(
    stop: asyncio.Event, settings: Settings, announce: Callable[[Started], None]
) -> None:
    """`bot.app.serve`, with a busy port told as what it is."""
    from bot.app import serve

    try:
        await serve(settings, announce=announce, stop=stop)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SettingsError((_busy("HTTP_PORT", settings.http_port),)) from error


@asynccontextmanager
async def told_to_stop() -> AsyncIterator[asyncio.Event]:
    """Set by the first Ctrl-C or SIGTERM; a second one ends the process the hard way."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    kinds = (signal.SIGINT, signal.SIGTERM)

    def told() -> None:
        stop.set()
        for kind in kinds:
            loop.remove_signal_handler(kind)

    with suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt there
        for kind in kinds:
            loop.add_signal_handler(kind, told)
    yield stop


def introduction(started: Started) -> str:
    lines = [
        f"Veilleur listens on {started.url}",
        f"  scorer    {started.scorer}",
        f"  rules     {started.rules}",
        f"  database  {started.database}",
        f"  Discord   {'connecting' if started.discord else 'not used'}",
        f"  console   {started.console_link}  (works once)",
    ]
    return "\n".join(lines)


def require_free_port(name: str, host: str, port: int) -> None:
    """Raises SettingsError before anything heavy is loaded."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError((_busy(name, port),)) from error
        what = f"cannot listen on {host} port {port}: {error.strerror}"
        fix = "check HTTP_HOST; ports below 1024 need rights of their own"
        raise SettingsError((Fault(where=name, what=what, fix=fix),)) from error


def _busy(name: str, port: int) -> Fault:
    what = f"port {port} is taken by another program, perhaps another Veilleur"
    return Fault(where=name, what=what, fix="stop that one, or choose another port")


def _require_a_door(settings: Settings) -> None:
    if settings.site_secret or settings.discord_token:
        return
    what = "neither this nor DISCORD_TOKEN is set, so no comment can come in"
    fix = "`veilleur init DIR` writes a .env with a secret; `veilleur demo` needs no settings"
    raise SettingsError((Fault(where="SITE_SECRET", what=what, fix=fix),))
