"""The page of one case: everything that is known, and the same actions as in the queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.console import answers, shown, texts, views
from bot.console.pages import Pages, Visitor
from bot.core.evidence import SCORES
from bot.core.model import Comment, Passage, RuleHit, Scores, Verdict
from bot.engine import Engine
from bot.ports import Clock

_QUOTED_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fired:
    """A rule that fired, as the page tells of it."""

    hit: RuleHit
    read: list[tuple[str, str]]
    """Facts and their values."""
    found: list[tuple[str, str]]
    """Words of the comment, and what they were found by."""
    without: str
    """What would have come out without this rule; empty when nothing else would."""


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
        hits = [
            passage
            for hit in (record.verdict.hits if record.verdict else ())
            for passage in hit.passages
            if passage.function != SCORES
        ]
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
            body=shown.pieces(case.comment.text, worst, hits),
            marked=bool(hits),
            rules=_rules(case.comment, record.verdict, language),
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


def _rules(comment: Comment, verdict: Verdict | None, language: str) -> list[_Fired]:
    if verdict is None:
        return []
    without = {
        pivot.rule: texts.say(language, f"case.without.{pivot.outcome.value}")
        for pivot in verdict.pivots
    }
    return [
        _Fired(
            hit=hit,
            read=[(name, views.fact(value)) for name, value in hit.read.items()],
            found=[_quoted(comment.text, each) for each in hit.passages if each.function != SCORES],
            without=without.get(hit.rule, ""),
        )
        for hit in verdict.hits
    ]


def _quoted(text: str, passage: Passage) -> tuple[str, str]:
    """What stands there, and what it was found by."""
    stands = shown.one_line(text[passage.start : passage.end])
    cut = stands if len(stands) <= _QUOTED_CHARS else f"{stands[: _QUOTED_CHARS - 1]}…"
    return cut, shown.one_line(passage.told)


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
