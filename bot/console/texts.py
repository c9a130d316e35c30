"""Every word of the console, in French and English."""

from __future__ import annotations

import re

from bot.console.words import WORDS

LANGUAGES = ("fr", "en")

_THIN = re.compile(r" (?=[?!;])")
_WIDE = re.compile(r" (?=[:»])|(?<=«) ")


def _typeset(french: str) -> str:
    """French signs keep a space that never breaks: a thin one before `?`, `!` and `;`."""
    return _WIDE.sub("\u00a0", _THIN.sub("\u202f", french))


_TEXTS = {key: (_typeset(french), english) for key, (french, english) in WORDS.items()}


def say(language: str, key: str, **values: object) -> str:
    """The text in `language` (`en`, else French), its `{placeholders}` filled in."""
    french, english = _TEXTS[key]
    sentence = english if language == "en" else french
    return sentence.format(**values) if values else sentence


def known(key: str) -> bool:
    return key in _TEXTS


def count(language: str, key: str, n: int) -> str:
    """`key.one` or `key.many`; French counts zero as singular, English as plural."""
    single = n == 1 or (n == 0 and language != "en")
    return say(language, f"{key}.{'one' if single else 'many'}", n=n)


def age(language: str, seconds: float) -> str:
    """A waiting time in its largest unit: `45 s`, `12 min`, `3 h`, `2 j`."""
    seconds = max(0, int(seconds))
    if seconds < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{seconds}\u00a0s"
    if seconds < 3600:  # noqa: PLR2004 - seconds in an hour
        return f"{seconds // 60}\u00a0min"
    if seconds < 2 * 86_400:
        return f"{seconds // 3600}\u00a0h"
    return f"{seconds // 86_400}\u00a0{'d' if language == 'en' else 'j'}"


def chosen(asked: str | None, remembered: str | None, accepted: str, default: str) -> str:
    """The language of a page: asked for in the address, else remembered, else the browser's."""
    for wish in (asked, remembered):
        if wish in LANGUAGES:
            return wish
    best, weight = default if default in LANGUAGES else "fr", 0.0
    for part in accepted.split(","):
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        quality = _quality(parameter)
        if language in LANGUAGES and quality > weight:
            best, weight = language, quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
