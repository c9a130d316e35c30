"""Numbers for Prometheus, in a registry of their own: two apps in one process do not mix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.core.model import Source, State, Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerStatus:
    """The scorer as it is right now."""

    name: str
    """`embedded` or `detoxify`."""
    ready: bool
    degraded: bool = False
    """Another scorer than the wanted one answers."""
    restarts: int = 0
    """Since this process started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStatus:
    """Discord as it is right now."""

    connected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that is read at the moment of asking."""

    totals: Totals
    scorer: ScorerStatus
    chat: ChatStatus | None
    """None when no Discord is set up."""
    intake_waiting: int
    now: datetime


class Metrics:
    """Counts what happens (`comment_received`, `batch_scored`) and renders it with a snapshot."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._now = _Now()
        self._registry.register(self._now)
        ProcessCollector(registry=self._registry)
        self._intake = Counter(
            "veilleur_intake",
            "Comments and events taken in, by kind of source and result",
            ["source", "result"],
            registry=self._registry,
        )
        self._scoring = Histogram(
            "veilleur_scoring_seconds",
            "Time to score one batch",
            buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
            registry=self._registry,
        )
        self._sizes = Histogram(
            "veilleur_scoring_batch_size",
            "Texts in one batch",
            buckets=(1, 2, 4, 8, 16, 32, 64),
            registry=self._registry,
        )
        self._tokens = Histogram(
            "veilleur_scoring_batch_tokens",
            "Tokens in one batch, padding included",
            buckets=(32, 64, 128, 256, 512, 1024, 2048, 4096),
            registry=self._registry,
        )

    def comment_received(self, source: Source, result: str) -> None:
        """`result` is one word out of a fixed few: `accepted`, `repeated`, `refused`, `full`."""
        self._intake.labels(source=source.value, result=result).inc()

    def batch_scored(self, size: int, padded_tokens: int, seconds: float) -> None:
        self._sizes.observe(size)
        self._tokens.observe(padded_tokens)
        self._scoring.observe(seconds)

    def rendered(self, snapshot: Snapshot) -> bytes:
        """Prometheus' text format. Not to be awaited in between: the snapshot is kept meanwhile."""
        self._now.snapshot = snapshot
        try:
            return generate_latest(self._registry)
        finally:
            self._now.snapshot = None


class _Now(Collector):
    """Gauges made from the snapshot; none at registration, when there is no snapshot yet."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        seen = self.snapshot
        if seen is None:
            return
        totals, scorer = seen.totals, seen.scorer
        states = GaugeMetricFamily(
            "veilleur_comments", "Comments in the database, by state", labels=["state"]
        )
        for state in State:
            states.add_metric([state.value], totals.by_state.get(state, 0))
        yield states
        oldest_s, lag_s = (
            _since(totals.oldest_case_at, seen),
            _since(totals.oldest_outbox_due_at, seen),
        )
        yield _gauge(
            "veilleur_intake_waiting", "Comments waiting for a verdict", seen.intake_waiting
        )
        yield _gauge("veilleur_cases_open", "Cases in the review queue", totals.open_cases)
        yield _gauge("veilleur_case_oldest_age_seconds", "Age of the oldest open case", oldest_s)
        yield _gauge("veilleur_outbox_waiting", "Effects not yet delivered", totals.outbox_waiting)
        yield _gauge("veilleur_outbox_dead", "Effects given up", totals.outbox_dead)
        yield _gauge(
            "veilleur_outbox_lag_seconds", "How overdue the oldest waiting effect is", lag_s
        )
        yield _gauge("veilleur_scorer_ready", "1 when the scorer answers", scorer.ready)
        yield _gauge("veilleur_degraded", "1 when a fallback scorer answers", scorer.degraded)
        yield CounterMetricFamily(
            "veilleur_scorer_restarts", "Restarts of the scorer process", value=scorer.restarts
        )
        if seen.chat is not None:
            connected = seen.chat.connected
            yield _gauge("veilleur_discord_connected", "1 while Discord is connected", connected)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=float(value))


def _since(moment: datetime | None, seen: Snapshot) -> float:
    """Seconds since `moment`; 0 when it lies ahead or there is none."""
    return max(0.0, (seen.now - moment).total_seconds()) if moment else 0.0
