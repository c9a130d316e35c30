"""A text that was changed step by step, and where each of its characters came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Edit = tuple[int, int, str]
"""`text[start:end]` becomes this string; edits come in order and do not overlap."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A text made from another one, with the map back.

    Both maps have one entry a character and never fall; None stands for «unchanged so far».

    >>> made = Traced.of("Un c-o-n !").edited([(3, 8, "con")])
    >>> made.text, made.span_in_original(3, 6), made.span_in_original(4, 5)
    ('Un con !', (3, 8), (5, 6))
    """

    text: str
    original_length: int
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    @classmethod
    def of(cls, original: str) -> Traced:
        return cls(original, len(original))

    def span_in_original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that became `text[start:end]`, removed characters between
        its ends included. An empty stretch gives the empty one where it stands."""
        if self.starts is None or self.ends is None:
            return start, end
        at = self.starts[start] if start < len(self.text) else self.original_length
        return (at, self.ends[end - 1]) if start < end else (at, at)

    def span_here(self, start: int, end: int) -> tuple[int, int]:
        """The characters made from any of `original[start:end]`; empty when all are gone."""
        if self.starts is None or self.ends is None:
            return start, end
        first = _first_above(self.ends, start)
        last = _first_above(self.starts, end - 1) if end > start else first
        return first, max(first, last)

    def edited(self, edits: Iterable[Edit]) -> Traced:
        """With these stretches replaced.

        A replacement that only leaves characters out keeps the others' places; one of the same
        length stands character for character; any other is laid to the whole stretch.
        """
        starts, ends = self._maps()
        pieces: list[str] = []
        new_starts: list[int] = []
        new_ends: list[int] = []
        done = 0
        for start, end, made in edits:
            pieces += (self.text[done:start], made)
            new_starts += starts[done:start]
            new_ends += ends[done:start]
            for first, last in _laid(self.text[start:end], made):
                new_starts.append(starts[start + first])
                new_ends.append(ends[start + last])
            done = end
        if not done:
            return self
        pieces.append(self.text[done:])
        new_starts += starts[done:]
        new_ends += ends[done:]
        return Traced("".join(pieces), self.original_length, new_starts, new_ends)

    def respelt(self, text: str) -> Traced:
        """With every character exchanged in its place; `text` must be as long as the old one."""
        if len(text) != len(self.text):
            raise ValueError(f"{len(text)} characters cannot stand for {len(self.text)}")
        return Traced(text, self.original_length, self.starts, self.ends)

    def after(self, earlier: Traced) -> Traced:
        """This map laid upon an earlier one: `self` was made from `earlier.text`."""
        if earlier.starts is None or earlier.ends is None:
            return self
        starts, ends = self._maps()
        return Traced(
            self.text,
            earlier.original_length,
            [earlier.span_in_original(a, b)[0] for a, b in zip(starts, ends, strict=True)],
            [earlier.span_in_original(a, b)[1] for a, b in zip(starts, ends, strict=True)],
        )

    def _maps(self) -> tuple[Sequence[int], Sequence[int]]:
        if self.starts is None or self.ends is None:
            return range(len(self.text)), range(1, len(self.text) + 1)
        return self.starts, self.ends


def _laid(old: str, made: str) -> list[tuple[int, int]]:
    """Per character of `made`: first and last character of `old` that it stands for."""
    if len(old) == len(made):
        return [(at, at) for at in range(len(old))]
    places, at = [], -1
    for sign in made:
        at = old.find(sign, at + 1)
        if at < 0:
            return [(0, len(old) - 1)] * len(made)
        places.append((at, at))
    if places:
        places[-1] = (places[-1][0], len(old) - 1)
    return places


def _first_above(rising: Sequence[int], value: int) -> int:
    """Index of the first entry above `value`; `len(rising)` when there is none."""
    low, high = 0, len(rising)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if rising[middle] > value else (middle + 1, high)
    return low
