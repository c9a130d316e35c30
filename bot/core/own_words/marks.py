"""Stretches between quotation marks, however badly they are set."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from bot.core.sentences import sentences

_CLOSERS = {
    "«": "»",
    "“": "”“‟",
    "„": "“”‟",
    "‟": "”",
    "”": "”",
    "‹": "›",
    '"': '"',
    "‘": "’",
    "‚": "‘’",
    "'": "'",
}
_MARK = re.compile("[" + "".join(sorted({*_CLOSERS, *"".join(_CLOSERS.values())})) + "]")
_SINGLE = "‘‚'"
"""Marks that are apostrophes too: what they enclose is short and stands on one line."""
_LONGEST = 1_500
_LONGEST_SINGLE = 200
_MOST_BETWEEN = 40
"""Marks looked at for a partner: bounds the work on a text that is nothing but marks."""
_DOUBLED = re.compile(r"''|,,(?=\w)|``|<<(?=[^<])|(?<=[\w.!?…])>>|(?<=[\w.!?…]\s)>>")
_SINGLE_SIGN = {"''": '"', ",,": "„", "``": "“", "<<": "«", ">>": "»"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A stretch with its marks; `inner` without them."""

    start: int
    end: int
    inner: tuple[int, int]
    closed: bool = True
    opened: bool = True


def marked(text: str) -> list[Marked]:
    """Outermost stretches, in order. One whose other mark is missing ends, or begins, with its
    sentence; an inch sign or an apostrophe is none."""
    text = _single_signs(text)
    found: list[Marked] = []
    at = 0
    marks = [match.start() for match in _MARK.finditer(text)]
    pairs = _Pairs(text, marks)
    for mark in marks:
        if mark < at:
            continue
        stretch = pairs.opened_at(mark) or pairs.stray_at(mark, since=at)
        if stretch:
            found.append(stretch)
            at = stretch.end
    return found


class _Pairs:
    def __init__(self, text: str, marks: list[int]) -> None:
        self._text = text
        self._marks = marks
        self._starts = [0, *(end for _, end in sentences(text))]

    def opened_at(self, mark: int) -> Marked | None:
        sign = self._text[mark]
        if sign not in _CLOSERS or not self._may_open(mark):
            return None
        end = self._closer(mark)
        start = mark - (self._text[mark - 1 : mark] == "\0")
        if end is not None:
            inner_end = end - (self._text[end - 1] == "\0")
            return Marked(start=start, end=end + 1, inner=(mark + 1, inner_end))
        if sign in _SINGLE or sign == "”":
            return None
        end = self._starts[bisect_right(self._starts, mark)]
        end = mark + len(self._text[mark:end].rstrip())
        return Marked(start=start, end=end, inner=(mark + 1, end), closed=False)

    def stray_at(self, mark: int, *, since: int) -> Marked | None:
        """A closing mark whose opening one is not there."""
        sign = self._text[mark]
        if sign not in '»”"' or mark == 0 or (sign == '"' and self._text[mark - 1].isdigit()):
            return None
        after = self._text[mark + 1 : mark + 2]
        if after.isalnum() or (sign == '"' and self._text[mark - 1].isspace()):
            return None
        start = max(since, self._starts[bisect_right(self._starts, mark) - 1])
        return Marked(start=start, end=mark + 1, inner=(start, mark), opened=False)

    def _may_open(self, mark: int) -> bool:
        before, after = self._text[mark - 1 : mark], self._text[mark + 1 : mark + 2]
        sign = self._text[mark]
        if sign in "«„‹‚":
            return True
        if not after or (after.isspace() and sign not in '"“”'):
            return False
        if sign == "'" or (sign == '"' and after.isspace()):
            return not before or before.isspace() or before in "([:"
        return not before or not (before.isalnum() or before in ".!?…,")

    def _closer(self, opener: int) -> int | None:
        sign, depth = self._text[opener], 0
        limit = opener + (_LONGEST_SINGLE if sign in _SINGLE else _LONGEST)
        line = self._text.find("\n" if sign in _SINGLE else "\n\n", opener, limit)
        limit = line if line >= 0 else limit
        first = bisect_right(self._marks, opener)
        for mark in self._marks[first : first + _MOST_BETWEEN]:
            if mark > limit:
                return None
            other = self._text[mark]
            if other == "«" and sign == "«":
                depth += 1
            elif other in _CLOSERS[sign] and self._may_close(mark, sign):
                if not depth:
                    return mark
                depth -= 1
        return None

    def _may_close(self, mark: int, opener: str) -> bool:
        before, after = self._text[mark - 1], self._text[mark + 1 : mark + 2]
        if opener in _SINGLE:
            return not before.isspace() and not after.isalnum()
        if self._text[mark] == '"':
            return not after.isalnum()
        return True


def _single_signs(text: str) -> str:
    """`''`, `<<` and their like as a filler and one sign, so that places stay."""
    return _DOUBLED.sub(lambda match: "\0" + _SINGLE_SIGN[match.group()], text)
