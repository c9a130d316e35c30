"""Everything remembered: SQLAlchemy Core over SQLite (the default) or PostgreSQL."""

from bot.store.sql_store import SqlStore

__all__ = ["SqlStore"]
