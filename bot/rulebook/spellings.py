"""A folded text cut into words, and every way in which a disguised word may be read.

`words_of` is all that matching knows about characters: what it gives is words with their places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_STRETCHED = re.compile(r"([^\W\d])\1\1")
_ODD = re.compile(r"[\d@$€]|[^\x00-\x7f]")
_JOINT = re.compile(r"[^\W_](?:[^\w ']|_){1,3}[^\W_]|(?<![^\W_])[^\W_][\W_]{1,3}[^\W_](?![^\W_])")
"""Without one of these in the text no word is joined to another: most comments have none."""
_DOUBLED = re.compile(r"([^\W\d])\1+")
_PLAIN_GAPS = frozenset({" ", "'", ", ", ". ", " - ", ": ", " : ", "! ", " ! ", " « ", " » "})
_SENTENCE_END = re.compile(r"[.!?;:…]\s")
_LOOK_ALIKES = str.maketrans(
    "аеёоорсухкмтнвіјѕԁһԛԝѵɡпзлигбдցոսհքօαοενικρτυχβηɑɩʀɴıłøđƒᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍᴏᴘᴛᴜᴠᴡʏᴢ",
    "aeeoopcyxkmthbijsdhqwvgn3nurбдgnuhpoaoevikptuxbnairnilodfabcdeghijklmoptuvwyz",
)
_DIGITS = tuple(
    str.maketrans("0134578@$€£!|", letters) for letters in ("oieastbaselil", "oleastboselii")
)
"""As in `c0nn4rd`; 1 is read both as i and as l, @ both as a and as o."""
_SIGNS_FOR_LETTERS = frozenset("@$€£!|")
_EDGE_SIGNS = frozenset("@$€")
_NO_JOINT = frozenset(" '")
_LONGEST_GAP = 3
_MASK = re.compile(r"\*{1,3}")
_SURE_LETTERS = 5
"""From here on a word that was put together counts inside a longer chain (`c o n n a r d a lire`)."""
_SHORTEST_JOINED = 3
_SHORTEST_MASKED = 4
_MOST_MASKS = 3


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words that entries are made of, arranged for guessing what a disguise stands for."""

    words: frozenset[str]
    beginnings: frozenset[str]
    by_skeleton: Mapping[str, tuple[str, ...]]
    """Words by themselves without doubled letters, for stretched ones."""
    by_shape: Mapping[tuple[str, int], tuple[str, ...]]
    """Words by first letter and length, for masked ones."""

    @classmethod
    def of(cls, words: Iterable[str]) -> Lexicon:
        known = frozenset(words)
        skeletons: dict[str, list[str]] = {}
        shapes: dict[tuple[str, int], list[str]] = {}
        for word in sorted(known):
            skeletons.setdefault(_DOUBLED.sub(r"\1", word), []).append(word)
            if len(word) >= _SHORTEST_MASKED:
                shapes.setdefault((word[0], len(word)), []).append(word)
        return cls(
            words=known,
            beginnings=frozenset(word[:end] for word in known for end in range(1, len(word) + 1)),
            by_skeleton={key: tuple(found) for key, found in skeletons.items()},
            by_shape={key: tuple(found) for key, found in shapes.items()},
        )


@dataclass(frozen=True, slots=True)
class WordsOf:
    """The words of one text in order. `readings` holds, by number of a word, what it and the words
    after it may be read as: the number after the last one, and the reading."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    readings: Mapping[int, tuple[tuple[int, str], ...]] = field(default_factory=dict)

    def broken_before(self, number: int) -> bool:
        """Whether a sentence ends between a word and the one before."""
        gap = self.text[self.ends[number - 1] : self.starts[number]]
        return len(gap) > 1 and _SENTENCE_END.search(gap) is not None


def words_of(text: str, lexicon: Lexicon) -> WordsOf:
    """`text` is folded (`bot.core.normalise.folded`); places are places in it."""
    found = list(_WORD.finditer(text))
    words = WordsOf(
        text,
        tuple([match.group() for match in found]),
        tuple([match.start() for match in found]),
        tuple([match.end() for match in found]),
    )
    readings: dict[int, set[tuple[int, str]]] = {}
    odd = _ODD.search(text) or _STRETCHED.search(text)
    for number, reading in _single(words, lexicon) if odd else ():
        readings.setdefault(number, set()).add((number + 1, reading))
    for number, last, reading in _chained(words, lexicon):
        readings.setdefault(number, set()).add((last, reading))
    return WordsOf(
        words.text,
        words.words,
        words.starts,
        words.ends,
        {number: tuple(sorted(several)) for number, several in readings.items()},
    )


def _single(words: WordsOf, lexicon: Lexicon) -> Iterator[tuple[int, str]]:
    """Readings of one word by itself: look-alikes, digits, stretched letters, signs at its edges."""
    stretched = _STRETCHED.search(words.text) is not None
    signs = not _EDGE_SIGNS.isdisjoint(words.text)
    for number, word in enumerate(words.words):
        odd = not (word.isascii() and word.isalpha())
        if not (odd or signs or (stretched and _STRETCHED.search(word))):
            continue
        forms = _spelt(word)
        if signs:
            edged = _edged(words, number)
            forms |= _spelt(edged)
        for form in forms:
            if form in lexicon.words and form != word:
                yield number, form
            if _STRETCHED.search(form):
                for guess in lexicon.by_skeleton.get(_DOUBLED.sub(r"\1", form), ()):
                    yield number, guess


@lru_cache(maxsize=8192)
def _spelt(word: str) -> frozenset[str]:
    """The word with letters of other scripts and digits read as Latin letters."""
    if not word.isascii():
        latin = word.translate(_LOOK_ALIKES)
        # a word wholly of another script is a word of another language
        word = latin if any(sign.isascii() and sign.isalpha() for sign in word) else word
    if word.isalpha() or word.isdecimal():
        return frozenset({word})
    return frozenset({word, *(word.translate(table) for table in _DIGITS)})


def _edged(words: WordsOf, number: int) -> str:
    """`salop€` and `$alope`: a sign beside the word that stands for a letter."""
    text, start, end = words.text, words.starts[number], words.ends[number]
    before = text[start - 1] if start and text[start - 1] in _EDGE_SIGNS else ""
    after = text[end] if end < len(text) and text[end] in _EDGE_SIGNS else ""
    return f"{before}{text[start:end]}{after}"


def _chained(words: WordsOf, lexicon: Lexicon) -> Iterator[tuple[int, int, str]]:
    """Words put together from neighbours: `c.o.n n a r d`, `con.nard`, `c@nnard`, `c*nnard`."""
    links = _links(words) if _JOINT.search(words.text) else {}
    for number in sorted(links):
        yield from _from(number, words, links, lexicon)


def _links(words: WordsOf) -> dict[int, str]:
    """What stands between a word and the next, where the two may belong together."""
    text, links = words.text, {}
    lone = [len(word) == 1 for word in words.words]
    for number, (end, start) in enumerate(zip(words.ends, words.starts[1:], strict=False)):
        gap = text[end:start]
        if lone[number] and lone[number + 1]:
            if len(gap) <= _LONGEST_GAP:
                links[number] = gap
        elif gap not in _PLAIN_GAPS and len(gap) <= _LONGEST_GAP and _NO_JOINT.isdisjoint(gap):
            links[number] = gap
    return links


def _from(
    number: int, words: WordsOf, links: Mapping[int, str], lexicon: Lexicon
) -> Iterator[tuple[int, int, str]]:
    """Every known word that begins with word `number` and needs the next one too."""
    beginnings = lexicon.beginnings
    so_far = [form for form in _spelt(words.words[number]) if form in beginnings]
    at = number
    while so_far and at in links:
        gap, word = links[at], words.words[at + 1]
        if gap[0] not in _SIGNS_FOR_LETTERS and word.isascii() and word.isalpha():
            so_far = [joined for first in so_far if (joined := first + word) in beginnings]
        else:
            so_far = [
                joined
                for part in _continued(gap, word)
                for first in so_far
                if (joined := first + part) in beginnings
            ]
        at += 1
        for joined in so_far:
            if joined in lexicon.words and (
                len(joined) >= _SURE_LETTERS
                or (len(joined) >= _SHORTEST_JOINED and number - 1 not in links and at not in links)
            ):
                yield number, at + 1, joined
    if links[number][0] == "*" and not links.get(number - 1, "").startswith("*"):
        yield from _unmasked(number, words, links, lexicon)


def _continued(gap: str, word: str) -> Iterable[str]:
    """What may follow: the next word; and where signs stand between, the letters they stand for."""
    if _SIGNS_FOR_LETTERS.issuperset(gap):
        return _spelt(word) | _spelt(f"{gap}{word}")
    return _spelt(word)


def _unmasked(
    number: int, words: WordsOf, links: Mapping[int, str], lexicon: Lexicon
) -> Iterator[tuple[int, int, str]]:
    """`enc*le`: each star hides one letter."""
    shown, at = words.words[number], number
    while at in links and at - number < _MOST_MASKS and _MASK.fullmatch(links[at]):
        shown = f"{shown}{links[at]}{words.words[at + 1]}"
        at += 1
    if shown.count("*") * 2 > len(shown):
        return
    for word in lexicon.by_shape.get((shown[0], len(shown)), ()):
        if all(sign in {"*", letter} for sign, letter in zip(shown, word, strict=True)):
            yield number, at + 1, word
