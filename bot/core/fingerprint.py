"""A small fingerprint of a text: equal for the same words, alike for nearly the same.

Sixteen smallest hashes over pieces of four characters (one-permutation MinHash): two texts share as
many of them as they share pieces. Four bands of four are what a database can look up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

from bot.core.normalise import folded

BANDS = 4
_BINS = 16
_PER_BAND = _BINS // BANDS
_PIECE = 4
_LONGEST = 6_000
"""Characters that are looked at; the rest of a longer text does not count for near-sameness."""
_SHORTEST = 24
"""Characters under which only the very same words are the same text: «Bravo !», «bravo à tous»."""
_NEARLY = 12
"""Of the sixteen, from which on two texts are nearly the same."""
_WORD = re.compile(r"[^\W_]+")
_MIX, _MASK = 0x9E3779B97F4A7C15, 2**64 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    exact: int
    """63 bits: the same for the same words, whatever their case, accents and punctuation."""
    signature: bytes
    """Sixteen numbers of four bytes; empty for a text too short to be nearly like another."""

    @property
    def bands(self) -> tuple[int, ...]:
        """31 bits each; empty with an empty signature."""
        size = _PER_BAND * 4
        return tuple(
            crc32(bytes([at]) + self.signature[at : at + size]) >> 1
            for at in range(0, len(self.signature), size)
        )


def fingerprint(text: str) -> Fingerprint:
    words = " ".join(_WORD.findall(folded(text)))
    digest = blake2b(words.encode("utf-8", "replace"), digest_size=8).digest()
    signature = _signature(words[:_LONGEST]) if len(words) >= _SHORTEST else b""
    return Fingerprint(exact=int.from_bytes(digest) >> 1, signature=signature)


def nearly(one: bytes, other: bytes) -> bool:
    """Whether two signatures are those of nearly the same text."""
    if not one or len(one) != len(other):
        return False
    pairs = range(0, len(one), 4)
    return sum(one[at : at + 4] == other[at : at + 4] for at in pairs) >= _NEARLY


def _signature(words: str) -> bytes:
    smallest: list[int | None] = [None] * _BINS
    raw = words.encode("utf-8", "replace")
    for at in range(len(raw) - _PIECE + 1):
        mixed = (crc32(raw[at : at + _PIECE]) * _MIX & _MASK) >> 24
        place, value = mixed % _BINS, mixed // _BINS & 0xFFFFFFFF
        known = smallest[place]
        if known is None or value < known:
            smallest[place] = value
    return b"".join(_filled(smallest, place).to_bytes(4) for place in range(_BINS))


def _filled(smallest: list[int | None], place: int) -> int:
    """An empty place takes the next one's number, marked by how far that was."""
    for step in range(_BINS):
        value = smallest[(place + step) % _BINS]
        if value is not None:
            return (value + step * 0x9E3779B1) & 0xFFFFFFFF
    return 0
