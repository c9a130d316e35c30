"""Hostile text, made fit to be looked at: what turns or hides text becomes visible.

Escaping is the template's part (autoescape is on); this is about characters that survive escaping
and still deceive the eye, such as the right-to-left override.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.core.model import Window

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
    kind: Literal["plain", "marked", "control"] = "plain"


def pieces(text: str, worst: Window | None = None) -> tuple[Piece, ...]:
    """The text cut at `worst`, with direction and control characters named instead of obeyed."""
    if worst is None or not 0 <= worst.start < worst.end <= len(text):
        return tuple(_named(text, marked=False))
    return (
        *_named(text[: worst.start], marked=False),
        *_named(text[worst.start : worst.end], marked=True),
        *_named(text[worst.end :], marked=False),
    )


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


def _named(text: str, *, marked: bool) -> list[Piece]:
    found: list[Piece] = []
    start = 0
    for control in _CONTROLS.finditer(text):
        found += _stretch(text[start : control.start()], marked=marked)
        character = control.group()
        name = _TURNING.get(character, f"U+{ord(character):04X}")
        found.append(Piece(text=name, kind="control"))
        start = control.end()
    return found + _stretch(text[start:], marked=marked)


def _stretch(text: str, *, marked: bool) -> list[Piece]:
    return [Piece(text=text, kind="marked" if marked else "plain")] if text else []
