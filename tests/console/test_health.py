"""What machines ask: alive, ready, and the numbers, which are not for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.console import ChatStatus, HealthConfig, Metrics, ScorerStatus, health_routes
from bot.core.evaluate import Rulebook
from bot.core.model import Delivered, Outcome, Resolution, Source
from bot.engine import Engine, Load
from bot.ports import Ports
from tests.conftest import ANNA, RULEBOOK, TestClock, WordScorer, submission
from tests.console.conftest import Moderator, Served

READY = ScorerStatus(name="words", ready=True)


def config(**changes: object) -> HealthConfig:
    made = HealthConfig(
        scorer_status=lambda: READY,
        chat_status=lambda: None,
        rulebook=lambda: RULEBOOK,
        metrics=Metrics(),
        max_waiting=5_000,
    )
    return replace(made, **changes)


async def numbers(browser: Moderator, **options: object) -> dict[str, float]:
    """Every sample as `name{label="value"}`."""
    answer = await browser.get("/metrics", **options)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    samples = [
        sample
        for family in text_string_to_metric_families(await answer.text())
        for sample in family.samples
    ]
    return {
        sample.name + "".join(f"/{value}" for value in sample.labels.values()): sample.value
        for sample in samples
    }


async def test_alive_needs_nothing(engine: Engine, served: Served):
    browser = await served(health_routes(engine, config(scorer_status=lambda: 1 / 0)))
    answer = await browser.get("/healthz")
    assert (answer.status, await answer.json()) == (200, {"status": "alive"})


async def test_ready_names_each_check(engine: Engine, served: Served):
    browser = await served(health_routes(engine, config()))
    answer = await browser.get("/readyz")
    assert (answer.status, await answer.json()) == (
        200,
        {
            "status": "ready",
            "checks": {"database": True, "scorer": True, "rules": True, "intake": True},
            "degraded": False,
            "rules_faults": 0,
            "alarms": {},
            "discord": "off",
        },
    )


def empty() -> Rulebook:
    return replace(RULEBOOK, rules=())


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        ({"scorer_status": lambda: ScorerStatus(name="words", ready=False)}, "scorer"),
        ({"rulebook": empty}, "rules"),
        ({"max_waiting": 0}, "intake"),
    ],
)
async def test_what_is_missing_makes_it_unready(
    engine: Engine, served: Served, changes: dict[str, object], fails: str
):
    browser = await served(health_routes(engine, config(**changes)))
    answer = await browser.get("/readyz")
    assert answer.status == 503
    checks = (await answer.json())["checks"]
    assert [name for name, holds in checks.items() if not holds] == [fails]


async def test_a_full_intake_is_seen(ports: Ports, served: Served):
    """A scorer that does not answer lets comments pile up."""
    slow = replace(ports, scorer=WordScorer(delay_s=60))
    engine = Engine(slow, load=Load(workers=1))
    await engine.start()
    browser = await served(health_routes(engine, config(max_waiting=2)))
    try:
        assert (await browser.get("/readyz")).status == 200
        for n in range(3):
            await engine.submit(submission(str(n), f"Un mot, {n}."))
        await asyncio.sleep(0.05)
        assert (await browser.get("/readyz")).status == 503
        assert (await numbers(browser))["veilleur_intake_waiting"] == 2
    finally:
        await engine.stop()


class GoneStore:
    """A store whose database is away."""

    async def ping(self) -> None:
        raise ConnectionRefusedError


async def test_a_database_that_is_away_makes_it_unready(ports: Ports, served: Served):
    engine = Engine(replace(ports, store=GoneStore()))
    browser = await served(health_routes(engine, config()))
    answer = await browser.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["checks"]["database"] is False


@pytest.mark.parametrize(
    ("chat", "words", "gauge"),
    [
        (None, "off", None),
        (ChatStatus(connected=True), "connected", 1.0),
        (ChatStatus(connected=False), "down", 0.0),
    ],
)
async def test_discord_is_told_but_never_makes_it_unready(
    engine: Engine, served: Served, chat: ChatStatus | None, words: str, gauge: float | None
):
    browser = await served(health_routes(engine, config(chat_status=lambda: chat)))
    answer = await browser.get("/readyz")
    assert (answer.status, (await answer.json())["discord"]) == (200, words)
    assert (await numbers(browser)).get("veilleur_discord_connected") == gauge


async def test_metrics_count_what_happened(
    engine: Engine, served: Served, clock: TestClock, settled: Callable[[], object]
):
    metrics = Metrics()
    status = ScorerStatus(name="words", ready=True, degraded=True, restarts=3)
    routes = health_routes(engine, config(metrics=metrics, scorer_status=lambda: status), now=clock)
    browser = await served(routes)
    for n, text in enumerate(("Merci !", "C'est bof.", "Vraiment bof.", "C'est affreux.")):
        await engine.submit(submission(str(n), text))
        metrics.comment_received(Source.SITE, "accepted")
    metrics.comment_received(Source.DISCORD, "repeated")
    await settled()
    metrics.batch_scored(3, 96, 0.03)
    metrics.batch_scored(1, 20, 0.004)
    clock.forward(seconds=90)
    seen = await numbers(browser)
    assert seen["veilleur_comments/approved"] == 1
    assert seen["veilleur_comments/in_review"] == 2
    assert seen["veilleur_comments/rejected"] == 1
    assert seen["veilleur_comments/withdrawn"] == 0
    assert seen["veilleur_cases_open"] == 2
    assert 90 <= seen["veilleur_case_oldest_age_seconds"] < 120
    assert seen["veilleur_intake_total/accepted/site"] == 4
    assert seen["veilleur_intake_total/repeated/discord"] == 1
    assert seen["veilleur_scoring_seconds_count"] == 2
    assert seen["veilleur_scoring_batch_size_sum"] == 4
    assert seen["veilleur_scoring_batch_tokens_sum"] == 116
    assert seen["veilleur_outbox_waiting"] > 0
    assert 90 <= seen["veilleur_outbox_lag_seconds"] < 120
    assert seen["veilleur_outbox_dead"] == 0
    assert seen["veilleur_scorer_restarts_total"] == 3
    assert seen["veilleur_degraded"] == 1
    assert seen["veilleur_scorer_ready"] == 1


async def test_an_effect_in_its_grace_period_is_no_lag(
    engine: Engine, served: Served, clock: TestClock
):
    receipt = await engine.submit(submission("1", "bof"), wait_s=10)
    case = await engine.store.cases.for_comment(receipt.comment_id)
    assert case is not None
    order = Resolution(case_id=case.id, case_version=1, outcome=Outcome.APPROVE, actor=ANNA)
    await engine.resolve(order)
    outbox = engine.store.outbox
    kinds = [item.effect.kind for item in await outbox.waiting()]
    while due := await outbox.take_due(now=clock(), limit=10, kinds=kinds):
        await outbox.settle([(item, Delivered(), clock()) for item in due], now=clock())
    browser = await served(health_routes(engine, config(), now=clock))
    seen = await numbers(browser)
    assert seen["veilleur_outbox_waiting"] == 1
    assert seen["veilleur_outbox_lag_seconds"] == 0


async def test_two_registries_do_not_mix(engine: Engine, served: Served):
    busy, idle = Metrics(), Metrics()
    busy.batch_scored(5, 50, 0.1)
    browser = await served(health_routes(engine, config(metrics=idle)))
    assert (await numbers(browser))["veilleur_scoring_seconds_count"] == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Host": "rebound.example"},
    ],
)
async def test_without_a_token_only_this_machine_reads_metrics(
    engine: Engine, served: Served, headers: dict[str, str]
):
    browser = await served(health_routes(engine, config()))
    assert (await browser.get("/metrics")).status == 200
    answer = await browser.get("/metrics", headers=headers)
    assert answer.status == 403
    assert "veilleur_" not in await answer.text()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("Bearer s3cret", 200),
        ("bearer s3cret", 200),
        ("Bearer s3cre", 401),
        ("Bearer s3cret2", 401),
        ("Basic s3cret", 401),
        ("Bearer", 401),
        ("s3cret", 401),
        (None, 401),
    ],
)
async def test_with_a_token_everybody_needs_it(
    engine: Engine, served: Served, given: str | None, status: int
):
    browser = await served(health_routes(engine, config(metrics_token="s3cret")))
    headers = {"Authorization": given} if given else {}
    assert (await browser.get("/metrics", headers=headers)).status == status
    if status == 200:
        far = headers | {"X-Forwarded-For": "203.0.113.9"}
        assert (await browser.get("/metrics", headers=far)).status == 200


def test_the_token_is_not_in_the_configs_words():
    assert "s3cret" not in repr(config(metrics_token="s3cret"))
