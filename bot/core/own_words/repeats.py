"""Where a text repeats another one, word for word."""

from __future__ import annotations

import re
from bisect import bisect_right

from bot.core.own_words.cues import flat

_WORD = re.compile(r"[^\W_]+")
SHORTEST = 5
"""Words in a row; fewer are chance («le président de la»)."""


def words(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _WORD.finditer(text)]


def count_words(text: str) -> int:
    return len(_WORD.findall(text))


def repeats(text: str, other: str) -> list[tuple[int, int]]:
    """Stretches of `text` of `SHORTEST` words or more that stand in `other` too."""
    there = _told(other)
    known = {_run(there, at) for at in range(len(there) - SHORTEST + 1)}
    places, told = words(flat(text)), _told(text)
    found: list[tuple[int, int]] = []
    for at in range(len(places) - SHORTEST + 1):
        if _run(told, at) in known:
            start, end = places[at][0], places[at + SHORTEST - 1][1]
            if found and start <= found[-1][1]:
                start = found.pop()[0]
            found.append((start, end))
    return found


def holds(other: str, phrase: str) -> bool:
    """Whether these words stand in `other`, next to each other and in order."""
    wanted, there = _told(phrase), _told(other)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(there)} "


def overlapping(stretches: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of these, which are in order and apart, touches `[start, end)`."""
    at = bisect_right(stretches, (start, end))
    return any(a < end and start < b for a, b in stretches[max(0, at - 1) : at + 1])


def _told(text: str) -> list[str]:
    return _WORD.findall(flat(text))


def _run(told: list[str], at: int) -> tuple[str, ...]:
    return tuple(told[at : at + SHORTEST])
