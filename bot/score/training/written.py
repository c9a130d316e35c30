"""What the project wrote or judged itself, for training only.

`written/LANGUAGE-TOPIC.tsv` holds comments: `code TAB text`. `relabelled/SET.tsv` holds second labels
for rows of a public set that was labelled carelessly: `number TAB code`, where the row's id is
`SET-number`; the texts stay with their set. Lines that begin with `#` are remarks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from bot.score.training.hand_labels import HandLabel, parse, targets
from bot.score.training.rows import DataError, Row

SET_NAME = "written"
LICENCE = "MIT"
_SUFFIX = ".tsv"


def written_comments() -> tuple[Row, ...]:
    """In the order of the files and their lines."""
    rows = []
    for name, at, code, text in _lines("written"):
        label = parse(code, at=at)
        if label is None:
            raise DataError(f"{at}: a comment written for training must be clear")
        rows.append(
            Row(
                text=text,
                targets=_targets(label),
                lang=name.partition("-")[0],
                set_name=f"{SET_NAME}/{name}",
            )
        )
    return tuple(rows)


@cache
def second_labels() -> Mapping[str, Mapping[str, float]]:
    """Row id to targets; empty ones where the row cannot be judged and is to be left out."""
    found: dict[str, dict[str, float]] = {}
    for name, at, number, code in _lines("relabelled"):
        row_id = f"{name}-{number}"
        if row_id in found:
            raise DataError(f"{at}: {row_id} has a label already")
        label = parse(code, at=at)
        found[row_id] = {} if label is None else _targets(label)
    return found


def _targets(label: HandLabel) -> dict[str, float]:
    return targets(label.attributes, hesitant=label.hesitant)


def _lines(folder: str) -> Iterator[tuple[str, str, str, str]]:
    """File name without its ending, place for messages, and the two columns."""
    for file in _files(folder):
        name = file.name.removesuffix(_SUFFIX)
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            at = f"{folder}/{file.name}:{number}"
            first, tab, second = line.partition("\t")
            if not tab or not second.strip():
                raise DataError(f"{at}: two columns with a tab between them, got {line!r:.40}")
            yield name, at, first.strip(), second.strip()


def _files(folder: str) -> list[Traversable]:
    place = resources.files("bot.score.training") / folder
    if not place.is_dir():
        return []
    files = [each for each in place.iterdir() if each.name.endswith(_SUFFIX)]
    return sorted(files, key=lambda each: each.name)
