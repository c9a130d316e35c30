"""The composition root: builds, opens and closes everything. The only wiring there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import aiohttp
import structlog
from aiohttp import web

from bot.console import (
    ChatStatus,
    ConsoleConfig,
    HealthConfig,
    Metrics,
    ScorerStatus,
    console_routes,
    health_routes,
    issue_link,
)
from bot.core import own_words
from bot.core.errors import Fault, SettingsError
from bot.core.model import Actor, ActorKind, EffectKind, Scores, Unscored
from bot.engine import Engine, Load
from bot.learn.following import following
from bot.outbox import OutboxWorker
from bot.pipeline import Score, own_words_scored
from bot.ports import Deliverer, Ports, Scorer
from bot.rulebook.desk import RuleDesk
from bot.rulebook.shelf import Shelf
from bot.rulebook.watch import watching
from bot.score.language import detect
from bot.score.process import ScorerProcess, open_scorer
from bot.settings import Settings
from bot.sites.callbacks import CallbackConfig, SiteCallbacks
from bot.sites.standard import SiteConfig, site_routes
from bot.store import SqlStore

if TYPE_CHECKING:  # discord.py is loaded only where a token is set
    from bot.chat.supervise import Chat

log = structlog.get_logger()

MakeConnector = Callable[[], aiohttp.BaseConnector | None]
"""A client closes its connector, so each gets a new one; None takes aiohttp's own."""

_MAX_BODY_BYTES = 256 * 1024
_OPERATOR = Actor(kind=ActorKind.ADMIN, id="operator", name="Operator")
"""Whoever reads the terminal in which the bot was started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What is told once everything runs."""

    url: str
    console_link: str
    """Logs in once, as the operator."""
    discord: bool
    """True when a token is set; the connection comes up on its own."""
    scorer: str
    rules: int
    database: str


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What the doors and views are built from."""

    settings: Settings
    store: SqlStore
    scorer: ScorerProcess
    shelf: Shelf
    desk: RuleDesk
    metrics: Metrics
    engine: Engine
    outbox: OutboxWorker


async def serve(
    settings: Settings,
    *,
    announce: Callable[[Started], None],
    stop: asyncio.Event,
    connector: MakeConnector = lambda: None,
) -> None:
    """Runs Veilleur until `stop` is set; each of its Discord clients gets a `connector`.

    Raises FaultsError for whatever the operator has to mend before it can start.
    """
    async with AsyncExitStack() as opened:  # closed in reverse: doors first, the store last
        parts = await _parts(settings, opened)
        chat = _chat(parts, connector)
        await parts.engine.start()
        opened.push_async_callback(parts.engine.stop)
        await opened.enter_async_context(watching(parts.shelf))
        await opened.enter_async_context(following(parts.store.heads, parts.scorer.use_head))
        await parts.outbox.start()
        opened.push_async_callback(parts.outbox.stop)
        url = await _http(parts, chat, opened)
        if chat is not None:
            await opened.enter_async_context(_running(chat, parts.desk))
            await opened.enter_async_context(_telling(chat, parts.scorer))
        console = _console(parts, url)
        announce(
            Started(
                url=url,
                console_link=await issue_link(parts.store, _OPERATOR, console, now()),
                discord=chat is not None,
                scorer=_described(parts.scorer),
                rules=len(parts.shelf.current().rules),
                database=settings.database,
            )
        )
        log.info("started", url=url, rulebook=parts.shelf.current().version)
        await stop.wait()
        log.info("stopping")


async def _parts(settings: Settings, opened: AsyncExitStack) -> _Parts:
    metrics = Metrics()
    store = await SqlStore.open(settings.database_url)
    opened.push_async_callback(store.close)
    shelf = await Shelf.open(settings.rules_folder, rulebooks=store.rulebooks, now=now)
    scorer = await open_scorer(
        settings.scorer,
        models=settings.models_dir,
        on_batch=lambda batch: metrics.batch_scored(batch.texts, batch.tokens, batch.seconds),
    )
    opened.push_async_callback(scorer.close)
    _require_levels(scorer)
    await asyncio.to_thread(detect, "Chargement du modèle de langue", settings.language)
    outbox = OutboxWorker(store=store, deliverers=_callbacks(settings, opened), now=now)
    ports = Ports(
        store=store,
        scorer=scorer,
        rulebook=shelf.current,
        now=now,
        policy=settings.policy,
        outlets=settings.outlets,
        language_of=lambda text, told: detect(text, told or settings.language).language,
        deadline_s=settings.scoring_deadline_s,
    )
    engine = Engine(ports, on_effects=outbox.ring, on_intake=metrics.comment_received)
    return _Parts(
        settings=settings,
        store=store,
        scorer=scorer,
        shelf=shelf,
        desk=_rule_desk(settings, shelf, store=store, scorer=scorer),
        metrics=metrics,
        engine=engine,
        outbox=outbox,
    )


def _rule_desk(
    settings: Settings, shelf: Shelf, *, store: SqlStore, scorer: ScorerProcess
) -> RuleDesk:
    return RuleDesk(
        shelf,
        rulebooks=store.rulebooks,
        score=scoring(settings, scorer),
        policy=settings.policy,
        now=now,
        own=settings.rules_dir.is_dir(),
    )


def scoring(settings: Settings, scorer: Scorer) -> Score:
    """Scores a text as a comment would be, for people who try rules."""

    async def score(text: str) -> Scores | Unscored:
        found = await asyncio.to_thread(detect, text, settings.language)
        ask = partial(scorer.score, deadline_s=settings.scoring_deadline_s, language=found.language)
        return await own_words_scored(ask, text, own_words.read(text))

    return score


def _require_levels(scorer: ScorerProcess) -> None:
    """Rules name them, and without them none of these rules could ever apply."""
    if scorer.status.lacks_levels:
        what, _, fix = scorer.status.why.partition(": ")
        raise SettingsError((Fault(where="SCORER", what=what, fix=fix),))


def _callbacks(settings: Settings, opened: AsyncExitStack) -> dict[EffectKind, Deliverer]:
    if settings.site_callback_url is None:
        return {}
    callbacks = SiteCallbacks(
        CallbackConfig(
            url=settings.site_callback_url,
            secrets=settings.signing_secrets,
            allow_private=settings.allow_private_callbacks,
        )
    )
    opened.push_async_callback(callbacks.close)
    return {EffectKind.TELL_SITE: callbacks}


def _chat(parts: _Parts, connector: MakeConnector) -> Chat | None:
    """Discord's side, with its ways out plugged into the outbox; None without a token."""
    settings, store = parts.settings, parts.store
    if settings.discord_token is None:
        return None
    from bot.chat.client import create_client
    from bot.chat.config import ChatConfig, Health
    from bot.chat.deliveries import (
        AuthorNotices,
        AuthorTimeouts,
        Calls,
        CaseCards,
        MessageDeletions,
        MessageRestorations,
    )
    from bot.chat.scorer_notice import ScorerNotice
    from bot.chat.supervise import Chat

    console = _console(parts, _address(settings))

    def health() -> Health:
        status = parts.scorer.status
        return Health(
            scorer=status.name or status.wanted,
            scorer_ready=status.ready,
            degraded=status.degraded,
            why=status.why,
            rules_faults=parts.shelf.faults,
        )

    config = ChatConfig(
        review_channel_id=settings.review_channel_id,
        watched_channel_ids=settings.watched_channel_ids,
        moderator_role_id=settings.moderator_role_id,
        admin_role_id=settings.admin_role_id,
        lead_role_id=settings.lead_role_id,
        duty_role_id=settings.duty_role_id,
        quiet_hours=settings.silence,
        timezone=ZoneInfo(settings.timezone),
        language=settings.language,
        max_open_cards=settings.max_open_cards,
        undo_grace_s=settings.undo_grace_s,
        scorer_notice=ScorerNotice(lambda: parts.scorer.status.trouble),
        rules=parts.desk,
        console_link=lambda actor: issue_link(store, actor, console, now()),
        health=health,
    )
    chat = Chat(
        lambda: create_client(config, parts.engine, connector=connector()),
        token=settings.discord_token.get_secret_value(),
    )
    parts.outbox.deliver_with(EffectKind.SHOW_CASE, CaseCards(chat.current))
    parts.outbox.deliver_with(EffectKind.DELETE_MESSAGE, MessageDeletions(chat.current))
    parts.outbox.deliver_with(EffectKind.RESTORE_MESSAGE, MessageRestorations(chat.current))
    parts.outbox.deliver_with(EffectKind.CALL_PEOPLE, Calls(chat.current))
    parts.outbox.deliver_with(EffectKind.TIMEOUT_AUTHOR, AuthorTimeouts(chat.current, now))
    parts.outbox.deliver_with(EffectKind.NOTIFY_AUTHOR, AuthorNotices(chat.current))
    return chat


@asynccontextmanager
async def _running(chat: Chat, desk: RuleDesk) -> AsyncIterator[None]:
    """Discord comes and goes on its own; nothing else waits for it."""
    from bot.chat.rules_notice import RulesNotice

    tasks = [
        asyncio.create_task(chat.run(), name="discord"),
        asyncio.create_task(RulesNotice(chat.current, desk).run(), name="rules notice"),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def _telling(chat: Chat, scorer: ScorerProcess) -> AsyncIterator[None]:
    """The moderators' channel hears when the wanted model fails; a new connection tells by itself."""

    async def follow() -> None:
        while True:
            await scorer.changed.wait()
            scorer.changed.clear()
            client = chat.current()
            if client is not None:
                await client.tell_of_scorer()

    task = asyncio.create_task(follow(), name="scorer-notice")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _http(parts: _Parts, chat: Chat | None, opened: AsyncExitStack) -> str:
    """Opens the port; returns the address people and machines use."""
    settings, engine = parts.settings, parts.engine
    address = _address(settings)
    app = web.Application(client_max_size=_MAX_BODY_BYTES)
    app.add_routes(
        [
            *_site_door(settings, engine, address),
            *console_routes(engine, _console(parts, address)),
            *health_routes(engine, _health(parts, chat)),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    opened.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, settings.http_host, settings.http_port).start()
    if settings.public_url is not None or settings.http_port:
        return address
    return f"{address.removesuffix(':0')}:{runner.addresses[0][1]}"


def _health(parts: _Parts, chat: Chat | None) -> HealthConfig:
    token = parts.settings.metrics_token
    return HealthConfig(
        scorer_status=lambda: _scorer_status(parts.scorer),
        chat_status=lambda: ChatStatus(connected=chat.status.connected) if chat else None,
        rulebook=parts.shelf.current,
        rules_faults=lambda: len(parts.shelf.faults),
        metrics=parts.metrics,
        max_waiting=Load().max_waiting,
        metrics_token=token.get_secret_value() if token else None,
    )


def _site_door(settings: Settings, engine: Engine, address: str) -> list[web.RouteDef]:
    if not settings.signing_secrets:
        return []
    config = SiteConfig(
        secrets=settings.signing_secrets,
        api_key=settings.site_api_key.get_secret_value() if settings.site_api_key else None,
        public_url=address,
        rate_per_minute=settings.intake_per_minute,
    )
    return site_routes(engine, config)


def _console(parts: _Parts, address: str) -> ConsoleConfig:
    settings = parts.settings
    return ConsoleConfig(
        public_url=address,
        secure_cookies=address.startswith("https://"),
        language=settings.language,
        undo_grace_s=settings.undo_grace_s,
        rules_faults=lambda: parts.shelf.faults,
        scorer_trouble=lambda: parts.scorer.status.trouble,
    )


def _address(settings: Settings) -> str:
    """Without PUBLIC_URL: this machine, as seen from itself."""
    if settings.public_url is not None:
        return settings.public_url
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.http_host, settings.http_host)  # noqa: S104 - compared, not bound
    return f"http://{host}:{settings.http_port}"


def _scorer_status(scorer: ScorerProcess) -> ScorerStatus:
    status = scorer.status
    return ScorerStatus(
        name=status.name or status.wanted,
        ready=status.ready,
        degraded=status.degraded,
        restarts=status.restarts,
    )


def _described(scorer: ScorerProcess) -> str:
    status = scorer.status
    if status.name is None:
        return f"not ready: {status.why}"
    return f"{status.name} {status.version}" + (f" ({status.why})" if status.why else "")
