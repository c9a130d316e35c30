"""Which words of a comment are the author's own, and which are somebody else's.

Found are marks of all kinds, `>` lines, reported speech behind a colon, and what repeats the story
or the parent comment. Not everything in marks is a quotation: an insult does not become one by
being put between them. So a stretch counts as quoted only with a sign that the words are another's
(a verb of saying, a word such as «slogan», five words or more, words of the story or parent), and
an author who does nothing but quote is taken at the whole of their text.

    from bot.core.own_words import read
    own = read(text, title=title, parent=parent)
    own.text.text             # to be scored; `own.text` maps back to the comment
    own.quotations            # empty: own words and whole are the same text
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from bot.core.normalise import Traced
from bot.core.own_words import cues
from bot.core.own_words.cues import flat
from bot.core.own_words.marks import Marked, marked
from bot.core.own_words.repeats import count_words, holds, overlapping, repeats
from bot.core.sentences import sentences

__all__ = ["OwnWords", "Quotation", "QuotationKind", "own_text", "quotations", "read"]

PLACE_HOLDER = "« … »"
"""Stands for what was quoted, so that the sentence around it stays one."""
_FEWEST_OWN_WORDS = 3
_LEAST_OWN_SHARE = 0.15
"""Of the letters; less is a comment that only quotes."""
_SPEAKS_FOR_ITSELF = 5
"""Words in marks from which on they need no sign of being another's."""
_HIDDEN = "\x01"
"""Fills marked stretches while the words around them are looked at."""
_LINE = re.compile(r"^[ \t]*>(?![:;=<(]\S?(?:\s|$)).*(?:\n[ \t]*>.*)*", re.MULTILINE)
_BEFORE, _AFTER = 140, 90
"""Characters of the sentence on either side in which a sign is looked for."""


class QuotationKind(StrEnum):
    MARKS = "marks"
    LINE = "line"
    """Lines that begin with `>`, as blockquotes come in."""
    SPEECH = "speech"
    """Reported behind a colon, without marks."""
    STORY = "story"
    PARENT = "parent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """`text[start:end]` with its marks."""

    start: int
    end: int
    kind: QuotationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    text: Traced
    """The own words, a place-holder for each quotation; the whole text when there is none."""
    quotations: tuple[Quotation, ...] = ()
    """What was taken out, in order."""
    only_quotes: bool = False
    """True when hardly anything but quotations was found, so that the whole counts as own."""


def read(text: str, *, title: str | None = None, parent: str | None = None) -> OwnWords:
    """`title` is the story's, `parent` the text of the comment that is answered."""
    found = quotations(text, title=title, parent=parent)
    whole = Traced.of(text)
    if not found:
        return OwnWords(text=whole)
    own = own_text(text, found)
    if _is_hardly_anything(text, found):
        return OwnWords(text=whole, only_quotes=True)
    return OwnWords(text=own, quotations=found)


def own_text(text: str, taken_out: Iterable[Quotation]) -> Traced:
    """The text with every quotation replaced by a neutral sign."""
    return Traced.of(text).edited((each.start, each.end, PLACE_HOLDER) for each in taken_out)


def quotations(
    text: str, *, title: str | None = None, parent: str | None = None
) -> tuple[Quotation, ...]:
    """All of them, in order and apart, however little is left."""
    found: list[Quotation] = [
        Quotation(start=match.start(), end=match.end(), kind=QuotationKind.LINE)
        for match in _LINE.finditer(text)
        if count_words(match.group())
    ]
    reader = _Reader(text, around=f"{title or ''}\n{parent or ''}")
    found = _joined(found, reader.in_marks(), kind=QuotationKind.MARKS)
    found = _joined(found, reader.reported(), kind=QuotationKind.SPEECH)
    for other, kind in ((parent, QuotationKind.PARENT), (title, QuotationKind.STORY)):
        found = _joined(found, repeats(text, other or ""), kind=kind)
    return tuple(found)


def _joined(
    found: list[Quotation], more: Iterable[tuple[int, int]], *, kind: QuotationKind
) -> list[Quotation]:
    """Those that touch an earlier one are left out."""
    taken = [(each.start, each.end) for each in found]
    new = [
        Quotation(start=start, end=end, kind=kind)
        for start, end in more
        if not overlapping(taken, start, end)
    ]
    return sorted((*found, *new), key=lambda each: each.start)


def _is_hardly_anything(text: str, found: tuple[Quotation, ...]) -> bool:
    own, at = [], 0
    for each in found:
        own.append(text[at : each.start])
        at = each.end
    left = " ".join((*own, text[at:]))
    if count_words(left) < _FEWEST_OWN_WORDS:
        return True
    letters = sum(map(str.isalpha, text))
    if sum(map(str.isalpha, left)) >= _LEAST_OWN_SHARE * letters:
        return False
    return not _is_report(flat(left))


def _is_report(own: str) -> bool:
    """«… », a déclaré la ministre: a tag as short as this is enough, when it is another's."""
    return bool(cues.SAYING.search(own)) and not cues.OWN_VOICE.search(own)


class _Reader:
    """Looks at the words around each stretch."""

    def __init__(self, text: str, *, around: str) -> None:
        self._text = text
        self._around = around
        self._marked = marked(text)
        self._flat = flat(text)
        pieces: list[str] = []
        at = 0
        for each in self._marked:
            pieces += (self._flat[at : each.start], _HIDDEN * (each.end - each.start))
            at = each.end
        self._hidden = "".join((*pieces, self._flat[at:]))
        self._starts = [0, *(end for _, end in sentences(self._hidden))]

    def in_marks(self) -> list[tuple[int, int]]:
        """Stretches between marks that are quotations; a list of them shares one sign."""
        found: list[tuple[int, int]] = []
        for members in self._lists():
            free = [each for each in members if not self._is_aimed(each)]
            listed = len(free) > 1 and not self._is_said_of(members[0])
            if listed or any(self._is_real(each) for each in free):
                found += [(each.start, each.end) for each in free]
        return found

    def _lists(self) -> list[list[Marked]]:
        """Stretches with nothing but a list's glue between them go together."""
        lists: list[list[Marked]] = []
        for each in self._marked:
            if lists and cues.JOINED.match(self._flat[lists[-1][-1].end : each.start]):
                lists[-1].append(each)
            else:
                lists.append([each])
        return lists

    def reported(self) -> list[tuple[int, int]]:
        """From the colon behind a verb of saying to the end of the sentence."""
        found = []
        for start, end in pairwise(self._starts):
            colon = self._hidden.find(":", start, end)
            before = self._hidden[max(start, colon - _BEFORE) : colon + 1]
            if not (colon >= 0 and cues.REPORTED.search(before)):
                continue
            if cues.OWN_VOICE.search(before) or cues.ADOPTED.search(before):
                continue
            said = self._hidden[colon + 1 : end]
            if said.strip():
                found.append((end - len(said.lstrip()), colon + 1 + len(said.rstrip())))
        return found

    def _is_real(self, stretch: Marked) -> bool:
        inner = self._text[slice(*stretch.inner)]
        before, after = self._sides(stretch)
        if not count_words(inner) or cues.OWN_VOICE.search(before):
            return False
        says = bool(cues.SAYING.search(before) or cues.SAYING.search(after))
        if not (stretch.closed and stretch.opened):
            # a mark without its other: only where somebody is said to speak
            return says
        if says or cues.NAMED.search(before) or holds(self._around, inner):
            return True
        if self._is_said_of(stretch):
            return False
        return (
            count_words(inner) >= _SPEAKS_FOR_ITSELF
            or bool(cues.MENTIONING.search(before) or cues.MENTIONING.search(after))
            or before.rstrip().endswith(":")
        )

    def _is_said_of(self, stretch: Marked) -> bool:
        return bool(cues.PREDICATED.search(self._sides(stretch)[0]))

    def _is_aimed(self, stretch: Marked) -> bool:
        before, after = self._sides(stretch)
        if cues.AIMED_BEFORE.search(before) or cues.AIMED_AFTER.match(after):
            return True
        name = count_words(self._text[slice(*stretch.inner)]) < _SPEAKS_FOR_ITSELF
        return name and before.rstrip().endswith(",") and bool(cues.CALLED_OUT.search(before))

    def _sides(self, stretch: Marked) -> tuple[str, str]:
        """What stands before and behind it in its sentence."""
        start = self._starts[max(0, bisect_right(self._starts, stretch.start) - 1)]
        end = self._starts[min(len(self._starts) - 1, bisect_left(self._starts, stretch.end))]
        before = self._hidden[max(start, stretch.start - _BEFORE) : stretch.start]
        return before, self._hidden[stretch.end : min(end, stretch.end + _AFTER)]
