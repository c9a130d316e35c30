"""The demo site and the real door, engine, outbox and callbacks, over real sockets."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from aiohttp import web

from bot.core.model import EffectKind, Outcome, Resolution
from bot.demo import DemoConfig, create_app
from bot.engine import Engine
from bot.outbox import OutboxWorker
from bot.ports import Ports
from bot.sites.standard import SiteConfig, site_routes
from tests.conftest import ANNA, TestClock
from tests.sites.client import NEW, OLD, serving
from tests.sites.receiver import calling


async def shows(session: aiohttp.ClientSession, address: str, text: str, state: str) -> None:
    """Waits until the page shows the comment in this state."""
    async with asyncio.timeout(10):
        while True:
            async with session.get(f"{address}/comments") as answer:
                items = (await answer.text()).split("<li ")
            if any(text in item and f'data-state="{state}"' in item for item in items):
                return
            await asyncio.sleep(0.02)


async def test_what_a_visitor_lives_through(
    ports: Ports, config: SiteConfig, clock: TestClock
) -> None:
    outbox: list[OutboxWorker] = []

    def ring() -> None:
        for worker in outbox:
            worker.ring()

    engine = Engine(ports, on_effects=ring)
    door = web.Application()
    door.add_routes(site_routes(engine, config))
    jar = aiohttp.CookieJar(unsafe=True)
    async with serving(door) as bot_url:
        site = create_app(DemoConfig(bot_url=bot_url, secrets=(NEW,)))
        async with (
            serving(site) as address,
            calling(f"{address}/callbacks", secrets=(OLD, NEW)) as callbacks,
            aiohttp.ClientSession(cookie_jar=jar) as author,
            aiohttp.ClientSession() as reader,
        ):
            worker = OutboxWorker(
                store=ports.store, deliverers={EffectKind.TELL_SITE: callbacks}, now=clock
            )
            outbox.append(worker)
            await engine.start()
            await worker.start()
            try:
                for text in ("Merci", "C'est affreux", "bof"):
                    form: Any = {"text": text, "name": "Camille"}
                    async with author.post(f"{address}/comments", data=form) as answer:
                        assert answer.status == 200
                await shows(author, address, "Merci", "approved")
                await shows(reader, address, "Merci", "approved")
                await shows(author, address, "affreux", "rejected")
                await shows(author, address, "bof", "in_review")
                [case] = await ports.store.cases.queue()
                await engine.resolve(
                    Resolution(
                        case_id=case.id,
                        case_version=case.version,
                        outcome=Outcome.APPROVE,
                        actor=ANNA,
                    )
                )
                clock.forward(seconds=30)  # the grace period for an undo is over
                worker.ring()
                await shows(reader, address, "bof", "approved")
            finally:
                await worker.stop()
                await engine.stop()
    assert await ports.store.outbox.dead() == []
