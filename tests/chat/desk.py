"""A newsroom's Discord server in the simulator: channels, roles, people, and the bot among them."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import discord
import simcord
from simcord.actors import MemberActor

from bot.chat.client import VeilleurClient, create_client
from bot.chat.config import ChatConfig
from bot.core.model import Case, CommentRecord, Submission
from bot.engine import Engine
from bot.outbox import OutboxWorker
from bot.store import SqlStore


@dataclass
class Desk:
    env: simcord.Env
    guild: Any
    review: Any
    """The review channel."""
    talk: Any
    """A watched channel."""
    moderator: MemberActor
    colleague: MemberActor
    admin: MemberActor
    lead: MemberActor
    member: MemberActor
    config: ChatConfig
    engine: Engine
    store: SqlStore
    clock: Callable[[], Any]
    client: VeilleurClient | None = None
    worker: OutboxWorker | None = None

    def current(self) -> VeilleurClient | None:
        return self.client

    async def restart(self, *, engine: Engine | None = None, **changes: Any) -> None:
        """A fresh client on the same database, as after a restart of the program."""
        self.config = replace(self.config, **changes)
        self.client = None
        fresh = create_client(self.config, engine or self.engine)
        await self.env.restart_bot(fresh)
        self.client = fresh

    async def stop(self) -> None:
        """The bot is away: messages from now on reach nobody."""
        self.client = None
        await self.env.restart_bot(discord.Client(intents=discord.Intents(guilds=True)))

    def speak(self, locale: str) -> None:
        """From now on everybody's own client is set to this language, until the next restart. The
        simulator knows English only, so what comes in is changed on its way to discord.py."""
        assert self.client is not None
        parsers = self.client._connection.parsers
        parse = self.client._connection.parse_interaction_create
        parsers["INTERACTION_CREATE"] = lambda data: parse({**data, "locale": locale})

    # --- waiting -------------------------------------------------------------------------------

    async def until(self, check: Callable[[], Any], *, timeout_s: float = 8.0) -> Any:
        """What `check` gives, as soon as that is true; the engine works beside the bot."""
        async with asyncio.timeout(timeout_s):
            while True:
                got = check()
                got = await got if inspect.isawaitable(got) else got
                if got:
                    return got
                await asyncio.sleep(0.01)

    async def quiet(self) -> None:
        """No comment without a verdict, no card or deletion that is due."""

        async def at_rest() -> bool:
            totals = await self.store.totals()
            due = totals.oldest_outbox_due_at
            return totals.by_state.get("received", 0) == 0 and (due is None or due > self.clock())

        await self.until(at_rest)
        await self.env.settle()

    def posts(self) -> list[discord.Message]:
        """What stands in the review channel beside the panel and the note that it was pinned."""
        return [
            one
            for one in self.review.history()
            if one.type is discord.MessageType.default and not one.pinned
        ]

    async def case_of(self, message: Any) -> Case:
        """The case of a message in the watched channel."""

        async def find() -> Case | None:
            record = await self.record_of(message)
            return record.case if record else None

        return await self.until(find)

    async def record_of(self, message: Any) -> CommentRecord | None:
        comment = await self.store.comments.find(
            site=f"discord:{self.guild.id}", external_id=str(message.id)
        )
        return await self.store.comments.record(comment.id) if comment else None

    async def card_of(self, case: Case) -> discord.Message:
        """The card's message, once it shows the case's present revision."""

        async def find() -> discord.Message | None:
            now = await self.store.cases.get(case.id)
            card = await self.store.cards.get(case.id)
            if card is None or now is None or card.revision != now.revision:
                return None
            return next((m for m in self.review.history() if m.id == card.message_id), None)

        return await self.until(find)

    async def shown(self, text: str = "bof, ce ministre", **changes: Any) -> tuple[Any, Case, Any]:
        """A borderline message, its case and its card."""
        message = await self.member.send(self.talk, text)
        case = await self.case_of(message)
        return message, case, await self.card_of(case)

    async def site_case(self, submission: Submission) -> tuple[Case, discord.Message]:
        """A borderline comment from the site, its case and its card."""
        receipt = await self.engine.submit(submission)

        async def find() -> Case | None:
            return await self.store.cases.for_comment(receipt.comment_id)

        case = await self.until(find)
        return case, await self.card_of(case)


def texts_of(components: Any) -> str:
    """All that is to be read in a V2 message, top to bottom, buttons included."""
    return "\n".join(_texts(components))


def read(message: Any) -> str:
    """The visible text of a message or of an answer."""
    rows = message.components
    rows = [row if isinstance(row, dict) else row.to_dict() for row in rows]
    return "\n".join([part for part in (message.content, texts_of(rows)) if part])


def buttons_of(message: Any) -> dict[str, str]:
    """Label to custom id."""
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return {
        part["label"]: part["custom_id"]
        for part in walk(rows)
        if part.get("type") == 2 and part.get("custom_id")
    }


def walk(components: Any) -> Iterator[dict[str, Any]]:
    for part in components:
        yield part
        yield from walk(part.get("components") or [])
        inner = [part[name] for name in ("accessory", "component") if part.get(name)]
        yield from walk(inner)


def _texts(components: Any) -> Iterator[str]:
    for part in walk(components):
        if part.get("type") == 10:
            yield part["content"]
        elif part.get("label"):
            yield f"[{part['label']}]"
