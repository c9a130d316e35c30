"""Watches the rules folder and has the shelf take up what was saved there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import structlog
from watchfiles import awatch

from bot.rulebook.shelf import Shelf
from bot.rulebook.snapshot import folders, signature

log = structlog.get_logger()

LOOK_EVERY_S = 0.5
"""Where the system does not tell of changes (network drives, some containers) this is what finds
them; one `stat` a file."""
_GATHER_MS = 50
_QUIET_S = 0.1
"""So long nothing may be written before the folder is read: a checkout writes file after file."""
_LONGEST_WAIT_S = 3.0
_TRY_AGAIN_S = 5.0

_Root = tuple[str, int, int]
"""A folder to watch, and which one it is: a folder put in its place is another."""


@asynccontextmanager
async def watching(shelf: Shelf, *, look_every_s: float = LOOK_EVERY_S) -> AsyncIterator[None]:
    """The shelf follows its folder for as long as this is open."""
    task = asyncio.create_task(watch(shelf, look_every_s=look_every_s), name="rules")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def watch(shelf: Shelf, *, look_every_s: float = LOOK_EVERY_S) -> None:
    """Runs until cancelled. Events only wake it up; what counts is how the files differ from those
    that were read last, so that a missed event costs half a second and nothing else."""
    told = False
    while True:
        try:
            roots = await asyncio.to_thread(_roots, shelf.directory)
            await _until_moved(shelf, roots, look_every_s=look_every_s)
        except (OSError, RuntimeError) as error:  # e.g. no watches left: look now and then instead
            if not told:
                log.warning("the system does not tell of changes to the rules", error=str(error))
            told = True
            await asyncio.sleep(look_every_s)
            await _follow(shelf)


async def _until_moved(shelf: Shelf, roots: tuple[_Root, ...], *, look_every_s: float) -> None:
    """Follows changes; returns when other folders than `roots` have to be watched."""
    wakes = awatch(
        *(path for path, _, _ in roots),
        watch_filter=None,
        debounce=4 * _GATHER_MS,
        step=_GATHER_MS,
        rust_timeout=round(look_every_s * 1000),
        yield_on_timeout=True,
        recursive=False,
    )
    async with aclosing(wakes):
        async for _ in wakes:
            await _follow(shelf)
            if await asyncio.to_thread(_roots, shelf.directory) != roots:
                return


async def _follow(shelf: Shelf) -> None:
    """Takes up what has changed, once it rests; raises nothing but cancellation."""
    seen = await asyncio.to_thread(signature, shelf.directory)
    if seen == shelf.seen:
        return
    loop = asyncio.get_running_loop()
    until = loop.time() + _LONGEST_WAIT_S
    before = None
    while seen != before and loop.time() < until:
        await asyncio.sleep(_QUIET_S)
        before, seen = seen, await asyncio.to_thread(signature, shelf.directory)
    try:
        await shelf.reload()
    except Exception:
        log.exception("rules could not be taken up, will try again")
        await asyncio.sleep(_TRY_AGAIN_S)


def _roots(directory: Path) -> tuple[_Root, ...]:
    """The folder, those in it, and those around it, which tell when it is replaced."""
    folder = directory.absolute()
    found = {folder.parent, folder.resolve().parent, folder, *folders(folder)}
    return tuple(sorted(root for path in found for root in _root(path)))


def _root(path: Path) -> tuple[_Root, ...]:
    try:
        status = path.stat()
    except OSError:
        return ()
    return ((str(path), status.st_dev, status.st_ino),)
