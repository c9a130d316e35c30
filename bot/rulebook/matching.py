"""Finds all words, phrases and domains of a rulebook in one text, in one pass."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.core.normalise import trace_folded
from bot.rulebook.lists import Entry, Exemption, holds_domains
from bot.rulebook.spellings import Lexicon, WordsOf, words_of

_HOST = re.compile(r"(?:[^\W_][\w-]{0,62}[.。])+[^\W\d_]\w{1,62}")
_MOST_READINGS = 1_000
"""Of one phrase, from one word on; stops garbage that was made to be read in many ways."""


@dataclass(frozen=True, slots=True)
class TextHit:
    """An entry and where it stands, as offsets into the text."""

    entry: Entry
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    """A place in the tree of words: what may follow, and which entries end here."""

    after: dict[str, _Node] = field(default_factory=dict)
    ends: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Matcher:
    """One tree over the words of all entries: its size hardly matters to the time of a look-up."""

    root: _Node
    lexicon: Lexicon
    domains: dict[str, list[Entry]]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Matcher:
        root, domains, words = _Node(), dict[str, list[Entry]](), set[str]()
        for entry in entries:
            for form in entry.forms:
                if holds_domains(entry.source):
                    domains.setdefault(form[0], []).append(entry)
                    continue
                node = root
                for word in form:
                    node = node.after.setdefault(word, _Node())
                node.ends.append(entry)
                words.update(form)
        return cls(root, Lexicon.of(words), domains)

    def hits(self, text: str, written: str | None = None) -> tuple[TextHit, ...]:
        """Every entry in a folded text, in order of place. `written` is the text before it was
        folded; without it an exemption holds in any spelling."""
        found = {*self._words(text, written), *self._hosts(text)}
        return tuple(sorted(found, key=lambda hit: (hit.start, hit.end, hit.entry.written)))

    def _words(self, text: str, written: str | None) -> Iterator[TextHit]:
        if not self.root.after:
            return
        words = words_of(text, self.lexicon)
        for number, last, entry in _walks(self.root, words):
            if entry.exempt and _exempt(entry, number, last, words, written):
                continue
            yield TextHit(entry, words.starts[number], words.ends[last - 1])

    def _hosts(self, text: str) -> Iterator[TextHit]:
        """Hosts of links, and bare ones; an entry covers what stands below it."""
        if not self.domains or "." not in text.replace("。", "."):
            return
        for match in _HOST.finditer(text):
            labels = match.group().replace("。", ".").split(".")
            for at in range(len(labels) - 1):
                for entry in self.domains.get(".".join(labels[at:]), ()):
                    yield TextHit(entry, match.start(), match.end())


def in_original(hit: TextHit, written: str) -> tuple[int, int]:
    """The hit's place in the text as it was written."""
    return trace_folded(written).span_in_original(hit.start, hit.end)


def _walks(root: _Node, words: WordsOf) -> Iterator[tuple[int, int, Entry]]:
    """First word, the one after the last, and the entry: for each way down the tree."""
    first, readings = root.after, words.readings
    for number, word in enumerate(words.words):
        node = first.get(word)
        if node is not None:
            yield from _down(node, words, number, number + 1)
        for last, reading in readings.get(number, ()):
            node = first.get(reading)
            if node is not None:
                yield from _down(node, words, number, last)


def _down(node: _Node, words: WordsOf, number: int, last: int) -> Iterator[tuple[int, int, Entry]]:
    waiting = [(node, last)]
    for _ in range(_MOST_READINGS):
        if not waiting:
            return
        node, last = waiting.pop()
        for entry in node.ends:
            yield number, last, entry
        if not node.after or last >= len(words.words) or words.broken_before(last):
            continue
        steps = ((last + 1, words.words[last]), *words.readings.get(last, ()))
        for following, word in steps:
            after = node.after.get(word)
            if after is not None:
                waiting.append((after, following))


def _exempt(entry: Entry, number: int, last: int, words: WordsOf, written: str | None) -> bool:
    return any(
        _covers(exemption, start, words, written)
        for exemption in entry.exempt
        for start in range(max(0, last - len(exemption.words)), number + 1)
    )


def _covers(exemption: Exemption, start: int, words: WordsOf, written: str | None) -> bool:
    end = start + len(exemption.words)
    if words.words[start:end] != exemption.words:
        return False
    if exemption.written is None or written is None:
        return True
    traced = trace_folded(written)
    if traced.text != words.text:  # a fact that was stated, not gathered
        return True
    first, last = traced.span_in_original(words.starts[start], words.ends[end - 1])
    return _spelling(written[first:last]) == _spelling(exemption.written)


def _spelling(text: str) -> str:
    """As it is written, but for the way accents are stored, apostrophes and white space."""
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").split())
