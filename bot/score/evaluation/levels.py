"""Takes the levels from civil texts and writes them into a model's card.

    python -m bot.score.evaluation.levels --card CARD --civil FILE... [--toxic FILE...]

scores the texts with the embedded model as it is served (int8), and puts `levels` and
`levels_measured` into the card. Of the civil files only rows labelled 0 count, and of them only
those that no second opinion in `labels` calls toxic; of the toxic files, rows labelled 1. To be run
again with every other network or pre-processing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.score.evaluation.metrics import Numbers, Rate, threshold
from bot.score.evaluation.report import rate_json
from bot.score.levels import DEFAULT, SHARES

LEAST_TEXTS = 1_000
"""Civil texts a language must have: below that 0.2 % is no countable number of them."""
LEAST_TOXIC = 50
"""Toxic texts that a precision must rest on."""
ASSUMED_SHARE = 0.05
"""Toxic comments among all, for the precision; the sets at hand hold far more."""

Scored = Mapping[str, Mapping[str, Numbers]]
"""By name of the data, then by attribute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of one attribute as measured."""

    score: float
    """The lowest, to four decimals, that at most the level's share of the civil texts reach."""
    score_interval: tuple[float, float]
    """Where it would lie if the true share were at either end of the 95 % interval of the measured one."""
    flagged: Rate
    """Civil texts at or above the score."""
    found: Rate | None = None
    """Texts with the attribute at or above the score; None when there are too few of them."""

    @property
    def precision(self) -> tuple[float, float, float] | None:
        """Right among flagged ones where `ASSUMED_SHARE` of all are toxic, and its 95 % interval."""
        if self.found is None:
            return None
        (found_low, found_high), (low, high) = self.found.interval, self.flagged.interval
        return (
            _precision(self.found.share, self.flagged.share),
            _precision(found_low, high),
            _precision(found_high, low),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLanguage:
    """What the levels of one language are taken from."""

    civil: Scored
    """Of every civil text all attributes."""
    toxic: Scored = field(default_factory=dict)
    """For each attribute the texts that have it."""

    def pooled(self, attribute: str) -> tuple[Numbers, Numbers]:
        """Scores of the civil texts and of those with the attribute."""
        return _joined(self.civil, attribute), _joined(self.toxic, attribute)

    @property
    def civil_texts(self) -> int:
        return len(_joined(self.civil, "toxicity"))


def levels_from(civil: Numbers, toxic: Numbers | None = None) -> dict[str, Level]:
    """The levels of one attribute. Raises ValueError for too few civil texts."""
    if len(civil) < LEAST_TEXTS:
        raise ValueError(f"{len(civil)} civil texts are too few, at least {LEAST_TEXTS} are needed")
    return {name: _level(civil, toxic, share) for name, share in SHARES.items()}


Taken = Mapping[str, Mapping[str, Mapping[str, Level]]]
"""Language, attribute, level."""


def take(material: Mapping[str, OfLanguage]) -> Taken:
    """The levels of each language that has enough civil texts; there may be none."""
    return {
        language: _of_language(of)
        for language, of in sorted(material.items())
        if of.civil_texts >= LEAST_TEXTS
    }


def named(taken: Taken) -> dict[str, dict[str, dict[str, float]]]:
    """As `bot.score.levels` reads them from a card. `taken` must not be empty.

    Languages without levels of their own get the default, which is the highest of the measured
    ones: where nothing was measured, caution.
    """
    levels = {
        language: {
            attribute: {name: each.score for name, each in by_name.items()}
            for attribute, by_name in of.items()
        }
        for language, of in taken.items()
    }
    return {**levels, DEFAULT: _highest(list(levels.values()))}


def card_with_levels(
    card: Mapping[str, Any], material: Mapping[str, OfLanguage], *, version: str
) -> dict[str, Any]:
    """The card with `levels` and `levels_measured` put in. `material` by language."""
    found = take(material)
    if not found:
        counts = ", ".join(f"{name} {of.civil_texts}" for name, of in sorted(material.items()))
        raise ValueError(f"no language has {LEAST_TEXTS} civil texts ({counts or 'none at all'})")
    measured = {
        "model_version": version,
        "meaning": {name: f"at most {share:.1%} of civil texts" for name, share in SHARES.items()},
        "default": "the highest of the measured languages",
        "precision": f"where {ASSUMED_SHARE:.0%} of all texts are toxic",
        "languages": {lang: _measured_json(of, material[lang]) for lang, of in found.items()},
    }
    return {**card, "levels": named(found), "levels_measured": measured}


def _of_language(of: OfLanguage) -> dict[str, dict[str, Level]]:
    attributes = dict.fromkeys(name for scores in of.civil.values() for name in scores)
    return {name: levels_from(*of.pooled(name)) for name in attributes}


def _highest(levels: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    return {
        attribute: {name: max(of[attribute][name] for of in levels) for name in SHARES}
        for attribute in levels[0]
    }


def _level(civil: Numbers, toxic: Numbers | None, share: float) -> Level:
    score = min(1.0, threshold(civil, share))
    flagged = Rate(hits=int((civil >= score).sum()), of=len(civil))
    low, high = flagged.interval
    found = None
    if toxic is not None and len(toxic) >= LEAST_TOXIC:
        found = Rate(hits=int((toxic >= score).sum()), of=len(toxic))
    return Level(
        score=score,
        score_interval=(min(1.0, threshold(civil, high)), min(1.0, threshold(civil, low))),
        flagged=flagged,
        found=found,
    )


def _precision(found: float, flagged: float) -> float:
    right, wrong = ASSUMED_SHARE * found, (1 - ASSUMED_SHARE) * flagged
    return right / (right + wrong) if right + wrong else 1.0


def _joined(scored: Scored, attribute: str) -> Numbers:
    parts = [scores[attribute] for scores in scored.values() if attribute in scores]
    return np.concatenate(parts) if parts else np.array([])


def _measured_json(found: Mapping[str, Mapping[str, Level]], of: OfLanguage) -> dict[str, Any]:
    toxicity = found["toxicity"]
    return {
        "civil_texts": of.civil_texts,
        "toxic_texts": len(_joined(of.toxic, "toxicity")),
        "attributes": {
            attribute: {name: _level_json(each) for name, each in by_name.items()}
            for attribute, by_name in found.items()
        },
        "data": {
            name: {
                "texts": len(scores["toxicity"]),
                "flagged": {
                    level: rate_json(_reaching(scores["toxicity"], each.score))
                    for level, each in toxicity.items()
                },
            }
            for name, scores in of.civil.items()
        },
    }


def _level_json(level: Level) -> dict[str, Any]:
    told: dict[str, Any] = {
        "score": level.score,
        "score_interval": list(level.score_interval),
        "flagged": rate_json(level.flagged),
    }
    if level.found is not None and level.precision is not None:
        precision, low, high = (round(each, 4) for each in level.precision)
        told["found"] = rate_json(level.found)
        told["precision"] = {"share": precision, "low": low, "high": high}
    return told


def _reaching(scores: Numbers, score: float) -> Rate:
    return Rate(hits=int((scores >= score).sum()), of=len(scores))


def main(arguments: Sequence[str] | None = None) -> int:
    from bot.score.embedded import EmbeddedModel
    from bot.score.evaluation.civil import material_from

    parser = argparse.ArgumentParser(prog="python -m bot.score.evaluation.levels")
    parser.add_argument("--card", type=Path, required=True, help="card.json, changed in place")
    parser.add_argument("--civil", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--toxic", type=Path, nargs="*", default=(), metavar="FILE")
    options = parser.parse_args(arguments)
    card = json.loads(options.card.read_text(encoding="utf-8"))
    model = EmbeddedModel()
    material = material_from(model, civil=options.civil, toxic=options.toxic, progress=_told_on)
    try:
        card = card_with_levels(card, material, version=model.version)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    options.card.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", "utf-8")
    sys.stdout.write(told(card["levels_measured"]["languages"]))
    return 0


_TOLD_EVERY = 500


def _told_on(what: str, done: int, total: int) -> None:
    if done % _TOLD_EVERY == 0:
        sys.stderr.write(f"{what}: {done} of {total}\n")


def told(languages: Mapping[str, Any]) -> str:
    """A table for people."""
    lines = []
    for language, measured in languages.items():
        lines.append(f"{language}: {measured['civil_texts']} civil texts")
        for attribute, by_name in measured["attributes"].items():
            for name, level in by_name.items():
                low, high = level["score_interval"]
                flagged = level["flagged"]
                lines.append(
                    f"  {attribute:<15} {name:<8} {level['score']:.4f} ({low:.4f} to {high:.4f})   "
                    f"flagged {flagged['hits']} = {flagged['share']:.2%} "
                    f"({flagged['low']:.2%} to {flagged['high']:.2%})" + _found(level)
                )
    return "\n".join(lines) + "\n"


def _found(level: Mapping[str, Any]) -> str:
    if "found" not in level:
        return ""
    precision = level["precision"]
    return (
        f", found {level['found']['share']:.0%}, precision {precision['share']:.0%} "
        f"({precision['low']:.0%} to {precision['high']:.0%})"
    )


if __name__ == "__main__":
    sys.exit(main())
