"""What moderators order: approve, reject, skip, undo, claim, release.

Each answers JSON to the page's script, and a redirect to a plain form.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from aiohttp import web

from bot.console import answers
from bot.console.case_page import CasePage
from bot.console.guard import Form, wants_json
from bot.console.pages import Visitor
from bot.core.model import (
    Actor,
    Outcome,
    Proposed,
    RefusalKind,
    Refused,
    Resolution,
)
from bot.core.reasons import Reason
from bot.engine import Engine

_MAX_NOTE_CHARS = 1_000

Action = Callable[[web.Request, Actor, Form], Awaitable["str | Refused"]]


class Orders:
    """Handlers of the forms on a case."""

    def __init__(self, engine: Engine, case_page: CasePage, *, undo_grace_s: float) -> None:
        self._engine = engine
        self._case_page = case_page
        self._undo_grace_s = undo_grace_s
        self._actions: dict[str, Action] = {
            "approve": self._approve,
            "reject": self._reject,
            "skip": self._skip,
            "undo": self._undo,
            "claim": self._claim,
            "release": self._release,
        }

    async def order(self, request: web.Request, visitor: Visitor, form: Form) -> web.Response:
        action = request.match_info["action"]
        assert visitor.actor is not None  # noqa: S101 - the guard lets nobody else in
        result = await self._actions[action](request, visitor.actor, form)
        if isinstance(result, Refused):
            return await self._refused(request, visitor, result)
        return self._done(request, visitor, result, form)

    def _done(self, request: web.Request, visitor: Visitor, said: str, form: Form) -> web.Response:
        case_id = case_of(request)
        reason = form.get("reason")
        if wants_json(request):
            return web.json_response(
                {
                    "ok": True,
                    "case": case_id,
                    "message": answers.said(said, visitor.language, reason),
                    "undo_s": self._undo_grace_s if said in ("approve", "reject") else 0,
                }
            )
        query = {"said": said, "case": str(case_id)} | ({"reason": reason} if reason else {})
        to_case = said in ("undo", "undo_told", "claim", "release", "proposed")
        path = f"/console/cases/{case_id}" if to_case else "/console/"
        return web.Response(status=303, headers={"Location": f"{path}?{urlencode(query)}"})

    async def _refused(
        self, request: web.Request, visitor: Visitor, refused: Refused
    ) -> web.Response:
        if wants_json(request):
            return answers.refused_json(refused, visitor.language)
        return await self._case_page.shown(
            request,
            visitor,
            status=answers.status_of(refused),
            alert=answers.refusal(refused, visitor.language),
        )

    async def _approve(self, request: web.Request, actor: Actor, form: Form) -> str | Refused:
        return await self._resolve(request, actor, form, Outcome.APPROVE)

    async def _reject(self, request: web.Request, actor: Actor, form: Form) -> str | Refused:
        return await self._resolve(request, actor, form, Outcome.REJECT)

    async def _resolve(
        self, request: web.Request, actor: Actor, form: Form, outcome: Outcome
    ) -> str | Refused:
        version, note = form.get("version", ""), form.get("note", "").strip()
        reason = form.get("reason") if outcome is Outcome.REJECT else None
        readable = version.isascii() and version.isdigit() and len(version) < 10  # noqa: PLR2004 - fits every database's integer
        if not readable or len(note) > _MAX_NOTE_CHARS or reason not in (None, *Reason):
            return Refused(kind=RefusalKind.INVALID)
        done = await self._engine.resolve(
            Resolution(
                case_id=case_of(request),
                case_version=int(version),
                outcome=outcome,
                actor=actor,
                reason=Reason(reason) if reason else None,
                note=note.replace("\x00", "") or None,
            )
        )
        if isinstance(done, Proposed):
            return "proposed"
        return done if isinstance(done, Refused) else outcome.value

    async def _skip(self, request: web.Request, actor: Actor, form: Form) -> str | Refused:
        if await self._engine.store.cases.get(case_of(request)) is None:
            return Refused(kind=RefusalKind.UNKNOWN)
        await self._engine.skip(case_of(request), actor=actor)
        return "skip"

    async def _undo(self, request: web.Request, actor: Actor, form: Form) -> str | Refused:
        undone = await self._engine.undo(case_of(request), actor=actor)
        if isinstance(undone, Refused):
            return undone
        return "undo_told" if undone.site_had_been_told else "undo"

    async def _claim(self, request: web.Request, actor: Actor, form: Form) -> str | Refused:
        claimed = await self._engine.claim(case_of(request), actor=actor)
        return claimed if isinstance(claimed, Refused) else "claim"

    async def _release(self, request: web.Request, actor: Actor, form: Form) -> str | Refused:
        await self._engine.release(case_of(request), actor=actor)
        return "release"


def case_of(request: web.Request) -> int:
    return int(request.match_info["case"])
