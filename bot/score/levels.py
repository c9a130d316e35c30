"""Levels: scores with a name, taken from data, so that another model does not change the policy.

A rule that says `score.toxicity >= level.sure` means the same with every model: at most two in a
thousand ordinary civil comments are flagged. Only the number behind the name differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any

SHARES: Mapping[str, float] = MappingProxyType({"doubtful": 0.02, "likely": 0.01, "sure": 0.002})
"""Most ordinary civil comments, of all, that may reach the level; from the lowest level up."""

_DEFAULT = "default"


class LevelsError(ValueError):
    """A card holds no usable levels; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Toxicity at each level, per language."""

    by_language: Mapping[str, Mapping[str, float]]
    """ISO 639-1 codes, and `default` for all other languages."""

    def of(self, language: str | None) -> Mapping[str, float]:
        """The levels of `fr`, `fr-CA` or None (which is `default`).

        >>> levels = Levels(by_language={"fr": {"sure": 0.8}, "default": {"sure": 0.9}})
        >>> levels.of("fr-CA")["sure"], levels.of("de")["sure"], levels.of(None)["sure"]
        (0.8, 0.9, 0.9)
        """
        code = (language or _DEFAULT).partition("-")[0].lower()
        return self.by_language.get(code, self.by_language[_DEFAULT])


def read_levels(card: Mapping[str, Any]) -> Levels | None:
    """The levels on a model card; None when it has none (thresholds were not taken yet).

    Raises LevelsError when they are there but wrong: out of [0, 1], out of order, or incomplete.
    """
    found = card.get("levels")
    if found is None:
        return None
    if not isinstance(found, Mapping) or _DEFAULT not in found:
        raise LevelsError(f"levels must name each language and {_DEFAULT!r}")
    return Levels(by_language={str(name): _checked(name, found[name]) for name in found})


def shipped_levels() -> Levels | None:
    """Of the embedded model in this package; reads its card only."""
    card = resources.files("bot.score") / "embedded_model" / "card.json"
    return read_levels(json.loads(card.read_text(encoding="utf-8")))


def _checked(language: str, levels: Any) -> Mapping[str, float]:
    if not isinstance(levels, Mapping) or set(levels) != set(SHARES):
        raise LevelsError(f"levels.{language} must hold {', '.join(SHARES)}")
    values = [levels[name] for name in SHARES]
    if not all(isinstance(each, int | float) and 0 <= each <= 1 for each in values):
        raise LevelsError(f"levels.{language} must be probabilities, got {values}")
    if values != sorted(values):
        raise LevelsError(f"levels.{language} must rise from doubtful to sure, got {values}")
    return MappingProxyType({name: float(levels[name]) for name in SHARES})
