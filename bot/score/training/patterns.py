"""French sentences (and a few others) made from our own patterns: `patterns/*.toml`.

A pattern is a line with slots, such as `{person_m} est un {insult_m}`; `slots.toml` holds what can
stand in them. Each epoch draws them anew.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from random import Random
from typing import Any

from bot.core.model import ATTRIBUTES
from bot.score.training.rows import DataError, Row

_SLOT = re.compile(r"\{(\w+)\}")
_VOWEL = "aeiouyéèêâîôûhAEIOUYÉÈÊÂÎÔÛH"
_ELISIONS = (
    (re.compile(rf"\b([Bb]ande|[Ee]spèce) d'(?=[^{_VOWEL}])"), r"\1 de "),
    (re.compile(rf"\b([Bb]ande|[Ee]spèce) de (?=[{_VOWEL}])"), r"\1 d'"),
    (re.compile(r"\b[dD]e les\b"), "des"),
    (re.compile(r"\bde le\b"), "du"),
    (re.compile(r"\bà les\b"), "aux"),
    (re.compile(r"\bà le\b"), "au"),
)
_FEWEST = 3
"""Draws of a pattern without slots: openers and ends still vary."""
_CRUDE = 0.2
"""`obscene` from which on a harmless category is no neutral surrounding."""
_OPENED, _LOWERED = 0.16, 0.7
_CLOSED, _STOPPED, _GLUED = 0.35, 0.6, 0.4
_EMBEDDED = (0.10, 0.17, 0.24, 0.28)
"""Shares, added up, with a harmless pattern before, a clean sentence behind, one before, a harmless
pattern behind: one bad clause makes a long civil comment toxic, one civil clause does not cure it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    name: str
    language: str
    toxic: bool
    fills: int
    """Draws of each pattern per epoch."""
    patterns: tuple[str, ...]
    targets: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    slots: Mapping[str, tuple[str, ...]]
    categories: tuple[Category, ...]

    def fill(self, pattern: str, rng: Random) -> str:
        text = _SLOT.sub(lambda match: rng.choice(self.slots[match[1]]), pattern)
        for elision, corrected in _ELISIONS:
            text = elision.sub(corrected, text)
        return text[0].upper() + text[1:]

    def rows(self, rng: Random, *, neighbours: Sequence[str] = (), share: float = 1.0) -> list[Row]:
        """One epoch's sentences. `neighbours` are clean French sentences to embed some of them in;
        `share` scales the number of draws, never below one a pattern."""
        harmless = [
            pattern
            for each in self.categories
            if not each.toxic and each.language == "fr" and each.targets["obscene"] < _CRUDE
            for pattern in each.patterns
        ]
        rows = []
        for category in self.categories:
            for pattern in category.patterns:
                for _ in range(_draws(pattern, category, share)):
                    text = self.fill(pattern, rng)
                    if category.language == "fr":
                        text = self._spoken(text, rng)
                        text = self._embedded(text, rng, harmless, neighbours)
                    rows.append(
                        Row(
                            text=text,
                            targets=category.targets,
                            lang=category.language,
                            set_name=f"patterns/{category.name}",
                        )
                    )
        return rows

    def _spoken(self, text: str, rng: Random) -> str:
        if rng.random() < _OPENED:
            lowered = text[0].lower() + text[1:] if rng.random() < _LOWERED else text
            text = f"{rng.choice(self.slots['opener'])} {lowered}"
        chance = rng.random()
        if chance < _CLOSED:
            closer = rng.choice(self.slots["closer"])
            glued = closer[0] in ",." or (not closer[0].isalpha() and rng.random() < _GLUED)
            return text.rstrip(".?! ") + ("" if glued else " ") + closer
        return text + "." if chance < _STOPPED and text[-1] not in ".?!" else text

    def _embedded(
        self, text: str, rng: Random, harmless: Sequence[str], neighbours: Sequence[str]
    ) -> str:
        chance = rng.random()
        before, clean_behind, clean_before, behind = _EMBEDDED
        if chance < before:
            return f"{self.fill(rng.choice(harmless), rng).rstrip('.')}. {text}"
        if chance < clean_before and neighbours:
            clean = rng.choice(neighbours)
            return f"{text} {clean}" if chance < clean_behind else f"{clean} {text}"
        if clean_before <= chance < behind:
            return f"{text} {self.fill(rng.choice(harmless), rng)}"
        return text


def read_patterns() -> Patterns:
    """The package's own; raises DataError where a file does not hold what it should."""
    folder = resources.files("bot.score.training") / "patterns"
    files = {
        each.name.removesuffix(".toml"): tomllib.loads(each.read_text(encoding="utf-8"))
        for each in sorted(folder.iterdir(), key=lambda each: each.name)
        if each.name.endswith(".toml")
    }
    slots = {name: tuple(values) for name, values in files.pop("slots").items()}
    return Patterns(
        slots=slots,
        categories=tuple(_category(name, raw, slots) for name, raw in files.items()),
    )


def _category(name: str, raw: dict[str, Any], slots: Mapping[str, tuple[str, ...]]) -> Category:
    patterns = tuple(line for line in raw["patterns"].splitlines() if line.strip())
    for pattern in patterns:
        unknown = set(_SLOT.findall(pattern)) - set(slots)
        if unknown:
            raise DataError(f"patterns/{name}.toml: no slot {', '.join(sorted(unknown))}")
    wrong = {k: v for k, v in raw["targets"].items() if k not in ATTRIBUTES or not 0 <= v <= 1}
    if wrong:
        raise DataError(f"patterns/{name}.toml: not a probability of an attribute: {wrong}")
    return Category(
        name=name,
        language=raw["language"],
        toxic=raw["toxic"],
        fills=raw["fills"],
        patterns=patterns,
        targets=raw["targets"],
    )


def _draws(pattern: str, category: Category, share: float) -> int:
    draws = category.fills if "{" in pattern else max(_FEWEST, category.fills // 3)
    return max(1, round(draws * share))
