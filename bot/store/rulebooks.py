"""Every rulebook that was ever in force: its files, when, and by whom."""

from __future__ import annotations

import json
import zlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import SYSTEM, Actor
from bot.ports import KeptRulebook, RuleFiles
from bot.store import tables as t
from bot.store.database import Database
from bot.store.records import write_audit
from bot.store.rows import Row

_ASKED_FOR = timedelta(minutes=5)
"""A wish this old has nothing to do with the files that turn up now."""

_v = t.rulebook_versions.c


class SqlRulebooks:
    """Fulfils `bot.ports.Rulebooks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self, version: str, *, files: RuleFiles, rules: int, by: str, now: datetime
    ) -> str:
        async def work(connection: AsyncConnection) -> str:
            await _put(connection, version, files=files, rules=rules, by=by, now=now)
            wish = sa.select(_v.asked_by).where(
                _v.version == version, _v.asked_at > now - _ASKED_FOR
            )
            loaded_by = (await connection.execute(wish)).scalar_one_or_none() or by
            await connection.execute(
                t.rulebook_versions.update()
                .where(_v.version == version)
                .values(loaded_at=now, loaded_by=loaded_by, asked_at=None, asked_by=None)
            )
            await write_audit(
                connection,
                at=now,
                actor=SYSTEM,
                action="rules loaded",
                comment_id=None,
                detail={"version": version, "by": loaded_by},
            )
            return loaded_by

        return await self._database.write(work)

    async def put_aside(
        self, version: str, *, files: RuleFiles, rules: int, by: str, now: datetime
    ) -> None:
        await self._database.write(
            lambda connection: _put(connection, version, files=files, rules=rules, by=by, now=now)
        )

    async def ask_for(self, version: str, *, by: str, actor: Actor, now: datetime) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                t.rulebook_versions.update()
                .where(_v.version == version)
                .values(asked_at=now, asked_by=by)
            )
            await write_audit(
                connection,
                at=now,
                actor=actor,
                action="rules asked for",
                comment_id=None,
                detail={"version": version, "by": by},
            )

        await self._database.write(work)

    async def history(self, *, limit: int = 50) -> list[KeptRulebook]:
        columns = [column for column in t.rulebook_versions.c if column.name != "files"]
        query = (
            sa.select(*columns)
            .order_by(sa.func.coalesce(_v.loaded_at, _v.kept_at).desc(), _v.version)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [_kept(row) for row in await connection.execute(query)]

    async def live(self) -> str | None:
        query = (
            sa.select(_v.version)
            .where(_v.loaded_at.is_not(None))
            .order_by(_v.loaded_at.desc())
            .limit(1)
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def named(self, beginning: str) -> list[str]:
        query = (
            sa.select(_v.version)
            .where(_v.version.startswith(beginning, autoescape=True))
            .order_by(_v.version)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def files(self, version: str) -> RuleFiles | None:
        query = sa.select(_v.files).where(_v.version == version)
        async with self._database.reading() as connection:
            packed = (await connection.execute(query)).scalar_one_or_none()
        return None if packed is None else _unpacked(packed)


async def _put(
    connection: AsyncConnection,
    version: str,
    *,
    files: RuleFiles,
    rules: int,
    by: str,
    now: datetime,
) -> None:
    """Writes the version unless it is there; only the one writer calls this."""
    known = sa.select(_v.version).where(_v.version == version)
    if (await connection.execute(known)).first() is not None:
        return
    await connection.execute(
        t.rulebook_versions.insert().values(
            version=version, rules=rules, files=_packed(files), kept_at=now, kept_by=by
        )
    )


def _packed(files: RuleFiles) -> bytes:
    # ASCII only: what was not UTF-8 stands as lone surrogates, which only escapes can carry
    return zlib.compress(json.dumps(dict(files), sort_keys=True).encode("ascii"))


def _unpacked(packed: bytes) -> dict[str, str]:
    found: dict[str, str] = json.loads(zlib.decompress(packed))
    return found


def _kept(row: Row) -> KeptRulebook:
    return KeptRulebook(
        version=row.version,
        rules=row.rules,
        kept_at=row.kept_at,
        kept_by=row.kept_by,
        loaded_at=row.loaded_at,
        loaded_by=row.loaded_by,
    )
