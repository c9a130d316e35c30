"""The bot in a simulated Discord, beside a real engine, store and outbox."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import discord
import pytest
import simcord
import simcord.actors

from bot.chat.config import ChatConfig
from bot.chat.deliveries import (
    AuthorNotices,
    AuthorTimeouts,
    Calls,
    CaseCards,
    MessageDeletions,
    MessageRestorations,
)
from bot.core.effects import Outlets
from bot.core.model import Actor, EffectKind
from bot.engine import Engine
from bot.outbox import OutboxWorker
from bot.ports import Ports
from bot.store import SqlStore
from tests.chat.desk import Desk
from tests.chat.oracle import faults_of_message


@pytest.fixture
def outlets() -> Outlets:
    """A decision waits for 20 s; a test that wants its end moves the clock."""
    return Outlets(tell_site=False, show_cases=True, undo_grace_s=20.0)


@pytest.fixture(autouse=True)
def _no_swallowed_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """discord.py only logs what a component's callback raises: such a line fails the test."""
    yield
    swallowed = [
        record.getMessage()
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.ERROR and record.name.startswith("discord")
    ]
    assert swallowed == []


@pytest.fixture
def french_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's Discord is in French; the simulator knows no other locale than English."""
    made = simcord.actors._interactions.base_payload

    def in_french(*args: object, **options: object) -> object:
        record, payload = made(*args, **options)
        return record, {**payload, "locale": "fr"}

    monkeypatch.setattr(simcord.actors._interactions, "base_payload", in_french)


@pytest.fixture
async def desk(ports: Ports, store: SqlStore, clock: object) -> AsyncIterator[Desk]:
    await store.watched.watch(1, guild_id=None, now=datetime.now(UTC))
    await store.watched.unwatch(1)  # the store's writer now belongs to the test, not to the bot
    client = discord.Client(intents=discord.Intents(guilds=True))
    env = simcord.Env(client, settle_timeout=30.0)  # a picture is drawn, on a busy machine
    await env.start()
    worker: OutboxWorker | None = None
    engine = Engine(ports, on_effects=lambda: worker.ring() if worker else None)
    made = _desk(env, engine=engine, store=store, clock=clock)
    worker = OutboxWorker(
        store=store,
        deliverers={
            EffectKind.SHOW_CASE: CaseCards(made.current),
            EffectKind.DELETE_MESSAGE: MessageDeletions(made.current),
            EffectKind.RESTORE_MESSAGE: MessageRestorations(made.current),
            EffectKind.CALL_PEOPLE: Calls(made.current),
            EffectKind.TIMEOUT_AUTHOR: AuthorTimeouts(made.current, ports.now),
            EffectKind.NOTIFY_AUTHOR: AuthorNotices(made.current),
        },
        now=ports.now,
    )
    made.worker = worker
    await engine.start()
    await worker.start()
    await made.restart()
    try:
        yield made
    finally:
        await worker.stop()
        await engine.stop()
        bodies = [call.json for call in env.http_requests if _is_message(call)]
        await env.shutdown()
        env.raise_errors()
    assert [fault for body in bodies for fault in faults_of_message(body)] == []


def _desk(env: simcord.Env, *, engine: Engine, store: SqlStore, clock: object) -> Desk:
    guild = env.create_guild()
    moderators, admins = guild.create_role("Modération"), guild.create_role("Rédaction en chef")
    leads = guild.create_role("Responsables")
    review, talk = guild.create_text_channel("moderation"), guild.create_text_channel("discussion")

    async def console_link(actor: Actor) -> str:
        return f"https://veilleur.example/enter/for-{actor.id}"

    return Desk(
        env=env,
        guild=guild,
        review=review,
        talk=talk,
        moderator=guild.add_member(env.create_user("anna"), roles=[moderators], nick="Anna"),
        colleague=guild.add_member(env.create_user("ben"), roles=[moderators], nick="Ben"),
        admin=guild.add_member(env.create_user("chloe"), roles=[admins], nick="Chloé"),
        lead=guild.add_member(env.create_user("dora"), roles=[leads], nick="Dora"),
        member=guild.add_member(env.create_user("lecteur"), nick="Lecteur"),
        config=ChatConfig(
            review_channel_id=review.id,
            watched_channel_ids=(talk.id,),
            moderator_role_id=moderators.id,
            admin_role_id=admins.id,
            lead_role_id=leads.id,
            console_link=console_link,
        ),
        engine=engine,
        store=store,
        clock=clock,
    )


def _is_message(call: object) -> bool:
    return (
        getattr(call, "method", "") in {"POST", "PATCH"}
        and re.search(r"/messages(/[0-9]+)?$", getattr(call, "path", ""))
        and isinstance(getattr(call, "json", None), dict)
    )
