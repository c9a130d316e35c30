"""Hostile text made harmless for Discord: it reads as it was written and does nothing.

Nothing that comes out of here can ping, link, embed, format, flip the direction of the text or
burst a length limit. Lengths are UTF-16 units, the strictest way in which Discord may count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from bot.core.model import MAX_TEXT_CHARS

_GAP = "\u200b"
"""Zero width: unseen, but no pattern of Discord's matches across it."""
_ELLIPSIS = "…"
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
"""Control, direction and invisible characters; the joiner of emoji families stays."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n[\s\u200d\ufe0f]*\n")
_MOST_MARKS = 3
"""Combining marks kept on one letter: enough for every living script, too few for towers."""

_BOLD = "**"
_FLAG = "\ue000"

_ENOUGH = 8
"""How much longer than its place a text is looked at: much of it may be invisible."""

_ADDRESS = re.compile(r"(?<=\w)\.(?=\w{2,}/)|(?<=:)(?=//)|(?<=\w):(?=[^\s:])|@|<")
"""Where a link, an invite, a mention, an emoji or a timestamp is broken up."""
_MARKDOWN = frozenset("\\*_~`|[]>")
_LINE_START = re.compile(r"(?:#{1,3}|-#|[-+]|\d{1,9}(?=[.)]))", re.ASCII)


def length(text: str) -> int:
    """In UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def cleaned(text: str, *, max_lines: int) -> str:
    """Direction controls, invisible characters, towers of accents and empty lines are gone."""
    text = _LINE_END.sub("\n", _SURROGATE.sub("\ufffd", text[:MAX_TEXT_CHARS]))
    text = _SPACES.sub(" ", _UNSEEN.sub("", text))
    text = _EMPTY_LINES.sub("\n", _without_towers(text)).strip()
    lines = [line.strip() for line in text.split("\n")]
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], f"{lines[max_lines - 1]} {_ELLIPSIS}"]
    return "\n".join(lines)


def neutral(
    text: str, *, limit: int, max_lines: int = 25, marks: Sequence[tuple[int, int]] = ()
) -> str:
    """Text of a comment, ready to be shown; what is beyond `limit` units is folded into «…».

    `marks` are stretches of `text`, in order and apart from each other, that are shown in bold.
    """
    if marks:
        return _bold(text, marks, limit=limit, max_lines=max_lines)
    pieces: list[str] = []
    room = limit - length(_ELLIPSIS)
    if len(text) > (enough := _ENOUGH * (limit + 20)):
        text = text[:enough] + _ELLIPSIS  # spares the work on what cannot be shown anyway
    for number, line in enumerate(cleaned(text, max_lines=max_lines).split("\n")):
        for piece in (*(["\n"] if number else []), *_escaped(line)):
            room -= length(piece)
            if room < 0:
                return "".join(pieces).rstrip() + _ELLIPSIS
            pieces.append(piece)
    return "".join(pieces)


def _bold(text: str, marks: Sequence[tuple[int, int]], *, limit: int, max_lines: int) -> str:
    """As `neutral`, with each marked stretch between asterisks on every line that it touches."""
    flags = _with_flags(text[: _ENOUGH * (limit + 20)], marks)
    pieces: list[str] = []
    room = limit - length(_ELLIPSIS) - 2 * len(_BOLD)
    on = False
    for number, line in enumerate(cleaned(flags, max_lines=max_lines).split("\n")):
        pieces += ["\n"] if number else []
        room -= 1 if number else 0
        turns, clean = _turns(line)
        if on:
            room -= _turn(pieces)
        for place, piece in enumerate(_escaped(clean)):
            for _ in range(turns.count(place)):
                on = not on
                room -= _turn(pieces)
            room -= length(piece)
            if room < 0:
                return "".join([*pieces, *([_BOLD] if on else [])]).rstrip() + _ELLIPSIS
            pieces.append(piece)
        for _ in range(turns.count(len(clean))):
            on = not on
            room -= _turn(pieces)
        if on:
            room -= _turn(pieces)
    return "".join(pieces)


def _with_flags(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """The text with a private sign at each end of a mark; its own such signs are gone."""
    edges = {edge for start, end in marks if start < end for edge in (start, end)}
    parts = []
    for place in range(len(text) + 1):
        if place in edges:
            parts.append(_FLAG)
        if place < len(text) and text[place] != _FLAG:
            parts.append(text[place])
    return "".join(parts)


def _turns(line: str) -> tuple[list[int], str]:
    """Where bold goes on or off, in places of the line without the signs; and that line."""
    turns: list[int] = []
    clean: list[str] = []
    for char in line:
        if char == _FLAG:
            turns.append(len(clean))
        else:
            clean.append(char)
    return turns, "".join(clean)


def _turn(pieces: list[str]) -> int:
    """Bold on or off; nothing is left of a stretch without a sign in it."""
    if pieces and pieces[-1] == _BOLD:
        pieces.pop()
        return -len(_BOLD)
    pieces.append(_BOLD)
    return len(_BOLD)


def pages(text: str, *, limit: int) -> list[str]:
    """The whole text as `neutral` would show it, in pieces of at most `limit` units each."""
    found: list[list[str]] = [[]]
    room = limit
    for number, line in enumerate(cleaned(text, max_lines=MAX_TEXT_CHARS).split("\n")):
        for piece in (*(["\n"] if number else []), *_escaped(line)):
            if length(piece) > room:
                found.append([])
                room = limit
            found[-1].append(piece)
            room -= length(piece)
    return [page for page in ("".join(pieces).strip() for pieces in found) if page]


def one_line(text: str, *, limit: int) -> str:
    """For names and titles inside a line: `neutral`, and shut off from its neighbours' direction."""
    flat = " ".join(cleaned(text, max_lines=25).split())
    return f"{_ISOLATE}{neutral(flat, limit=limit - 2)}{_END_ISOLATE}"


def code(text: str, *, limit: int, language: str = "") -> str:
    """A block of code of at most `limit` units, fences included, that its text cannot leave."""
    text = _LINE_END.sub("\n", _SURROGATE.sub("\ufffd", text[:MAX_TEXT_CHARS]))
    inner = _UNSEEN.sub("", text).replace("`", f"`{_GAP}").strip("\n")
    fences = length(f"```{language}\n\n```")
    if length(inner) > limit - fences:
        inner = _cut(inner, limit - fences - 1) + _ELLIPSIS
    return f"```{language}\n{inner}\n```"


def plain(text: str, *, limit: int) -> str:
    """For places where Discord shows no markdown: labels, titles and options of a modal."""
    flat = " ".join(cleaned(text, max_lines=25).split())
    return flat if length(flat) <= limit else _cut(flat, limit - 1) + _ELLIPSIS


def web_address(url: str | None, *, limit: int = 500) -> str | None:
    """An address that fits into `[words](<address>)`; None when it is no web address."""
    if not url or len(url) > limit:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    safe = quote(url, safe=":/?#!$&'*+,;=%-._~", errors="replace")
    return safe if len(safe) <= limit else None


def _escaped(line: str) -> list[str]:
    """The line in pieces that must not be torn: a character with what disarms it."""
    gaps = {match.end() for match in _ADDRESS.finditer(line)}
    start = _LINE_START.match(line)
    pieces = []
    for place, char in enumerate(line):
        begins_block = start is not None and place == 0 and not char.isdigit()
        piece = f"\\{char}" if char in _MARKDOWN or begins_block else char
        if start is not None and char.isdigit() and place + 1 == start.end():
            piece += _GAP  # `1.` begins a list, and a backslash before a digit would be seen
        pieces.append(piece + (_GAP if place + 1 in gaps else ""))
    return pieces


def _without_towers(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    kept: list[str] = []
    for char in text:
        limit -= length(char)
        if limit < 0:
            break
        kept.append(char)
    return "".join(kept)
