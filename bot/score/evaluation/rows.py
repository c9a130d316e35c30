"""Labelled texts, one JSON object a line, plain or gzipped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from bot.core.errors import Fault

_UNLABELLED = "needs a label of 0 or 1, as label or labels.toxicity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    text: str
    toxic: bool
    labels: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """Finer ones, and further opinions, as the file has them."""
    slice: str | None = None
    language: str | None = None
    story: str | None = None
    """The headline the comment stands under."""
    parent: str | None = None
    """What it answers."""


def read_rows(file: Path, *, skip_unlabelled: bool = False) -> tuple[list[Row], list[Fault]]:
    """All sound rows, and what is wrong with the others, each with its line."""
    rows: list[Row] = []
    faults: list[Fault] = []
    try:
        with opened(file) as lines:
            for number, line in enumerate(lines, start=1):
                found = _row(line) if line.strip() else None
                if isinstance(found, Row):
                    rows.append(found)
                elif found is not None and not (skip_unlabelled and found == _UNLABELLED):
                    faults.append(Fault(where=f"{file}:{number}", what=found))
    except UnicodeDecodeError:
        faults.append(Fault(where=str(file), what="is not UTF-8"))
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        faults.append(Fault(where=str(file), what=what))
    if not rows and not faults:
        faults.append(Fault(where=str(file), what="holds no row"))
    return rows, faults


@contextmanager
def opened(file: Path) -> Iterator[TextIO]:
    """The lines of a plain or gzipped file. Raises OSError."""
    if file.suffix == ".gz":
        with gzip.open(file, "rt", encoding="utf-8", newline="\n") as lines:
            yield lines
    else:
        with file.open(encoding="utf-8", newline="\n") as lines:
            yield lines


def _row(line: str) -> Row | str:
    """What the line says, or what is wrong with it."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(row, dict):
        return "is not a JSON object"
    if not isinstance(row.get("text"), str):
        return "text must be a string"
    label = _label(row)
    if label is None:
        return _UNLABELLED
    if label not in (0, 1):
        return f"{_UNLABELLED}, got {label!r}"
    labels = row.get("labels")
    return Row(
        text=row["text"],
        toxic=bool(label),
        labels=labels if isinstance(labels, dict) else {},
        slice=_word(row.get("slice")),
        language=_word(row.get("language", row.get("lang"))),
        story=_inner(row.get("story"), "title"),
        parent=_inner(row.get("parent"), "text"),
    )


def _label(row: dict[str, Any]) -> object:
    if row.get("label") is not None:
        return row["label"]
    labels = row.get("labels")
    return labels.get("toxicity") if isinstance(labels, dict) else None


def _inner(value: object, field: str) -> str | None:
    """A text that stands there itself, or within an object."""
    found = value.get(field) if isinstance(value, dict) else value
    return found if isinstance(found, str) else None


def _word(value: object) -> str | None:
    return str(value) if value not in (None, "") else None
