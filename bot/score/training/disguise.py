"""Makes clean text dirty as readers do: accents left out, words disguised, full stops forgotten."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from random import Random

from bot.score.training.crude_words import CrudeWords

_LEET = {"a": "4@", "e": "3€", "i": "1!", "o": "0", "s": "5$", "t": "7", "l": "1|", "b": "8"}
_LOOK_ALIKE = dict(zip("aeocpxisy", "аеосрхіѕу", strict=True))
_SHORTEST = 4
"""Letters; shorter words are left alone."""
_WITHOUT_ACCENTS = 0.18
_DISGUISED = 0.10
_WITHOUT_END = 0.10
_CRUDE_FIRST = 0.8
_PER_LETTER = 0.6


def dirtied(text: str, lang: str, rng: Random, crude: CrudeWords) -> str:
    """The text, in most cases as it was. Runs before normalisation, which undoes part of it."""
    if lang == "fr" and rng.random() < _WITHOUT_ACCENTS:
        text = without_accents(text)
    if rng.random() < _DISGUISED:
        text = _with_disguised_words(text, lang, rng, crude)
    if rng.random() < _WITHOUT_END:
        text = re.sub(r"[.,!?;]+$", "", text)
    return text


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def disguised(word: str, rng: Random) -> str:
    """One of eight ways to hide a word of at least four letters."""
    return rng.choice(_WAYS)(word, rng)


def _with_disguised_words(text: str, lang: str, rng: Random, crude: CrudeWords) -> str:
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) >= _SHORTEST and word.isalpha()]
    chosen = [at for at in long if crude.in_text(words[at], lang)]
    if not chosen or rng.random() >= _CRUDE_FIRST:
        chosen = rng.sample(long, min(len(long), rng.randint(1, 2)))
    for at in chosen:
        words[at] = disguised(words[at], rng)
    return " ".join(words)


def _leet(word: str, rng: Random) -> str:
    return "".join(
        rng.choice(_LEET[c]) if c in _LEET and rng.random() < _PER_LETTER else c
        for c in word.lower()
    )


def _spelled(word: str, rng: Random) -> str:
    return rng.choice(" .-_*").join(word)


def _foreign(word: str, rng: Random) -> str:
    return "".join(_LOOK_ALIKE.get(c, c) if rng.random() < _PER_LETTER else c for c in word)


def _stretched(word: str, rng: Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + word[at] * rng.randint(2, 6) + word[at + 1 :]


def _starred(word: str, rng: Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + "*" * rng.choice((1, 1, 2)) + word[at + rng.choice((1, 1, 2)) :]


def _swapped(word: str, rng: Random) -> str:
    at = rng.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, rng: Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def _cut(word: str, rng: Random) -> str:
    at = rng.randrange(1, len(word))
    return word[:at] + rng.choice((".", " ", "-", "\u200b", "_")) + word[at:]


_WAYS: tuple[Callable[[str, Random], str], ...] = (
    _leet, _spelled, _foreign, _stretched, _starred, _swapped, _dropped, _cut,
)  # fmt: skip
