"""Brings a database to the newest schema; refuses one that is newer than this program."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.core.errors import Fault, StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(connection: sa.Connection) -> None:
    """Runs every migration that is missing, in the transaction of `connection`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    if not found <= known:
        what = f"the database has schema {', '.join(sorted(found - known))}, unknown here"
        fix = "it was written by a newer Veilleur: install that version, or restore a backup"
        raise StoreError((Fault(where="DATABASE_URL", what=what, fix=fix),))
    if found != set(script.get_heads()):
        command.upgrade(config, "head")


def newest() -> str:
    """The schema version this program writes."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head() or ""
