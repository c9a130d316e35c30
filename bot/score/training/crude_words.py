"""Crude words, to doubt rows that a source calls harmless and to choose what is disguised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class CrudeWords:
    patterns: Mapping[str, re.Pattern[str]]

    def in_text(self, text: str, lang: str) -> bool:
        """False for a language without a list."""
        pattern = self.patterns.get(lang)
        return pattern is not None and pattern.search(text.lower()) is not None


def crude_words() -> CrudeWords:
    """Reads the package's own list, `crude_words.txt`."""
    words: dict[str, list[str]] = {}
    lang = ""
    listed = resources.files("bot.score.training") / "crude_words.txt"
    for line in listed.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lang = line.strip("[]")
        elif line and not line.startswith("#"):
            words.setdefault(lang, []).append(line)
    return CrudeWords(
        patterns={
            lang: re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(of_lang)))})(?!\w)")
            for lang, of_lang in words.items()
        }
    )
