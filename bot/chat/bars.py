"""A score as a bar of ten cells."""

from __future__ import annotations

from bot.chat import texts
from bot.chat.safe_text import one_line

_CELLS = 10


def bar(name: str, value: float, *, language: str) -> str:
    """`value` is a probability in [0, 1]."""
    words = texts.ATTRIBUTES.get(name)
    title = words.in_language(language) if words else one_line(name, limit=40)
    full = max(0, min(_CELLS, round(value * _CELLS)))
    percent = f"{value:.0%}" if language.startswith("en") else f"{value:.0%}".replace("%", " %")
    return f"`{'█' * full}{'░' * (_CELLS - full)}` {percent} {title}"
