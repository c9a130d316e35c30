"""The REST side's way in: who asks, what goes wrong first, and Discord's form of an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from .errors import ApiError, Refusal
from .faults import Faults, When, limited_body, limited_headers
from .state import JsonObject

PREFIX = "/api/v10"
BODY: web.RequestKey[JsonObject] = web.RequestKey("body", dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One request as it was answered."""

    method: str
    route: str
    path: str
    status: int | None
    """None when the connection was broken off."""
    body: JsonObject


def answer(
    body: object, *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """JSON with the content type exactly `application/json`: discord.py decodes no other."""
    packed = json.dumps(body).encode()
    return web.Response(
        body=packed, status=status, headers=headers, content_type="application/json"
    )


def nothing() -> web.Response:
    return web.Response(status=204)


def json_of(request: web.Request) -> JsonObject:
    """The body that the front desk has read."""
    return request[BODY]


async def body_of(request: web.Request) -> JsonObject:
    """The JSON body, also where it travels beside files; names of files under `_files`."""
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        files = [value.filename for value in form.values() if isinstance(value, web.FileField)]
        payload = form.get("payload_json") or "{}"
        return {**json.loads(str(payload)), "_files": files}
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise ApiError(Refusal.INVALID_JSON) from None
    return body if isinstance(body, dict) else {"_list": body}


class FrontDesk:
    """A middleware around every route: record, authenticate, strike, limit, handle, refuse."""

    def __init__(self, faults: Faults, *, token: Callable[[], str]) -> None:
        self._faults = faults
        self._token = token
        self.requests: list[Recorded] = []
        self.crashes: list[Exception] = []
        """Faults of this server itself."""

    @property
    def unknown_routes(self) -> list[str]:
        """What was asked of this server that it does not have: a hole in it, or in the client."""
        return [f"{one.method} {one.path}" for one in self.requests if one.route == ""]

    def middleware(self) -> Middleware:
        @web.middleware
        async def at_the_desk(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith(PREFIX):
                return await handler(request)
            return await self._serve(request, handler)

        return at_the_desk

    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        route = resource.canonical.removeprefix(PREFIX) if resource else ""
        try:
            body = await body_of(request)
            request[BODY] = body
            response = await self._answered(request, handler, route)
        except ApiError as error:
            body = request.get(BODY, {})
            response = answer(error.body(), status=error.status)
        except Exception as error:
            self.crashes.append(error)
            raise
        status = None if response is None else response.status
        self.requests.append(
            Recorded(
                method=request.method, route=route, path=request.path, status=status, body=body
            )
        )
        if response is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)  # never arrives: the socket is gone
        response.headers["Via"] = "1.1 google"
        return response

    async def _answered(
        self, request: web.Request, handler: Handler, route: str
    ) -> web.StreamResponse | None:
        if route == "":
            raise ApiError(Refusal.NO_ROUTE)
        callback = route.startswith(("/interactions/", "/webhooks/"))
        if not callback and request.headers.get("Authorization") != f"Bot {self._token()}":
            raise ApiError(Refusal.UNAUTHORIZED)
        if (wait_s := 0.0 if callback else self._faults.global_wait_s()) > 0:
            return _limited(wait_s, scope="global")
        fault = self._faults.due(request, route)
        if fault is not None and fault.when is When.AFTER:
            await handler(request)
        if fault is not None:
            if fault.then is not None:
                fault.then()
            return _faulty(fault.status, fault.retry_after_s)
        allowed, headers = self._faults.bucket(request, route)
        if not allowed:
            after_s = float(headers["X-RateLimit-Reset-After"])
            return answer(limited_body(after_s, scope="user"), status=429, headers=headers)
        return await _refusable(handler, request, headers)


async def _refusable(
    handler: Handler, request: web.Request, headers: dict[str, str]
) -> web.StreamResponse:
    try:
        response = await handler(request)
    except ApiError as error:
        response = answer(error.body(), status=error.status)
    response.headers.update(headers)
    return response


def _limited(after_s: float, *, scope: str) -> web.Response:
    headers = limited_headers(after_s, scope=scope)
    return answer(limited_body(after_s, scope=scope), status=429, headers=headers)


def _faulty(status: int | None, retry_after_s: float) -> web.Response | None:
    """Discord's front answers 5xx without JSON; a limit shared with others has no bucket."""
    if status is None:
        return None
    if status == 429:
        return _limited(retry_after_s, scope="shared")
    return web.Response(status=status, text="upstream connect error", content_type="text/plain")
