"""Slash commands, described in the user's language; whoever may see them, the role is checked."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from bot.chat import texts
from bot.chat.admin import admin_commands
from bot.chat.cards import MESSAGE_CHARS, ago, words_card
from bot.chat.checkup import doctor_command
from bot.chat.errors import Interaction, answer, language_of
from bot.chat.flow import next_view
from bot.chat.localised import localised, option
from bot.chat.lookups import lookup_commands
from bot.chat.menus import context_menus
from bot.chat.panel import headline_lines
from bot.chat.pressing import admitted
from bot.chat.rules import rule_commands
from bot.chat.safe_text import length, one_line
from bot.chat.setup import setup_command
from bot.chat.severity import mark
from bot.chat.texts import say
from bot.chat.workplace import workplace_of
from bot.core.model import Actor, Case, Severity
from bot.engine import Engine

_LISTED = 10
_EXCERPT_CHARS = 120


def add_commands(tree: app_commands.CommandTree[Any]) -> None:
    """`/queue list|next`, `/case`, `/console`, `/author`, `/search` and `/rules`, for servers only."""
    commands: tuple[app_commands.Command[Any, ..., None] | app_commands.Group, ...] = (
        _queue_commands(),
        _case_command(),
        _console_command(),
        *lookup_commands(),
        *admin_commands(),
        doctor_command(),
        setup_command(),
        rule_commands(),
    )
    for menu in context_menus():
        menu.guild_only = True
        tree.add_command(menu)
    for command in commands:
        command.guild_only = True
        tree.add_command(command)


async def queue(interaction: Interaction) -> None:
    """How much waits, and the first cases with links to their cards."""
    actor = await _acknowledged(interaction)
    if actor is None:
        return
    client = workplace_of(interaction)
    language = language_of(interaction)
    content = await queue_text(client.engine, guild_id=interaction.guild_id or 0, language=language)
    severe = await client.engine.severe_seen(actor)
    if severe:
        content += "\n" + say(texts.SEVERE_SEEN, language, count=severe)
    await interaction.followup.send(view=words_card(content), ephemeral=True)


async def next_case(interaction: Interaction) -> None:
    """The flow: the most urgent case nobody is on, for this moderator alone."""
    actor = await _acknowledged(interaction)
    if actor is None:
        return
    view = await next_view(workplace_of(interaction), actor, language=language_of(interaction))
    await interaction.followup.send(view=view, ephemeral=True)


async def show_case(interaction: Interaction, number: int) -> None:
    """The case's card for this moderator alone, with working buttons."""
    if await _acknowledged(interaction) is None:
        return
    client = workplace_of(interaction)
    language = language_of(interaction)
    view = await client.board.private_card(number, language=language)
    if view is None:
        view = words_card(say(texts.NO_CASE, language, case=number))
    await interaction.followup.send(view=view, ephemeral=True)


async def console(interaction: Interaction) -> None:
    """A link that logs this moderator in to the console, once."""
    actor = await _acknowledged(interaction)
    if actor is None:
        return
    language = language_of(interaction)
    issue = workplace_of(interaction).config.console_link
    if issue is None:
        await answer(interaction, say(texts.NO_CONSOLE, language))
        return
    await answer(interaction, say(texts.CONSOLE, language, link=f"<{await issue(actor)}>"))


async def queue_text(engine: Engine, *, guild_id: int, language: str) -> str:
    """The queue in one message, within Discord's limits."""
    store = engine.store
    found = await engine.headline()
    cases = await store.cases.queue(limit=_LISTED)
    if not cases:
        return say(texts.QUEUE_EMPTY, language)
    lines = headline_lines(found, language=language)
    lines += [await _line(engine, case, guild_id=guild_id, language=language) for case in cases]
    while length("\n".join(lines)) > MESSAGE_CHARS - 200:
        lines.pop()
    rest = found.total - len(cases)
    if rest > 0:
        lines.append(say(texts.QUEUE_REST, language, count=rest))
    return "\n".join(lines)


async def _line(engine: Engine, case: Case, *, guild_id: int, language: str) -> str:
    card = await engine.store.cards.get(case.id)
    excerpt = one_line(case.comment.text, limit=_EXCERPT_CHARS)
    level = case.turn.severity
    shown = f"||{excerpt}||" if level is Severity.SEVERE else excerpt
    number = say(texts.CASE, language, case=case.id)
    if card is not None:
        address = f"https://discord.com/channels/{guild_id}/{card.channel_id}/{card.message_id}"
        number += f" ([{say(texts.SEE_CARD, language)}](<{address}>))"
    author = one_line(case.comment.author.name, limit=60)
    return f"{mark(level)} {number} · **{author}** · {ago(case.opened_at)}\n{shown}"


async def _acknowledged(interaction: Interaction) -> Actor | None:
    """Checks the role and answers within the three seconds; None when this person may not."""
    found = await admitted(interaction)
    if found is None:
        return None
    await interaction.response.defer(ephemeral=True, thinking=True)
    return found[1]


# --- how they are declared ---------------------------------------------------------------------


def _queue_commands() -> app_commands.Group:
    group = app_commands.Group(name="queue", description=localised(texts.COMMAND_QUEUE))
    listing = app_commands.Command[Any, ..., None](
        name="list", description=localised(texts.COMMAND_QUEUE_LIST), callback=queue
    )
    following = app_commands.Command[Any, ..., None](
        name="next", description=localised(texts.COMMAND_QUEUE_NEXT), callback=next_case
    )
    group.add_command(listing)
    group.add_command(following)
    return group


def _case_command() -> app_commands.Command[Any, ..., None]:
    @option("number", called=texts.OPTION_ID, does=texts.COMMAND_CASE_ID)
    async def case(
        interaction: Interaction, number: app_commands.Range[int, 1, 2_147_483_647]
    ) -> None:
        await show_case(interaction, number)

    return app_commands.Command(
        name="case", description=localised(texts.COMMAND_CASE), callback=case
    )


def _console_command() -> app_commands.Command[Any, ..., None]:
    return app_commands.Command(
        name="console", description=localised(texts.COMMAND_CONSOLE), callback=console
    )
