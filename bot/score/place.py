"""Finds a stretch of the form again in the text it was made from."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate

from bot.core.model import Window

_WORD = re.compile(r"\S+")
_LONG_WORD = 40
"""Characters from which on a place inside a word is estimated by proportion."""


def place(
    text: str, form: str, span: tuple[int, int], *, make_form: Callable[[str], str]
) -> Window:
    """The whole words of `text` that became `form[span]`.

    Exact for words that are normalised one by one. Where several become one (`c o n n a r d`), the
    words behind them are placed by proportion, a few characters off.
    """
    words = [match.span() for match in _WORD.finditer(text)]
    lengths = [len(made) + 1 if (made := make_form(text[a:b])) else 0 for a, b in words]
    ends = list(accumulate(lengths))
    if not ends or not ends[-1]:
        return Window(start=0, end=len(text))
    stretch = ends[-1] / (len(form) + 1)
    start, end = (at * stretch for at in span)
    first = min(bisect_right(ends, start), len(words) - 1)
    last = min(bisect_left(ends, end), len(words) - 1)
    return Window(
        start=_inside(words[first], start - (ends[first] - lengths[first]), lengths[first], 0),
        end=_inside(words[last], end - (ends[last] - lengths[last]), lengths[last], 1),
    )


def _inside(word: tuple[int, int], at: float, length: int, edge: int) -> int:
    """The word's edge; in an endless word the point that lies at the same share of it."""
    if word[1] - word[0] <= _LONG_WORD or not length:
        return word[edge]
    share = min(1.0, max(0.0, at / length))
    return word[0] + round(share * (word[1] - word[0]))
