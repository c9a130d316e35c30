"""Who and where: application, commands, users, guild."""

from __future__ import annotations

from typing import cast

from aiohttp import web

from . import payloads
from .errors import ApiError, Refusal
from .limits import check_commands
from .rest import PREFIX, answer, json_of
from .state import JsonObject, User, World


class PlaceRoutes:
    """Handlers of what lies around messages."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, app: web.Application) -> None:
        table = (
            ("GET", "/gateway", self.gateway_url),
            ("GET", "/gateway/bot", self.gateway_bot),
            ("GET", "/users/@me", self.me),
            ("GET", "/users/{user}", self.user),
            ("POST", "/users/@me/channels", self.open_dm),
            ("GET", "/applications/@me", self.application),
            ("GET", "/oauth2/applications/@me", self.application),
            ("GET", "/applications/{app}/commands", self.commands),
            ("PUT", "/applications/{app}/commands", self.replace_commands),
            ("GET", "/applications/{app}/guilds/{guild}/commands", self.commands),
            ("PUT", "/applications/{app}/guilds/{guild}/commands", self.replace_commands),
            ("GET", "/guilds/{guild}", self.guild),
            ("GET", "/guilds/{guild}/channels", self.guild_channels),
            ("GET", "/guilds/{guild}/roles", self.guild_roles),
            ("GET", "/guilds/{guild}/members/{user}", self.member),
        )
        for method, path, handler in table:
            app.router.add_route(method, PREFIX + path, handler)

    # --- who and where -------------------------------------------------------------------

    async def gateway_url(self, request: web.Request) -> web.Response:
        return answer({"url": "wss://gateway.discord.gg"})

    async def gateway_bot(self, request: web.Request) -> web.Response:
        start = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        url = "wss://gateway.discord.gg"
        return answer({"url": url, "shards": 1, "session_start_limit": start})

    async def me(self, request: web.Request) -> web.Response:
        return answer(payloads.myself(self._world))

    async def user(self, request: web.Request) -> web.Response:
        return answer(payloads.user(self._find_user(request.match_info["user"])))

    def _find_user(self, user_id: str) -> User:
        user = self._world.users.get(int(user_id))
        if user is None:
            raise ApiError(Refusal.UNKNOWN_USER)
        return user

    async def open_dm(self, request: web.Request) -> web.Response:
        user = self._find_user(str(json_of(request)["recipient_id"]))
        return answer(payloads.channel(self._world, self._world.dm_with(user)))

    async def application(self, request: web.Request) -> web.Response:
        return answer(payloads.application(self._world))

    async def guild(self, request: web.Request) -> web.Response:
        self._require_guild(request)
        counts = {"approximate_member_count": len(self._world.members)}
        return answer({**payloads.guild(self._world), **counts})

    async def guild_channels(self, request: web.Request) -> web.Response:
        self._require_guild(request)
        inside = [one for one in self._world.channels.values() if one.in_guild]
        return answer([payloads.channel(self._world, one) for one in inside])

    async def guild_roles(self, request: web.Request) -> web.Response:
        self._require_guild(request)
        return answer(payloads.guild(self._world)["roles"])

    async def member(self, request: web.Request) -> web.Response:
        self._require_guild(request)
        member = self._world.members.get(int(request.match_info["user"]))
        if member is None:
            raise ApiError(Refusal.UNKNOWN_MEMBER)
        return answer(payloads.member(member))

    def _require_guild(self, request: web.Request) -> None:
        if int(request.match_info["guild"]) != self._world.guild_id:
            raise ApiError(Refusal.UNKNOWN_GUILD)

    # --- commands ------------------------------------------------------------------------

    def _command_scope(self, request: web.Request) -> int | None:
        if int(request.match_info["app"]) != self._world.application_id:
            raise ApiError(Refusal.UNKNOWN_APPLICATION)
        if "guild" in request.match_info:
            self._require_guild(request)
            return self._world.guild_id
        return None

    async def commands(self, request: web.Request) -> web.Response:
        return answer(self._world.commands.get(self._command_scope(request), []))

    async def replace_commands(self, request: web.Request) -> web.Response:
        scope = self._command_scope(request)
        wanted = cast("list[JsonObject]", json_of(request).get("_list") or [])
        check_commands(wanted)
        world = self._world
        known = {(one["type"], one["name"]): one["id"] for one in world.commands.get(scope, [])}
        world.commands[scope] = [
            {
                "description": "",
                "options": [],
                "nsfw": False,
                **command,
                "type": command.get("type") or 1,
                "default_member_permissions": _text_or_none(
                    command.get("default_member_permissions")
                ),
                "id": known.get((command.get("type") or 1, command["name"]))
                or str(world.snowflake()),
                "application_id": str(world.application_id),
                "version": str(world.snowflake()),
                **({"guild_id": str(scope)} if scope else {}),
            }
            for command in wanted
        ]
        return answer(world.commands[scope])


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)
