"""Labelled comments as folders of `NAME.jsonl.gz` hold them, and as training uses them.

Each line: `{id, lang, text, label, labels, split, source, licence}`. `label` is 1 for toxic;
`labels` holds finer ones where the source has them (0, 1, or the share of its raters).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUFFIX = ".jsonl.gz"
_FIELDS = {"id": str, "lang": str, "text": str, "label": int, "labels": dict}
_FIELDS |= {"split": str, "source": str, "licence": str}


class DataError(Exception):
    """A file cannot be used; the message names file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One comment as its source labels it."""

    id: str
    lang: str
    text: str
    toxic: bool
    labels: Mapping[str, Any]
    split: str
    """`train`, `dev` or `test`."""
    source: str
    licence: str
    set_name: str

    def share(self, label: str) -> float | None:
        """The finer label as a number; None where the source has none."""
        value = self.labels.get(label)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comment to train on."""

    text: str
    targets: Mapping[str, float]
    """Wanted probability per attribute; what is missing is not known and does not count."""
    lang: str
    set_name: str


def read_set(path: Path) -> tuple[Labelled, ...]:
    name = path.name.removesuffix(SUFFIX)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return tuple(
            _parsed(line, set_name=name, at=f"{path}:{number}")
            for number, line in enumerate(lines, start=1)
        )


def read_sets(folders: Iterable[Path]) -> dict[str, tuple[Labelled, ...]]:
    """Every set of the folders by name; a name that occurs twice is an error, so is an empty folder."""
    sets: dict[str, tuple[Labelled, ...]] = {}
    for folder in folders:
        paths = sorted(folder.glob("*" + SUFFIX))
        if not paths:
            raise DataError(f"{folder}: no {SUFFIX} file in it")
        for path in paths:
            name = path.name.removesuffix(SUFFIX)
            if name in sets:
                raise DataError(f"{path}: there is a set {name} already")
            sets[name] = read_set(path)
    return sets


def split(rows: Sequence[Labelled], name: str) -> tuple[Labelled, ...]:
    return tuple(row for row in rows if row.split == name)


def _parsed(line: str, *, set_name: str, at: str) -> Labelled:
    try:
        raw = json.loads(line)
    except ValueError as error:
        raise DataError(f"{at}: not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise DataError(f"{at}: not an object")
    for field, kind in _FIELDS.items():
        if not isinstance(raw.get(field), kind):
            raise DataError(f"{at}: {field} must be {kind.__name__}, got {raw.get(field)!r:.40}")
    if raw["label"] not in (0, 1):
        raise DataError(f"{at}: label must be 0 or 1, got {raw['label']}")
    return Labelled(
        id=raw["id"],
        lang=raw["lang"],
        text=raw["text"],
        toxic=raw["label"] == 1,
        labels=raw["labels"],
        split=raw["split"],
        source=raw["source"],
        licence=raw["licence"],
        set_name=set_name,
    )
