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

from bot.core.model import ATTRIBUTES, LEVELS

SHARES: Mapping[str, float] = MappingProxyType(dict(zip(LEVELS, (0.02, 0.01, 0.002), strict=True)))
"""Most ordinary civil comments, of all, that may reach the level; from the lowest level up."""

DEFAULT = "default"
"""Stands for every language that is not named."""

OfAttribute = Mapping[str, Mapping[str, float]]
"""Attribute, then level, then score."""


class LevelsError(ValueError):
    """A card holds no usable levels; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The scores at which each attribute reaches each level, per language."""

    by_language: Mapping[str, OfAttribute]
    """ISO 639-1 codes, and `default` for all other languages."""

    def of(self, language: str | None) -> OfAttribute:
        """The levels of `fr`, `fr-CA` or None (which is `default`).

        >>> levels = Levels(by_language={"fr": {"threat": {"sure": 0.8}}, "default": {}})
        >>> levels.of("fr-CA")["threat"]["sure"], levels.of("de"), levels.of(None)
        (0.8, {}, {})
        """
        code = (language or DEFAULT).partition("-")[0].lower()
        return self.by_language.get(code, self.by_language[DEFAULT])

    def as_json(self) -> dict[str, dict[str, dict[str, float]]]:
        return {
            language: {attribute: dict(named) for attribute, named in of.items()}
            for language, of in self.by_language.items()
        }


def read_levels(card: Mapping[str, Any]) -> Levels | None:
    """The levels on a model card; None when it has none (thresholds were not taken yet).

    Raises LevelsError when they are there but wrong: out of [0, 1], out of order, or incomplete.
    """
    found = card.get("levels")
    if found is None:
        return None
    if not isinstance(found, Mapping) or DEFAULT not in found:
        raise LevelsError(f"levels must name each language and {DEFAULT!r}")
    levels = {str(name): _of_language(name, found[name]) for name in found}
    for name, of in levels.items():
        if set(of) != set(levels[DEFAULT]):
            raise LevelsError(f"levels.{name} and levels.{DEFAULT} hold different attributes")
    return Levels(by_language=levels)


def shipped_levels() -> Levels | None:
    """Of the embedded model in this package; reads its card only."""
    card = resources.files("bot.score") / "embedded_model" / "card.json"
    return read_levels(json.loads(card.read_text(encoding="utf-8")))


def _of_language(language: str, found: Any) -> OfAttribute:
    if not isinstance(found, Mapping) or not {"toxicity"} <= set(found) <= set(ATTRIBUTES):
        known = ", ".join(ATTRIBUTES)
        raise LevelsError(f"levels.{language} must hold toxicity, and may hold of {known}")
    return MappingProxyType(
        {name: _checked(f"levels.{language}.{name}", found[name]) for name in found}
    )


def _checked(at: str, levels: Any) -> Mapping[str, float]:
    if not isinstance(levels, Mapping) or set(levels) != set(SHARES):
        raise LevelsError(f"{at} must hold {', '.join(SHARES)}")
    values = [levels[name] for name in SHARES]
    if not all(isinstance(each, int | float) and 0 <= each <= 1 for each in values):
        raise LevelsError(f"{at} must be probabilities, got {values}")
    if values != sorted(values):
        raise LevelsError(f"{at} must rise from doubtful to sure, got {values}")
    return MappingProxyType({name: float(levels[name]) for name in SHARES})
