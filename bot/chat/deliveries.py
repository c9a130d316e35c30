"""Effects whose way out is Discord: cards to show, messages to delete. The outbox calls these."""

from __future__ import annotations

from collections.abc import Callable

import discord

from bot.chat.board import UNKNOWN_CHANNEL, UNKNOWN_MESSAGE
from bot.chat.calls import call
from bot.chat.client import VeilleurClient
from bot.chat.errors import DiscordError, said
from bot.core.model import Delivered, Delivery, OutboxItem, Retry, Undeliverable

CurrentClient = Callable[[], VeilleurClient | None]
"""The client of this moment; None while there is none."""

_MISSING_ACCESS = 50001
_MISSING_PERMISSIONS = 50013
_NOT_CONNECTED = Retry(error="not connected to Discord", after_s=5.0, counts=False)


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
    """Delivers DELETE_MESSAGE: a rejected message disappears from its channel."""

    def __init__(self, client: CurrentClient) -> None:
        self._client = client

    async def deliver(self, item: OutboxItem) -> Delivery:
        client = self._client()
        if client is None or not client.online:
            return _NOT_CONNECTED
        channel_id = int(str(item.effect.payload["channel_id"]))
        message_id = int(str(item.effect.payload["message_id"]))
        client.intake.own_deletions.add(message_id)
        try:
            channel = client.get_partial_messageable(channel_id)
            await channel.get_partial_message(message_id).delete()
        except DiscordError as error:
            if isinstance(error, discord.Forbidden):
                client.intake.own_deletions.discard(message_id)  # it is still there
            return _judged(error, channel_id)
        return Delivered()


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
