"""A file of texts through the model, line by line: never more than one line in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from bot.core.errors import Fault, SettingsError
from bot.core.model import MAX_TEXT_CHARS, Scores, Unscored

_MAX_LINE_BYTES = 4 * 1024 * 1024
_MOST_FAULTS = 100

Score = Callable[[str, str | None, str | None], Scores | Unscored]
"""Of a text; the headline of its story and the comment it answers are told where they are known."""


@dataclass(slots=True)
class Tally:
    """What became of the lines."""

    scored: int = 0
    unscored: int = 0
    bad: int = 0
    """Lines that hold no text; they are not in the output."""
    faults: list[Fault] = field(default_factory=list)
    """The first hundred bad lines."""

    def all_faults(self) -> tuple[Fault, ...]:
        more = self.bad - len(self.faults)
        where = self.faults[0].where.rpartition(":")[0] if self.faults else ""
        rest = (Fault(where=where, what=f"{more} more lines are wrong"),) if more else ()
        return (*self.faults, *rest)


def score_file(
    source: Path, target: Path, score: Score, *, on_bytes: Callable[[int], None]
) -> Tally:
    """Each object of `source` with `scores` of the author's own words added, `whole` where they
    quote somebody, and `unscored`, why, where there are none.

    `target` appears when it is complete, not before. Raises SettingsError when a file cannot be
    used.
    """
    if target.exists() and source.exists() and source.samefile(target):
        raise SettingsError((Fault(where="--out", what="must be another file than --file"),))
    part = target.with_name(f"{target.name}.part")
    tally = Tally()
    try:
        with source.open("rb") as lines, part.open("wb") as out:
            for number, line in enumerate(_lines(lines), start=1):
                on_bytes(len(line))
                if line.strip():
                    _pass_on(line, f"{source}:{number}", out, score, tally)
        part.replace(target)
    except OSError as error:
        what = f"cannot be used: {error.strerror or error}"
        raise SettingsError((Fault(where=str(error.filename or source), what=what),)) from error
    finally:
        part.unlink(missing_ok=True)
    return tally


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """A line above the limit comes as its first bytes; the rest of it is read and dropped."""
    while line := file.readline(_MAX_LINE_BYTES + 1):
        yield line
        while len(line) > _MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = file.readline(_MAX_LINE_BYTES + 1)


def _pass_on(line: bytes, where: str, out: BinaryIO, score: Score, tally: Tally) -> None:
    row = _row(line)
    if isinstance(row, str):
        tally.bad += 1
        if len(tally.faults) < _MOST_FAULTS:
            tally.faults.append(Fault(where=where, what=row))
        return
    if len(row["text"]) > MAX_TEXT_CHARS:
        answer: Scores | Unscored = Unscored(reason=f"longer than {MAX_TEXT_CHARS} characters")
    else:
        answer = score(row["text"], _said(row, "story", "title"), _said(row, "parent", "text"))
    row.pop("unscored", None)
    row.pop("whole", None)
    if isinstance(answer, Unscored):
        tally.unscored += 1
        row |= {"scores": None, "unscored": answer.reason}
    else:
        tally.scored += 1
        row["scores"] = _rounded(answer.values)
        if answer.whole is not None:
            row["whole"] = _rounded(answer.whole)
    out.write(_packed(row))


def _said(row: Mapping[str, Any], field: str, inner: str) -> str | None:
    """`{"story": "…"}` and `{"story": {"title": "…"}}` say the same."""
    value = row.get(field)
    if isinstance(value, dict):
        value = value.get(inner)
    return value if isinstance(value, str) else None


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in values.items()}


def _row(line: bytes) -> dict[str, Any] | str:
    """The line's object, or what is wrong with it."""
    if len(line) > _MAX_LINE_BYTES:
        return f"is longer than {_MAX_LINE_BYTES} bytes"
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "is not UTF-8"
    except (ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(row, dict):
        return "is not a JSON object"
    if not isinstance(row.get("text"), str):
        return "lacks text" if "text" not in row else "text must be a string"
    return row


def _packed(row: dict[str, Any]) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # lone surrogates have no UTF-8
        return json.dumps(row).encode() + b"\n"
