"""The store as one thing: opens, migrates, backs up and closes. Fulfils `bot.ports.Store`."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from bot.core.errors import Fault, StoreError
from bot.core.model import AuditEntry, State, Totals
from bot.store import tables as t
from bot.store.cases import SqlCases
from bot.store.comments import SqlComments
from bot.store.counsel import SqlCounsel
from bot.store.database import Database
from bot.store.heads import SqlHeads
from bot.store.migrate import migrate
from bot.store.outbox import SqlOutbox
from bot.store.past import SqlPast
from bot.store.records import write_audit
from bot.store.rulebooks import SqlRulebooks
from bot.store.search import SqlSearch
from bot.store.standing import SqlAlarms, SqlAuthors, SqlModeOrders
from bot.store.views import (
    SqlBulletins,
    SqlCards,
    SqlChoices,
    SqlRestoredMessages,
    SqlSessions,
    SqlWatchedChannels,
)


class SqlStore:
    """Use `SqlStore.open`; one process owns one store, the command line may open a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.comments = SqlComments(database)
        self.cases = SqlCases(database)
        self.counsel = SqlCounsel(database)
        self.search = SqlSearch(database)
        self.outbox = SqlOutbox(database)
        self.cards = SqlCards(database)
        self.bulletins = SqlBulletins(database)
        self.watched = SqlWatchedChannels(database)
        self.choices = SqlChoices(database)
        self.restored = SqlRestoredMessages(database)
        self.sessions = SqlSessions(database)
        self.rulebooks = SqlRulebooks(database)
        self.past = SqlPast(database)
        self.authors = SqlAuthors(database)
        self.modes = SqlModeOrders(database)
        self.alarms = SqlAlarms(database)
        self.heads = SqlHeads(database)

    @classmethod
    async def open(cls, url: str) -> SqlStore:
        """Connects and brings the schema up to date.

        Raises StoreError when the address makes no sense, the file cannot be written, or the
        database belongs to a newer Veilleur.
        """
        _make_folder(url)
        database = _database(url)
        try:
            async with database.migrating() as connection:
                await connection.run_sync(migrate)
        except StoreError:
            await database.close()
            raise
        except (sa.exc.SQLAlchemyError, OSError) as error:
            await database.close()
            cause = str(error.__cause__ or error).splitlines()[0]
            raise StoreError((_cannot_open(url, cause),)) from error
        return cls(database)

    async def close(self) -> None:
        await self._database.close()

    async def ping(self) -> None:
        async with self._database.reading() as connection:
            await connection.execute(sa.select(1))

    async def audit(self, entry: AuditEntry, *, comment_id: str | None = None) -> None:
        await self._database.write(
            lambda connection: write_audit(
                connection,
                at=entry.at,
                actor=entry.actor,
                action=entry.action,
                comment_id=comment_id,
                detail=dict(entry.detail),
            )
        )

    async def totals(self) -> Totals:
        states = sa.select(t.comments.c.state, sa.func.count()).group_by(t.comments.c.state)
        opened = sa.select(sa.func.count(), sa.func.min(t.cases.c.opened_at)).where(
            t.cases.c.closed_at.is_(None)
        )
        waiting = sa.select(sa.func.count(), sa.func.min(t.outbox.c.due_at)).where(
            t.outbox.c.status.in_(("waiting", "taken"))
        )
        dead = sa.select(sa.func.count()).where(t.outbox.c.status == "dead")
        async with self._database.reading() as connection:
            by_state = {State(row[0]): row[1] for row in await connection.execute(states)}
            open_cases, oldest_case_at = (await connection.execute(opened)).one()
            outbox_waiting, oldest_due_at = (await connection.execute(waiting)).one()
            outbox_dead = (await connection.execute(dead)).scalar_one()
        return Totals(
            by_state=by_state,
            open_cases=open_cases,
            oldest_case_at=oldest_case_at,
            outbox_waiting=outbox_waiting,
            outbox_dead=outbox_dead,
            oldest_outbox_due_at=oldest_due_at,
        )

    async def backup(self, path: Path) -> None:
        """A consistent copy of a SQLite database, while others read and write.

        Raises StoreError for PostgreSQL (which has `pg_dump`) and for a file that exists.
        """
        source = self._database.url.database
        if not self._database.is_sqlite or not source:
            what = "only SQLite databases are copied by this command"
            raise StoreError((Fault(where="DATABASE_URL", what=what, fix="use pg_dump"),))
        await asyncio.to_thread(_copy, Path(source), path)


def _copy(source: Path, path: Path) -> None:
    if path.exists():
        raise StoreError((Fault(where=str(path), what="the file exists already"),))
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(path)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        path.unlink(missing_ok=True)
        fault = Fault(where=str(path), what=f"the copy failed: {error}", fix="check the folder")
        raise StoreError((fault,)) from error


def _database(url: str) -> Database:
    try:
        return Database(url)
    except (sa.exc.SQLAlchemyError, ImportError, ValueError) as error:
        raise StoreError((_cannot_open(url, str(error).splitlines()[0]),)) from error


def _make_folder(url: str) -> None:
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise StoreError((_cannot_open(url, str(error).splitlines()[0]),)) from error


def _cannot_open(url: str, cause: str) -> Fault:
    try:
        shown = sa.make_url(url).render_as_string(hide_password=True)
    except sa.exc.SQLAlchemyError:
        shown = "an address that cannot be read"
    return Fault(
        where="DATABASE_URL",
        what=f"cannot open {shown}: {cause}",
        fix="for SQLite: sqlite+aiosqlite:///data/veilleur.sqlite3, in a folder you may write to",
    )
