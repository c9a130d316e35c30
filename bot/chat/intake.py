"""Watched channels: their messages are comments, and none is missed or taken twice.

The newest stored message of each channel is remembered. Whatever comes after it while nobody
listens (the program is down, Discord ended the session) is read from the channel's history at the
next READY. Until a channel has been read up, live messages are stored but the mark stays put.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import discord
import structlog

from bot.chat.config import ChatConfig
from bot.chat.errors import DiscordError, said
from bot.chat.rereading import changed_meanwhile
from bot.core.errors import IntakeFullError
from bot.core.model import MAX_TEXT_CHARS, Actor, Author, Parent, Source, Story, Submission
from bot.engine import Engine
from bot.ports import WatchedChannel

log = structlog.get_logger()

MOST_MISSED = 5_000
"""Messages of one channel read up after one READY; the rest waits for the next."""
_READ_AGAIN_S = (0.5, 2.0, 10.0, 30.0)
"""Waits between attempts to read a history; later it is tried with each new message."""
_REREAD = timedelta(hours=24)
"""Approved messages no older than this are looked at again; those in review always are."""
_PARENT_CHARS = 2_000
_TRIES_WHEN_FULL = 5
_KINDS = frozenset({discord.MessageType.default, discord.MessageType.reply})


class Intake:
    """Messages, edits and deletions of watched channels on their way to the engine."""

    def __init__(self, client: discord.Client, *, config: ChatConfig, engine: Engine) -> None:
        self._client = client
        self._configured = set(config.watched_channel_ids)
        """Those of the settings, and those that an admin has chosen in Discord."""
        self._engine = engine
        self._threads: set[int] = set()
        """Threads of watched channels that are remembered in the database already."""
        self._read_up: set[int] = set()
        self._unread: set[int] = set()
        """Channels that could not be read up although it was tried again and again."""
        self._order: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One message of a channel at a time: the mark must never overtake a message."""
        self._to_reread: set[int] = set()
        """Channels whose edits and deletions this session has not looked after yet."""
        self.own_deletions: set[int] = set()
        """Messages that Veilleur itself deletes: no author withdrew them."""

    async def watch_configured(self) -> None:
        """Notes the configured channels in the database, so that their marks can be kept, and
        takes up those that were chosen in Discord."""
        watched = self._engine.store.watched
        for channel_id in sorted(self._configured):
            await watched.watch(channel_id, guild_id=None, now=_now())
        self._configured |= {one.channel_id for one in await watched.all() if one.chosen}

    @property
    def watched_ids(self) -> tuple[int, ...]:
        return tuple(sorted(self._configured))

    def is_watched(self, channel_id: int) -> bool:
        return channel_id in self._configured

    def is_unread(self, channel_id: int) -> bool:
        """Whether its history could not be read in this session."""
        return channel_id in self._unread

    async def begin(self, channel: discord.TextChannel, *, actor: Actor) -> None:
        """Moderates the channel's messages from now on, at this and every later start."""
        await self._engine.store.watched.choose(
            channel.id,
            guild_id=channel.guild.id,
            last_message_id=_newest(channel),
            actor=actor,
            now=_now(),
        )
        self._configured.add(channel.id)
        self._read_up.add(channel.id)

    async def leave(self, channel_id: int, *, actor: Actor) -> None:
        """Ends `begin`; cases that are open stay open."""
        await self._engine.store.watched.drop(channel_id, actor=actor, now=_now())
        self._configured.discard(channel_id)
        self._read_up.discard(channel_id)

    def fall_behind(self) -> None:
        """The session is lost: from now on nothing is certain until the history was read."""
        self._read_up.clear()
        self._unread.clear()

    # --- what Discord tells ----------------------------------------------------------------

    async def take(self, message: discord.Message) -> None:
        """A new message."""
        if not self._watched(message.channel) or not from_a_reader(message):
            return
        channel_id = message.channel.id
        async with self._order[channel_id]:
            await self._remember_thread(message)
            await self._submit(submission_of(message))
            if channel_id in self._read_up:
                await self._engine.store.watched.advance(channel_id, message.id)
        if channel_id in self._unread:
            await self._try_again(channel_id)

    async def take_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A new version, if its words changed: Discord also calls a link preview an edit."""
        message = payload.message
        if not self._watched(message.channel) or not from_a_reader(message):
            return
        if message.edited_at is None:
            return
        async with self._order[message.channel.id]:
            await self._submit(submission_of(message))

    async def withdraw(self, *, guild_id: int | None, channel_id: int, messages: set[int]) -> None:
        """Messages deleted by their authors or by other moderators' hands."""
        others = messages - self.own_deletions
        self.own_deletions -= messages
        if guild_id is None or not (channel_id in self._configured or channel_id in self._threads):
            return
        async with self._order[channel_id]:
            for message_id in sorted(others):
                await self._withdraw(guild_id, message_id)

    async def _withdraw(self, guild_id: int, message_id: int) -> None:
        """A restored message stands for the one that was removed."""
        external_id = str(message_id)
        copy = await self._engine.store.restored.at(message_id)
        original = await self._engine.store.comments.get(copy.comment_id) if copy else None
        if original is not None:
            external_id = original.external_id
        await self._engine.withdraw(site=site_of(guild_id), external_id=external_id)

    # --- what was missed -------------------------------------------------------------------

    async def catch_up(self, *, new_session: bool = True) -> None:
        """Reads every watched channel from its mark on, oldest first; tries again what fails.

        Edits and deletions are told once, to whoever listens: a new session looks after them too.
        """
        behind = await self._engine.store.watched.all()
        if new_session:
            self._to_reread = {watched.channel_id for watched in behind}
        for wait_s in (0.0, *_READ_AGAIN_S):
            await asyncio.sleep(wait_s)
            behind = [watched for watched in behind if not await self._tried(watched)]
            if not behind:
                return
        self._unread |= {watched.channel_id for watched in behind}

    async def _tried(self, watched: WatchedChannel) -> bool:
        """False when it is worth trying again."""
        try:
            await self._read(watched)
        except (discord.Forbidden, discord.NotFound) as error:
            self._unread.add(watched.channel_id)
            log.warning("not allowed to read", channel=watched.channel_id, why=said(error))
        except (*DiscordError, IntakeFullError) as error:
            log.warning("reading up failed", channel=watched.channel_id, why=said(error))
            return False
        return True

    async def _try_again(self, channel_id: int) -> None:
        """A message arrived where the history could not be read: perhaps it can be now."""
        self._unread.discard(channel_id)
        for watched in await self._engine.store.watched.all():
            if watched.channel_id == channel_id and not await self._tried(watched):
                self._unread.add(channel_id)

    async def _read(self, watched: WatchedChannel) -> None:
        channel = self._client.get_channel(watched.channel_id)
        if channel is None and watched.channel_id not in self._configured:
            return  # an archived thread: nothing can be written there until it comes back
        if channel is None:
            channel = await self._client.fetch_channel(watched.channel_id)
        if not isinstance(channel, discord.abc.Messageable) or not self._watched(channel):
            return
        if isinstance(channel, discord.Thread):
            self._threads.add(channel.id)
        async with self._order[watched.channel_id]:
            if await self._read_history(channel, watched):
                self._read_up.add(watched.channel_id)
            if watched.channel_id in self._to_reread:
                await self._reread(channel, watched.channel_id)
                self._to_reread.discard(watched.channel_id)

    async def _reread(self, channel: discord.abc.Messageable, channel_id: int) -> None:
        """What was edited or deleted while nobody listened."""
        store = self._engine.store
        known = await store.watched.still_up(channel_id, since=_now() - _REREAD)
        changes = await changed_meanwhile(channel, known)
        for message in changes.edited:
            if from_a_reader(message):
                await self._submit(submission_of(message))
        for comment in changes.deleted:
            await self._engine.withdraw(site=comment.site, external_id=comment.external_id)
        if changes.edited or changes.deleted:
            log.info(
                "reread a channel",
                channel=channel_id,
                edited=len(changes.edited),
                deleted=len(changes.deleted),
            )

    async def _read_history(
        self, channel: discord.abc.Messageable, watched: WatchedChannel
    ) -> bool:
        store = self._engine.store
        if watched.last_message_id is None:
            await store.watched.advance(watched.channel_id, _newest(channel))
            return True
        seen = taken = 0
        after = discord.Object(watched.last_message_id)
        async for message in channel.history(after=after, oldest_first=True, limit=MOST_MISSED):
            seen += 1
            if from_a_reader(message):
                await self._submit(submission_of(message))
                taken += 1
            await store.watched.advance(watched.channel_id, message.id)
        if seen:
            log.info("read up a channel", channel=watched.channel_id, seen=seen, taken=taken)
        return seen < MOST_MISSED

    # --- the engine ------------------------------------------------------------------------

    async def _submit(self, submission: Submission) -> None:
        """Waits while the intake is full; if it stays full the channel counts as not read up."""
        for attempt in range(1, _TRIES_WHEN_FULL + 1):
            try:
                await self._engine.submit(submission)
            except IntakeFullError as full:
                if attempt == _TRIES_WHEN_FULL:
                    self._read_up.discard(int(submission.story.id))
                    raise
                await asyncio.sleep(full.retry_after_s)
            except Exception:
                self._read_up.discard(int(submission.story.id))
                raise
            else:
                return

    async def _remember_thread(self, message: discord.Message) -> None:
        thread = message.channel
        if not isinstance(thread, discord.Thread) or thread.id in self._threads:
            return
        store = self._engine.store
        known = {watched.channel_id for watched in await store.watched.all()}
        if thread.id not in known:
            await store.watched.watch(thread.id, guild_id=thread.guild.id, now=_now())
            await store.watched.advance(thread.id, message.id - 1)
            self._read_up.add(thread.id)
        self._threads.add(thread.id)

    def _watched(self, channel: object) -> bool:
        if isinstance(channel, discord.Thread):
            return channel.id in self._configured or channel.parent_id in self._configured
        return isinstance(channel, discord.abc.GuildChannel) and channel.id in self._configured


def submission_of(message: discord.Message) -> Submission:
    """A Discord message as a comment: the channel stands for the story."""
    channel = message.channel
    guild = message.guild
    category = getattr(channel, "category", None)
    return Submission(
        site=site_of(guild.id if guild else 0),
        source=Source.DISCORD,
        external_id=str(message.id),
        text=message.content[:MAX_TEXT_CHARS],
        author=Author(id=str(message.author.id), name=message.author.display_name),
        story=Story(
            id=str(channel.id),
            url=message.jump_url,
            title=getattr(channel, "name", None),
            section=category.name if category else None,
        ),
        parent=_parent(message),
        created_at=message.created_at,
    )


def site_of(guild_id: int) -> str:
    """The name of a Discord server as a place that comments come from."""
    return f"discord:{guild_id}"


def _parent(message: discord.Message) -> Parent | None:
    reference = message.reference
    if message.type is not discord.MessageType.reply or not reference or not reference.message_id:
        return None
    answered = reference.resolved
    if not isinstance(answered, discord.Message):
        return Parent(id=str(reference.message_id))
    return Parent(
        id=str(answered.id),
        author=answered.author.display_name,
        text=answered.content[:_PARENT_CHARS] or None,
    )


def from_a_reader(message: discord.Message) -> bool:
    """Words written by a person: no bots, no webhooks, no system lines, no bare pictures."""
    return (
        message.guild is not None
        and not message.author.bot
        and message.webhook_id is None
        and message.type in _KINDS
        and bool(message.content.strip())
    )


def _newest(channel: discord.abc.Messageable) -> int:
    """Where a newly watched channel begins; what was written before is left alone."""
    last: int | None = getattr(channel, "last_message_id", None)
    own: int = getattr(channel, "id", 0)
    return last or own


def _now() -> datetime:
    return datetime.now(UTC)
