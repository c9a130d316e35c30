"""A small Discord on the loopback interface: real sockets, TLS, gateway and REST, real rules.

It holds what the tests set up, answers as Discord documents, and goes wrong on demand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from .answers import AnswerRoutes
from .faults import Faults, When
from .gateway import Gateway, Intent
from .interactions import Answer, Interaction, Interactions
from .messages import MessageRoutes
from .places import PlaceRoutes
from .rest import FrontDesk, Recorded
from .state import Channel, Message, Permission, Role, User, World
from .tls import Authority, connector

__all__ = [
    "Answer",
    "Authority",
    "Channel",
    "DiscordServer",
    "Faults",
    "Intent",
    "Interaction",
    "Message",
    "Permission",
    "Person",
    "Recorded",
    "Role",
    "User",
    "When",
    "connector",
]

TOKEN = "bot-token-for-tests"


class DiscordServer:
    """Start with `async with`; `server.connector()` leads a discord.py client here."""

    def __init__(self, authority: Authority, *, heartbeat_interval_ms: int = 41_250) -> None:
        self._authority = authority
        self.token = TOKEN
        self.world = World()
        self.faults = Faults()
        self.gateway = Gateway(self.world, token=TOKEN, heartbeat_interval_ms=heartbeat_interval_ms)
        self.interactions = Interactions(self.world, self.gateway)
        self.desk = FrontDesk(self.faults, token=lambda: self.gateway.token)
        self._messages = MessageRoutes(self.world, self.gateway)
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.down()

    async def up(self) -> None:
        """Listens; after `down`, on the same port as before."""
        app = web.Application(middlewares=[self.desk.middleware()])
        PlaceRoutes(self.world).add_to(app)
        self._messages.add_to(app)
        AnswerRoutes(self.world, self.interactions, self._messages).add_to(app)
        app.router.add_get("/", self.gateway.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        context = self._authority.server_context()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=context)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Nobody listens any more and every connection is cut; what is known stays known."""
        if self._runner is not None:
            self.gateway.drop()
            await self._runner.cleanup()
            self._runner = None

    def connector(self) -> aiohttp.TCPConnector:
        """A fresh one for every client: a client closes its own."""
        return connector(port=self.port, ca_pem=self._authority.pem)

    async def revoke_token(self) -> None:
        """REST answers 401 from now on, and the gateway closes with 4004."""
        self.gateway.token = "another-token"
        await self.gateway.close(4004)

    def person(self, name: str, *roles: Role, locale: str = "fr") -> Person:
        user = User(id=self.world.snowflake(), name=name, locale=locale)
        self.world.join(user, *roles)
        return Person(server=self, user=user)

    def asked(self, method: str, route: str, *, status: int | None = None) -> list[Recorded]:
        """Requests to one route so far, those answered with `status` when given."""
        return [
            one
            for one in self.desk.requests
            if (one.method, one.route) == (method, route) and status in (None, one.status)
        ]

    # --- what people do, seen from the channel -------------------------------------------

    async def removed(self, channel: Channel, messages: Sequence[Message]) -> None:
        """Deleted by somebody else than the bot; several at once arrive as one event."""
        await self._messages.removed(channel, list(messages), bulk=len(messages) > 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of the guild, and what members do."""

    server: DiscordServer
    user: User

    async def says(self, channel: Channel, content: str) -> Message:
        world = self.server.world
        message = Message(id=world.snowflake(), channel=channel, author=self.user, content=content)
        world.keep(message)
        await self.server.gateway.tell_of_message("MESSAGE_CREATE", message)
        return message

    async def edits(self, message: Message, content: str) -> None:
        message.content, message.edited_at = content, datetime.now(UTC)
        await self.server.gateway.tell_of_message("MESSAGE_UPDATE", message)

    async def deletes(self, message: Message) -> None:
        await self.server.removed(message.channel, [message])

    async def presses(self, message: Message, custom_id: str) -> Interaction:
        return await self.server.interactions.press(self.user, message, custom_id)

    async def chooses(self, message: Message, custom_id: str, *values: str) -> Interaction:
        return await self.server.interactions.choose(self.user, message, custom_id, values)

    async def submits(self, modal: Interaction, **values: object) -> Interaction:
        return await self.server.interactions.submit(modal, values)

    async def runs(self, name: str, channel: Channel, **options: object) -> Interaction:
        return await self.server.interactions.run(self.user, channel, name, options)
