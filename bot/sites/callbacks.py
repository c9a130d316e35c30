"""Tells the site what became of its comments: signed POSTs, one attempt at a time.

The outbox decides when to try again; here one attempt is made and judged.
"""

from __future__ import annotations

import asyncio
import json
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.core.model import Delivered, Delivery, OutboxItem, Retry, Undeliverable
from bot.sites.addresses import AddressRefusedError, GuardedResolver, is_literal, is_public
from bot.sites.signature import Signer

MAX_RETRY_AFTER_S = 24 * 3600.0
_HTTP_OK = range(200, 300)
_HTTP_REDIRECT = range(300, 400)
_HTTP_UNAUTHORIZED = (401, 403)
_HTTP_GONE = 410
_PRIVATE = (
    "the callback address is private; set ALLOW_PRIVATE_CALLBACKS=true if that is what you want"
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackConfig:
    """Where decisions go."""

    url: str = field(repr=False)
    """http or https; may hold a token in its query, hence not shown."""
    secrets: tuple[str, ...] = field(repr=False)
    """`whsec_…`, at least one; each attempt is signed with all of them."""
    allow_private: bool = False
    """True lets callbacks go to private, loopback and other internal addresses."""
    timeout_s: float = 15.0
    at_once: int = 16
    """Connections at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachability:
    """What `doctor` says about the callback address."""

    ok: bool
    detail: str


class SiteCallbacks:
    """Delivers effects of kind TELL_SITE. Create it inside the event loop, `close()` at the end."""

    def __init__(
        self,
        config: CallbackConfig,
        *,
        resolver: AbstractResolver | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Raises ValueError for an address or a secret that cannot be used.

        `resolver` answers in place of the system's; what it says is guarded all the same.
        """
        self._url = _checked(config.url)
        self._refused = (
            not config.allow_private
            and is_literal(self._url.host or "")
            and not is_public(self._url.host or "")
        )
        self._signer = Signer(config.secrets)
        self._now = now
        guarded = resolver if config.allow_private else GuardedResolver(resolver)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=guarded, limit=config.at_once),
            timeout=aiohttp.ClientTimeout(total=config.timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers={"User-Agent": "Veilleur"},
        )

    async def close(self) -> None:
        await self._session.close()

    async def deliver(self, item: OutboxItem) -> Delivery:
        """One attempt. Never raises for anything the other side does."""
        delivery, _ = await self._post(_bytes(item.effect.payload), delivery_id=item.delivery_id)
        return delivery

    async def reachable(self) -> Reachability:
        """Sends a signed message of type `ping`, which a receiver answers with 2xx and ignores.

        It proves the address, the secret and the clock in one go; a HEAD would prove none.
        """
        body = _bytes({"type": "ping", "timestamp": self._now().isoformat(), "data": {}})
        delivery, status = await self._post(body, delivery_id=f"ping_{uuid.uuid4().hex}")
        if isinstance(delivery, Delivered):
            return Reachability(ok=True, detail=f"answered {status} to a signed ping")
        if status in _HTTP_UNAUTHORIZED:
            return Reachability(ok=False, detail=f"answered {status}: does it know the secret?")
        return Reachability(ok=False, detail=delivery.error)

    async def _post(self, body: bytes, *, delivery_id: str) -> tuple[Delivery, int | None]:
        if self._refused:
            return Undeliverable(error=_PRIVATE), None
        headers = self._signer.headers(delivery_id=delivery_id, body=body, at=self._now())
        headers["Content-Type"] = "application/json"
        try:
            # The answer's body is never read: leaving the block drops the connection with it.
            async with self._session.post(
                self._url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return self._judged(response), response.status
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, AddressRefusedError):
                return Undeliverable(error=_PRIVATE), None
            return Retry(error=f"cannot connect: {_cause(error.os_error)}"), None
        except TimeoutError:
            return Retry(error="timed out"), None
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
            return Retry(error=f"no answer: {type(error).__name__}"), None

    def _judged(self, response: aiohttp.ClientResponse) -> Delivery:
        status = response.status
        if status in _HTTP_OK:
            return Delivered()
        if status == _HTTP_GONE:
            return Undeliverable(error="the site answered 410: it wants no more of this")
        what = "a redirect, which is not followed" if status in _HTTP_REDIRECT else "an error"
        after_s = retry_after_s(response.headers.get("Retry-After"), now=self._now())
        return Retry(error=f"answered {status}, {what}", after_s=after_s)


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """Seconds or an HTTP date, as seconds from now, at most a day; None for anything else."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            at = parsedate_to_datetime(value)
            seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
        except (ValueError, OverflowError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), MAX_RETRY_AFTER_S)


def _bytes(payload: Mapping[str, object]) -> bytes:
    """The same bytes for the same payload at every attempt, whatever order the store keeps."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()


def _checked(address: str) -> URL:
    try:
        url = URL(address)
        host, port = url.host, url.port
    except ValueError:
        raise ValueError("the callback address cannot be read") from None
    if url.scheme not in {"http", "https"} or not host or not port:
        raise ValueError("the callback address must begin with http:// or https:// and name a host")
    return url


def _cause(error: OSError) -> str:
    return error.strerror or type(error).__name__
