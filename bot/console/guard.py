"""Who may do what: sessions, cross-site requests, and the headers on every answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.console import texts, tokens
from bot.console.config import ConsoleConfig
from bot.console.pages import Pages, Visitor
from bot.ports import Clock, Sessions

log = structlog.get_logger()

COOKIE = "veilleur_session"
LANGUAGE_COOKIE = "veilleur_language"
COOKIE_PATH = "/console"

Form = Mapping[str, str]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
OpenHandler = Callable[[web.Request, Visitor], Awaitable[web.Response]]
FormHandler = Callable[[web.Request, Visitor, Form], Awaitable[web.Response]]

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not `no-referrer`: with it browsers hide their Origin from us too, when a form is sent
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_FORM = "application/x-www-form-urlencoded"


class Guard:
    """Wraps handlers: `open` for everybody, `reading` with a session, `changing` against CSRF."""

    def __init__(
        self, sessions: Sessions, config: ConsoleConfig, pages: Pages, *, now: Clock
    ) -> None:
        self._sessions = sessions
        self._config = config
        self._pages = pages
        self._now = now

    def open(self, handler: OpenHandler) -> Handler:
        """No session is asked for, but `visitor` tells of one."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, handler)

        return guarded

    def reading(self, handler: OpenHandler) -> Handler:
        async def logged_in(request: web.Request, visitor: Visitor) -> web.Response:
            if visitor.actor is None:
                return self._log_in_first(request, visitor)
            return await handler(request, visitor)

        return self.open(logged_in)

    def open_form(self, handler: FormHandler) -> Handler:
        """A form that is sent before there is a session: only its origin is checked."""

        async def checked(request: web.Request, visitor: Visitor) -> web.Response:
            if not self.is_own_origin(request):
                return self._refuse(request, visitor)
            if request.content_type != _FORM:
                return self._pages.fault(visitor, "400", status=415)
            return await handler(request, visitor, await _form(request))

        return self.open(checked)

    def changing(self, handler: FormHandler) -> Handler:
        """A session, our own origin and the session's CSRF token, or nothing happens."""

        async def checked(request: web.Request, visitor: Visitor, form: Form) -> web.Response:
            if visitor.actor is None:
                return self._log_in_first(request, visitor)
            given = request.headers.get("X-CSRF-Token") or form.get("csrf", "")
            if not tokens.same(given, visitor.csrf):
                return self._refuse(request, visitor)
            return await handler(request, visitor, form)

        return self.open_form(checked)

    def is_own_origin(self, request: web.Request) -> bool:
        """Whether a page of ours sent this: by Sec-Fetch-Site, else by Origin.

        Origin may name the public address, or the address this very request came to.
        """
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None and site != "same-origin":
            return False
        origin = request.headers.get("Origin")
        if origin is None or origin == "null":
            return site == "same-origin"
        public = urlsplit(self._config.public_url)
        own = {f"{public.scheme}://{public.netloc}", f"{request.scheme}://{request.host}"}
        return origin.lower() in {address.lower() for address in own}

    async def _answer(self, request: web.Request, handler: OpenHandler) -> web.StreamResponse:
        visitor = Visitor(language=self._language(request))
        try:
            visitor = await self._visitor(request)
            response = await handler(request, visitor)
        except web.HTTPException as refusal:
            response = self._pages.fault(visitor, "400", status=refusal.status)
        except UnicodeError:
            response = self._pages.fault(visitor, "400", status=400)
        except Exception:
            log.exception("console page failed", path=request.path)
            response = self._pages.fault(visitor, "500", status=500)
        response.headers.update(_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        if request.query.get("lang") in texts.LANGUAGES:
            self._remember(response, LANGUAGE_COOKIE, visitor.language, max_age=31_536_000)
        return response

    async def _visitor(self, request: web.Request) -> Visitor:
        language = self._language(request)
        token = request.cookies.get(COOKIE)
        if not token:
            return Visitor(language=language)
        session_hash = tokens.hashed(token)
        session = await self._sessions.get(session_hash, now=self._now())
        if session is None:
            return Visitor(language=language)
        return Visitor(
            language=language,
            actor=session.actor,
            session_hash=session_hash,
            csrf=tokens.csrf(token),
        )

    def set_session(self, response: web.StreamResponse, token: str) -> None:
        self._remember(response, COOKIE, token, max_age=self._config.session_hours * 3600)

    def _remember(
        self, response: web.StreamResponse, name: str, value: str, *, max_age: int
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age,
            path=COOKIE_PATH,
            httponly=True,
            secure=self._config.secure_cookies,
            samesite="Strict",
        )

    def forget_session(self, response: web.StreamResponse) -> None:
        response.del_cookie(
            COOKIE,
            path=COOKIE_PATH,
            httponly=True,
            secure=self._config.secure_cookies,
            samesite="Strict",
        )

    def _language(self, request: web.Request) -> str:
        return texts.chosen(
            request.query.get("lang"),
            request.cookies.get(LANGUAGE_COOKIE),
            request.headers.get("Accept-Language", ""),
            self._config.language,
        )

    def _log_in_first(self, request: web.Request, visitor: Visitor) -> web.Response:
        """A link followed from another site comes without the strict cookie: try once more
        from a page of our own before asking for a log-in."""
        if wants_json(request):
            return web.json_response(
                {
                    "ok": False,
                    "kind": "login",
                    "message": texts.say(visitor.language, "js.session"),
                },
                status=401,
            )
        again = request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site"
        return self._pages.message(
            visitor,
            texts.say(visitor.language, "login.needed"),
            texts.say(visitor.language, "login.how"),
            status=200 if again else 401,
            again=again,
        )

    def _refuse(self, request: web.Request, visitor: Visitor) -> web.Response:
        log.warning("cross-site or stale request refused", path=request.path)
        if wants_json(request):
            return web.json_response(
                {
                    "ok": False,
                    "kind": "forbidden",
                    "message": texts.say(visitor.language, "fault.403_lead"),
                },
                status=403,
            )
        return self._pages.fault(visitor, "403", status=403)


def wants_json(request: web.Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


async def _form(request: web.Request) -> Form:
    posted = await request.post()
    return {name: value for name, value in posted.items() if isinstance(value, str)}
