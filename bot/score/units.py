"""A text in the pieces that can be left out of it: units of one or a few words, and clauses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

_TOKEN = re.compile(r"\S+")
_LONGEST_TOKEN = 40
"""Characters; what is longer (no spaces, or a script without them) is cut."""
_SPELT_OUT = 3
"""So many single letters in a row are one word: `c o n n a r d`."""
_MOST_UNITS = 8
"""In a clause; what is longer is cut in equal parts."""
_FEWEST_UNITS = 2
_CLAUSE_END = re.compile(r"[.!?…;:,)»”\"]+$")
_QUIET = (
    "le la les un une des de du au aux à et en ce cet cette ces mon ton son ma ta sa mes tes ses "
    "notre votre nos vos leur leurs sur dans par pour the a an of to in on my your his her our "
    "their this that"
)
_FUNCTION_WORDS = frozenset(_QUIET.split())
"""They say nothing alone, so each goes with the word after it."""


_LINKS = "et ou mais car donc or que qu' qui quand si comme parce and or but who"
_JOINTS = frozenset(_LINKS.split())
"""Before one of them a clause may end when it has a few units already."""
_ENOUGH_UNITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A stretch in characters, without the space and punctuation around it."""

    start: int
    end: int

    def moved(self, by: int) -> Unit:
        return Unit(start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    start: int
    end: int
    units: tuple[Unit, ...]
    """At least one."""

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def clauses(text: str, *, make_form: Callable[[str], str]) -> list[Clause]:
    """All units, clause by clause; pieces that leave nothing in the form (links) are in none.

    >>> found = clauses("Bravo, quel article ! Ferme ta gueule", make_form=str)
    >>> [each.of("Bravo, quel article ! Ferme ta gueule").strip() for each in found]
    ['Bravo, quel article !', 'Ferme ta gueule']
    """
    made: list[Clause] = []
    units: list[Unit] = []
    start = 0
    for unit, end, is_last in _units(text, make_form):
        units.append(unit)
        joint = len(units) >= _ENOUGH_UNITS and _first_word(text, end) in _JOINTS
        if joint or (is_last and len(units) >= _FEWEST_UNITS):
            made += _halved(Clause(start=start, end=end, units=tuple(units)))
            units, start = [], end
    if units:
        made += _halved(Clause(start=start, end=len(text), units=tuple(units)))
    return made


def _first_word(text: str, start: int) -> str:
    match = _TOKEN.search(text, start)
    return match.group().casefold() if match else ""


def _halved(clause: Clause) -> list[Clause]:
    """Equal parts of at most `_MOST_UNITS`."""
    parts = -(-len(clause.units) // _MOST_UNITS)
    if parts == 1:
        return [clause]
    cuts = [round(len(clause.units) * n / parts) for n in range(parts + 1)]
    made = []
    for first, after in pairwise(cuts):
        start = clause.start if first == 0 else clause.units[first].start
        end = clause.units[after].start if after < len(clause.units) else clause.end
        made.append(Clause(start=start, end=end, units=clause.units[first:after]))
    return made


def _units(text: str, make_form: Callable[[str], str]) -> Iterator[tuple[Unit, int, bool]]:
    """Each unit, where its territory ends, and whether a clause ends there."""
    tokens = _tokens(text)
    held: int | None = None
    for number, (start, end) in enumerate(tokens):
        token = text[start:end]
        following = tokens[number + 1][0] if number + 1 < len(tokens) else len(text)
        is_last = bool(_CLAUSE_END.search(token)) or "\n" in text[end:following]
        if not is_last and token.casefold() in _FUNCTION_WORDS and following < len(text):
            held = start if held is None else held
            continue
        inner = _trimmed(text, start, end)
        if inner is None or not make_form(text[inner.start : inner.end]):
            continue
        unit = Unit(start=inner.start if held is None else held, end=inner.end)
        after = tokens[number + 1] if number + 1 < len(tokens) else None
        if after is not None and _trimmed(text, *after) is None:  # «article !»
            yield unit, after[1], True
        else:
            yield unit, end, is_last
        held = None


def _tokens(text: str) -> list[tuple[int, int]]:
    """Words; letters spelt out one by one are joined, endless words cut."""
    found: list[tuple[int, int]] = []
    single: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        span = match.span()
        inner = _trimmed(text, *span)
        if inner is not None and inner.end - inner.start == 1 and text[inner.start].isalpha():
            single.append(span)
            continue
        found += _joined(single)
        single = []
        found += [(at, min(at + _LONGEST_TOKEN, span[1])) for at in range(*span, _LONGEST_TOKEN)]
    return found + _joined(single)


def _joined(single: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(single[0][0], single[-1][1])] if len(single) >= _SPELT_OUT else single


def _trimmed(text: str, start: int, end: int) -> Unit | None:
    """Without punctuation at the edges; None when nothing else is there. Emoji are no punctuation."""
    inside = [at for at in range(start, end) if not _is_punctuation(text[at])]
    return Unit(start=inside[0], end=inside[-1] + 1) if inside else None


def _is_punctuation(sign: str) -> bool:
    return not sign.isalnum() and (sign.isascii() or sign in "«»“”‘’…–—·¡¿•")
