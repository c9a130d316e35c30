"""What the doors remember of their own: cards, watched channels, log-ins to the console."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Actor, Case, Comment, EffectKind, Source, State
from bot.ports import Bulletin, Card, Restored, Session, WatchedChannel
from bot.store import tables as t
from bot.store.database import Database
from bot.store.records import upsert, write_audit
from bot.store.rows import (
    CASE,
    COMMENT,
    STANDS_BEHIND,
    Row,
    actor_columns,
    actor_of,
    case_of,
    comment_of,
)

_STILL_UP = 500


class SqlCards:
    """Fulfils `bot.ports.Cards`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, case_id: int) -> Card | None:
        async with self._database.reading() as connection:
            row = (
                await connection.execute(t.cards.select().where(t.cards.c.case_id == case_id))
            ).one_or_none()
        return _card_of(row) if row else None

    async def put(self, card: Card) -> None:
        async def work(connection: AsyncConnection) -> None:
            case = sa.select(t.cases.c.closed_at).where(t.cases.c.id == card.case_id)
            closed_at = (await connection.execute(case)).scalar_one_or_none()
            await upsert(
                connection,
                t.cards,
                key={"case_id": card.case_id},
                values={
                    "channel_id": card.channel_id,
                    "message_id": card.message_id,
                    "case_version": card.case_version,
                    "revision": card.revision,
                    "shown_open": closed_at is None,
                },
            )

        await self._database.write(work)

    async def remove(self, case_id: int) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(t.cards.delete().where(t.cards.c.case_id == case_id))

        await self._database.write(work)

    async def of_open_cases(self) -> list[Card]:
        query = (
            t.cards.select()
            .join(t.cases, t.cases.c.id == t.cards.c.case_id)
            .where(t.cases.c.closed_at.is_(None))
        )
        async with self._database.reading() as connection:
            return [_card_of(row) for row in await connection.execute(query)]

    async def stale(self) -> list[int]:
        query = (
            sa.select(t.cards.c.case_id)
            .join(t.cases, t.cases.c.id == t.cards.c.case_id)
            .where(t.cards.c.revision != t.cases.c.revision)
            .order_by(t.cards.c.case_id)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def missing(self, *, limit: int) -> list[Case]:
        shown = sa.exists().where(t.cards.c.case_id == t.cases.c.id)
        query = (
            CASE.where(t.cases.c.closed_at.is_(None), ~shown, ~STANDS_BEHIND)
            .order_by(t.cases.c.turn_at, t.cases.c.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [case_of(row) for row in await connection.execute(query)]


class SqlBulletins:
    """Fulfils `bot.ports.Bulletins`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> Bulletin | None:
        query = t.bulletins.select().where(t.bulletins.c.name == name)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Bulletin(
            name=row.name,
            channel_id=row.channel_id,
            message_id=row.message_id,
            digest=row.digest,
            posted_at=row.posted_at,
        )

    async def put(self, bulletin: Bulletin) -> None:
        async def work(connection: AsyncConnection) -> None:
            await upsert(
                connection,
                t.bulletins,
                key={"name": bulletin.name},
                values={
                    "channel_id": bulletin.channel_id,
                    "message_id": bulletin.message_id,
                    "digest": bulletin.digest,
                    "posted_at": bulletin.posted_at,
                },
            )

        await self._database.write(work)

    async def remove(self, name: str) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(t.bulletins.delete().where(t.bulletins.c.name == name))

        await self._database.write(work)


class SqlWatchedChannels:
    """Fulfils `bot.ports.WatchedChannels`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[WatchedChannel]:
        query = t.watched_channels.select().order_by(t.watched_channels.c.channel_id)
        async with self._database.reading() as connection:
            return [
                WatchedChannel(
                    channel_id=row.channel_id,
                    guild_id=row.guild_id,
                    last_message_id=row.last_message_id,
                    chosen=row.chosen_at is not None,
                )
                for row in await connection.execute(query)
            ]

    async def watch(self, channel_id: int, *, guild_id: int | None, now: datetime) -> None:
        async def work(connection: AsyncConnection) -> None:
            known = sa.select(t.watched_channels.c.channel_id).where(
                t.watched_channels.c.channel_id == channel_id
            )
            if (await connection.execute(known)).first() is None:
                await connection.execute(
                    t.watched_channels.insert().values(
                        channel_id=channel_id, guild_id=guild_id, watched_since=now
                    )
                )

        await self._database.write(work)

    async def unwatch(self, channel_id: int) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                t.watched_channels.delete().where(t.watched_channels.c.channel_id == channel_id)
            )

        await self._database.write(work)

    async def choose(
        self,
        channel_id: int,
        *,
        guild_id: int,
        last_message_id: int,
        actor: Actor,
        now: datetime,
    ) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                t.watched_channels.delete().where(t.watched_channels.c.channel_id == channel_id)
            )
            await connection.execute(
                t.watched_channels.insert().values(
                    channel_id=channel_id,
                    guild_id=guild_id,
                    last_message_id=last_message_id,
                    watched_since=now,
                    chosen_at=now,
                )
            )
            await write_audit(
                connection,
                at=now,
                actor=actor,
                action="channel watched",
                comment_id=None,
                detail={"channel": channel_id},
            )

        await self._database.write(work)

    async def drop(self, channel_id: int, *, actor: Actor, now: datetime) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                t.watched_channels.delete().where(t.watched_channels.c.channel_id == channel_id)
            )
            await write_audit(
                connection,
                at=now,
                actor=actor,
                action="channel no longer watched",
                comment_id=None,
                detail={"channel": channel_id},
            )

        await self._database.write(work)

    async def advance(self, channel_id: int, message_id: int) -> None:
        w = t.watched_channels.c

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                t.watched_channels.update()
                .where(
                    w.channel_id == channel_id,
                    sa.or_(w.last_message_id.is_(None), w.last_message_id < message_id),
                )
                .values(last_message_id=message_id)
            )

        await self._database.write(work)

    async def still_up(self, channel_id: int, *, since: datetime) -> list[Comment]:
        c = t.comments.c
        ours = sa.exists().where(
            t.outbox.c.comment_id == c.id,
            t.outbox.c.kind == EffectKind.DELETE_MESSAGE.value,
            t.outbox.c.status.in_(("waiting", "taken", "delivered")),
        )
        query = (
            COMMENT.where(
                t.stories.c.external_id == str(channel_id),
                c.source == Source.DISCORD.value,
                sa.or_(
                    c.state == State.IN_REVIEW.value,
                    sa.and_(c.state == State.APPROVED.value, c.received_at >= since),
                ),
                ~ours,
            )
            .order_by(c.received_at.desc())
            .limit(_STILL_UP)
        )
        async with self._database.reading() as connection:
            return [comment_of(row) for row in await connection.execute(query)]


class SqlChoices:
    """Fulfils `bot.ports.Choices`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[str, int]:
        async with self._database.reading() as connection:
            rows = await connection.execute(t.choices.select())
            return {row.name: row.value for row in rows}

    async def put(self, choices: Mapping[str, int], *, actor: Actor, now: datetime) -> None:
        async def work(connection: AsyncConnection) -> None:
            for name, value in choices.items():
                await upsert(connection, t.choices, key={"name": name}, values={"value": value})
            await write_audit(
                connection,
                at=now,
                actor=actor,
                action="set up",
                comment_id=None,
                detail=dict(choices),
            )

        await self._database.write(work)


class SqlRestoredMessages:
    """Fulfils `bot.ports.RestoredMessages`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, messages: Sequence[Restored]) -> None:
        async def work(connection: AsyncConnection) -> None:
            for message in messages:
                await upsert(
                    connection,
                    t.restored_messages,
                    key={"message_id": message.message_id},
                    values={"channel_id": message.channel_id, "comment_id": message.comment_id},
                )

        await self._database.write(work)

    async def of_comment(self, comment_id: str) -> list[Restored]:
        return await self._found(t.restored_messages.c.comment_id == comment_id)

    async def at(self, message_id: int) -> Restored | None:
        found = await self._found(t.restored_messages.c.message_id == message_id)
        return found[0] if found else None

    async def _found(self, where: sa.ColumnElement[bool]) -> list[Restored]:
        query = t.restored_messages.select().where(where)
        query = query.order_by(t.restored_messages.c.message_id)
        async with self._database.reading() as connection:
            return [
                Restored(
                    comment_id=row.comment_id,
                    channel_id=row.channel_id,
                    message_id=row.message_id,
                )
                for row in await connection.execute(query)
            ]


class SqlSessions:
    """Fulfils `bot.ports.Sessions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def issue_link(self, token_hash: str, *, session: Session, now: datetime) -> None:
        async def work(connection: AsyncConnection) -> None:
            for table in (t.login_links, t.sessions):  # what ran out is of no use to anybody
                await connection.execute(table.delete().where(table.c.expires_at < now))
            await connection.execute(
                t.login_links.insert().values(
                    token_hash=token_hash,
                    expires_at=session.expires_at,
                    **actor_columns("actor", session.actor),
                )
            )

        await self._database.write(work)

    async def redeem_link(
        self, token_hash: str, *, session_hash: str, expires_at: datetime, now: datetime
    ) -> Session | None:
        async def work(connection: AsyncConnection) -> Session | None:
            link = t.login_links.select().where(
                t.login_links.c.token_hash == token_hash,
                t.login_links.c.used_at.is_(None),
                t.login_links.c.expires_at > now,
            )
            row = (await connection.execute(link)).one_or_none()
            actor = actor_of(row, "actor") if row else None
            if actor is None:
                return None
            await connection.execute(
                t.login_links.update()
                .where(t.login_links.c.token_hash == token_hash)
                .values(used_at=now)
            )
            await connection.execute(
                t.sessions.insert().values(
                    session_hash=session_hash,
                    expires_at=expires_at,
                    **actor_columns("actor", actor),
                )
            )
            return Session(actor=actor, expires_at=expires_at)

        return await self._database.write(work)

    async def get(self, session_hash: str, *, now: datetime) -> Session | None:
        query = t.sessions.select().where(
            t.sessions.c.session_hash == session_hash, t.sessions.c.expires_at > now
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        actor = actor_of(row, "actor") if row else None
        return Session(actor=actor, expires_at=row.expires_at) if row and actor else None

    async def end(self, session_hash: str) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                t.sessions.delete().where(t.sessions.c.session_hash == session_hash)
            )

        await self._database.write(work)


def _card_of(row: Row) -> Card:
    return Card(
        case_id=row.case_id,
        channel_id=row.channel_id,
        message_id=row.message_id,
        case_version=row.case_version,
        revision=row.revision,
    )
