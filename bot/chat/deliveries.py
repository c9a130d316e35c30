"""Effects whose way out is Discord: cards to show, messages to delete, members to time out or to
tell. The outbox calls these."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

import discord

from bot.chat import texts
from bot.chat.board import UNKNOWN_CHANNEL, UNKNOWN_MESSAGE
from bot.chat.calls import call
from bot.chat.client import VeilleurClient
from bot.chat.errors import DiscordError, said
from bot.chat.restoring import restore
from bot.chat.safe_text import one_line
from bot.chat.texts import say
from bot.core.model import Delivered, Delivery, OutboxItem, Outcome, Retry, Undeliverable
from bot.core.reasons import Reason, label
from bot.ports import Clock

CurrentClient = Callable[[], VeilleurClient | None]
"""The client of this moment; None while there is none."""

_MISSING_ACCESS = 50001
_MISSING_PERMISSIONS = 50013
_CANNOT_DM = 50007
_NO_MUTUAL_SERVER = 50278
_UNKNOWN_MEMBER, _UNKNOWN_USER, _UNKNOWN_GUILD = 10007, 10013, 10004
_NOT_CONNECTED = Retry(error="not connected to Discord", after_s=5.0, counts=False)


_WHY_TIMEOUT = "Veilleur: a rule asks for it"
"""For the server's own audit log."""


class CaseCards:
    """Delivers SHOW_CASE: the case's card in the review channel shows what the database says.

    A card is only a view, so nothing about it is ever undeliverable: while the channel cannot be
    written to, the card waits until somebody mends that.
    """

    def __init__(self, client: CurrentClient) -> None:
        self._client = client

    async def deliver(self, item: OutboxItem) -> Delivery:
        client = self._client()
        if client is None or not client.online:
            return _NOT_CONNECTED
        try:
            await client.board.show(item.effect.subject)
        except DiscordError as error:
            client.note_trouble("review channel", error)
            if isinstance(error, discord.Forbidden | discord.NotFound):
                return Retry(
                    error=f"review channel cannot be used: {said(error)}", after_s=60, counts=False
                )
            return Retry(error=said(error))
        return Delivered()


class Calls:
    """Delivers CALL_PEOPLE: colleagues are called into the thread of the case's card."""

    def __init__(self, client: CurrentClient) -> None:
        self._client = client

    async def deliver(self, item: OutboxItem) -> Delivery:
        client = self._client()
        if client is None or not client.online:
            return _NOT_CONNECTED
        case = await client.engine.store.cases.for_comment(item.effect.subject)
        if case is None or not case.is_open:
            return Delivered()  # nobody is needed any more
        try:
            card = await client.board.card_for(case)
            await call(client, item, case, card)
        except DiscordError as error:
            client.note_trouble("calling colleagues", error)
            if isinstance(error, discord.Forbidden | discord.NotFound):
                return Retry(
                    error=f"review channel cannot be used: {said(error)}", after_s=60, counts=False
                )
            return Retry(error=said(error))
        return Delivered()


class MessageDeletions:
    """Delivers DELETE_MESSAGE: a rejected message disappears from its channel, and so does what was
    posted in its place after an earlier removal."""

    def __init__(self, client: CurrentClient) -> None:
        self._client = client

    async def deliver(self, item: OutboxItem) -> Delivery:
        client = self._client()
        if client is None or not client.online:
            return _NOT_CONNECTED
        channel_id = int(str(item.effect.payload["channel_id"]))
        copies = await client.engine.store.restored.of_comment(item.effect.subject)
        messages = [int(str(item.effect.payload["message_id"])), *(c.message_id for c in copies)]
        results = [await self._delete(client, channel_id, message_id) for message_id in messages]
        failed = [result for result in results if not isinstance(result, Delivered)]
        return failed[0] if failed else Delivered()

    async def _delete(self, client: VeilleurClient, channel_id: int, message_id: int) -> Delivery:
        client.intake.own_deletions.add(message_id)
        try:
            channel = client.get_partial_messageable(channel_id)
            await channel.get_partial_message(message_id).delete()
        except DiscordError as error:
            if isinstance(error, discord.Forbidden):
                client.intake.own_deletions.discard(message_id)  # it is still there
            return _judged(error, channel_id)
        return Delivered()


class MessageRestorations:
    """Delivers RESTORE_MESSAGE: a message that was removed is posted again."""

    def __init__(self, client: CurrentClient) -> None:
        self._client = client

    async def deliver(self, item: OutboxItem) -> Delivery:
        client = self._client()
        if client is None or not client.online:
            return _NOT_CONNECTED
        return await restore(client, item)


class AuthorTimeouts:
    """Delivers TIMEOUT_AUTHOR: a member may not write until the time that was recorded."""

    def __init__(self, client: CurrentClient, now: Clock) -> None:
        self._client = client
        self._now = now

    async def deliver(self, item: OutboxItem) -> Delivery:
        client = self._client()
        if client is None or not client.online:
            return _NOT_CONNECTED
        until = datetime.fromisoformat(str(item.effect.payload["until"]))
        if until <= self._now():
            return Delivered()  # it would have ended by now
        guild_id = int(str(item.effect.payload["guild_id"]))
        user_id = int(str(item.effect.payload["user_id"]))
        try:
            guild = client.get_guild(guild_id) or await client.fetch_guild(guild_id)
            member = await guild.fetch_member(user_id)
            if member.timed_out_until is None or member.timed_out_until < until:
                await member.timeout(until, reason=_WHY_TIMEOUT)
        except DiscordError as error:
            return _judged_of_member(
                error,
                what=f"not allowed to time out this member of server {guild_id}: give the bot's "
                "role «Time out members» and place it above the member's; owners and "
                "administrators cannot be timed out",
            )
        return Delivered()


class AuthorNotices:
    """Delivers NOTIFY_AUTHOR: a direct message, never a word where others read it.

    A repeated one (after a crash) carries the same nonce, so that Discord sends it once.
    """

    def __init__(self, client: CurrentClient) -> None:
        self._client = client

    async def deliver(self, item: OutboxItem) -> Delivery:
        client = self._client()
        if client is None or not client.online:
            return _NOT_CONNECTED
        payload = item.effect.payload
        guild = client.get_guild(int(str(payload["guild_id"])))
        try:
            user = await client.fetch_user(int(str(payload["user_id"])))
            comment = await client.engine.store.comments.get(item.effect.subject)
            await user.send(
                _notice(
                    payload,
                    server=guild.name if guild else "",
                    text=comment.text if comment else "",
                    language=client.config.language,
                ),
                nonce=hashlib.sha256(item.delivery_id.encode()).hexdigest()[:24],
            )
        except DiscordError as error:
            return _judged_of_member(
                error,
                what="the author takes no direct messages from this server's members, or has "
                "blocked the bot: they cannot be told in private, and are never told in public",
            )
        return Delivered()


def _notice(payload: Mapping[str, object], *, server: str, text: str, language: str) -> str:
    """What happened, their own words again, why, and what they can do about it."""
    reason = payload.get("reason")
    why = label(Reason(str(reason)), language) if reason else say(texts.NOTICE_NO_REASON, language)
    what = texts.NOTICE_REMOVED if payload["removed"] else texts.NOTICE_WAITS
    if payload["removed"] and payload.get("outcome") == Outcome.REVIEW.value:
        what = texts.NOTICE_REMOVED_MEANWHILE
    channel = payload.get("channel_id")
    lines = [
        say(
            what,
            language,
            server=one_line(server, limit=100),
            channel=f" (<#{channel}>)" if channel else "",
            reason=why,
        )
    ]
    if payload.get("note"):
        note = one_line(str(payload["note"]), limit=1_000)
        lines.append(say(texts.NOTICE_NOTE, language, note=note))
    if text:
        lines.insert(1, f"> {one_line(text, limit=400)}")
    if payload["removed"]:
        lines.append(say(texts.NOTICE_CONTEST, language))
    return "\n".join(lines)


def _judged_of_member(error: BaseException, *, what: str) -> Delivery:
    code = error.code if isinstance(error, discord.HTTPException) else None
    if code in {_UNKNOWN_MEMBER, _UNKNOWN_USER, _UNKNOWN_GUILD}:
        return Delivered()  # gone: there is nobody to act on
    if code in {_MISSING_ACCESS, _MISSING_PERMISSIONS, _CANNOT_DM, _NO_MUTUAL_SERVER}:
        return Undeliverable(error=f"{what} ({said(error)})")
    return Retry(error=said(error))


def _judged(error: BaseException, channel_id: int) -> Delivery:
    code = error.code if isinstance(error, discord.HTTPException) else None
    if code in {UNKNOWN_MESSAGE, UNKNOWN_CHANNEL}:
        return Delivered()  # gone already, which is what was asked for
    if code in {_MISSING_ACCESS, _MISSING_PERMISSIONS}:
        return Undeliverable(
            error=f"not allowed to delete in channel {channel_id}: grant the bot «View Channel» "
            f"and «Manage Messages» there, then retry ({said(error)})"
        )
    return Retry(error=said(error))
