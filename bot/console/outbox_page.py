"""The outbox for admins: what waits, what was given up, and a fresh start for either."""

from __future__ import annotations

from aiohttp import web

from bot.console import answers, texts
from bot.console.guard import Form
from bot.console.pages import Pages, Visitor
from bot.core.model import OutboxItem
from bot.engine import Engine
from bot.ports import Clock


class OutboxPage:
    """Handlers of `/console/outbox`."""

    def __init__(self, engine: Engine, pages: Pages, *, now: Clock) -> None:
        self._engine = engine
        self._pages = pages
        self._now = now

    async def show(self, request: web.Request, visitor: Visitor) -> web.Response:
        if not visitor.is_admin:
            return self._pages.fault(visitor, "rights", status=403)
        dead = await self._engine.store.outbox.dead()
        waiting = await self._engine.store.outbox.waiting()
        return self._pages.page(
            "outbox.html",
            visitor,
            dead=dead,
            waiting=waiting,
            cases=await self._cases([*dead, *waiting]),
            notice=answers.said(request.query.get("said", ""), visitor.language),
            alert=None,
        )

    async def retry(self, request: web.Request, visitor: Visitor, form: Form) -> web.Response:
        if visitor.actor is None or not visitor.is_admin:
            return self._pages.fault(visitor, "rights", status=403)
        item_id = int(request.match_info["item"])
        if not await self._engine.retry_delivery(item_id, actor=visitor.actor):
            lead = texts.say(visitor.language, "refused.unknown")
            title = texts.say(visitor.language, "fault.404")
            return self._pages.message(visitor, title, lead, status=404)
        return web.Response(status=303, headers={"Location": "/console/outbox?said=retry"})

    async def _cases(self, items: list[OutboxItem]) -> dict[str, int]:
        """The case of each comment that has one, to link to."""
        found: dict[str, int] = {}
        for comment_id in {item.effect.subject for item in items}:
            case = await self._engine.store.cases.for_comment(comment_id)
            if case is not None:
                found[comment_id] = case.id
        return found
