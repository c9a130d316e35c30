"""The gateway: sessions that outlive their sockets, so that resume and its failures are real."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import IntFlag
from typing import cast

import aiohttp
from aiohttp import web

from . import payloads
from .state import JsonObject, Message, Permission, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11
UNKNOWN_OP, DECODE_ERROR, NOT_AUTHENTICATED, BAD_TOKEN = 4001, 4002, 4003, 4004
ALREADY_AUTHENTICATED, DISALLOWED_INTENTS = 4005, 4014
RESUME_HOST = "wss://gateway-loopback.discord.gg"


class Intent(IntFlag):
    NONE = 0
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


@dataclass(eq=False, slots=True, kw_only=True)
class Session:
    """What the client resumes: everything sent under it is kept for a replay."""

    id: str
    intents: Intent
    sent: list[JsonObject] = field(default_factory=list)
    link: Link | None = None


class Link:
    """One socket, in the encoding the client asked for."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self._request = request
        asked = request.query.get("compress")
        self._zlib = zlib.compressobj() if asked == "zlib-stream" else None
        self._writing = asyncio.Lock()
        self.told = 0
        """How many of its session's events went out through this socket, or need not."""

    async def send(self, frame: JsonObject) -> None:
        text = json.dumps(frame)
        async with self._writing:
            try:
                if self._zlib is None:
                    await self.socket.send_str(text)
                else:
                    packed = self._zlib.compress(text.encode())
                    await self.socket.send_bytes(packed + self._zlib.flush(zlib.Z_SYNC_FLUSH))
            except ConnectionError:
                return  # the other side is gone; the session keeps the frame for a replay

    def drop(self) -> None:
        """As when a cable is pulled: no goodbye."""
        if self._request.transport is not None:
            self._request.transport.abort()


class Gateway:
    """Accepts sockets, keeps sessions, tells them what happens."""

    def __init__(self, world: World, *, token: str, heartbeat_interval_ms: int = 41_250) -> None:
        self._world = world
        self.token = token
        self._heartbeat_interval_ms = heartbeat_interval_ms
        self.sessions: dict[str, Session] = {}
        self.refuse_status: int | None = None
        """While set, the upgrade to a WebSocket is answered with this status."""
        self.refused = 0
        self._held = False
        self.allowed_privileged = Intent.MESSAGE_CONTENT
        """Privileged intents switched on for the application."""
        self.identified = 0
        self.resumed = 0
        self.rejected_resumes = 0

    @property
    def connected(self) -> bool:
        return any(session.link for session in self.sessions.values())

    # --- events --------------------------------------------------------------------------

    async def dispatch(self, event: str, data: JsonObject, *, intent: Intent) -> None:
        """To every session that asked for this kind; kept for those that are just away."""
        for session in list(self.sessions.values()):
            if intent & session.intents == intent:
                await self._tell(session, event, data)

    async def tell_of_message(self, event: str, message: Message) -> None:
        """Without the content intent, others' words arrive blank; out of sight, nothing does."""
        if not self._world.permissions(self._world.bot, message.channel) & Permission.VIEW_CHANNEL:
            return
        data = payloads.message_event(self._world, message)
        intent = Intent.GUILD_MESSAGES if message.channel.in_guild else Intent.DIRECT_MESSAGES
        own = message.author is self._world.bot or not message.channel.in_guild
        blank: JsonObject = {"content": "", "embeds": [], "attachments": [], "components": []}
        for session in list(self.sessions.values()):
            if intent & session.intents:
                seen = own or Intent.MESSAGE_CONTENT & session.intents
                await self._tell(session, event, data if seen else {**data, **blank})

    async def _tell(self, session: Session, event: str, data: JsonObject) -> None:
        frame: JsonObject = {"op": DISPATCH, "t": event, "s": len(session.sent) + 1, "d": data}
        session.sent.append(frame)
        await self._flush(session)

    async def _flush(self, session: Session) -> None:
        link = session.link
        while link is not None and not self._held and link.told < len(session.sent):
            link.told += 1
            await link.send(session.sent[link.told - 1])

    @asynccontextmanager
    async def lagging(self) -> AsyncIterator[None]:
        """Events are late: what happens inside is told at the end, REST being faster."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            for session in list(self.sessions.values()):
                await self._flush(session)

    # --- faults --------------------------------------------------------------------------

    async def ask_to_reconnect(self) -> None:
        """Op 7; what happens until the client is back is replayed."""
        for session in list(self.sessions.values()):
            link, session.link = session.link, None
            if link is not None:
                await link.send({"op": RECONNECT, "d": None})

    async def invalidate(self) -> None:
        """Op 9 without resume: the session and what it missed are gone."""
        sessions, self.sessions = self.sessions, {}
        for session in sessions.values():
            if session.link is not None:
                await session.link.send({"op": INVALID_SESSION, "d": False})

    def drop(self, *, forget: bool = False) -> None:
        """Cuts every socket; `forget` also loses the sessions, so that a resume is refused."""
        for session in self.sessions.values():
            link, session.link = session.link, None
            if link is not None:
                link.drop()
        if forget:
            self.sessions.clear()

    async def close(self, code: int) -> None:
        for session in list(self.sessions.values()):
            if session.link is not None:
                await session.link.socket.close(code=code)

    # --- sockets -------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_status is not None:
            self.refused += 1
            return web.Response(status=self.refuse_status, text="upstream connect error")
        socket = web.WebSocketResponse(max_msg_size=4096, autoping=True)
        await socket.prepare(request)
        link = Link(socket, request)
        await link.send(
            {"op": HELLO, "d": {"heartbeat_interval": self._heartbeat_interval_ms, "_trace": []}}
        )
        session: Session | None = None
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                await socket.close(code=DECODE_ERROR)
                break
            session = await self._received(link, session, json.loads(message.data))
        self._left(link, session)
        return socket

    def _left(self, link: Link, session: Session | None) -> None:
        if session is None:
            return
        if session.link is link:
            session.link = None
        if link.socket.close_code in (1000, 1001):
            self.sessions.pop(session.id, None)

    async def _received(
        self, link: Link, session: Session | None, frame: JsonObject
    ) -> Session | None:
        op, data = frame.get("op"), cast("JsonObject", frame.get("d"))
        if op == HEARTBEAT:
            await link.send({"op": HEARTBEAT_ACK})
        elif op in (IDENTIFY, RESUME):
            if session is not None:
                await link.socket.close(code=ALREADY_AUTHENTICATED)
            elif data.get("token") != self.token:
                await link.socket.close(code=BAD_TOKEN, message=b"Authentication failed.")
            else:
                start = self._identify if op == IDENTIFY else self._resume
                return await start(link, data)
        elif session is None:
            await link.socket.close(code=NOT_AUTHENTICATED)
        elif op == REQUEST_MEMBERS:
            await self._members(session, data)
        elif op not in (PRESENCE, VOICE):
            await link.socket.close(code=UNKNOWN_OP)
        return session

    async def _identify(self, link: Link, data: JsonObject) -> Session | None:
        intents = Intent(cast("int", data["intents"]))
        privileged = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
        if intents & privileged & ~self.allowed_privileged:
            await link.socket.close(code=DISALLOWED_INTENTS, message=b"Disallowed intent(s).")
            return None
        self.identified += 1
        session = Session(id=secrets.token_hex(16), intents=intents, link=link)
        self.sessions[session.id] = session
        world = self._world
        ready: JsonObject = {
            "v": 10,
            "user": payloads.myself(world),
            "guilds": [{"id": str(world.guild_id), "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": RESUME_HOST,
            "application": {"id": str(world.application_id), "flags": 1 << 19},
            "private_channels": [],
            "session_type": "normal",
            "_trace": [],
        }
        await self._tell(session, "READY", ready)
        if Intent.GUILDS & intents:
            await self._tell(session, "GUILD_CREATE", payloads.guild_create(world))
        return session

    async def _resume(self, link: Link, data: JsonObject) -> Session | None:
        session = self.sessions.get(str(data["session_id"]))
        if session is None:
            self.rejected_resumes += 1
            await link.send({"op": INVALID_SESSION, "d": False})
            return None
        self.resumed += 1
        link.told = cast("int", data["seq"])
        session.link = link
        await self._tell(session, "RESUMED", {"_trace": []})
        return session

    async def _members(self, session: Session, data: JsonObject) -> None:
        wanted = {str(one) for one in cast("list[object]", data.get("user_ids") or [])}
        found = [
            payloads.member(member)
            for member in self._world.members.values()
            if not wanted or str(member.user.id) in wanted
        ]
        chunk: JsonObject = {
            "guild_id": str(self._world.guild_id),
            "members": found,
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": sorted(wanted - {str(key) for key in self._world.members}),
        }
        nonce = {"nonce": data["nonce"]} if data.get("nonce") else {}
        await self._tell(session, "GUILD_MEMBERS_CHUNK", {**chunk, **nonce})
