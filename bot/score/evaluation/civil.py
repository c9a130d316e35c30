"""Scores labelled texts exactly as they are served, for the levels: one text, one run, int8."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.core.model import ATTRIBUTES, Unscored
from bot.score.evaluation.levels import OfLanguage, Scored
from bot.score.evaluation.rows import Row, read_rows
from bot.score.reading import Reads

_LIMIT_S = 60.0
_DOUBTS = ("second_annotator", "llm_conclusion")
"""Further opinions in `labels`; above 0 somebody found the text toxic."""
_HALF = 0.5
_HOME = "fr"
"""Language of rows that name none."""
_MOST_FAULTS = 10

_Found = dict[str, dict[str, dict[str, list[float]]]]
"""Language, data, attribute."""


def material_from(
    model: Reads,
    *,
    civil: Sequence[Path],
    toxic: Sequence[Path] = (),
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> dict[str, OfLanguage]:
    """By language. Texts that stay unscored go to people anyway: left out.

    Raises ValueError for rows that are none.
    """
    of_civil = [(path, *row) for path in civil for row in civil_texts(path)]
    of_toxic = [(path, *row) for path in toxic for row in _toxic_texts(path)]
    civils, toxics = _Counted(), _Counted()
    total = len(of_civil) + len(of_toxic)
    for number, (path, language, text) in enumerate(of_civil):
        progress("scoring civil texts", number, total)
        civils.add(model, path, language, text, ATTRIBUTES)
    for number, (path, language, text, attributes) in enumerate(of_toxic, start=len(of_civil)):
        progress("scoring toxic texts", number, total)
        toxics.add(model, path, language, text, attributes)
    return {
        language: OfLanguage(civil=sets, toxic=toxics.scored().get(language, {}))
        for language, sets in civils.scored().items()
    }


class _Counted:
    def __init__(self) -> None:
        self._found: _Found = {}

    def add(
        self, model: Reads, path: Path, language: str, text: str, attributes: Sequence[str]
    ) -> None:
        reading = model.score(model.form(text), limit_s=_LIMIT_S)
        if isinstance(reading, Unscored):
            return
        of = self._found.setdefault(language, {}).setdefault(path.name.partition(".")[0], {})
        for attribute in attributes:
            if attribute in reading.values:
                of.setdefault(attribute, []).append(reading.values[attribute])

    def scored(self) -> dict[str, Scored]:
        return {
            language: {
                name: {attribute: np.array(scores) for attribute, scores in of.items()}
                for name, of in sets.items()
            }
            for language, sets in self._found.items()
        }


def civil_texts(file: Path) -> Iterator[tuple[str, str]]:
    """Language and text of each row that nobody found toxic."""
    for row in _rows(file):
        if not row.toxic and is_undoubted(row.labels):
            yield row.language or _HOME, row.text


def _toxic_texts(file: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Language, text and the attributes it has by its labels."""
    for row in _rows(file):
        if row.toxic:
            has = (name for name in ATTRIBUTES if _share(row.labels.get(name)) >= _HALF)
            yield row.language or _HOME, row.text, tuple(dict.fromkeys(("toxicity", *has)))


def _rows(file: Path) -> list[Row]:
    rows, faults = read_rows(file, skip_unlabelled=True)
    if faults:
        raise ValueError("\n".join(str(fault) for fault in faults[:_MOST_FAULTS]))
    return rows


def _share(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def is_undoubted(labels: Mapping[str, Any]) -> bool:
    """Nobody whose opinion is kept found the text toxic."""
    return all(not labels.get(name) for name in _DOUBTS)
