"""The kinds of step a folding is made of; each works on a bare text and on a traced one.

`plain` alone decides what comes out. `traced` must come to the same text, and is only taken where
somebody wants to know the places.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.core.normalise.traced import Edit, Traced

_LATIN_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
"""The combining marks of letters such as é and ç once they are taken apart."""
_MAYBE_MARKS = re.compile("[\u0370-\u1fff\u20d0-\u20ff\u2c00-\U0001cfff\U0001d100-\U0001efff]")
"""All others stand in here; quotation marks, dashes, the euro and most emoji do not."""


_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_EDGES = re.compile(r"\A\s+|\s+\Z")


class Step(Protocol):
    def plain(self, text: str) -> str: ...

    def traced(self, text: Traced) -> Traced: ...


@dataclass(frozen=True, slots=True)
class Substitute:
    """Every match replaced, as `re.sub` does."""

    pattern: re.Pattern[str]
    by: str | Callable[[re.Match[str]], str]
    """A template with group references, or a function."""
    signs: str = ""
    """Where given, every match holds one of these: without them there is nothing to look for."""

    def plain(self, text: str) -> str:
        if self.signs and not any(sign in text for sign in self.signs):
            return text
        return self.pattern.sub(self.by, text)

    def traced(self, text: Traced) -> Traced:
        return text.edited(
            (match.start(), match.end(), made)
            for match in self.pattern.finditer(text.text)
            if (made := self._made(match)) != match.group()
        )

    def _made(self, match: re.Match[str]) -> str:
        return match.expand(self.by) if isinstance(self.by, str) else self.by(match)


@dataclass(frozen=True, slots=True)
class Respell:
    """A function that keeps the length."""

    spell: Callable[[str], str]

    def plain(self, text: str) -> str:
        return self.spell(text)

    def traced(self, text: Traced) -> Traced:
        return text.respelt(self.spell(text.text))


@dataclass(frozen=True, slots=True)
class Encodable:
    """Lone surrogates (from broken JSON) cannot be encoded; each becomes `by`."""

    by: str

    def plain(self, text: str) -> str:
        try:
            text.encode()
        except UnicodeEncodeError:
            return _SURROGATE.sub(self.by, text)
        return text

    def traced(self, text: Traced) -> Traced:
        return text.respelt(self.plain(text.text))


@dataclass(frozen=True, slots=True)
class OneSpace:
    """One plain space between words, none at the edges."""

    def plain(self, text: str) -> str:
        return " ".join(text.split())

    def traced(self, text: Traced) -> Traced:
        joined = Substitute(_SPACES, " ").traced(text)
        return Substitute(_EDGES, "").traced(joined)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Single characters for single characters; for a few of them quicker than a table."""

    pairs: tuple[tuple[str, str], ...]

    def plain(self, text: str) -> str:
        for old, new in self.pairs:
            text = text.replace(old, new)
        return text

    def traced(self, text: Traced) -> Traced:
        return text.respelt(self.plain(text.text))


@dataclass(frozen=True, slots=True)
class EachSign:
    """A function of single characters, whatever their neighbours."""

    spell: Callable[[str], str]

    def plain(self, text: str) -> str:
        return self.spell(text)

    def traced(self, text: Traced) -> Traced:
        return text.edited(
            (at, at + 1, made)
            for at, sign in enumerate(text.text)
            if (made := self.spell(sign)) != sign
        )


@dataclass(frozen=True, slots=True)
class Normalise:
    """One of Unicode's normalisation forms."""

    form: Literal["NFKC", "NFKD"]

    def plain(self, text: str) -> str:
        return unicodedata.normalize(self.form, text)

    def traced(self, text: Traced) -> Traced:
        whole = self.plain(text.text)
        if whole == text.text:
            return text
        made = text.edited(self._edits(text.text, _starts_afresh))
        if made.text != whole:  # a younger Unicode may join signs that nobody here has heard of
            made = text.edited(self._edits(text.text, str.isascii))
        return made

    def _edits(self, text: str, starts_afresh: Callable[[str], bool]) -> Iterator[Edit]:
        """Cuts the text where nothing on the right can join what is on the left."""
        start = 0
        for at in range(1, len(text) + 1):
            if at == len(text) or text[at].isascii() or starts_afresh(text[at]):
                old = text[start:at]
                if not old.isascii() and (new := self.plain(old)) != old:
                    yield start, at, new
                start = at


def _starts_afresh(sign: str) -> bool:
    """Marks and the later letters of a Korean syllable join what stands before them."""
    first = unicodedata.normalize("NFKD", sign)[0]
    return unicodedata.category(first)[0] != "M" and not "\u1160" <= first <= "\u11ff"


@dataclass(frozen=True, slots=True)
class DropMarks:
    """Combining marks go; their place counts to the sign before them."""

    def plain(self, text: str) -> str:
        if text.isascii():
            return text
        text = _LATIN_MARKS.sub("", text)
        if text.isascii() or not _MAYBE_MARKS.search(text):
            return text
        return "".join(sign for sign in text if not unicodedata.combining(sign))

    def traced(self, text: Traced) -> Traced:
        return text.edited(self._edits(text.text))

    def _edits(self, text: str) -> Iterator[Edit]:
        start = -1
        for at, sign in enumerate(text):
            if not unicodedata.combining(sign):
                if 0 <= start < at - 1:
                    yield start, at, text[start]
                start = at
            elif start < 0:
                yield at, at + 1, ""
        if 0 <= start < len(text) - 1:
            yield start, len(text), text[start]
