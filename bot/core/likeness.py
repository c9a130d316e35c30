"""Whether two comments say nearly the same: a fingerprint to find candidates, shared pieces to decide.

The fingerprint is a simhash of the folded words and their pairs. Measured on 600 French comments of
ours, 180,000 pairs: unrelated ones differ in 13 bits or more, nine in ten of those with one word
replaced in at most 17. So the fingerprint proposes, and the share of common pieces disposes.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from itertools import pairwise

from bot.core.normalise import folded

NEAR_BITS = 17
"""Fingerprints that differ in more bits need not be looked at."""
_BITS = 64
_FEW_WORDS, _FEW_LETTERS = 3, 12
"""What is shorter says too little to be called alike («Bravo !», «N'importe quoi»)."""
_PIECE = 4
_ALIKE = 0.55
"""Share of common pieces among all pieces of both."""
_WORD = re.compile(r"\w+")
_SIGN = 1 << (_BITS - 1)


def fingerprint(text: str) -> int | None:
    """A signed 64-bit number; None for a text that is too short."""
    words = _words(text)
    if len(words) < _FEW_WORDS or sum(map(len, words)) < _FEW_LETTERS:
        return None
    weights = [0] * _BITS
    for feature in {*words, *(f"{one} {two}" for one, two in pairwise(words))}:
        hashed = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "big")
        for bit in range(_BITS):
            weights[bit] += 1 if hashed >> bit & 1 else -1
    found = sum(1 << bit for bit in range(_BITS) if weights[bit] > 0)
    return found - (1 << _BITS) if found & _SIGN else found


def bits_apart(one: int, two: int) -> int:
    return ((one ^ two) & ((1 << _BITS) - 1)).bit_count()


def alike(one: str, two: str) -> bool:
    """Whether both say nearly the same, letter for letter."""
    left, right = _pieces(one), _pieces(two)
    return bool(left and right) and len(left & right) / len(left | right) >= _ALIKE


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text))


def _pieces(text: str) -> set[str]:
    flat = " ".join(_words(text))
    return {flat[place : place + _PIECE] for place in range(len(flat) - _PIECE + 1)}
