"""What machines ask: is the process alive, can it work, what are its numbers."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.console.metrics import ChatStatus, Metrics, ScorerStatus, Snapshot
from bot.core.evaluate import Rulebook
from bot.engine import Engine
from bot.ports import Clock

log = structlog.get_logger()

__all__ = ["ChatStatus", "HealthConfig", "ScorerStatus", "health_routes"]

_PING_TIMEOUT_S = 3.0
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthConfig:
    scorer_status: Callable[[], ScorerStatus]
    chat_status: Callable[[], ChatStatus | None]
    """None when no Discord is set up. Discord being down does not make Veilleur unready."""
    rulebook: Callable[[], Rulebook]
    metrics: Metrics
    max_waiting: int
    """The same as `Load.max_waiting`: from there on the intake is full."""
    rules_faults: Callable[[], int] = lambda: 0
    """Faults in the rules folder. The old rules go on, so they do not make Veilleur unready."""
    metrics_token: str | None = field(default=None, repr=False)
    """Wanted as `Authorization: Bearer`; without one, only this machine may read `/metrics`."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def health_routes(
    engine: Engine, config: HealthConfig, *, now: Clock = _utc_now
) -> list[web.RouteDef]:
    """`/healthz`, `/readyz` and `/metrics`."""

    async def alive(request: web.Request) -> web.Response:
        return _plain({"status": "alive"})

    async def ready(request: web.Request) -> web.Response:
        checks = await _checks(engine, config)
        chat = config.chat_status()
        answer: dict[str, object] = {
            "status": "ready" if all(checks.values()) else "not ready",
            "checks": checks,
            "degraded": config.scorer_status().degraded,
            "rules_faults": config.rules_faults(),
            "alarms": await _alarms(engine) if checks["database"] else None,
            "discord": "off" if chat is None else "connected" if chat.connected else "down",
        }
        return _plain(answer, status=200 if all(checks.values()) else 503)

    async def metrics(request: web.Request) -> web.Response:
        refusal = _refusal(request, config.metrics_token)
        if refusal is not None:
            return refusal
        snapshot = Snapshot(
            totals=await engine.store.totals(),
            scorer=config.scorer_status(),
            chat=config.chat_status(),
            intake_waiting=engine.waiting,
            now=now(),
        )
        body = config.metrics.rendered(snapshot)
        headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
        return web.Response(body=body, headers=headers)

    return [
        web.get("/healthz", alive),
        web.get("/readyz", ready),
        web.get("/metrics", metrics),
    ]


async def _checks(engine: Engine, config: HealthConfig) -> dict[str, bool]:
    return {
        "database": await _holds(engine.store.ping),
        "scorer": config.scorer_status().ready,
        "rules": bool(config.rulebook().rules),
        "intake": engine.waiting < config.max_waiting,
    }


async def _alarms(engine: Engine) -> dict[str, int]:
    """Open ones by kind; which rules they are about is for admins only."""
    return dict(Counter(alarm.kind.value for alarm in await engine.alarms()))


async def _holds(ping: Callable[[], Awaitable[None]]) -> bool:
    try:
        await asyncio.wait_for(ping(), _PING_TIMEOUT_S)
    except Exception as error:  # noqa: BLE001 - whatever the driver raises, the answer is «no»
        log.warning("database does not answer", error=type(error).__name__)
        return False
    return True


def _refusal(request: web.Request, token: str | None) -> web.Response | None:
    if token:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())
        if scheme.lower() == "bearer" and right:
            return None
        headers = {"WWW-Authenticate": 'Bearer realm="metrics"'}
        return _plain({"error": "a bearer token is needed"}, status=401, headers=headers)
    if _is_from_this_machine(request):
        return None
    why = "only this machine may read the metrics; set METRICS_TOKEN to read them from elsewhere"
    return _plain({"error": why}, status=403)


def _is_from_this_machine(request: web.Request) -> bool:
    """A direct loopback peer that asked for a loopback name: no proxy, no rebound DNS name."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    host = (request.url.host or "").lower()
    return _is_loopback(request.remote) and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str | None) -> bool:
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def _plain(
    body: dict[str, object], *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    extra = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} | (headers or {})
    return web.json_response(body, status=status, headers=extra)
