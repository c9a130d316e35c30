"""Reads a request's body within bounds of size, time and sense."""

from __future__ import annotations

import asyncio
import json
from typing import NoReturn

from aiohttp import web

from bot.sites.problems import ProblemError, Trouble


def check_headers(request: web.Request, *, max_bytes: int) -> None:
    """Refuses, before a byte is read, what the headers already give away."""
    if request.content_type != "application/json":
        raise ProblemError(Trouble.MEDIA_TYPE_WRONG)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        # Nothing is unpacked here, so a small body cannot become a large one.
        raise ProblemError(Trouble.MEDIA_TYPE_WRONG)
    if (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise ProblemError(Trouble.MEDIA_TYPE_WRONG)
    if (request.content_length or 0) > max_bytes:
        raise ProblemError(Trouble.TOO_LARGE)


async def read(request: web.Request, *, max_bytes: int, timeout_s: float) -> bytes:
    """The whole body, counted while it arrives: a chunked one does not tell its length."""
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(timeout_s):
            while chunk := await request.content.readany():
                size += len(chunk)
                if size > max_bytes:
                    raise ProblemError(Trouble.TOO_LARGE)
                chunks.append(chunk)
    except TimeoutError:
        raise ProblemError(Trouble.TOO_SLOW) from None
    except (web.RequestPayloadError, ConnectionError):
        raise ProblemError(Trouble.MALFORMED, detail="the body broke off") from None
    return b"".join(chunks)


def decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise ProblemError(Trouble.MALFORMED, detail="the body is not valid UTF-8") from None


def parsed(body: str) -> object:
    """The JSON value; what parsers disagree about (NaN, repeated keys) is refused."""
    try:
        return json.loads(body, parse_constant=_no_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        detail = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise ProblemError(Trouble.MALFORMED, detail=detail) from None
    except RecursionError:
        raise ProblemError(Trouble.MALFORMED, detail="nested too deeply") from None
    except ValueError as error:
        detail = str(error) if isinstance(error, _RefusedError) else "a number is too long"
        raise ProblemError(Trouble.MALFORMED, detail=detail) from None


class _RefusedError(ValueError):
    """Valid for Python's parser, not for us."""


def _no_constant(name: str) -> NoReturn:
    raise _RefusedError(f"{name} is not JSON")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RefusedError("an object names the same key twice")
    return found
