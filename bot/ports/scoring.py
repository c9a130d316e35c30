"""Scores a text and tells its language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bot.core.model import Scores, Unscored

LanguageOf = Callable[[str, str | None], str | None]
"""Given a text and the language its source says: the language it is written in (ISO 639-1), as
the source says where the text is too short to tell. None when nobody knows."""


class Scorer(Protocol):
    """Gives probabilities to a text; never raises for a text, however strange."""

    async def score(
        self, text: str, *, deadline_s: float, language: str | None = None
    ) -> Scores | Unscored:
        """The scores within `deadline_s` seconds, or why not."""
