"""`/setup`: picks or makes the review channel and the roles, and names what the bot may not do.

What is chosen here is stored in the database and in force at once. A value in `.env` wins: its
select is shut, and the wizard says so.
"""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands, ui

from bot.chat import admin_texts as texts
from bot.chat.access import actor_of
from bot.chat.checkup import place_lines
from bot.chat.config import CHOSEN_HERE, ChatConfig, ChosenHere
from bot.chat.context import fitted
from bot.chat.errors import Interaction, answer, answered, language_of
from bot.chat.localised import localised
from bot.chat.permissions import lacking
from bot.chat.texts import say
from bot.chat.workplace import Workplace, workplace_of
from bot.core.model import Actor, ActorKind

_WORDS = {
    "review_channel_id": texts.SETUP_REVIEW,
    "moderator_role_id": texts.SETUP_MODERATORS,
    "admin_role_id": texts.SETUP_ADMINS,
    "lead_role_id": texts.SETUP_LEADS,
}


def setup_command() -> app_commands.Command[Any, ..., None]:
    """Built afresh for each command tree."""
    return app_commands.Command(
        name="setup", description=localised(texts.COMMAND_SETUP), callback=_setup
    )


async def _setup(interaction: Interaction) -> None:
    found = await _admitted(interaction)
    if found is None or interaction.guild is None:
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    view = setup_view(found[0], interaction.guild, language=language_of(interaction))
    await interaction.followup.send(view=view, ephemeral=True)


async def _admitted(interaction: Interaction) -> tuple[Workplace, Actor] | None:
    """Admins, and whoever administers the server: at first nobody has a role yet. Only in the
    server that is set up; while none is, only where the bot is in no other one."""
    client = workplace_of(interaction)
    client.handlers.note()
    language = language_of(interaction)
    actor = actor_of(interaction.user, client.config)
    if not (actor and actor.kind is ActorKind.ADMIN) and not interaction.permissions.administrator:
        await answer(interaction, say(texts.SETUP_WHO, language))
        return None
    if interaction.guild_id != client.home_id:
        await answer(interaction, say(texts.SETUP_ELSEWHERE, language))
        return None
    user = interaction.user
    return client, Actor(kind=ActorKind.ADMIN, id=f"discord:{user.id}", name=user.display_name)


def setup_view(client: Workplace, guild: discord.Guild, *, language: str) -> ui.LayoutView:
    """What is set and where, what is missing, and the means to mend it."""
    lines = [say(texts.SETUP_TITLE, language)]
    lines += [_line(client, name, language=language) for name in CHOSEN_HERE]
    lines.append(say(texts.SETUP_CHECKED, language))
    lines += place_lines(client, guild, language=language)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(fitted(lines)))
    for name in CHOSEN_HERE:
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        shut = getattr(client.settings, name) is not None
        row.add_item(SetupSelect(name, language=language, shut=shut))
        view.add_item(row)
    buttons: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    for action in SetupButton.WORDS:
        buttons.add_item(SetupButton(action, language=language))
    view.add_item(buttons)
    return view


def _line(client: Workplace, name: ChosenHere, *, language: str) -> str:
    value, by_env = getattr(client.config, name), getattr(client.settings, name) is not None
    if value is None:
        shown = say(texts.SETUP_NOT_SET, language)
    else:
        mention = f"<#{value}>" if name == "review_channel_id" else f"<@&{value}>"
        source = texts.SETUP_BY_ENV if by_env else texts.SETUP_BY_HAND
        shown = f"{mention} · {say(source, language)}"
    return f"**{say(_WORDS[name], language)}** : {shown}"


class _SetupControl(ui.DynamicItem[ui.Item[Any]], template=r"veilleur:never"):
    @answered
    async def callback(self, interaction: Interaction) -> None:
        found = await _admitted(interaction)
        if found is None or interaction.guild is None:
            return
        await interaction.response.defer()
        client, actor = found
        said = await self.change(client, interaction.guild, actor, language_of(interaction))
        view = setup_view(client, interaction.guild, language=language_of(interaction))
        await interaction.edit_original_response(view=view)
        if said:
            await answer(interaction, said)

    async def change(
        self, client: Workplace, guild: discord.Guild, actor: Actor, language: str
    ) -> str | None:
        """What there is to say beside the wizard, which is shown afresh."""
        raise NotImplementedError


class SetupSelect(_SetupControl, template=r"veilleur:setup:(?P<name>[a-z_]{1,30})"):
    """Picks a channel or a role that exists."""

    def __init__(self, name: str, *, language: str, shut: bool = False) -> None:
        options: dict[str, Any] = {
            "custom_id": f"veilleur:setup:{name}",
            "placeholder": say(_WORDS[name], language),
            "disabled": shut,
        }
        item: ui.Item[Any] = (
            ui.ChannelSelect(channel_types=[discord.ChannelType.text], **options)
            if name == "review_channel_id"
            else ui.RoleSelect(**options)
        )
        super().__init__(item)
        self.name = name

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],  # noqa: ARG003 - given by discord.py
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(match["name"], language=language_of(interaction))

    async def change(
        self, client: Workplace, guild: discord.Guild, actor: Actor, language: str
    ) -> str | None:
        assert isinstance(self.item, ui.ChannelSelect | ui.RoleSelect)  # noqa: S101 - made above
        if getattr(client.settings, self.name) is not None:
            return say(texts.SETUP_ENV_WINS, language)
        chosen = self.item.values[0].id
        if self.name == "review_channel_id" and client.intake.is_watched(chosen):
            return say(texts.NOT_REVIEW, language)
        if self.name != "review_channel_id" and chosen == guild.default_role.id:
            return say(texts.SETUP_EVERYONE, language)
        await client.choose({self.name: chosen}, actor=actor)
        return None


class SetupButton(_SetupControl, template=r"veilleur:setup-do:(?P<action>create|again)"):
    """Makes what is missing, or looks again."""

    WORDS = {"create": texts.SETUP_CREATE, "again": texts.SETUP_AGAIN}  # noqa: RUF012 - a constant

    def __init__(self, action: str, *, language: str) -> None:
        super().__init__(
            ui.Button(
                label=say(self.WORDS[action], language), custom_id=f"veilleur:setup-do:{action}"
            )
        )
        self.action = action

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],  # noqa: ARG003 - given by discord.py
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(match["action"], language=language_of(interaction))

    async def change(
        self, client: Workplace, guild: discord.Guild, actor: Actor, language: str
    ) -> str | None:
        if self.action == "again":
            return None
        missing = lacking(guild.me.guild_permissions, ("manage_channels", "manage_roles"))
        if missing:
            return say(texts.SETUP_CANNOT, language, missing=missing)
        made = await _create(client.config, guild)
        if not made:
            return say(texts.SETUP_NOTHING_MISSING, language)
        await client.choose(made, actor=actor)
        return say(texts.SETUP_CREATED, language)


SETUP_ITEMS: tuple[type[_SetupControl], ...] = (SetupSelect, SetupButton)


async def _create(config: ChatConfig, guild: discord.Guild) -> dict[str, int]:
    """The moderators' role and their private channel, as far as they are not set."""
    made: dict[str, int] = {}
    why = "Veilleur: /setup"
    role = guild.get_role(config.moderator_role_id or 0)
    if config.moderator_role_id is None:
        role = await guild.create_role(
            name=say(texts.ROLE_NAME, config.language),
            permissions=discord.Permissions.none(),
            reason=why,
        )
        made["moderator_role_id"] = role.id
    if config.review_channel_id is None:
        seen = discord.PermissionOverwrite(view_channel=True)
        overwrites: dict[discord.Role | discord.Member | discord.Object, Any] = {
            guild.default_role: discord.PermissionOverwrite(view_channel=False),
            guild.me: discord.PermissionOverwrite(
                view_channel=True,
                send_messages=True,
                attach_files=True,
                read_message_history=True,
                create_public_threads=True,
                send_messages_in_threads=True,
            ),
        }
        for one in (role, guild.get_role(config.admin_role_id or 0)):
            if one is not None:
                overwrites[one] = seen
        channel = await guild.create_text_channel(
            say(texts.CHANNEL_NAME, config.language), overwrites=overwrites, reason=why
        )
        made["review_channel_id"] = channel.id
    return made
