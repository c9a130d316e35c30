"""What this Discord holds: one application with its bot, one guild, its people and messages."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .errors import ApiError, Refusal

EPOCH_MS = 1_420_070_400_000
EPHEMERAL = 1 << 6
COMPONENTS_V2 = 1 << 15
NONCE_KEPT_S = 180.0
"""For how long a repeated nonce gets the first message back («the past few minutes»)."""

JsonObject = dict[str, object]


class Permission:
    ADMINISTRATOR = 1 << 3
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_WEBHOOKS = 1 << 29
    USE_COMMANDS = 1 << 31
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_IN_THREADS = 1 << 38
    PIN_MESSAGES = 1 << 51
    EVERYONE = (
        VIEW_CHANNEL
        | SEND_MESSAGES
        | EMBED_LINKS
        | ATTACH_FILES
        | READ_MESSAGE_HISTORY
        | USE_COMMANDS
        | CREATE_PUBLIC_THREADS
        | SEND_IN_THREADS
    )
    ALL = (1 << 53) - 1


@dataclass(slots=True, kw_only=True)
class User:
    id: int
    name: str
    bot: bool = False
    locale: str = "fr"


@dataclass(slots=True, kw_only=True)
class Role:
    id: int
    name: str
    permissions: int = 0


@dataclass(slots=True, kw_only=True)
class Channel:
    id: int
    name: str = ""
    in_guild: bool = True
    recipient: User | None = None
    """The other side of a direct conversation."""
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By role or user id: what is allowed, what is denied."""
    messages: dict[int, Message] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Member:
    user: User
    roles: list[int] = field(default_factory=list)
    joined_at: datetime


@dataclass(slots=True, kw_only=True)
class Message:
    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[JsonObject] = field(default_factory=list)
    components: list[JsonObject] = field(default_factory=list)
    attachments: list[JsonObject] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    answers: int | None = None
    """Id of the message this one replies to."""
    edited_at: datetime | None = None

    @property
    def created_at(self) -> datetime:
        return datetime.fromtimestamp(((self.id >> 22) + EPOCH_MS) / 1000, UTC)

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    def parts(self) -> Iterable[JsonObject]:
        """Every component, nested ones included."""
        return walk(self.components)

    def text(self) -> str:
        """All words a reader sees: content, embeds' text and text displays."""
        displays = (str(part["content"]) for part in self.parts() if part["type"] == 10)
        embeds = (
            str(value) for embed in self.embeds for value in _words(embed) if isinstance(value, str)
        )
        return "\n".join((self.content, *displays, *embeds))


def _words(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    else:
        yield value


def walk(components: object) -> Iterable[JsonObject]:
    for part in components if isinstance(components, list) else ():
        yield part
        yield from walk(part.get("components"))
        yield from walk([part[key] for key in ("accessory", "component") if part.get(key)])


class World:
    """The state, with the questions that routes and gateway ask of it."""

    def __init__(self) -> None:
        self._count = itertools.count()
        self.application_id = self.snowflake()
        self.bot = User(id=self.application_id, name="Veilleur", bot=True)
        self.guild_id = self.snowflake()
        self.owner = User(id=self.snowflake(), name="owner")
        self.users = {user.id: user for user in (self.bot, self.owner)}
        everyone = Role(id=self.guild_id, name="@everyone", permissions=Permission.EVERYONE)
        self.bot_role = self._role(
            "Veilleur",
            Permission.MANAGE_MESSAGES
            | Permission.MANAGE_WEBHOOKS
            | Permission.PIN_MESSAGES
            | Permission.MENTION_EVERYONE,
        )
        self.roles = {role.id: role for role in (everyone, self.bot_role)}
        self.channels: dict[int, Channel] = {}
        self.members: dict[int, Member] = {}
        self.commands: dict[int | None, list[JsonObject]] = {}
        """Registered commands by guild id; None for the global ones."""
        self.hidden: dict[int, Message] = {}
        """Ephemeral messages, which no channel lists."""
        self.join(self.owner)
        self.join(self.bot, self.bot_role)

    def snowflake(self) -> int:
        now_ms = time.time_ns() // 1_000_000 - EPOCH_MS
        return (now_ms << 22) | (next(self._count) & 0x3FFFFF)

    # --- setting the scene ---------------------------------------------------------------

    def _role(self, name: str, permissions: int) -> Role:
        return Role(id=self.snowflake(), name=name, permissions=permissions)

    def role(self, name: str, *, permissions: int = 0) -> Role:
        role = self._role(name, permissions)
        self.roles[role.id] = role
        return role

    def channel(self, name: str) -> Channel:
        channel = Channel(id=self.snowflake(), name=name)
        self.channels[channel.id] = channel
        return channel

    def join(self, user: User, *roles: Role) -> Member:
        self.users[user.id] = user
        member = Member(user=user, roles=[role.id for role in roles], joined_at=datetime.now(UTC))
        self.members[user.id] = member
        return member

    def dm_with(self, user: User) -> Channel:
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(id=self.snowflake(), in_guild=False, recipient=user)
        self.channels[channel.id] = channel
        return channel

    # --- questions -----------------------------------------------------------------------

    def find_channel(self, channel_id: int) -> Channel:
        channel = self.channels.get(channel_id)
        if channel is None:
            raise ApiError(Refusal.UNKNOWN_CHANNEL)
        return channel

    def find_message(self, channel: Channel, message_id: int) -> Message:
        message = channel.messages.get(message_id)
        if message is None:
            raise ApiError(Refusal.UNKNOWN_MESSAGE)
        return message

    def permissions(self, user: User, channel: Channel | None = None) -> int:
        """What `user` may do in `channel`, by Discord's algorithm (roles, then overwrites)."""
        if channel is not None and not channel.in_guild:
            return Permission.ALL
        member = self.members.get(user.id)
        if member is None:
            return 0
        own = [self.guild_id, *member.roles]
        granted = 0
        for role_id in own:
            granted |= self.roles[role_id].permissions
        if user is self.owner or granted & Permission.ADMINISTRATOR:
            return Permission.ALL
        return _overwritten(granted, channel, own, user) if channel else granted

    def require(self, channel: Channel, permission: int) -> None:
        """Refuses when the bot may not do this here."""
        granted = self.permissions(self.bot, channel)
        if not granted & Permission.VIEW_CHANNEL:
            raise ApiError(Refusal.MISSING_ACCESS)
        if permission & ~granted:
            raise ApiError(Refusal.MISSING_PERMISSIONS)

    # --- messages ------------------------------------------------------------------------

    def same_nonce(self, channel: Channel, author: User, nonce: object) -> Message | None:
        """The message that an enforced nonce already stands for."""
        now_s = time.time()
        for message in reversed(channel.messages.values()):
            if now_s - message.created_at.timestamp() > NONCE_KEPT_S:
                return None
            if message.author is author and message.nonce == str(nonce):
                return message
        return None

    def keep(self, message: Message) -> None:
        for part in message.parts():
            part.setdefault("id", next(self._count) & 0x3FFFFFFF)
        if message.ephemeral:
            self.hidden[message.id] = message
        else:
            message.channel.messages[message.id] = message


def _overwritten(granted: int, channel: Channel, role_ids: list[int], user: User) -> int:
    everyone, *rest = role_ids
    allow, deny = channel.overwrites.get(everyone, (0, 0))
    granted = granted & ~deny | allow
    allow = deny = 0
    for role_id in rest:
        more_allow, more_deny = channel.overwrites.get(role_id, (0, 0))
        allow, deny = allow | more_allow, deny | more_deny
    granted = granted & ~deny | allow
    allow, deny = channel.overwrites.get(user.id, (0, 0))
    granted = granted & ~deny | allow
    return granted if granted & Permission.VIEW_CHANNEL else 0
