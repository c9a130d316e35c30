"""The reliability curves as a picture."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from bot.score.evaluation.report import Reliability


def can_plot() -> bool:
    return importlib.util.find_spec("matplotlib") is not None


def plot(curves: Sequence[Reliability], file: Path, *, title: str) -> None:
    """Writes what the file's ending says (.png, .svg …). Raises OSError or ValueError for others."""
    figure = importlib.import_module("matplotlib.figure").Figure(
        figsize=(6, 6), dpi=120, layout="constrained"
    )
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1, label="calibrated")
    for curve in curves:
        means = [each.mean_score for each in curve.bins]
        shares = [each.toxic.share for each in curve.bins]
        below = [each.toxic.share - each.toxic.interval[0] for each in curve.bins]
        above = [each.toxic.interval[1] - each.toxic.share for each in curve.bins]
        axes.errorbar(
            means,
            shares,
            yerr=[[max(0.0, v) for v in below], [max(0.0, v) for v in above]],
            marker="o",
            capsize=2,
            label=f"{curve.group} (error {curve.error:.3f})",
        )
    axes.set(
        xlim=(0, 1),
        ylim=(0, 1),
        xlabel="score (toxicity)",
        ylabel="share of texts that are toxic",
        title=title,
    )
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(file)
