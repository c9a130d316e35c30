"""The page of one case: everything that is known, and the same actions as in the queue."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aiohttp import web

from bot.console import answers, shown, texts, views
from bot.console.pages import Pages, Visitor
from bot.core.model import Comment, Scores
from bot.engine import Engine
from bot.ports import Clock


class CasePage:
    """Handler of `/console/cases/{case}`."""

    def __init__(self, engine: Engine, pages: Pages, *, now: Clock) -> None:
        self._engine = engine
        self._pages = pages
        self._now = now

    async def show(self, request: web.Request, visitor: Visitor) -> web.Response:
        said = answers.said(request.query.get("said", ""), visitor.language)
        return await self.shown(request, visitor, notice=said)

    async def shown(
        self,
        request: web.Request,
        visitor: Visitor,
        *,
        status: int = 200,
        notice: str | None = None,
        alert: str | None = None,
    ) -> web.Response:
        """The page as it stands now; a plain 404 when there is no such case."""
        store = self._engine.store
        case = await store.cases.get(int(request.match_info["case"]))
        record = await store.comments.record(case.comment.id) if case else None
        if case is None or record is None or visitor.actor is None:
            return self._pages.fault(visitor, "404", status=404)
        now, language = self._now(), visitor.language
        last = await store.cases.last_decision(case.id)
        worst = record.scores.worst if isinstance(record.scores, Scores) else None
        return self._pages.page(
            "case.html",
            visitor,
            status=status,
            notice=notice,
            alert=alert,
            row=views.row(case, record, viewer=visitor.actor, language=language, now=now),
            case=case,
            comment=case.comment,
            record=record,
            body=shown.pieces(case.comment.text, worst),
            worst=worst,
            bars=views.bars(record.scores),
            story_url=views.web_address(case.comment.story.url),
            parent=_parent(case.comment),
            raw=_raw(case.comment),
            last_decision_id=last.id if last else None,
            became=None if case.is_open else views.became(case, last, language),
            audit=[
                (entry, action_words(entry.action, language), _detail(entry.detail))
                for entry in record.audit
            ],
        )


def action_words(action: str, language: str) -> str:
    key = f"audit.{action}"
    return texts.say(language, key) if texts.known(key) else action


def _parent(comment: Comment) -> tuple[shown.Piece, ...] | None:
    if comment.parent is None or comment.parent.text is None:
        return None
    return shown.pieces(comment.parent.text)


def _raw(comment: Comment) -> tuple[shown.Piece, ...] | None:
    if comment.raw_text is None or comment.raw_text == comment.text:
        return None
    return shown.pieces(comment.raw_text)


def _detail(detail: Mapping[str, object]) -> str:
    """What an audit entry adds, on one line."""
    words = (f"{name}: {_plain(value)}" for name, value in detail.items() if value is not None)
    return shown.one_line(" · ".join(words))


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_plain(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
