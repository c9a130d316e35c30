"""Hostile text, made fit to be looked at: what turns or hides text becomes visible.

Escaping is the template's part (autoescape is on); this is about characters that survive escaping
and still deceive the eye, such as the right-to-left override.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bot.core.model import Passage, Window

Kind = Literal["plain", "marked", "hit", "control"]

_TURNING = {
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}
_CONTROLS = re.compile(
    "[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")

EXCERPT_CHARS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text that is shown in one manner."""

    text: str
    kind: Kind = "plain"


def pieces(
    text: str, worst: Window | None = None, hits: Sequence[Passage] = ()
) -> tuple[Piece, ...]:
    """The text cut at `worst` and at what rules fired on, with direction and control characters
    named instead of obeyed."""
    stretches: list[tuple[int, int, Kind]] = [(hit.start, hit.end, "hit") for hit in hits]
    if worst is not None:
        stretches.append((worst.start, worst.end, "marked"))
    sound = [each for each in stretches if 0 <= each[0] < each[1] <= len(text)]
    edges = sorted({0, len(text), *(edge for start, end, _ in sound for edge in (start, end))})
    found: list[Piece] = []
    for start, end in pairwise(edges):
        covering = [kind for first, last, kind in sound if first <= start and end <= last]
        kind: Kind = "hit" if "hit" in covering else "marked" if covering else "plain"
        found += _named(text[start:end], kind)
    return tuple(found)


def one_line(text: str) -> str:
    """A name or a title: control characters gone, white space joined."""
    return _SPACES.sub(" ", _CONTROLS.sub("", text)).strip()


def multi_line(text: str) -> str:
    """A text as one string, for places that hold no markup."""
    return "".join(f"⟨{p.text}⟩" if p.kind == "control" else p.text for p in pieces(text))


def excerpt(text: str) -> tuple[str, int]:
    """The beginning of a text, cut at a word, and how many characters are left out."""
    if len(text) <= EXCERPT_CHARS:
        return text, 0
    cut = text.rfind(" ", EXCERPT_CHARS - 60, EXCERPT_CHARS)
    cut = cut if cut > 0 else EXCERPT_CHARS
    return text[:cut], len(text) - cut


def _named(text: str, kind: Kind) -> list[Piece]:
    found: list[Piece] = []
    start = 0
    for control in _CONTROLS.finditer(text):
        found += _stretch(text[start : control.start()], kind)
        character = control.group()
        name = _TURNING.get(character, f"U+{ord(character):04X}")
        found.append(Piece(text=name, kind="control"))
        start = control.end()
    return found + _stretch(text[start:], kind)


def _stretch(text: str, kind: Kind) -> list[Piece]:
    return [Piece(text=text, kind=kind)] if text else []
