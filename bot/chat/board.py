"""The review channel: brings its cards in line with the database, which is the truth."""

from __future__ import annotations

import asyncio
import hashlib
from weakref import WeakValueDictionary

import discord
import structlog

from bot.chat.cards import case_card
from bot.chat.config import ChatConfig
from bot.chat.errors import DiscordError, said
from bot.core.model import Case
from bot.core.reasons import Reason
from bot.ports import Card, Store

log = structlog.get_logger()

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
_REFRESHED = 5
_LOOK_BACK = 200
"""Messages read from the oldest open card on, to see which cards are still there."""


class Board:
    """Cards are posted up to a maximum, edited when their case changes, posted again when lost."""

    def __init__(self, client: discord.Client, *, config: ChatConfig, store: Store) -> None:
        self._client = client
        self._config = config
        self._store = store
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._posting = asyncio.Lock()

    def use(self, config: ChatConfig) -> None:
        """From now on. Cards in an earlier channel count as lost, and come back in the new one."""
        self._config = config

    # --- one case --------------------------------------------------------------------------

    async def show(self, comment_id: str) -> None:
        """Brings the card of this comment's case in line; raises what Discord answers."""
        case = await self._store.cases.for_comment(comment_id)
        if case is not None:
            await self.show_case(case.id)

    async def show_case(self, case_id: int) -> None:
        """Harmless when repeated: a card that shows the case's version is left alone."""
        if self._config.review_channel_id is None:
            return
        async with self._turn(case_id):
            case = await self._store.cases.get(case_id)
            if case is None:
                return
            card = await self._store.cards.get(case_id)
            if card is None:
                await self._post_if_room(case)
            elif card.revision != case.revision:
                await self._edit(card, case)
        if not case.is_open:
            await self.fill()

    async def is_card(self, case_id: int, message_id: int, *, version: int) -> bool:
        """Whether this message is the case's card; one that was never written down becomes it."""
        card = await self._store.cards.get(case_id)
        if card is not None:
            return card.message_id == message_id
        channel_id = self._config.review_channel_id or 0
        await self._store.cards.put(
            Card(
                case_id=case_id,
                channel_id=channel_id,
                message_id=message_id,
                case_version=version,
            )
        )
        return True

    async def card_for(self, case: Case) -> Card:
        """The case's card, posted out of its turn when there is none; raises what Discord answers."""
        async with self._turn(case.id):
            card = await self._store.cards.get(case.id)
            if card is None:
                await self._post(case, replaces=0)
                card = await self._store.cards.get(case.id)
        assert card is not None  # noqa: S101 - posted above
        return card

    async def suggested_reason(self, case_id: int) -> Reason | None:
        """What a colleague proposes, or else what the rules would have refused the comment for."""
        case = await self._store.cases.get(case_id)
        record = await self._store.comments.record(case.comment.id) if case else None
        if case is not None and case.proposal is not None:
            return case.proposal.reason
        return record.verdict.reason if record and record.verdict else None

    async def private_card(self, case_id: int, *, language: str) -> discord.ui.LayoutView | None:
        """The case as it stands now, for one moderator alone; None when there is none."""
        case = await self._store.cases.get(case_id)
        return await self._view(case, language=language) if case else None

    # --- all cases -------------------------------------------------------------------------

    async def fill(self) -> None:
        """Posts cards that are missing, most urgent first, as far as there is room."""
        if self._config.review_channel_id is None:
            return
        room = self._config.max_open_cards - len(await self._store.cards.of_open_cases())
        if room <= 0:
            return
        for case in await self._store.cards.missing(limit=room):
            async with self._turn(case.id):
                fresh = await self._store.cases.get(case.id)
                if fresh and fresh.is_open and await self._store.cards.get(case.id) is None:
                    await self._post_if_room(fresh)

    async def refresh(self) -> None:
        """Cards that tell an old number of look-alikes, a few at a time: a raid of a thousand
        comments is not a thousand edits."""
        if self._config.review_channel_id is None:
            return
        for case_id in (await self._store.cards.stale())[:_REFRESHED]:
            await self.show_case(case_id)

    async def repair(self) -> None:
        """After every new session: what changed meanwhile is edited, what is missing is posted."""
        if self._config.review_channel_id is None:
            return
        try:
            for case_id in await self._store.cards.stale():
                await self.show_case(case_id)
            await self.heal(await self._lost())
            await self.fill()
        except DiscordError as error:
            log.warning("cards not repaired", why=said(error))

    async def _lost(self) -> set[int]:
        """Cards of open cases that somebody deleted while nobody was listening."""
        wanted = {card.message_id for card in await self._store.cards.of_open_cases()}
        if not wanted:
            return set()
        channel = self._client.get_partial_messageable(self._config.review_channel_id or 0)
        oldest = discord.Object(min(wanted) - 1)
        async for message in channel.history(after=oldest, limit=_LOOK_BACK):
            wanted.discard(message.id)
        lost = set()
        for message_id in wanted:  # further up than the history that was read, or gone
            try:
                await channel.fetch_message(message_id)
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
                lost.add(message_id)
        return lost

    async def heal(self, message_ids: set[int]) -> None:
        """Somebody deleted messages in the review channel: cards of open cases come back."""
        lost = [
            card
            for card in await self._store.cards.of_open_cases()
            if card.message_id in message_ids
        ]
        for card in lost:
            async with self._turn(card.case_id):
                case = await self._store.cases.get(card.case_id)
                if case is not None:
                    await self._replace(card, case)

    # --- Discord ---------------------------------------------------------------------------

    async def _post_if_room(self, case: Case) -> None:
        """One at a time, so that the maximum holds when many cases open at once."""
        if not case.is_open or case.alike_of is not None:
            return
        async with self._posting:
            shown = await self._store.cards.of_open_cases()
            if len(shown) < self._config.max_open_cards:
                await self._post(case, replaces=0)

    async def _post(self, case: Case, *, replaces: int) -> None:
        """The nonce makes Discord answer a repeated post (after a crash) with the first message."""
        view = await self._view(case, language=self._config.language)
        if view is None:
            return
        nonce = hashlib.sha256(f"{case.id}:{case.version}:{replaces}".encode()).hexdigest()[:24]
        channel_id = self._config.review_channel_id or 0
        channel = self._client.get_partial_messageable(channel_id)
        message = await channel.send(
            view=view,
            nonce=nonce,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        await self._keep(case, channel_id=channel_id, message_id=message.id)

    async def _edit(self, card: Card, case: Case) -> None:
        view = await self._view(case, language=self._config.language)
        if view is None:
            return
        channel = self._client.get_partial_messageable(card.channel_id)
        try:
            await channel.get_partial_message(card.message_id).edit(
                view=view, allowed_mentions=discord.AllowedMentions.none()
            )
        except discord.NotFound as error:
            if error.code not in {UNKNOWN_MESSAGE, UNKNOWN_CHANNEL}:
                raise
            await self._replace(card, case)
        else:
            await self._keep(case, channel_id=card.channel_id, message_id=card.message_id)

    async def _replace(self, card: Card, case: Case) -> None:
        """A lost card is forgotten, and posted again while there is something to decide."""
        await self._store.cards.remove(card.case_id)
        log.info("card was deleted", case=card.case_id, open=case.is_open)
        if case.is_open:
            await self._post(case, replaces=card.message_id)

    async def _keep(self, case: Case, *, channel_id: int, message_id: int) -> None:
        await self._store.cards.put(
            Card(
                case_id=case.id,
                channel_id=channel_id,
                message_id=message_id,
                case_version=case.version,
                revision=case.revision,
            )
        )

    async def _view(self, case: Case, *, language: str) -> discord.ui.LayoutView | None:
        record = await self._store.comments.record(case.comment.id)
        if record is None:
            return None
        return case_card(case, record, language=language, undo_grace_s=self._config.undo_grace_s)

    def _turn(self, case_id: int) -> asyncio.Lock:
        """Held by whoever touches this case's card, so that it is never posted twice."""
        return self._turns.setdefault(case_id, asyncio.Lock())
