"""Messages in channels: post, list, edit, delete, with Discord's rules on who may."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from aiohttp import web

from . import payloads
from .errors import ApiError, Refusal
from .gateway import Gateway, Intent
from .limits import check_message
from .rest import PREFIX, answer, json_of, nothing
from .state import COMPONENTS_V2, EPHEMERAL, Channel, JsonObject, Message, Permission, World

FOURTEEN_DAYS_S = 14 * 86_400
SUPPRESS_EMBEDS = 1 << 2
MAX_NONCE_CHARS = 25


class MessageRoutes:
    """Handlers below `/channels`, and what answers to interactions share with them."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world = world
        self._gateway = gateway

    def add_to(self, app: web.Application) -> None:
        one_message = "/channels/{channel}/messages/{message}"
        table = (
            ("GET", "/channels/{channel}", self.channel),
            ("POST", "/channels/{channel}/typing", self.typing),
            ("GET", "/channels/{channel}/messages", self.messages),
            ("POST", "/channels/{channel}/messages", self.post),
            ("POST", "/channels/{channel}/messages/bulk-delete", self.bulk_delete),
            ("GET", one_message, self.message),
            ("PATCH", one_message, self.edit),
            ("DELETE", one_message, self.delete),
            ("PUT", "/channels/{channel}/messages/pins/{message}", self.pin),
        )
        for method, path, handler in table:
            app.router.add_route(method, PREFIX + path, handler)

    def _channel(self, request: web.Request, *permissions: int) -> Channel:
        channel = self._world.find_channel(int(request.match_info["channel"]))
        needed = 0
        for permission in permissions:
            needed |= permission
        self._world.require(channel, needed)
        return channel

    async def channel(self, request: web.Request) -> web.Response:
        return answer(payloads.channel(self._world, self._channel(request)))

    async def typing(self, request: web.Request) -> web.Response:
        self._channel(request, Permission.SEND_MESSAGES)
        return nothing()

    async def messages(self, request: web.Request) -> web.Response:
        """Newest first; `after` gives those that follow it most closely."""
        channel = self._channel(request)
        if not self._world.permissions(self._world.bot, channel) & Permission.READ_MESSAGE_HISTORY:
            return answer([])
        limit = int(request.query.get("limit", "50"))
        if not 1 <= limit <= 100:
            raise ApiError(Refusal.INVALID_FORM_BODY)
        ids = sorted(channel.messages)
        if "after" in request.query:
            ids = [one for one in ids if one > int(request.query["after"])][:limit]
        elif "before" in request.query:
            ids = [one for one in ids if one < int(request.query["before"])]
        found = [payloads.message(channel.messages[one]) for one in reversed(ids[-limit:])]
        return answer(found)

    async def message(self, request: web.Request) -> web.Response:
        channel = self._channel(request, Permission.READ_MESSAGE_HISTORY)
        message_id = int(request.match_info["message"])
        return answer(payloads.message(self._world.find_message(channel, message_id)))

    async def post(self, request: web.Request) -> web.Response:
        channel = self._channel(request, Permission.SEND_MESSAGES)
        body = json_of(request)
        nonce = body.get("nonce")
        if nonce is not None and len(str(nonce)) > MAX_NONCE_CHARS:
            raise ApiError(Refusal.INVALID_FORM_BODY)
        if nonce is not None and body.get("enforce_nonce"):
            first = self._world.same_nonce(channel, self._world.bot, nonce)
            if first is not None:
                return answer(payloads.message(first))
        message = self.made(channel, body)
        await self.kept(message)
        return answer(payloads.message(message))

    def made(self, channel: Channel, body: Mapping[str, object]) -> Message:
        files = cast("list[str]", body.get("_files") or [])
        check_message(body, files=len(files))
        world = self._world
        reference = cast("JsonObject", body.get("message_reference") or {})
        nonce = body.get("nonce")
        return Message(
            id=world.snowflake(),
            channel=channel,
            author=world.bot,
            content=str(body.get("content") or ""),
            embeds=cast("list[JsonObject]", body.get("embeds") or []),
            components=cast("list[JsonObject]", body.get("components") or []),
            attachments=[_attachment(world, channel, name) for name in files],
            flags=cast("int", body.get("flags") or 0)
            & (EPHEMERAL | COMPONENTS_V2 | SUPPRESS_EMBEDS),
            nonce=None if nonce is None else str(nonce),
            answers=int(cast("str", reference["message_id"])) if reference else None,
        )

    async def edit(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        message = self._world.find_message(channel, int(request.match_info["message"]))
        if message.author is not self._world.bot:
            raise ApiError(Refusal.NOT_THE_AUTHOR)
        await self.edited(message, json_of(request))
        return answer(payloads.message(message))

    async def edited(self, message: Message, body: Mapping[str, object]) -> None:
        """What the body leaves out stays; the V2 flag can be set but never taken off."""
        was_v2 = bool(message.flags & COMPONENTS_V2)
        flags = message.flags | cast("int", body.get("flags") or 0) & COMPONENTS_V2
        becomes: JsonObject = {
            "content": message.content,
            "embeds": message.embeds,
            "components": message.components,
            "flags": flags,
            **{key: body[key] for key in ("content", "embeds", "components") if key in body},
        }
        check_message(becomes, files=len(message.attachments), was_v2=was_v2)
        message.content = str(becomes["content"] or "")
        message.embeds = cast("list[JsonObject]", becomes["embeds"] or [])
        message.components = cast("list[JsonObject]", becomes["components"] or [])
        message.flags = flags
        message.edited_at = datetime.now(UTC)
        self._world.keep(message)
        if not message.ephemeral:
            await self._gateway.tell_of_message("MESSAGE_UPDATE", message)

    async def delete(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        message = self._world.find_message(channel, int(request.match_info["message"]))
        if message.author is not self._world.bot:
            self._channel(request, Permission.MANAGE_MESSAGES)
        await self.removed(channel, [message])
        return nothing()

    async def pin(self, request: web.Request) -> web.Response:
        channel = self._channel(request, Permission.PIN_MESSAGES)
        self._world.find_message(channel, int(request.match_info["message"]))
        return nothing()

    async def bulk_delete(self, request: web.Request) -> web.Response:
        channel = self._channel(request, Permission.MANAGE_MESSAGES)
        ids = [int(one) for one in cast("list[str]", json_of(request)["messages"])]
        if not 2 <= len(set(ids)) <= 100:
            raise ApiError(Refusal.BULK_DELETE_COUNT)
        found = [channel.messages[one] for one in ids if one in channel.messages]
        if any(time.time() - one.created_at.timestamp() > FOURTEEN_DAYS_S for one in found):
            raise ApiError(Refusal.INVALID_FORM_BODY)
        await self.removed(channel, found, bulk=True)
        return nothing()

    async def removed(
        self, channel: Channel, messages: list[Message], *, bulk: bool = False
    ) -> None:
        for message in messages:
            del channel.messages[message.id]
        ids = [str(message.id) for message in messages]
        where = {"channel_id": str(channel.id)}
        intent = Intent.DIRECT_MESSAGES
        if channel.in_guild:
            where["guild_id"] = str(self._world.guild_id)
            intent = Intent.GUILD_MESSAGES
        if bulk:
            event: JsonObject = {**where, "ids": ids}
            await self._gateway.dispatch("MESSAGE_DELETE_BULK", event, intent=intent)
            return
        for one in ids:
            await self._gateway.dispatch("MESSAGE_DELETE", {**where, "id": one}, intent=intent)

    async def kept(self, message: Message) -> None:
        """Puts a new message where it belongs and tells of it, unless only one person sees it."""
        self._world.keep(message)
        if not message.ephemeral:
            await self._gateway.tell_of_message("MESSAGE_CREATE", message)


def _attachment(world: World, channel: Channel, name: str) -> JsonObject:
    url = f"https://cdn.discordapp.com/attachments/{channel.id}/{name}"
    file_id = str(world.snowflake())
    return {"id": file_id, "filename": name, "size": 1, "url": url, "proxy_url": url}
