"""Takes the levels from civil texts and writes them into a model's card.

    python -m bot.score.evaluation.levels --card CARD --civil FILE...

scores the texts with the embedded model as it is served (int8), and puts `levels` and
`levels_measured` into the card. Only rows labelled 0 count, and of them only those that no second
opinion in `labels` calls toxic. To be run again with every other network or pre-processing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.score.evaluation.metrics import Numbers, Rate, threshold
from bot.score.evaluation.report import rate_json
from bot.score.levels import SHARES

LEAST_TEXTS = 1_000
"""Civil texts a language must have: below that 0.2 % is no countable number of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level as measured."""

    score: float
    """The lowest, to four decimals, that at most the level's share of the civil texts reach."""
    score_interval: tuple[float, float]
    """Where it would lie if the true share were at either end of the 95 % interval of the measured one."""
    flagged: Rate
    """Civil texts at or above the score."""


def levels_from(civil: Numbers) -> dict[str, Level]:
    """The levels of one language. Raises ValueError for too few texts."""
    if len(civil) < LEAST_TEXTS:
        raise ValueError(f"{len(civil)} civil texts are too few, at least {LEAST_TEXTS} are needed")
    return {name: _level(civil, share) for name, share in SHARES.items()}


def card_with_levels(
    card: Mapping[str, Any], civil: Mapping[str, Mapping[str, Numbers]], *, version: str
) -> dict[str, Any]:
    """The card with levels put in. `civil`: language, then name of the data, then toxicities.

    Languages with too few texts get the default, which is the highest of the measured levels: where
    nothing was measured, caution.
    """
    pooled = {name: np.concatenate(list(sets.values())) for name, sets in civil.items()}
    found = {
        name: levels_from(scores)
        for name, scores in sorted(pooled.items())
        if len(scores) >= LEAST_TEXTS
    }
    if not found:
        counts = ", ".join(f"{name} {len(scores)}" for name, scores in sorted(pooled.items()))
        raise ValueError(f"no language has {LEAST_TEXTS} civil texts ({counts or 'none at all'})")
    levels = {lang: {name: each.score for name, each in of.items()} for lang, of in found.items()}
    default = {name: max(of[name] for of in levels.values()) for name in SHARES}
    measured = {
        "attribute": "toxicity",
        "model_version": version,
        "meaning": {name: f"at most {share:.1%} of civil texts" for name, share in SHARES.items()},
        "default": "the highest of the measured languages",
        "languages": {
            lang: _measured_json(of, civil[lang], levels[lang]) for lang, of in found.items()
        },
    }
    return {**card, "levels": {**levels, "default": default}, "levels_measured": measured}


def _level(civil: Numbers, share: float) -> Level:
    score = min(1.0, threshold(civil, share))
    flagged = Rate(hits=int((civil >= score).sum()), of=len(civil))
    low, high = flagged.interval
    return Level(
        score=score,
        score_interval=(min(1.0, threshold(civil, high)), min(1.0, threshold(civil, low))),
        flagged=flagged,
    )


def _measured_json(
    found: Mapping[str, Level], sets: Mapping[str, Numbers], levels: Mapping[str, float]
) -> dict[str, Any]:
    return {
        "civil_texts": sum(len(scores) for scores in sets.values()),
        "levels": {
            name: {
                "score": each.score,
                "score_interval": list(each.score_interval),
                "flagged": rate_json(each.flagged),
            }
            for name, each in found.items()
        },
        "data": {
            name: {
                "texts": len(scores),
                "flagged": {
                    level: rate_json(Rate(hits=int((scores >= at).sum()), of=len(scores)))
                    for level, at in levels.items()
                },
            }
            for name, scores in sets.items()
        },
    }


def main(arguments: Sequence[str] | None = None) -> int:
    from bot.score.evaluation.civil import score_civil

    parser = argparse.ArgumentParser(prog="python -m bot.score.evaluation.levels")
    parser.add_argument("--card", type=Path, required=True, help="card.json, changed in place")
    parser.add_argument("--civil", type=Path, nargs="+", required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    card = json.loads(options.card.read_text(encoding="utf-8"))
    scored = score_civil(options.civil)
    try:
        card = card_with_levels(card, scored.toxicities, version=scored.version)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    options.card.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", "utf-8")
    sys.stdout.write(_told(card["levels_measured"]["languages"]))
    return 0


def _told(languages: Mapping[str, Any]) -> str:
    lines = []
    for language, measured in languages.items():
        lines.append(f"{language}: {measured['civil_texts']} civil texts")
        for name, level in measured["levels"].items():
            low, high = level["score_interval"]
            flagged = level["flagged"]
            lines.append(
                f"  {name:<9} {level['score']:.4f} ({low:.4f} to {high:.4f})   "
                f"flagged {flagged['hits']} = {flagged['share']:.2%} "
                f"({flagged['low']:.2%} to {flagged['high']:.2%})"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
