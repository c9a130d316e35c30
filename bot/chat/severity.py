"""A severity as moderators see it: the colour and the mark of a card."""

from __future__ import annotations

import discord

from bot.core.model import Severity

_SHOWN = {
    Severity.UNKNOWN: (0x80848E, "⚪"),
    Severity.MILD: (0xF0B132, "🟡"),
    Severity.STRONG: (0xE67E22, "🟠"),
    Severity.SEVERE: (0xDA373C, "🔴"),
}


def colour(level: Severity) -> discord.Colour:
    return discord.Colour(_SHOWN[level][0])


def mark(level: Severity) -> str:
    return _SHOWN[level][1]
