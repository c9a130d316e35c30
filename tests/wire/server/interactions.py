"""Interactions: what a person did, the three seconds to answer it, and the one answer."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from . import payloads
from .errors import ApiError, Refusal
from .gateway import Gateway, Intent
from .state import Channel, JsonObject, Message, User, World

ANSWER_WITHIN_S = 3.0
TOKEN_LIFE_S = 15 * 60.0

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
REPLY, DEFERRED_REPLY, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The first answer to an interaction, as the person's client would get it."""

    kind: int
    data: Mapping[str, object]
    after_s: float


@dataclass(eq=False, slots=True, kw_only=True)
class Interaction:
    id: int
    kind: int
    user: User
    channel: Channel
    message: Message | None = None
    """The message that holds the pressed component."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    created_s: float = field(default_factory=time.monotonic)
    answer: Answer | None = None
    original: Message | None = None
    """What `@original` means: the reply, or the message the component is on."""
    deferred: bool = False
    """A reply was promised; the first follow-up or edit of `@original` keeps the promise."""
    follow_ups: list[Message] = field(default_factory=list)
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.created_s

    def take(self, kind: int, data: Mapping[str, object]) -> None:
        """Accepts the one answer, if it comes in time."""
        if self.answer is not None:
            raise ApiError(Refusal.ALREADY_ACKNOWLEDGED)
        if self.age_s > ANSWER_WITHIN_S:
            raise ApiError(Refusal.UNKNOWN_INTERACTION)
        self.answer = Answer(kind=kind, data=data, after_s=self.age_s)
        self._answered.set()

    async def answered(self, *, within_s: float = ANSWER_WITHIN_S) -> Answer:
        """Raises TimeoutError where the person would read «This interaction failed»."""
        await asyncio.wait_for(self._answered.wait(), timeout=within_s)
        assert self.answer is not None
        return self.answer

    def shown(self) -> str:
        """All words this interaction put before the person."""
        messages = [*([self.original] if self.original else []), *self.follow_ups]
        return "\n".join(message.text() for message in messages)


class Interactions:
    """All interactions of this run, and how people start them."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world = world
        self._gateway = gateway
        self.all: list[Interaction] = []

    def by_token(self, token: str) -> Interaction | None:
        return next((one for one in self.all if secrets.compare_digest(one.token, token)), None)

    async def press(self, user: User, message: Message, custom_id: str) -> Interaction:
        """A button that is really there and not greyed out."""
        part = _component(message, custom_id)
        return await self._component(user, message, {"component_type": 2}, part)

    async def choose(
        self, user: User, message: Message, custom_id: str, values: Sequence[str]
    ) -> Interaction:
        """Options of a string select; Discord sends no `resolved` with these."""
        part = _component(message, custom_id)
        known = {str(option["value"]) for option in cast("list[JsonObject]", part["options"])}
        assert set(values) <= known, f"{values} are not all among {sorted(known)}"
        data: JsonObject = {"component_type": 3, "values": list(values)}
        return await self._component(user, message, data, part)

    async def _component(
        self, user: User, message: Message, data: JsonObject, part: JsonObject
    ) -> Interaction:
        interaction = self._new(COMPONENT, user, message.channel, message)
        named: JsonObject = {"custom_id": part["custom_id"], "id": part["id"]}
        body: JsonObject = {"data": data | named, "message": payloads.message(message)}
        await self._send(interaction, body)
        return interaction

    async def submit(self, modal: Interaction, values: Mapping[str, object]) -> Interaction:
        """Sends the form that `modal` was answered with; fields by custom id."""
        assert modal.answer is not None
        assert modal.answer.kind == MODAL, "no form was shown"
        interaction = self._new(MODAL_SUBMIT, modal.user, modal.channel, modal.message)
        form = cast("list[JsonObject]", modal.answer.data["components"])
        body: JsonObject = {
            "data": {
                "custom_id": modal.answer.data["custom_id"],
                "components": [_filled(part, values) for part in form],
            }
        }
        if modal.message is not None:
            body["message"] = payloads.message(modal.message)
        await self._send(interaction, body)
        return interaction

    async def run(
        self, user: User, channel: Channel, name: str, options: Mapping[str, object] | None = None
    ) -> Interaction:
        """A slash command that is registered and that this person may use."""
        command = self._command(user, name)
        declared = cast("list[JsonObject]", command.get("options") or [])
        kinds = {str(option["name"]): option["type"] for option in declared}
        given = [
            {"name": key, "type": kinds[key], "value": value}
            for key, value in (options or {}).items()
        ]
        interaction = self._new(COMMAND, user, channel, None)
        data = {"id": command["id"], "name": name, "type": 1, "options": given}
        await self._send(interaction, {"data": data})
        return interaction

    def _command(self, user: User, name: str) -> JsonObject:
        registered = [*self._world.commands.get(None, [])]
        registered += self._world.commands.get(self._world.guild_id, [])
        command = next((one for one in registered if one["name"] == name), None)
        assert command is not None, f"/{name} is not registered"
        needed = command["default_member_permissions"]
        if needed is not None:
            granted = self._world.permissions(user)
            assert granted & int(cast("str", needed)), f"/{name} is hidden from {user.name}"
        return command

    def _new(self, kind: int, user: User, channel: Channel, message: Message | None) -> Interaction:
        interaction = Interaction(
            id=self._world.snowflake(), kind=kind, user=user, channel=channel, message=message
        )
        self.all.append(interaction)
        return interaction

    async def _send(self, interaction: Interaction, body: JsonObject) -> None:
        world, user, channel = self._world, interaction.user, interaction.channel
        member = world.members[user.id]
        permissions = str(world.permissions(user, channel))
        event: JsonObject = {
            "id": str(interaction.id),
            "application_id": str(world.application_id),
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "guild_id": str(world.guild_id),
            "guild": {"id": str(world.guild_id), "locale": "fr", "features": []},
            "guild_locale": "fr",
            "locale": user.locale,
            "channel_id": str(channel.id),
            "channel": {**payloads.channel(world, channel), "permissions": permissions},
            "member": {**payloads.member(member), "permissions": permissions},
            "app_permissions": str(world.permissions(world.bot, channel)),
            "attachment_size_limit": 10_485_760,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(world.guild_id)},
            "context": 0,
            **body,
        }
        await self._gateway.dispatch("INTERACTION_CREATE", event, intent=Intent.NONE)


def _component(message: Message, custom_id: str) -> JsonObject:
    for part in message.parts():
        if part.get("custom_id") == custom_id:
            assert not part.get("disabled"), f"{custom_id} is greyed out"
            return part
    raise AssertionError(f"no {custom_id} on the message")


def _filled(part: JsonObject, values: Mapping[str, object]) -> JsonObject:
    if part["type"] == 18:
        return {"type": 18, "component": _value(cast("JsonObject", part["component"]), values)}
    inside = cast("list[JsonObject]", part.get("components") or [])
    return {"type": part["type"], "components": [_value(one, values) for one in inside]}


def _value(part: JsonObject, values: Mapping[str, object]) -> JsonObject:
    key = "values" if part["type"] == 3 else "value"
    given = values.get(str(part["custom_id"]), [] if key == "values" else "")
    assert given or part.get("required") is False, f"{part['custom_id']} must be filled in"
    return {"type": part["type"], "custom_id": part["custom_id"], key: given}
