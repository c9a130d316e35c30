"""Does a converted model still say what the original says? On labelled comments, in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.score.detoxify.releases import RefusedError
from bot.score.evaluation.metrics import auc, rank_correlation
from bot.score.evaluation.rows import Row, read_rows

MOST_AUC_LOST = 0.005
LEAST_RANK_AGREEMENT = 0.98
LEAST_ROWS = 100
"""Fewer say too little about either."""

_MOST_FAULTS = 10


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
    before, after, marks = np.array(original), np.array(converted), np.array(toxic)
    drift = np.abs(before - after)
    return Agreement(
        rows=len(toxic),
        toxic_rows=sum(toxic),
        auc_original=auc(marks, before) or 0.0,
        auc_converted=auc(marks, after) or 0.0,
        rank_agreement=rank_correlation(before, after),
        drift_mean=float(drift.mean()),
        drift_p99=float(np.quantile(drift, 0.99)),
        drift_max=float(drift.max()),
    )


def read_labelled(files: Sequence[Path], *, at_most: int) -> list[Row]:
    """Labelled comments, evenly picked over the files; rows without a label are passed over."""
    rows: list[Row] = []
    for file in files:
        found, faults = read_rows(file, skip_unlabelled=True)
        if faults:
            raise RefusedError("\n".join(str(fault) for fault in faults[:_MOST_FAULTS]))
        rows += found
    if len(rows) <= at_most:
        return rows
    return [rows[int(at * len(rows) / at_most)] for at in range(at_most)]
