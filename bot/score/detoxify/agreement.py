"""Does a converted model still say what the original says? On labelled comments, in figures."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.score.detoxify.releases import RefusedError

MOST_AUC_LOST = 0.005
LEAST_RANK_AGREEMENT = 0.98
LEAST_ROWS = 100
"""Fewer say too little about either."""

_Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    text: str
    toxic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of the toxicity, between the original network and the converted one."""

    rows: int
    toxic_rows: int
    auc_original: float
    auc_converted: float
    rank_agreement: float
    """Spearman's coefficient."""
    drift_mean: float
    """Of the probability, either way."""
    drift_p99: float
    drift_max: float

    def objections(self) -> list[str]:
        """Why the conversion must not be used; empty when it may."""
        lost = self.auc_original - self.auc_converted
        found = []
        # written so that NaN objects too
        if not lost <= MOST_AUC_LOST:
            found.append(
                f"AUC fell from {self.auc_original:.4f} to {self.auc_converted:.4f}; "
                f"at most {MOST_AUC_LOST} may be lost"
            )
        if not self.rank_agreement >= LEAST_RANK_AGREEMENT:
            found.append(
                f"ranks agree by {self.rank_agreement:.4f} only; "
                f"at least {LEAST_RANK_AGREEMENT} is asked"
            )
        return found

    def as_json(self) -> dict[str, float]:
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Agreement:
        return cls(
            rows=int(found["rows"]),
            toxic_rows=int(found["toxic_rows"]),
            auc_original=float(found["auc_original"]),
            auc_converted=float(found["auc_converted"]),
            rank_agreement=float(found["rank_agreement"]),
            drift_mean=float(found["drift_mean"]),
            drift_p99=float(found["drift_p99"]),
            drift_max=float(found["drift_max"]),
        )


def compare(
    original: Sequence[float], converted: Sequence[float], toxic: Sequence[bool]
) -> Agreement:
    """Raises RefusedError where there is too little to compare on."""
    if len(toxic) < LEAST_ROWS or len(set(toxic)) == 1:
        raise RefusedError(
            f"agreement is measured on at least {LEAST_ROWS} comments, toxic and other ones, "
            f"got {len(toxic)} with {sum(toxic)} toxic"
        )
    before, after = np.array(original), np.array(converted)
    drift = np.abs(before - after)
    return Agreement(
        rows=len(toxic),
        toxic_rows=sum(toxic),
        auc_original=auc(before, toxic),
        auc_converted=auc(after, toxic),
        rank_agreement=_correlation(_ranks(before), _ranks(after)),
        drift_mean=float(drift.mean()),
        drift_p99=float(np.quantile(drift, 0.99)),
        drift_max=float(drift.max()),
    )


def auc(scores: Sequence[float] | _Numbers, toxic: Sequence[bool]) -> float:
    """Chance that a toxic row scores above another; equal scores count half.

    >>> auc([0.1, 0.4, 0.4, 0.9], [False, False, True, True])
    0.875
    """
    marks = np.array(toxic)
    positive, negative = int(marks.sum()), int((~marks).sum())
    above = _ranks(np.array(scores))[marks].sum() - positive * (positive + 1) / 2
    return float(above / (positive * negative))


def _ranks(values: _Numbers) -> _Numbers:
    """From 1; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: _Numbers = (last - (counts - 1) / 2)[inverse]
    return shared


def _correlation(a: _Numbers, b: _Numbers) -> float:
    """NaN when either is the same everywhere."""
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / norm if norm else float("nan")


def read_rows(files: Sequence[Path], *, at_most: int) -> list[Row]:
    """Labelled comments, evenly picked over the files; JSON lines, or the same gzipped.

    The label is `label` (0 or 1) or `labels.toxicity`; rows without are passed over.
    """
    rows = [row for file in files for row in _rows_of(file)]
    if len(rows) <= at_most:
        return rows
    return [rows[int(at * len(rows) / at_most)] for at in range(at_most)]


def _rows_of(file: Path) -> list[Row]:
    rows = []
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8") as lines
        ):
            for number, line in enumerate(lines, 1):
                if line.strip():
                    rows.append(_row(line, where=f"{file}:{number}"))
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(f"{file} cannot be read: {error}") from None
    return [row for row in rows if row is not None]


def _row(line: str, *, where: str) -> Row | None:
    try:
        found = json.loads(line)
        labels = found.get("labels") or {}
        label = found["label"] if found.get("label") is not None else labels.get("toxicity")
        if label is None:
            return None
        return Row(text=str(found["text"]), toxic=float(label) >= 0.5)  # noqa: PLR2004 - shares of raters
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        what = f"{type(error).__name__}: {error}"
        raise RefusedError(f"{where}: no comment with a label ({what})") from None
