"""Connections: many readers, one writer that gathers its neighbours' work into one commit."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic_core import from_json
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[Any]]

_BUSY_MS = 10_000
"""How long SQLite waits for another process (the command line) that writes."""
_READERS = 4
_GATHER = 128
"""Most units of work in one commit."""


class Database:
    """One database file or server. `write` runs a unit of work; it returns once it is on disk.

    Units that wait at the same moment share one transaction: one disk flush for many comments.
    A unit may run twice (when a neighbour fails), so it must do nothing but use its connection.
    """

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._readers = _engine(self.url, pool_size=_READERS, begin="BEGIN")
        self._writer = _engine(self.url, pool_size=1, begin="BEGIN IMMEDIATE")
        self._queue: asyncio.Queue[tuple[Work, asyncio.Future[Any]]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Finishes what was asked for, then closes every connection."""
        if self._task is not None:
            await self._queue.join()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._readers.dispose()
        await self._writer.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading, with one consistent view for as long as it is held."""
        async with self._readers.connect() as connection:
            yield connection

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[AsyncConnection]:
        """The writer's connection, before any unit of work runs."""
        async with self._writer.begin() as connection:
            yield connection

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Runs `work` in the writer's next transaction; its exception comes back to the caller."""
        if self._task is None:
            self._task = asyncio.create_task(self._serve(), name="store-writer")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((work, future))
        return await future

    async def _serve(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < _GATHER and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._commit(batch)
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _commit(self, batch: list[tuple[Work, asyncio.Future[Any]]]) -> None:
        """Everybody's work in one transaction; if that fails, each in one of its own, so that
        the one which fails takes no other with it."""
        try:
            async with self._writer.begin() as connection:
                values = [await work(connection) for work, _ in batch]
        except Exception as error:  # noqa: BLE001 - told to whoever asked for the work
            if len(batch) == 1:
                _answer(batch[0][1], None, error)
                return
            for one in batch:
                await self._commit([one])
            return
        for (_, future), value in zip(batch, values, strict=True):
            _answer(future, value, None)


def _answer(future: asyncio.Future[Any], value: object, failure: Exception | None) -> None:
    if future.done():  # the caller was cancelled and no longer listens
        return
    if failure is None:
        future.set_result(value)
    else:
        future.set_exception(failure)


def read_json(text: str | bytes) -> Any:
    """As `json.loads`, in a third of the time: looking back reads the facts of many comments."""
    try:
        return from_json(text)
    except ValueError:  # half a surrogate pair, which only Python's own reader takes
        return json.loads(text)


def _engine(url: sa.URL, *, pool_size: int, begin: str) -> AsyncEngine:
    # hide_parameters: a failing statement must not put a reader's text into the log
    if url.get_backend_name() != "sqlite":
        return create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            json_deserializer=read_json,
        )
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,
        json_deserializer=read_json,
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # an accepted comment survives power loss
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
