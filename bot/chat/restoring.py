"""Messages that were removed by mistake come back: posted again through a webhook, with the name
and the face of whoever wrote them."""

from __future__ import annotations

import re

import discord

from bot.chat.client import VeilleurClient
from bot.chat.errors import DiscordError, said
from bot.core.model import Comment, Delivered, Delivery, OutboxItem, Retry, Undeliverable
from bot.ports import Restored

HOOK = "Veilleur"
_CONTENT_CHARS = 2_000
_NAME_CHARS = 80
_LOOK_BACK = 100
"""Latest messages in which a repeated attempt looks for the first one's post."""
_STILL_THERE_TRIES = 3
_UNKNOWN_CHANNEL, _UNKNOWN_MESSAGE, _UNKNOWN_USER = 10003, 10008, 10013
_MISSING_ACCESS, _MISSING_PERMISSIONS, _MOST_HOOKS = 50001, 50013, 30007
_FORBIDDEN_NAME = re.compile(r"(d)(iscord)|(c)(lyde)", re.IGNORECASE)
"""Discord refuses webhooks that are called so."""
_GAP = "\u200b"


async def restore(client: VeilleurClient, item: OutboxItem) -> Delivery:
    """Posts the message again, once; a message that still stands is left alone."""
    comment = await client.engine.store.comments.get(item.effect.subject)
    if comment is None or not comment.text.strip():
        return Delivered()
    channel_id = int(str(item.effect.payload["channel_id"]))
    try:
        channel = client.get_channel(channel_id) or await client.fetch_channel(channel_id)
        if not isinstance(channel, discord.TextChannel | discord.Thread):
            return Undeliverable(error=f"channel {channel_id} takes no webhook")
        if await _stands(channel, int(comment.external_id)):
            if item.attempts < _STILL_THERE_TRIES:
                return Retry(error="the message has not been removed yet", after_s=5.0)
            return Delivered()
        await _post(client, channel, comment, item)
    except DiscordError as error:
        return _judged(error, channel_id)
    return Delivered()


async def _stands(channel: discord.TextChannel | discord.Thread, message_id: int) -> bool:
    try:
        await channel.fetch_message(message_id)
    except discord.NotFound as error:
        if error.code != _UNKNOWN_MESSAGE:
            raise
        return False
    return True


async def _post(
    client: VeilleurClient,
    channel: discord.TextChannel | discord.Thread,
    comment: Comment,
    item: OutboxItem,
) -> None:
    home = channel.parent if isinstance(channel, discord.Thread) else channel
    if not isinstance(home, discord.TextChannel):
        raise discord.InvalidData("a thread without a text channel")
    hook = await _hook(client, home)
    pieces = _pieces(comment.text)
    posted = await _posted_before(channel, hook, pieces) if item.attempts > 1 else []
    user = await _author(client, comment)
    for piece in pieces[len(posted) :]:
        message = await hook.send(
            piece,
            username=_name(comment.author.name),
            avatar_url=user.display_avatar.url if user else discord.utils.MISSING,
            allowed_mentions=discord.AllowedMentions.none(),
            thread=channel if isinstance(channel, discord.Thread) else discord.utils.MISSING,
            wait=True,
        )
        posted.append(message.id)
    await client.engine.store.restored.put(
        [
            Restored(comment_id=comment.id, channel_id=channel.id, message_id=message_id)
            for message_id in posted
        ]
    )


async def _hook(client: VeilleurClient, channel: discord.TextChannel) -> discord.Webhook:
    """Our own webhook of this channel; made at the first restoration."""
    for hook in await channel.webhooks():
        if hook.token and hook.user is not None and client.user and hook.user.id == client.user.id:
            return hook
    return await channel.create_webhook(name=HOOK, reason="Veilleur: restoring a message")


async def _posted_before(
    channel: discord.TextChannel | discord.Thread,
    hook: discord.Webhook,
    pieces: list[str],
) -> list[int]:
    """What an earlier attempt had posted before it broke off."""
    found: list[int] = []
    latest = [message async for message in channel.history(limit=_LOOK_BACK)]
    for message in reversed(latest):
        wanted = pieces[len(found)] if len(found) < len(pieces) else None
        if message.webhook_id == hook.id and message.content == wanted:
            found.append(message.id)
    return found


async def _author(client: VeilleurClient, comment: Comment) -> discord.User | None:
    try:
        return await client.fetch_user(int(comment.author.id))
    except discord.NotFound:
        return None


def _pieces(text: str) -> list[str]:
    """A member with a subscription may write more than a webhook can say at once."""
    text = text.strip()
    return [
        piece.strip()
        for start in range(0, len(text), _CONTENT_CHARS)
        if (piece := text[start : start + _CONTENT_CHARS]).strip()
    ]


def _name(name: str) -> str:
    name = _FORBIDDEN_NAME.sub(
        lambda found: "".join(part + _GAP for part in found.groups() if part), name
    )
    return name.strip()[:_NAME_CHARS] or "…"


def _judged(error: BaseException, channel_id: int) -> Delivery:
    code = error.code if isinstance(error, discord.HTTPException) else None
    if code == _UNKNOWN_CHANNEL:
        return Delivered()  # nobody could read it there
    if code in {_MISSING_ACCESS, _MISSING_PERMISSIONS, _MOST_HOOKS}:
        return Undeliverable(
            error=f"not allowed to restore in channel {channel_id}: grant the bot «View Channel», "
            f"«Read Message History» and «Manage Webhooks» there, then retry ({said(error)})"
        )
    return Retry(error=said(error))
