"""The site's door: signed comments in, their state out. Nothing here waits for a person."""

from __future__ import annotations

import asyncio
import hmac
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from aiohttp import hdrs, web
from pydantic import BaseModel, ValidationError

from bot.core.errors import IntakeFullError
from bot.core.model import Submission, TextFormat
from bot.engine import Engine
from bot.sites import answers, body, docs, openapi, payload
from bot.sites.limits import RateLimit, peer_of
from bot.sites.payload import SITE, SentComment, SentDeletion, SentEvent, SentReport
from bot.sites.problems import FieldFault, ProblemError, Trouble, answer
from bot.sites.signature import Signer

log = structlog.get_logger()

MAX_WAIT_MS = 10_000
_SHORT_CHARS = 500
"""Markup up to this length is taken apart on the spot; what is longer, in a thread."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Limited = Callable[[web.Request], bool]


def _uncounted(status: int) -> None:
    """Without metrics nobody counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
    """What the door needs to know."""

    secrets: tuple[str, ...] = field(repr=False)
    """`whsec_…`, at least one; several while they are being changed."""
    api_key: str | None = field(default=None, repr=False)
    """For reading states; without one nobody may read."""
    public_url: str = "http://127.0.0.1:8080"
    """Where the outside reaches this server, for the API description."""
    rate_per_minute: float = 6_000.0
    """Requests of one peer on average; a reverse proxy counts as one peer."""
    rate_burst: int = 1_000
    body_timeout_s: float = 20.0
    answered: Callable[[int], None] = _uncounted
    """Told every answer's HTTP status, for the metrics."""


def site_routes(engine: Engine, config: SiteConfig) -> list[web.RouteDef]:
    """The routes under `/v1/`, `/openapi.json` and `/docs`; ValueError for a malformed secret."""
    door = _Door(engine, config)
    comments, one = "/v1/comments", "/v1/comments/{id}"
    return [
        web.post(comments, door.guarded(door.take)),
        web.route(hdrs.METH_ANY, comments, door.guarded(_refuse_method("POST"))),
        web.get(one, door.guarded(door.show, limited=door.has_no_key)),
        web.route(hdrs.METH_ANY, one, door.guarded(_refuse_method("GET, HEAD"))),
        web.route(hdrs.METH_ANY, "/v1/{rest:.*}", door.guarded(_not_found)),
        *docs.routes(openapi.document(config.public_url)),
    ]


class _Door:
    def __init__(self, engine: Engine, config: SiteConfig) -> None:
        self._engine = engine
        self._config = config
        self._signer = Signer(config.secrets)
        self._limit = RateLimit(per_minute=config.rate_per_minute, burst=config.rate_burst)
        self._docs_url = f"{config.public_url.rstrip('/')}/docs"

    async def take(self, request: web.Request) -> web.Response:
        """POST /v1/comments. A 2xx means that the event survives a power cut."""
        delivery_id = self._signer.delivery_id(request.headers)
        body.check_headers(request, max_bytes=payload.MAX_BODY_BYTES)
        wait_s = _wait_ms(request) / 1000
        raw = await body.read(
            request, max_bytes=payload.MAX_BODY_BYTES, timeout_s=self._config.body_timeout_s
        )
        sent = body.decoded(raw)
        self._signer.check(request.headers, sent)
        event = _event(body.parsed(sent))
        given = await self._submitted(event, delivery_id=delivery_id, wait_s=wait_s)
        return _json(given, status=200 if isinstance(given, answers.Judged) else 202)

    async def _submitted(
        self, event: SentEvent, *, delivery_id: str, wait_s: float
    ) -> answers.Accepted:
        data: SentComment | SentDeletion | SentReport = event.data
        if isinstance(data, SentDeletion):
            gone = await self._engine.withdraw(
                site=SITE, external_id=data.id, delivery_id=delivery_id
            )
            return answers.noted(gone)
        if isinstance(data, SentReport):
            complaint = payload.complaint(data, delivery_id=delivery_id)
            return answers.noted(await self._engine.report(complaint))
        submission = await _off_loop(data, delivery_id)
        receipt = await self._engine.submit(submission, wait_s=wait_s)
        if wait_s > 0 and receipt.verdict is not None:
            return answers.judged(receipt, receipt.verdict)
        return answers.accepted(receipt)

    async def show(self, request: web.Request) -> web.Response:
        """GET /v1/comments/{id}: by our id, else by the site's own."""
        if self.has_no_key(request):
            raise ProblemError(Trouble.KEY_WRONG)
        comments = self._engine.store.comments
        wanted = request.match_info["id"]
        record = await comments.record(wanted)
        if record is None or record.comment.site != SITE:
            found = await comments.find(site=SITE, external_id=wanted)
            record = await comments.record(found.id) if found else None
        if record is None:
            raise ProblemError(Trouble.NOT_FOUND, detail="no comment has this identifier")
        return _json(answers.comment_view(record), status=200)

    def has_no_key(self, request: web.Request) -> bool:
        scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        key = self._config.api_key or ""
        matches = hmac.compare_digest(
            given.strip().encode("utf-8", "surrogateescape"), key.encode()
        )
        return not (matches and key and scheme.lower() == "bearer")

    def guarded(self, handler: Handler, *, limited: Limited = lambda _: True) -> Handler:
        """The handler behind the rate limit, with every failure answered as a problem.

        `limited` spares requests the limit, which is meant for comments that are sent.
        """

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                if limited(request):
                    self._check_rate(request)
                response = await handler(request)
            except ProblemError as problem:
                response = answer(problem, docs_url=self._docs_url)
            except IntakeFullError as full:
                later = ProblemError(Trouble.INTAKE_FULL, retry_after_s=full.retry_after_s)
                response = answer(later, docs_url=self._docs_url)
            except Exception as error:  # noqa: BLE001 - the last wall before the sender
                _log_without_text(error)
                response = answer(ProblemError(Trouble.INTERNAL), docs_url=self._docs_url)
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Content-Type-Options"] = "nosniff"
            self._config.answered(response.status)
            return response

        return handle

    def _check_rate(self, request: web.Request) -> None:
        wait_s = self._limit.wait_s(peer_of(request.remote))
        if wait_s:
            raise ProblemError(Trouble.TOO_FAST, retry_after_s=wait_s)


def _wait_ms(request: web.Request) -> int:
    given = request.query.get("wait_ms", "0")
    if given.isascii() and given.isdigit() and int(given[:6]) <= MAX_WAIT_MS:
        return int(given)
    fault = FieldFault(
        path="query.wait_ms", expected=f"a whole number from 0 to {MAX_WAIT_MS}", found="other"
    )
    raise ProblemError(Trouble.WRONG_SHAPE, faults=[fault])


def _event(value: object) -> SentEvent:
    try:
        return payload.EVENT.validate_python(value)
    except ValidationError as invalid:
        faults = [
            payload.field_fault(error["loc"], dict(error))
            for error in invalid.errors(include_url=False)
        ]
    raise ProblemError(Trouble.WRONG_SHAPE, faults=faults)


async def _off_loop(data: SentComment, delivery_id: str) -> Submission:
    """Taking long markup apart may take half a second: not while others wait."""
    if data.format is TextFormat.PLAIN or len(data.text) <= _SHORT_CHARS:
        return payload.submission(data, delivery_id=delivery_id)
    return await asyncio.to_thread(payload.submission, data, delivery_id=delivery_id)


def _refuse_method(allow: str) -> Handler:
    async def refuse(request: web.Request) -> web.StreamResponse:
        raise ProblemError(Trouble.METHOD_WRONG, allow=allow)

    return refuse


async def _not_found(request: web.Request) -> web.StreamResponse:
    raise ProblemError(Trouble.NOT_FOUND)


def _json(model: BaseModel, *, status: int) -> web.Response:
    return web.Response(
        body=model.model_dump_json().encode(), status=status, content_type="application/json"
    )


def _log_without_text(error: Exception) -> None:
    """Where it happened, not its message: that may quote a comment."""
    places = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    log.error("site door failed", error=type(error).__name__, at=places)
