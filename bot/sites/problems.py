"""Everything that can go wrong at the site's door, as RFC 9457 problem documents.

One table: the handlers raise from it, the tests walk it, and `/docs` prints it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from aiohttp import web

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One row of the table."""

    slug: str
    status: int
    title: str
    remedy: str
    """What the sender should do; the default `detail`."""


class Trouble(Enum):
    """The kinds of problem, by name."""

    SIGNATURE_MISSING = Kind(
        slug="signature-missing",
        status=401,
        title="Not signed",
        remedy="send webhook-id, webhook-timestamp and webhook-signature with every request",
    )
    SIGNATURE_WRONG = Kind(
        slug="signature-wrong",
        status=401,
        title="The signature does not match",
        remedy="sign `id.timestamp.body` over the exact bytes you send, with the shared secret",
    )
    TIMESTAMP_STALE = Kind(
        slug="timestamp-stale",
        status=401,
        title="Signed too long ago or in the future",
        remedy="sign each attempt anew and set the clock: 5 minutes are tolerated either way",
    )
    KEY_WRONG = Kind(
        slug="key-wrong",
        status=401,
        title="No valid API key",
        remedy="send `Authorization: Bearer` followed by the API key",
    )
    NOT_FOUND = Kind(
        slug="not-found",
        status=404,
        title="Not found",
        remedy="check the address and the identifier",
    )
    METHOD_WRONG = Kind(
        slug="method-not-allowed",
        status=405,
        title="Method not allowed",
        remedy="the Allow header names what is possible here",
    )
    TOO_SLOW = Kind(
        slug="too-slow",
        status=408,
        title="The body did not arrive in time",
        remedy="send the request again",
    )
    TOO_LARGE = Kind(
        slug="too-large",
        status=413,
        title="The body is too large",
        remedy="a body may have 256 KiB",
    )
    MEDIA_TYPE_WRONG = Kind(
        slug="media-type",
        status=415,
        title="Not plain JSON",
        remedy="send application/json in UTF-8, without a content encoding",
    )
    MALFORMED = Kind(
        slug="malformed",
        status=400,
        title="Not valid JSON",
        remedy="send one JSON object in UTF-8, without NaN or repeated keys",
    )
    WRONG_SHAPE = Kind(
        slug="wrong-shape",
        status=422,
        title="Valid JSON, but not what is expected here",
        remedy="see `errors` for each field's path and what was expected",
    )
    TOO_FAST = Kind(
        slug="too-fast",
        status=429,
        title="Too many requests",
        remedy="try again after the seconds in Retry-After",
    )
    INTAKE_FULL = Kind(
        slug="intake-full",
        status=503,
        title="Too many comments wait for a verdict",
        remedy="nothing was stored; try again after the seconds in Retry-After",
    )
    INTERNAL = Kind(
        slug="internal",
        status=500,
        title="Unexpected error",
        remedy="try again; sending the same webhook-id twice does no harm",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """One field that is wrong. Never holds the value itself, which may be a reader's text."""

    path: str
    expected: str
    found: str

    def as_json(self) -> dict[str, str]:
        return {"path": self.path, "expected": self.expected, "found": self.found}


class ProblemError(Exception):
    """Raised inside the door, answered as a problem document."""

    def __init__(
        self,
        trouble: Trouble,
        *,
        detail: str | None = None,
        faults: Sequence[FieldFault] = (),
        retry_after_s: int | None = None,
        allow: str | None = None,
    ) -> None:
        super().__init__(trouble.value.slug)
        self.trouble = trouble
        self.detail = detail or trouble.value.remedy
        self.faults = tuple(faults)
        self.retry_after_s = retry_after_s
        self.allow = allow


def answer(problem: ProblemError, *, docs_url: str) -> web.Response:
    """The problem as a response; `docs_url` makes its `type` an address one can open."""
    kind = problem.trouble.value
    document: dict[str, object] = {
        "type": f"{docs_url}#{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
    }
    if problem.faults:
        document["errors"] = [fault.as_json() for fault in problem.faults]
    response = web.Response(
        body=json.dumps(document).encode(), status=kind.status, content_type=MEDIA_TYPE
    )
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.allow:
        response.headers["Allow"] = problem.allow
    if problem.trouble is Trouble.KEY_WRONG:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
