"""Every command, option, choice and context menu is shown in French and in English."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.chat.commands import add_commands
from bot.chat.localised import TableTranslator

_MENUS = {discord.AppCommandType.user.value, discord.AppCommandType.message.value}
_LONGEST_NAME = {"choice": 100, "option": 32, "menu": 32}


@pytest.fixture
async def sent() -> list[dict[str, Any]]:
    """What Discord is told of our commands, as `tree.sync` would send it."""
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    add_commands(tree)
    every = tree.get_commands() + [
        menu
        for kind in (discord.AppCommandType.user, discord.AppCommandType.message)
        for menu in tree.get_commands(type=kind)
    ]
    unique = list({id(each): each for each in every}.values())
    return [await each.get_translated_payload(tree, TableTranslator()) for each in unique]


def nodes(payload: dict[str, Any], path: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, kind (`command`, `option`, `choice` or `menu`) and payload of everything visible."""
    here = f"{path} {payload['name']}".strip()
    subcommand = payload.get("type") in {1, 2}
    if not path:
        yield (
            here,
            "menu" if payload.get("type") in _MENUS and "options" not in payload else "command",
            payload,
        )
    else:
        yield here, "command" if subcommand else "option", payload
    for inner in payload.get("options", ()):
        yield from nodes(inner, here)
    for each in payload.get("choices", ()):
        yield f"{here} = {each['name']}", "choice", each


async def test_everything_visible_has_both_languages(sent: list[dict[str, Any]]):
    """A string declared as a bare text, or in one language only, is missing its French."""
    found = [each for payload in sent for each in nodes(payload)]
    missing = [
        f"{path}: {what}"
        for path, kind, node in found
        for what in (("name",) if kind in {"choice", "menu"} else ("description",))
        + (("name",) if kind == "option" else ())
        if not node.get(f"{what}_localizations", {}).get("fr")
    ]
    assert len(found) >= 10
    assert missing == []


async def test_no_string_is_two_languages_at_once(sent: list[dict[str, Any]]):
    """Before there was a translator, descriptions read «français · English»."""
    doubled = [
        path
        for payload in sent
        for path, _, node in nodes(payload)
        if " · " in node.get("description", "")
    ]
    assert doubled == []


async def test_names_are_as_discord_wants_them(sent: list[dict[str, Any]]):
    """Option names are small letters without spaces, in every language, and differ from each other."""
    for payload in sent:
        for path, kind, node in nodes(payload):
            names = [node["name"], *node.get("name_localizations", {}).values()]
            if kind == "option":
                assert all(name == name.lower() and " " not in name for name in names), path
            assert all(len(name) <= _LONGEST_NAME.get(kind, 32) for name in names), path
            inner = [each for each in node.get("options", ()) if each["type"] not in {1, 2}]
            french = [each["name_localizations"]["fr"] for each in inner]
            assert len(set(french)) == len(french), path


async def test_other_languages_read_english(sent: list[dict[str, Any]]):
    """The base text is the one that Discord shows where it has no translation."""
    queue = next(payload for payload in sent if payload["name"] == "queue")
    assert queue["description"] == "The queue of cases to review"
    assert queue["description_localizations"] == {"fr": "La file des dossiers à examiner"}
