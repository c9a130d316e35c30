"""How fast one peer may knock: a token bucket each, looked at before anything is read."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_MAX_PEERS = 10_000
"""Buckets kept; the one that was not used for the longest time makes room."""


@dataclass(slots=True, kw_only=True)
class _Bucket:
    tokens: float
    filled_at_s: float


class RateLimit:
    """`burst` requests at once, `per_minute` on average, for each peer."""

    def __init__(
        self, *, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_s = per_minute / 60
        self._burst = float(burst)
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_s(self, peer: str) -> int:
        """0 when the request may pass, else the whole seconds after which the next one may."""
        now_s = self._clock()
        bucket = self._buckets.pop(peer, None) or _Bucket(tokens=self._burst, filled_at_s=now_s)
        self._buckets[peer] = bucket
        if len(self._buckets) > _MAX_PEERS:
            self._buckets.popitem(last=False)
        gained = (now_s - bucket.filled_at_s) * self._per_s
        bucket.tokens = min(self._burst, bucket.tokens + gained)
        bucket.filled_at_s = now_s
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0
        return max(1, math.ceil((1 - bucket.tokens) / self._per_s))


def peer_of(address: str | None) -> str:
    """The key of a peer: its IPv4 address, or the /64 of IPv6 that one household has anyway."""
    try:
        ip = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(getattr(ip, "ipv4_mapped", None) or ip)
