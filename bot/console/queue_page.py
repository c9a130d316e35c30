"""The queue: open cases by priority, and the news that the page's script asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aiohttp import web

from bot.console import answers, texts, views
from bot.console.config import ConsoleConfig
from bot.console.pages import Pages, Visitor
from bot.core.model import Actor, Case
from bot.engine import Engine
from bot.ports import Clock

_SHOWN = re.compile(r"(\d{1,18})\.(\d{1,9})")
_MAX_SHOWN = 200


class QueuePage:
    """Handlers of `/console/` and `/console/news`."""

    def __init__(self, engine: Engine, config: ConsoleConfig, pages: Pages, *, now: Clock) -> None:
        self._engine = engine
        self._config = config
        self._pages = pages
        self._now = now

    async def show(self, request: web.Request, visitor: Visitor) -> web.Response:
        rows = await self._rows(visitor, await self._open_cases(visitor.actor))
        totals = await self._engine.store.totals()
        said = request.query.get("said", "")
        case = request.query.get("case", "")
        known_case = case if case.isascii() and case.isdigit() else ""
        oldest = totals.oldest_case_at
        return self._pages.page(
            "queue.html",
            visitor,
            rows=rows,
            open_cases=totals.open_cases,
            oldest_s=(self._now() - oldest).total_seconds() if oldest else None,
            notice=answers.said(said, visitor.language, request.query.get("reason")),
            undo_case=known_case if said in ("approve", "reject") else "",
            scorer_trouble=self._config.scorer_trouble(),
            rules_faults=self._config.rules_faults() if visitor.is_admin else (),
            alarms=await self._engine.alarms() if visitor.is_admin else [],
        )

    async def news(self, request: web.Request, visitor: Visitor) -> web.Response:
        """What changed, given the cases (`id.version`) that the page shows already.

        `rows` holds what the page lacks or shows in an old version, `order` the queue from the
        top, `gone` what is closed, `claims` who is on what.
        """
        asked = _SHOWN.findall(request.query.get("shown", ""))[:_MAX_SHOWN]
        have = {int(case): int(version) for case, version in asked}
        cases = await self._open_cases(visitor.actor)
        open_ids = {case.id for case in cases}
        fresh = [case for case in cases if have.get(case.id) != case.version]
        rows = await self._rows(visitor, fresh)
        totals = await self._engine.store.totals()
        return web.json_response(
            {
                "open": totals.open_cases,
                "summary": texts.count(visitor.language, "queue.open", totals.open_cases),
                "order": [case.id for case in cases],
                "rows": {
                    str(row.case.id): self._pages.fragment("row.html", visitor, {"row": row})
                    for row in rows
                },
                "gone": await self._gone(visitor, [id_ for id_ in have if id_ not in open_ids]),
                "claims": self._claims(visitor, cases),
            }
        )

    async def _open_cases(self, viewer: Actor | None) -> list[Case]:
        return await self._engine.store.cases.queue(limit=self._config.page_size, viewer=viewer)

    async def _rows(self, visitor: Visitor, cases: Sequence[Case]) -> list[views.Row]:
        if visitor.actor is None:
            return []
        comments, now = self._engine.store.comments, self._now()
        # one after the other: the database has few readers, and side by side takes twice as long
        records = [await comments.record(case.comment.id) for case in cases]
        return [
            views.row(case, record, viewer=visitor.actor, language=visitor.language, now=now)
            for case, record in zip(cases, records, strict=True)
        ]

    async def _gone(self, visitor: Visitor, case_ids: Sequence[int]) -> dict[str, str]:
        """What became of cases that are no longer in the queue's first page."""
        gone: dict[str, str] = {}
        for case_id in case_ids:
            case = await self._engine.store.cases.get(case_id)
            if case is None:
                gone[str(case_id)] = texts.say(visitor.language, "gone.elsewhere")
            elif not case.is_open:
                last = await self._engine.store.cases.last_decision(case_id)
                gone[str(case_id)] = views.became(case, last, visitor.language)
        return gone

    def _claims(self, visitor: Visitor, cases: Sequence[Case]) -> dict[str, str]:
        """Colleagues whose lease is running, by case."""
        now = self._now()
        return {
            str(case.id): texts.say(
                visitor.language,
                "claimed",
                name=views.actor_name(case.claim.actor, visitor.language),
            )
            for case in cases
            if case.claim
            and case.claim.until > now
            and visitor.actor
            and case.claim.actor.id != visitor.actor.id
        }
