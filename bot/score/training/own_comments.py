"""The project's own French comments, and which half of them training may see.

The halves are told apart by the pair a comment belongs to (by its id, where it has none), so that
contrasting comments stay together, and so that the half of a comment never changes when others are
added. Everybody who trains, tunes or measures asks `held_out`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.core.model import ATTRIBUTES
from bot.score.training.hand_labels import targets
from bot.score.training.rows import DataError, Labelled, Row

SET_NAME = "own_comments_fr"
LICENCE = "MIT"
_SEED = "veilleur held-out half 1"
_PAIR = re.compile(r"-p(\d+)$")
"""`threat-p01`"""


def held_out(row: Mapping[str, Any]) -> bool:
    """Whether this comment (an object as the files hold it) belongs to the half kept for measuring.

    Odd pairs are held out: word lists and the recognition of quotations were made while looking at
    the even ones. A comment without a pair goes by a hash of its id.
    """
    number = _PAIR.search(row.get("pair") or "")
    if number is not None:
        return int(number.group(1)) % 2 == 1
    key = row.get("pair") or row["id"]
    return hashlib.sha256(f"{_SEED}/{key}".encode()).digest()[0] % 2 == 0


def read(folder: Path) -> tuple[dict[str, Any], ...]:
    """All comments of the folder's `*.jsonl`, as they stand there."""
    comments = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            comments.append(_checked(line, at=f"{path}:{number}"))
    if not comments:
        raise DataError(f"{folder}: no comments in it")
    return tuple(comments)


def training_half(folder: Path) -> tuple[Row, ...]:
    return tuple(
        Row(
            text=each["text"],
            targets=targets(
                {label for label in ATTRIBUTES if each["labels"][label]},
                hesitant=each["outcome"] == "review",
            ),
            lang="fr",
            set_name=SET_NAME,
        )
        for each in read(folder)
        if not held_out(each)
    )


def held_out_half(folder: Path) -> tuple[Labelled, ...]:
    """For measuring only. `labels` carries the seven attributes, `slice` and `outcome`."""
    return tuple(
        Labelled(
            id=each["id"],
            lang="fr",
            text=each["text"],
            toxic=each["labels"]["toxicity"] == 1,
            labels={**each["labels"], "slice": each["slice"], "outcome": each["outcome"]},
            split="test",
            source="written for the project",
            licence=LICENCE,
            set_name=SET_NAME,
        )
        for each in read(folder)
        if held_out(each)
    )


def _checked(line: str, *, at: str) -> dict[str, Any]:
    try:
        comment = json.loads(line)
    except ValueError as error:
        raise DataError(f"{at}: not JSON: {error}") from error
    for field in ("id", "slice", "text", "labels", "outcome"):
        if field not in comment:
            raise DataError(f"{at}: {field} is missing")
    for label in ATTRIBUTES:
        if comment["labels"].get(label) not in (0, 1):
            raise DataError(f"{at}: labels.{label} must be 0 or 1")
    return dict(comment)
