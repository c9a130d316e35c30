"""The demo site as an aiohttp application."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.demo.comments import Comments, PostedComment
from bot.demo.sending import Sender
from bot.demo.verify import Seen, is_genuine
from bot.demo.words import SUGGESTIONS, WORDS

_VISITOR, _LANGUAGE = "visitor", "language"
_VISITOR_CHARS = 43
_MAX_TEXT_CHARS = 5_000
_MAX_OF_VISITOR = 100
"""Comments of one visitor that are kept at once."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_STATIC = {"demo.css": "text/css", "demo.js": "text/javascript", "favicon.svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoConfig:
    """How the demo site reaches the moderation service, and how it is reached itself."""

    bot_url: str
    """Where the service listens, e.g. `http://127.0.0.1:8080`."""
    secrets: tuple[str, ...] = field(repr=False)
    """`whsec_…`; the first signs, any of them is accepted in callbacks."""
    public_url: str = "http://127.0.0.1:8081"
    """This site's own address, named as the story's address."""


def create_app(config: DemoConfig) -> web.Application:
    """The site; its comments live as long as the application."""
    site = _Site(config)
    app = web.Application(client_max_size=256 * 1024, middlewares=[_guarded])
    app.cleanup_ctx.append(site.running)
    app.add_routes(
        [
            web.get("/", site.page),
            web.post("/comments", site.post),
            web.get("/comments", site.fragment),
            web.get("/language/{language:fr|en}", site.language),
            web.post("/callbacks", site.callback),
            *(
                web.get(f"/static/{name}", _static(name, content_type))
                for name, content_type in _STATIC.items()
            ),
        ]
    )
    return app


class _Site:
    def __init__(self, config: DemoConfig) -> None:
        self._config = config
        self._comments = Comments()
        self._seen = Seen()
        self._sender: Sender | None = None
        self._changed = asyncio.Event()
        self._templates = Environment(
            loader=PackageLoader("bot.demo", "pages"), autoescape=True, undefined=StrictUndefined
        )

    async def running(self, app: web.Application) -> AsyncIterator[None]:
        story = {
            "id": "dernier-kiosque",
            "url": f"{self._config.public_url.rstrip('/')}/",
            "title": "Le dernier kiosque de la place ne fermera pas",
            "section": "Vie locale",
        }
        self._sender = Sender(
            bot_url=self._config.bot_url, secret=self._config.secrets[0], story=story
        )
        yield
        await self._sender.close()

    async def page(self, request: web.Request) -> web.Response:
        """The article with its comments; works without any script."""
        visitor = _visitor(request) or secrets.token_urlsafe(32)
        language = _language(request)
        html = self._templates.get_template("article.html").render(
            **self._seen_by(visitor, language),
            suggestions=SUGGESTIONS,
            fill=SUGGESTIONS.get(request.query.get("fill", ""), ""),
            name=request.query.get("name", "")[:60],
            problem=WORDS[language].get(request.query.get("problem", ""), ""),
            max_chars=_MAX_TEXT_CHARS,
        )
        response = web.Response(text=html, content_type="text/html")
        _remember(response, visitor)
        return response

    async def fragment(self, request: web.Request) -> web.Response:
        """The list of comments alone, for the script that keeps it fresh."""
        visitor, language = _visitor(request) or "", _language(request)
        html = self._templates.get_template("comments.html").render(
            **self._seen_by(visitor, language)
        )
        return web.Response(text=html, content_type="text/html")

    def _seen_by(self, visitor: str, language: str) -> dict[str, Any]:
        comments = self._comments.seen_by(visitor)
        waiting = {"sending", "received", "in_review"}
        return {
            "comments": comments,
            "visitor": visitor,
            "language": language,
            "words": WORDS[language],
            "published": sum(comment.state == "approved" for comment in comments),
            "waiting": any(comment.state in waiting for comment in comments),
        }

    async def post(self, request: web.Request) -> web.Response:
        """Takes a reader's comment and shows the page again at once."""
        if not _from_here(request):
            raise web.HTTPForbidden
        visitor = _visitor(request) or secrets.token_urlsafe(32)
        form = await request.post()
        text, name = _field(form.get("text")).strip(), " ".join(_field(form.get("name")).split())
        if not 0 < len(text) <= _MAX_TEXT_CHARS:
            raise web.HTTPSeeOther("./?problem=empty#write")
        if self._comments.count_of(visitor) >= _MAX_OF_VISITOR:
            raise web.HTTPSeeOther("./?problem=busy#write")
        comment = self._comments.add(
            owner=visitor, author=name[:60] or "Anonyme", text=text, posted_at=datetime.now(UTC)
        )
        self._send(comment)
        shown = web.Response(status=303, headers={"Location": f"./#{comment.id}"})
        _remember(shown, visitor)
        return shown

    def _send(self, comment: PostedComment) -> None:
        if self._sender is None:
            raise RuntimeError("the application is not running")
        self._sender.send(comment)

    async def language(self, request: web.Request) -> web.Response:
        response = web.Response(status=303, headers={"Location": "../"})
        response.set_cookie(
            _LANGUAGE, request.match_info["language"], samesite="Lax", max_age=365 * 86_400
        )
        return response

    async def callback(self, request: web.Request) -> web.Response:
        """A decision from the moderation service. 2xx means: taken, do not send again."""
        body = await request.read()
        if not is_genuine(body, request.headers, self._config.secrets):
            return web.Response(status=401, text="bad signature")
        delivery_id = request.headers["webhook-id"]
        if delivery_id in self._seen:
            return web.Response(status=204)
        try:
            self._take(json.loads(body))
        except (ValueError, TypeError, KeyError, AttributeError):
            return web.Response(status=400, text="not a decision")
        self._seen.add(delivery_id)
        return web.Response(status=204)

    def _take(self, message: dict[str, Any]) -> None:
        """Types this site does not know, such as a ping, are fine and change nothing."""
        if str(message.get("type")).startswith("comment."):
            self._comments.decide(str(message["data"]["id"]), message["data"])


def _visitor(request: web.Request) -> str | None:
    value = request.cookies.get(_VISITOR, "")
    return value if len(value) == _VISITOR_CHARS else None


def _remember(response: web.Response, visitor: str) -> None:
    response.set_cookie(_VISITOR, visitor, httponly=True, samesite="Lax", max_age=30 * 86_400)


def _language(request: web.Request) -> str:
    return "en" if request.cookies.get(_LANGUAGE) == "en" else "fr"


def _from_here(request: web.Request) -> bool:
    """False for a form on another site; browsers say so, other clients need not."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def _field(value: object) -> str:
    return value if isinstance(value, str) else ""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Security headers on everything, redirects included."""
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        _protect(answer)
        raise
    _protect(response)
    return response


def _protect(response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"


def _static(name: str, content_type: str) -> Handler:
    content = files("bot.demo").joinpath(f"static/{name}").read_bytes()

    async def serve(request: web.Request) -> web.StreamResponse:
        return web.Response(body=content, content_type=content_type, charset="utf-8")

    return serve
