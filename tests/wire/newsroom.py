"""The newsroom's server: one watched channel, one review channel, a reader and a moderator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.chat.config import ChatConfig
from bot.core.model import CommentRecord

from .installation import Installation, installed
from .server import Channel, DiscordServer, Interaction, Message, Person
from .waiting import until, until_told

POST_CARD = ("POST", "/channels/{channel}/messages")
EDIT_CARD = ("PATCH", "/channels/{channel}/messages/{message}")
DELETE = ("DELETE", "/channels/{channel}/messages/{message}")
HISTORY = ("GET", "/channels/{channel}/messages")
COMMANDS = ("PUT", "/applications/{app}/guilds/{guild}/commands")
ANSWER = ("POST", "/interactions/{interaction}/{token}/callback")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    server: DiscordServer
    database_url: str
    watched: Channel
    review: Channel
    reader: Person
    moderator: Person
    config: ChatConfig

    @property
    def site(self) -> str:
        return f"discord:{self.server.world.guild_id}"

    @property
    def in_review(self) -> dict[str, str]:
        """Narrows a fault to the review channel."""
        return {"channel": str(self.review.id)}

    @asynccontextmanager
    async def veilleur(self, *, online: bool = True) -> AsyncIterator[Installation]:
        async with installed(
            database_url=self.database_url,
            config=self.config,
            connector=self.server.connector,
            token=self.server.token,
        ) as bot:
            if online:
                await bot.online()
            yield bot

    def cards(self, words: str = "") -> list[Message]:
        """Cards in the review channel, those that show `words`; the panel is none."""
        return [
            one
            for one in self.review.messages.values()
            if words in one.text()
            and not any(part.get("custom_id") == "veilleur:flow-next" for part in one.parts())
        ]

    async def card(self, words: str, *, within_s: float = 10.0) -> Message:
        """The one card of a comment; two would be a failure."""
        (found,) = await until(lambda: self.cards(words), within_s=within_s)
        return found

    async def became(self, bot: Installation, message: Message) -> CommentRecord:
        return await bot.record(site=self.site, external_id=message.id)

    async def decided(self, bot: Installation, message: Message) -> CommentRecord:
        """Once a person has had the last word and everything it asked for is delivered."""

        async def closed() -> CommentRecord | None:
            record = await self.became(bot, message)
            return record if record.case and not record.case.is_open else None

        await until_told(closed)
        await bot.quiet()
        return await self.became(bot, message)

    async def rejects(self, card: Message) -> Interaction:
        """Reject, then the form with its reason; gives the form's interaction."""
        pressed = await self.moderator.presses(card, button(card, "reject"))
        await pressed.answered()
        return await self.moderator.submits(pressed, reason=["OFFENSIVE"])


def newsroom(server: DiscordServer, database_url: str) -> Newsroom:
    watched, review = server.world.channel("discussion"), server.world.channel("moderation")
    role = server.world.role("Modération")
    return Newsroom(
        server=server,
        database_url=database_url,
        watched=watched,
        review=review,
        reader=server.person("Camille"),
        moderator=server.person("Anna", role),
        config=ChatConfig(
            review_channel_id=review.id,
            watched_channel_ids=(watched.id,),
            moderator_role_id=role.id,
            undo_grace_s=0.3,
        ),
    )


def button(card: Message, action: str) -> str:
    """The custom id of a card's button, e.g. `approve`."""
    ids = [str(part["custom_id"]) for part in card.parts() if part.get("custom_id")]
    (found,) = [one for one in ids if one.split(":")[1] == action]
    return found
