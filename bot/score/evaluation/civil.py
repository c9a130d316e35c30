"""Scores civil texts with the embedded model, exactly as it is served: one text, one run, int8."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.core.model import Unscored
from bot.score.embedded import EmbeddedModel
from bot.score.evaluation.metrics import Numbers
from bot.score.evaluation.rows import opened

_LIMIT_S = 60.0
_DOUBTS = ("second_annotator", "llm_conclusion")
"""Further opinions in `labels`; above 0 somebody found the text toxic."""
_TOLD_EVERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredCivil:
    toxicities: Mapping[str, Mapping[str, Numbers]]
    """By language, then by name of the data."""
    version: str


def score_civil(files: Sequence[Path]) -> ScoredCivil:
    """Tells its progress on stderr. Texts that stay unscored go to people anyway: left out."""
    model = EmbeddedModel()
    found: dict[str, dict[str, list[float]]] = {}
    for file in files:
        name = file.name.partition(".")[0]
        for number, (language, text) in enumerate(civil_texts(file), start=1):
            reading = model.score(model.form(text), limit_s=_LIMIT_S)
            if not isinstance(reading, Unscored):
                scores = found.setdefault(language, {}).setdefault(name, [])
                scores.append(reading.values["toxicity"])
            if number % _TOLD_EVERY == 0:
                sys.stderr.write(f"{name}: {number} texts\n")
    toxicities = {
        language: {name: np.array(scores) for name, scores in sets.items()}
        for language, sets in found.items()
    }
    return ScoredCivil(toxicities=toxicities, version=model.version)


def civil_texts(file: Path) -> Iterator[tuple[str, str]]:
    """Language and text of each row that nobody found toxic."""
    with opened(file) as lines:
        for line in lines:
            row = json.loads(line)
            if _is_civil(row):
                yield str(row.get("language", row.get("lang", "fr"))), str(row["text"])


def _is_civil(row: Mapping[str, Any]) -> bool:
    labels = row.get("labels") or {}
    if row.get("label", labels.get("toxicity")) != 0:
        return False
    return all(not labels.get(name) for name in _DOUBTS)
