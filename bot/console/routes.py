"""Every address of the console, mounted by `bot.app`."""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web

from bot.console.case_page import CasePage
from bot.console.config import ConsoleConfig
from bot.console.guard import Guard
from bot.console.login import Login
from bot.console.orders import Orders
from bot.console.outbox_page import OutboxPage
from bot.console.pages import Pages, Visitor
from bot.console.queue_page import QueuePage
from bot.engine import Engine
from bot.ports import Clock

_ACTIONS = "approve|reject|skip|undo|claim|release"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def console_routes(
    engine: Engine, config: ConsoleConfig, *, now: Clock = _utc_now
) -> list[web.RouteDef]:
    """Pages, forms and assets under `/console/`, and `/`, which leads there."""
    pages = Pages(config)
    guard = Guard(engine.store.sessions, config, pages, now=now)
    login = Login(engine.store, config, pages, guard, now=now)
    queue = QueuePage(engine, config, pages, now=now)
    case = CasePage(engine, pages, now=now)
    orders = Orders(engine, case, undo_grace_s=config.undo_grace_s)
    outbox = OutboxPage(engine, pages, now=now)

    async def home(request: web.Request, visitor: Visitor) -> web.Response:
        return web.Response(status=302, headers={"Location": "/console/"})

    async def asset(request: web.Request, visitor: Visitor) -> web.Response:
        found = pages.asset(request.match_info["name"])
        return found or pages.fault(visitor, "404", status=404)

    async def missing(request: web.Request, visitor: Visitor) -> web.Response:
        return pages.fault(visitor, "404", status=404)

    return [
        web.get("/", guard.open(home)),
        web.get("/console", guard.open(home)),
        web.get("/console/", guard.reading(queue.show)),
        web.get("/console/news", guard.reading(queue.news)),
        web.get("/console/login", guard.open(login.ask)),
        web.post("/console/login", guard.open_form(login.enter)),
        web.post("/console/logout", guard.changing(login.leave)),
        web.get(r"/console/cases/{case:\d{1,18}}", guard.reading(case.show)),
        web.post(
            rf"/console/cases/{{case:\d{{1,18}}}}/{{action:{_ACTIONS}}}",
            guard.changing(orders.order),
        ),
        web.get("/console/outbox", guard.reading(outbox.show)),
        web.post(r"/console/outbox/{item:\d{1,18}}/retry", guard.changing(outbox.retry)),
        web.get("/console/static/{name}", guard.open(asset)),
        web.get("/console/{missing:.*}", guard.reading(missing)),
    ]
