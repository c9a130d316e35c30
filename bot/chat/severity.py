"""How bad a comment looks to the scorer: the colour of its card, and whether its text is masked."""

from __future__ import annotations

from enum import Enum

import discord

from bot.core.model import Scores, Unscored

_SEVERE, _STRONG = 0.85, 0.5
_GRAVE = 0.6
"""From here on a threat or an attack on a group is severe, whatever the rest says."""


class Severity(Enum):
    """How bad the scorer thinks it is: colour and mark of a card."""

    UNKNOWN = (0x80848E, "⚪")
    MILD = (0xF0B132, "🟡")
    STRONG = (0xE67E22, "🟠")
    SEVERE = (0xDA373C, "🔴")

    @property
    def colour(self) -> discord.Colour:
        return discord.Colour(self.value[0])

    @property
    def mark(self) -> str:
        return self.value[1]


def severity(scores: Scores | Unscored | None) -> Severity:
    if not isinstance(scores, Scores) or not scores.values:
        return Severity.UNKNOWN
    grave = max(
        scores.values.get(name, 0.0) for name in ("severe_toxicity", "threat", "identity_attack")
    )
    worst = max(scores.values.values())
    if worst >= _SEVERE or grave >= _GRAVE:
        return Severity.SEVERE
    return Severity.STRONG if worst >= _STRONG else Severity.MILD
