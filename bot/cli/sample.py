"""A file of comments, one JSON object a line: what `veilleur replay` sends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.errors import Fault, SettingsError

_SENT = ("id", "text", "format", "author", "story", "parent", "created_at", "language")
_MOST_FAULTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One comment as it is sent; the same file always gives the same `delivery_id`s."""

    external_id: str
    delivery_id: str
    data: dict[str, Any]


def read_samples(file: Path, *, prefix: str) -> list[Sample]:
    """Raises SettingsError naming every line that is no comment. `prefix` goes before each id."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise SettingsError((Fault(where=str(file), what="is not UTF-8"),)) from error
    except OSError as error:
        fault = Fault(where=str(file), what=f"cannot be read: {error.strerror}")
        raise SettingsError((fault,)) from error
    samples: list[Sample] = []
    faults: list[Fault] = []
    for found in _parsed(file, lines, prefix):
        (samples if isinstance(found, Sample) else faults).append(found)  # type: ignore[arg-type] # told apart by the line itself
    if not samples and not faults:
        faults.append(Fault(where=str(file), what="holds no comment"))
    if faults:
        more = len(faults) - _MOST_FAULTS
        rest = (Fault(where=str(file), what=f"{more} more lines are wrong"),) if more > 0 else ()
        raise SettingsError((*faults[:_MOST_FAULTS], *rest))
    return samples


def _parsed(file: Path, lines: list[str], prefix: str) -> Iterator[Sample | Fault]:
    first_lines: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        found = _sample(line, prefix=prefix)
        if isinstance(found, str):
            yield Fault(where=f"{file}:{number}", what=found)
        elif found.external_id in first_lines:
            first = first_lines[found.external_id]
            yield Fault(where=f"{file}:{number}", what=f"has the same id as line {first}")
        else:
            first_lines[found.external_id] = number
            yield found


def _sample(line: str, *, prefix: str) -> Sample | str:
    """What the line says, or what is wrong with it."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(row, dict):
        return "is not a JSON object"
    missing = [name for name in ("id", "text", "author", "story") if name not in row]
    if missing:
        return f"lacks {', '.join(missing)}"
    external_id = prefix + str(row["id"])
    data = {name: row[name] for name in _SENT if name in row} | {"id": external_id}
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    return Sample(external_id=external_id, delivery_id=f"msg_{digest[:32]}", data=data)
