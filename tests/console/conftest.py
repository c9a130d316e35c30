"""The console on a real socket, asked by a plain HTTP client with a cookie jar."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web

from bot.console import ConsoleConfig, console_routes, issue_link
from bot.core.model import Actor, ActorKind, Case
from bot.engine import Engine
from tests.conftest import ANNA, BEN, TestClock, submission

ADA = Actor(kind=ActorKind.ADMIN, id="test:ada", name="Ada")


@dataclass
class Moderator:
    """Somebody's browser, without the script."""

    http: aiohttp.ClientSession
    url: str
    csrf: str = ""

    async def get(self, path: str, **options: object) -> aiohttp.ClientResponse:
        return await self.http.get(self.url + path, **options)

    async def page(self, path: str) -> str:
        answer = await self.get(path)
        assert answer.status == 200, answer.status
        return await answer.text()

    async def post(
        self,
        path: str,
        fields: Mapping[str, object] | None = None,
        *,
        origin: str | None = "own",
        csrf: str | None = "own",
        script: bool = False,
        **options: object,
    ) -> aiohttp.ClientResponse:
        headers = {}
        if origin is not None:
            headers["Origin"] = self.url if origin == "own" else origin
        if script:
            headers["Accept"] = "application/json"
        form = {name: str(value) for name, value in (fields or {}).items()}
        if csrf is not None:
            form["csrf"] = self.csrf if csrf == "own" else csrf
        headers |= options.pop("headers", {})
        options = {"allow_redirects": False} | options
        return await self.http.post(self.url + path, data=form, headers=headers, **options)

    async def enter(self, link: str) -> aiohttp.ClientResponse:
        token = link.partition("?t=")[2]
        answer = await self.post("/console/login", {"t": token}, csrf=None)
        if answer.status == 303:
            found = re.search(r'data-csrf="([0-9a-f]{64})"', await self.page("/console/"))
            assert found
            self.csrf = found.group(1)
        return answer


@dataclass
class House:
    """The running console and its people."""

    engine: Engine
    config: ConsoleConfig
    clock: TestClock
    browsers: list[aiohttp.ClientSession]

    @property
    def url(self) -> str:
        return self.config.public_url

    def browser(self) -> Moderator:
        jar = aiohttp.CookieJar(unsafe=True)  # unsafe: cookies of an address without a name
        http = aiohttp.ClientSession(cookie_jar=jar, headers={"Accept-Language": "fr"})
        self.browsers.append(http)
        return Moderator(http=http, url=self.url)

    async def link(self, actor: Actor) -> str:
        return await issue_link(self.engine.store, actor, self.config, self.clock())

    async def logged_in(self, actor: Actor) -> Moderator:
        browser = self.browser()
        answer = await browser.enter(await self.link(actor))
        assert answer.status == 303
        return browser

    async def case(self, external_id: str, text: str = "C'est bof.", **changes: object) -> Case:
        """A comment that ends in review."""
        handed_in = submission(external_id, text, **changes)
        receipt = await self.engine.submit(handed_in, wait_s=10)
        case = await self.engine.store.cases.for_comment(receipt.comment_id)
        assert case is not None
        return case


Served = Callable[[Sequence[web.RouteDef]], Awaitable[Moderator]]


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    """Puts routes on a socket of their own and hands out a browser for them."""
    async with AsyncExitStack() as stack:

        async def serve(routes: Sequence[web.RouteDef]) -> Moderator:
            app = web.Application()
            app.add_routes(routes)
            runner = web.AppRunner(app)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            http = await stack.enter_async_context(aiohttp.ClientSession())
            return Moderator(http=http, url=f"http://127.0.0.1:{runner.addresses[0][1]}")

        yield serve


@pytest.fixture
async def house(engine: Engine, clock: TestClock) -> AsyncIterator[House]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = ConsoleConfig(public_url=f"http://127.0.0.1:{listening.getsockname()[1]}")
    app = web.Application()
    app.add_routes(console_routes(engine, config, now=clock))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    running = House(engine=engine, config=config, clock=clock, browsers=[])
    yield running
    for http in running.browsers:
        await http.close()
    await runner.cleanup()


@pytest.fixture
async def anna(house: House) -> Moderator:
    return await house.logged_in(ANNA)


@pytest.fixture
async def ben(house: House) -> Moderator:
    return await house.logged_in(BEN)


@pytest.fixture
async def ada(house: House) -> Moderator:
    return await house.logged_in(ADA)
