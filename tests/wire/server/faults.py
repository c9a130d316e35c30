"""What goes wrong on demand: rate limits, statuses, and connections that break."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from aiohttp import web


class When(Enum):
    """Whether the work was done before the fault struck: both happen in real life."""

    BEFORE = auto()
    AFTER = auto()


@dataclass(slots=True, kw_only=True)
class Fault:
    """Strikes `times` requests to one route, then is over."""

    method: str
    route: str
    only: Mapping[str, str]
    times: int
    status: int | None
    """None: the connection breaks instead of an answer."""
    when: When
    retry_after_s: float = 0.0
    then: Callable[[], None] | None = None
    """Called when it strikes, before anything is answered."""
    struck: int = 0

    def hits(self, request: web.Request, route: str) -> bool:
        return (
            self.struck < self.times
            and (self.method, self.route) == (request.method, route)
            and all(request.match_info.get(key) == value for key, value in self.only.items())
        )


@dataclass(slots=True, kw_only=True)
class Bucket:
    """An honest limit with its headers: `calls` per window, per channel or guild."""

    calls: int
    per_s: float
    windows: dict[str, tuple[float, int]] = field(default_factory=dict)
    """By major parameter: the window's end on the monotonic clock, and what is left."""

    def take(self, major: str) -> tuple[bool, int, float]:
        """Whether there was room, what is left, and for how long the window still runs."""
        now = time.monotonic()
        end, left = self.windows.get(major, (0.0, 0))
        if now >= end:
            end, left = now + self.per_s, self.calls
        allowed = left > 0
        self.windows[major] = (end, max(0, left - 1))
        return allowed, max(0, left - 1), end - now


class Faults:
    """The plan of one test. Routes are named as the server's table has them."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._global_for_s = 0.0
        self._global_until: float | None = 0.0
        """None while a limit waits for its first request."""
        self.global_hits = 0
        """Requests that were refused by the global limit."""

    def answer(
        self,
        method: str,
        route: str,
        *,
        status: int,
        times: int = 1,
        only: Mapping[str, str] | None = None,
        when: When = When.BEFORE,
        retry_after_s: float = 0.0,
    ) -> Fault:
        """`status` for the next `times` requests; 429 is told as a limit shared with others."""
        fault = Fault(
            method=method,
            route=route,
            only=only or {},
            times=times,
            status=status,
            when=when,
            retry_after_s=retry_after_s,
        )
        self._faults.append(fault)
        return fault

    def break_off(
        self,
        method: str,
        route: str,
        *,
        times: int = 1,
        only: Mapping[str, str] | None = None,
        when: When = When.AFTER,
        then: Callable[[], None] | None = None,
    ) -> Fault:
        """The socket is dropped instead of an answer; `then` may kill whoever waits for it."""
        fault = Fault(
            method=method,
            route=route,
            only=only or {},
            times=times,
            status=None,
            when=when,
            then=then,
        )
        self._faults.append(fault)
        return fault

    def limit(self, method: str, route: str, *, calls: int, per_s: float) -> None:
        self._buckets[(method, route)] = Bucket(calls=calls, per_s=per_s)

    def limit_globally(self, *, for_s: float) -> None:
        """Everything but answers to interactions gets 429, from the next request on."""
        self._global_for_s, self._global_until = for_s, None

    # --- asked by the server -------------------------------------------------------------

    def due(self, request: web.Request, route: str) -> Fault | None:
        fault = next((one for one in self._faults if one.hits(request, route)), None)
        if fault is not None:
            fault.struck += 1
        return fault

    def global_wait_s(self) -> float:
        now = time.monotonic()
        if self._global_until is None:
            self._global_until = now + self._global_for_s
        wait_s = max(0.0, self._global_until - now)
        self.global_hits += wait_s > 0
        return wait_s

    def bucket(self, request: web.Request, route: str) -> tuple[bool, dict[str, str]]:
        """Whether the bucket has room, and the headers that say so; no bucket, no headers."""
        bucket = self._buckets.get((request.method, route))
        if bucket is None:
            return True, {}
        match = request.match_info
        allowed, left, after_s = bucket.take(match.get("channel") or match.get("guild") or "")
        return allowed, {
            "X-RateLimit-Limit": str(bucket.calls),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{time.time() + after_s:.3f}",
            "X-RateLimit-Reset-After": f"{after_s:.3f}",
            "X-RateLimit-Bucket": f"{abs(hash((request.method, route))):016x}",
            **({} if allowed else limited_headers(after_s, scope="user")),
        }


def limited_headers(after_s: float, *, scope: str) -> dict[str, str]:
    return {
        "Retry-After": str(math.ceil(after_s)),
        "X-RateLimit-Scope": scope,
        **({"X-RateLimit-Global": "true"} if scope == "global" else {}),
    }


def limited_body(after_s: float, *, scope: str) -> dict[str, object]:
    return {
        "message": "You are being rate limited.",
        "retry_after": round(after_s, 3),
        "global": scope == "global",
    }
