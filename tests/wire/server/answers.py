"""Answers to interactions: the callback, then follow-ups through the interaction's token."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from aiohttp import web

from . import interactions as kind
from . import payloads
from .errors import ApiError, Refusal
from .interactions import ANSWER_WITHIN_S, TOKEN_LIFE_S, Interaction, Interactions
from .limits import check_modal
from .messages import MessageRoutes
from .rest import PREFIX, answer, json_of, nothing
from .state import EPHEMERAL, JsonObject, Message, World

LOADING = 1 << 7


class AnswerRoutes:
    """Handlers below `/interactions` and `/webhooks`; the token in the path is the key."""

    def __init__(self, world: World, interactions: Interactions, messages: MessageRoutes) -> None:
        self._world = world
        self._interactions = interactions
        self._messages = messages

    def add_to(self, app: web.Application) -> None:
        hook = "/webhooks/{app}/{token}"
        table = (
            ("POST", "/interactions/{interaction}/{token}/callback", self.callback),
            ("POST", hook, self.follow_up),
            ("GET", hook + "/messages/{message}", self.get_follow_up),
            ("PATCH", hook + "/messages/{message}", self.edit_follow_up),
            ("DELETE", hook + "/messages/{message}", self.delete_follow_up),
        )
        for method, path, handler in table:
            app.router.add_route(method, PREFIX + path, handler)

    async def callback(self, request: web.Request) -> web.Response:
        interaction = self._interactions.by_token(request.match_info["token"])
        if interaction is None or interaction.id != int(request.match_info["interaction"]):
            raise ApiError(Refusal.UNKNOWN_INTERACTION)
        if interaction.answer is not None:
            raise ApiError(Refusal.ALREADY_ACKNOWLEDGED)
        if interaction.age_s > ANSWER_WITHIN_S:
            raise ApiError(Refusal.UNKNOWN_INTERACTION)
        body = json_of(request)
        answered, data = cast("int", body["type"]), cast("JsonObject", body.get("data") or {})
        await self._carry_out(interaction, answered, {**data, "_files": body.get("_files")})
        interaction.take(answered, data)
        if request.query.get("with_response") not in ("1", "true"):
            return nothing()
        return answer(_callback_response(interaction, answered))

    async def _carry_out(self, interaction: Interaction, answered: int, data: JsonObject) -> None:
        on_message = interaction.message is not None
        if answered == kind.REPLY:
            interaction.original = self._messages.made(interaction.channel, data)
            await self._messages.kept(interaction.original)
        elif answered == kind.DEFERRED_REPLY:
            flags = cast("int", data.get("flags") or 0) & EPHEMERAL
            interaction.original = Message(
                id=self._world.snowflake(),
                channel=interaction.channel,
                author=self._world.bot,
                flags=flags | LOADING,
            )
            interaction.deferred = True
        elif answered == kind.DEFERRED_UPDATE and on_message:
            interaction.original = interaction.message
        elif answered == kind.UPDATE and interaction.message is not None:
            await self._messages.edited(interaction.message, data)
            interaction.original = interaction.message
        elif answered == kind.MODAL and interaction.kind != kind.MODAL_SUBMIT:
            check_modal(data)
        elif answered != kind.CHOICES or interaction.kind != kind.AUTOCOMPLETE:
            raise ApiError(Refusal.INVALID_FORM_BODY)

    def _by_hook(self, request: web.Request) -> Interaction:
        if int(request.match_info["app"]) != self._world.application_id:
            raise ApiError(Refusal.UNKNOWN_WEBHOOK)
        interaction = self._interactions.by_token(request.match_info["token"])
        if interaction is None or interaction.age_s > TOKEN_LIFE_S:
            raise ApiError(Refusal.INVALID_WEBHOOK_TOKEN)
        if interaction.answer is None:
            raise ApiError(Refusal.UNKNOWN_WEBHOOK)
        return interaction

    def _hooked_message(self, request: web.Request) -> tuple[Interaction, Message]:
        interaction = self._by_hook(request)
        asked = request.match_info["message"]
        own = [*interaction.follow_ups, *([interaction.original] if interaction.original else [])]
        if asked == "@original":
            found = interaction.original
        else:
            found = next((one for one in own if one.id == int(asked)), None)
        known = found and (found.id in self._world.hidden or found.id in found.channel.messages)
        if found is None or not (known or interaction.deferred):
            raise ApiError(Refusal.UNKNOWN_MESSAGE)
        return interaction, found

    async def follow_up(self, request: web.Request) -> web.Response:
        interaction = self._by_hook(request)
        if interaction.deferred and interaction.original is not None:
            await self._fill(interaction, json_of(request))
            return answer(payloads.message(interaction.original))
        message = self._messages.made(interaction.channel, json_of(request))
        interaction.follow_ups.append(message)
        await self._messages.kept(message)
        return answer(payloads.message(message))

    async def _fill(self, interaction: Interaction, body: JsonObject) -> None:
        """The promised reply arrives; whether it is ephemeral was settled by the promise."""
        assert interaction.original is not None
        promised = interaction.original
        made = self._messages.made(interaction.channel, body)
        flags = made.flags & ~EPHEMERAL | promised.flags & EPHEMERAL
        interaction.original = replace(made, id=promised.id, flags=flags)
        interaction.deferred = False
        await self._messages.kept(interaction.original)

    async def get_follow_up(self, request: web.Request) -> web.Response:
        return answer(payloads.message(self._hooked_message(request)[1]))

    async def edit_follow_up(self, request: web.Request) -> web.Response:
        interaction, message = self._hooked_message(request)
        if interaction.deferred and message is interaction.original:
            await self._fill(interaction, json_of(request))
            return answer(payloads.message(interaction.original))
        await self._messages.edited(message, json_of(request))
        return answer(payloads.message(message))

    async def delete_follow_up(self, request: web.Request) -> web.Response:
        interaction, message = self._hooked_message(request)
        interaction.deferred = False
        if self._world.hidden.pop(message.id, None) is None and not message.ephemeral:
            await self._messages.removed(message.channel, [message])
        return nothing()


def _callback_response(interaction: Interaction, answered: int) -> JsonObject:
    message = interaction.original if answered in (kind.REPLY, kind.UPDATE) else None
    about: JsonObject = {"id": str(interaction.id), "type": interaction.kind}
    if interaction.original is not None:
        about["response_message_id"] = str(interaction.original.id)
        about["response_message_loading"] = interaction.deferred
        about["response_message_ephemeral"] = interaction.original.ephemeral
    if message is None:
        return {"interaction": about}
    resource = {"type": answered, "message": payloads.message(message)}
    return {"interaction": about, "resource": resource}
