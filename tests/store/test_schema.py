"""The schema: what the migrations make is what the code expects, and a newer one is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from bot.core.errors import StoreError
from bot.store import SqlStore
from bot.store.migrate import MIGRATIONS
from bot.store.tables import metadata


async def test_all_migrations_together_make_the_tables(store: SqlStore, tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'veilleur.sqlite3'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_the_file_is_set_up_to_survive_a_power_cut(store: SqlStore) -> None:
    async with store._database.reading() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.parametrize("revision", [f"{number:04}" for number in range(1, 13)])
async def test_an_older_database_is_brought_up(
    database_url: str, tmp_path: Path, revision: str
) -> None:
    """What an earlier Veilleur left is kept, and the schema ends up as the code expects."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'veilleur.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(sa.text("INSERT INTO sites VALUES ('old', 'site', '2026-01-01')"))
    await (await SqlStore.open(database_url)).close()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert connection.execute(sa.text("SELECT name FROM sites")).scalars().all() == ["old"]
    engine.dispose()


async def test_a_newer_database_is_refused_in_words(database_url: str, tmp_path: Path) -> None:
    await (await SqlStore.open(database_url)).close()
    with sqlite3.connect(tmp_path / "veilleur.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError) as refused:
        await SqlStore.open(database_url)
    assert str(refused.value) == (
        "DATABASE_URL: the database has schema 9999, unknown here\n"
        "  it was written by a newer Veilleur: install that version, or restore a backup"
    )


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:////proc/nowhere/v.sqlite3",
        "not an address",
        "oracle+nothing://x/y",
        "sqlite+aiosqlite:////dev/null",
    ],
)
async def test_an_address_that_cannot_be_opened_gives_one_clear_fault(url: str) -> None:
    with pytest.raises(StoreError) as refused:
        await SqlStore.open(url)
    assert [fault.where for fault in refused.value.faults] == ["DATABASE_URL"]


async def test_a_password_never_shows_in_a_fault() -> None:
    with pytest.raises(StoreError) as refused:
        await SqlStore.open("oracle+nothing://me:hunter2@x/y")
    assert "hunter2" not in str(refused.value)
