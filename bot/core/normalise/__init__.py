"""One text, two foldings: as the model was trained on it, and as words are compared.

`for_model` is part of the embedded model: training and serving must run the very same steps, or
every score shifts. Change it only together with the model. `trace_for_model` and `trace_folded`
give the same texts with the way back to the original's characters.
"""

from __future__ import annotations

import re
import unicodedata

from bot.core.normalise.steps import (
    DropMarks,
    EachSign,
    Encodable,
    Exchange,
    Normalise,
    OneSpace,
    Respell,
    Step,
    Substitute,
)
from bot.core.normalise.traced import Traced

__all__ = ["Traced", "disguises", "folded", "for_model", "trace_folded", "trace_for_model"]

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\x00-\x08\x0b-\x1f\x7f]"
)
_LOOK_ALIKES = {
    other: latin
    for other, latin in zip(
        "аеорсухкмтнвіјѕԁһԛԝѵɡգցոսօαοενικρτυχβηορҡєзлпиЬьѐё",
        "aeopcyxkmthbijsdhqwvggcnuoaoevikptuxbnopkeзлпиььeё",
        strict=True,
    )
    if latin.isascii()
}
_STRAIGHT = (("’", "'"), ("ʼ", "'"), ("`", "'"))
_LEET = str.maketrans(
    {
        "0": "o",
        "1": "i",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "8": "b",
        "@": "a",
        "$": "s",
        "€": "e",
        "!": "i",
        "|": "l",
        "£": "l",
    }
)
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@(?:user\b|[A-Za-z_]\w{2,}\b)(?![$@])")
_PLACEHOLDER = re.compile(r"<(?:url|user|email|phone|ip)>")
_CORE = re.compile(r"[\w@$€£|!]+")
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_PUNCTUATION_RUN = re.compile(r"([^\w\s])\1{3,}")
_SPACED_OUT = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-_*·/|,]{1,2}){3,}[^\W_](?![^\W_])")
_LETTER = re.compile(r"[^\W_]")
_LEET_INSIDE = re.compile(
    r"[^\W\d_][013457@$€]+[^\W\d_]|^[013457@$€][^\W\d_]{2,}|[^\W\d_]{3,}[@$€30]$"
)
_SHORTEST_DISGUISE = 3
"""Letters and signs; shorter ones (`a1`, `1e`) are labels."""
_MAY_HIDE = re.compile(r"[0-9@$*]|[^\W\d_][ .\-_*/|,]{1,2}[^\W\d_](?![^\W_])")
"""A text in ASCII without any of these hides nothing."""
_LONGEST_SEARCHED = 10_000
"""Some single signs stand for whole phrases, so that a long text of them becomes a very long one."""
_HIDDEN_INSIDE = re.compile(r"[^\W\d_][\u200b\u200c\u2060-\u2064\ufeff]+[^\W\d_]")
_STARRED = re.compile(r"(?<![^\W_])[^\W\d_]{1,12}\*+[^\W\d_]{0,12}(?![^\W_*])")
_ORDINARY_NUMBER = re.compile(
    r"\d+(?:er|ère|ère|e|è|ème|eme|nd|nde|h|km|m|kg|g|s|th|st|rd|am|pm|x|p|k|ans|eur|min|mn|ko|mo|go)"
    r"\w{0,3}|\d+h\d+|covid\d*|g\d+|\w\d+"
)
"""Words with digits that are no disguise: 14e, 20h30, 3km, covid19, G20."""


def for_model(text: str) -> str:
    """The text as the embedded model reads it: lower case, links and handles out, disguises undone."""
    return _plain(text, _FOR_MODEL)


def trace_for_model(text: str) -> Traced:
    return _traced(text, _FOR_MODEL)


def folded(text: str) -> str:
    """The text as words are compared: case, accents, ligatures and invisible characters gone."""
    return _plain(text, _FOLDED)


def trace_folded(text: str) -> Traced:
    return _traced(text, _FOLDED)


def disguises(text: str) -> int:
    """Words spelt so that a machine should not read them: digits and signs for letters, letters of
    other scripts, signs between the letters, invisible characters, stars."""
    if text.isascii() and not _MAY_HIDE.search(text):
        return 0
    text = unicodedata.normalize("NFKC", text)[:_LONGEST_SEARCHED]
    words = (match for match in _CORE.finditer(text) if _is_respelt(match))
    spaced = (match for match in _SPACED_OUT.finditer(text) if _is_spelt_out(match))
    found = (words, spaced, _HIDDEN_INSIDE.finditer(text), _STARRED.finditer(text))
    return sum(1 for matches in found for _ in matches)


def _is_respelt(match: re.Match[str]) -> bool:
    """Abbreviations in capitals (H1N1, A320) are none."""
    word = match.group()
    return not word.isupper() and _undisguised(match) != word


def _is_spelt_out(match: re.Match[str]) -> bool:
    """`c.o.n` is, `S.N.C.F.` is not."""
    word = match.group()
    return _joined(match) != word and not (word.isupper() and " " not in word)


def _plain(text: str, steps: tuple[Step, ...]) -> str:
    for step in steps:
        text = step.plain(text)
    return text


def _traced(text: str, steps: tuple[Step, ...]) -> Traced:
    made = Traced.of(text)
    for step in steps:
        made = step.traced(made)
    return made


def _joined(match: re.Match[str]) -> str:
    """`c o n n a r d` and `c.o.n.n.a.r.d` become one word."""
    letters: list[str] = _LETTER.findall(match.group())
    mostly_letters = sum(c.isalpha() for c in letters) > len(letters) * 0.6
    return "".join(letters) if mostly_letters else match.group()


def _undisguised(match: re.Match[str]) -> str:
    """Look-alikes of other scripts inside a Latin word, and digits read as letters."""
    word = match.group()
    letters = [c for c in word if c.isalpha()]
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
    if 0 < latin < len(letters):
        word = "".join(_LOOK_ALIKES.get(c, c) for c in word)
    if not latin or len(word) < _SHORTEST_DISGUISE or not any(c in "013457@$€" for c in word):
        return word
    bare = word.rstrip("!|")
    if _LEET_INSIDE.search(bare) and not _ORDINARY_NUMBER.fullmatch(bare):
        return bare.translate(_LEET) + word[len(bare) :]
    return word


_ENCODABLE = Encodable("\ufffd")
_APOSTROPHES = Exchange(_STRAIGHT)
_ONE_SPACE = OneSpace()
_FOR_MODEL: tuple[Step, ...] = (
    _ENCODABLE,
    Normalise("NFKC"),
    Substitute(_INVISIBLE, ""),
    _APOSTROPHES,
    Substitute(_LINK, " "),
    Substitute(_HANDLE, " "),
    Substitute(_PLACEHOLDER, " "),
    DropMarks(),
    Substitute(_SPACED_OUT, _joined),
    Substitute(_CORE, _undisguised),
    Substitute(_STRETCHED, r"\1\1"),
    Substitute(_PUNCTUATION_RUN, r"\1\1\1"),
    _ONE_SPACE,
    # `İ` alone would become two characters
    Respell(lambda text: text.replace("İ", "i").lower()),
    Substitute(re.compile("\u0307"), ""),
)
_FOLDED: tuple[Step, ...] = (
    _ENCODABLE,
    EachSign(str.casefold),
    Normalise("NFKD"),
    Substitute(_INVISIBLE, ""),
    _APOSTROPHES,
    DropMarks(),
    EachSign(str.casefold),  # again: mathematical capitals are plain ones only now
    Substitute(re.compile("[œæ]"), lambda match: "oe" if match.group() == "œ" else "ae", "œæ"),
    _ONE_SPACE,
)
