"""The steps that say how good an exported model is: calibrate, evaluate, card."""

from __future__ import annotations

import hashlib
import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.core.facts import level_name
from bot.score.evaluation.levels import OfLanguage, Taken, card_with_levels, take
from bot.score.training import own_comments, written
from bot.score.training.calibrate import Calibration, balanced, fit, material
from bot.score.training.card import Made, Source, card_json, model_card
from bot.score.training.evaluate import Figures, Measured
from bot.score.training.evaluate import evaluate as measure
from bot.score.training.mixture import Material, Stage, read_material, read_stages
from bot.score.training.progress import Bar
from bot.score.training.rows import DataError
from bot.score.training.say import say, table
from bot.score.training.scored import ScoredSet, measured_sets, score_sets

CARD_FILE = "card.json"
MODEL_CARD_FILE = "MODEL_CARD.md"
MEASURED_FILE = "measured.json"
_SERVED = "model.int8.onnx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    sets: tuple[ScoredSet, ...]
    calibration: dict[str, Calibration]
    material: dict[str, OfLanguage]
    levels: Taken
    """Empty when there are too few civil comments."""


def calibrate(options: Namespace) -> int:
    """Fits probabilities and levels, and writes them into the model's card."""
    judged = _judge(options)
    path = options.model / CARD_FILE
    card = json.loads(path.read_text(encoding="utf-8"))
    card["calibration"] = {
        label: {
            "scale": each.scale,
            "offset": each.offset,
            "fitted_on": ", ".join(each.fitted_on) or "not calibrated",
        }
        for label, each in judged.calibration.items()
    }
    try:
        card = card_with_levels(card, judged.material, version=_version(options.model))
    except ValueError as error:
        raise DataError(f"no levels can be taken: {error}") from None
    _write(path, card)
    table(
        "Calibration",
        ("attribute", "scale", "offset", "with", "without"),
        [
            (name, f"{c.scale:.3f}", f"{c.offset:+.3f}", f"{c.positives:,}", f"{c.negatives:,}")
            for name, c in judged.calibration.items()
        ],
    )
    table(
        "Levels",
        ("language", "level", "score", "civil flagged", "toxic found", "precision"),
        [
            (
                language, level_name(attribute, name), f"{each.score:.4f}",
                f"{each.flagged.hits}/{each.flagged.of}",
                f"{each.found.hits}/{each.found.of}" if each.found else "",
                f"{100 * each.precision[0]:.0f} %" if each.precision else "",
            )
            for language, of in judged.levels.items()
            for attribute, by_name in of.items()
            for name, each in by_name.items()
        ],
    )  # fmt: skip
    return 0


def evaluate(options: Namespace) -> int:
    """Prints and keeps the figures, with levels taken for this very model: so candidates compare."""
    judged = _judge(options)
    measured = measure(judged.sets, judged.calibration["toxicity"], judged.levels)
    _write(options.model / MEASURED_FILE, asdict(measured))
    _show("Measured sets", measured.sets)
    _show("Our own comments", measured.slices)
    return 0


def card(options: Namespace) -> int:
    """Writes the card for the bot and the one for people."""
    judged = _judge(options)
    measured: Measured = measure(judged.sets, judged.calibration["toxicity"], judged.levels)
    made = _made(options)
    version = _version(options.model)
    path = options.model / CARD_FILE
    max_tokens = json.loads(path.read_text(encoding="utf-8"))["max_tokens"]
    try:
        content = card_json(
            made=made,
            calibration=judged.calibration,
            material=judged.material,
            balanced=balanced(judged.sets, judged.calibration["toxicity"]),
            max_tokens=max_tokens,
            version=version,
        )
    except ValueError as error:
        raise DataError(f"no levels can be taken: {error}") from None
    _write(path, content)
    _write(options.model / MEASURED_FILE, asdict(measured))
    text = model_card(
        made=made,
        calibration=judged.calibration,
        levels=judged.levels,
        measured=measured,
        version=version,
    )
    (options.model / MODEL_CARD_FILE).write_text(text, encoding="utf-8")
    say(f"{path} and {MODEL_CARD_FILE} are written")
    return 0


def sources(material: Material, stages: Sequence[Stage]) -> tuple[Source, ...]:
    """The sets that the stages name, as far as training may use them."""
    named = {name for stage in stages for name in stage.sets}
    found = [
        Source(
            name=name,
            rows=len(rows),
            language=rows[0].lang,
            licence=rows[0].licence,
            origin=rows[0].source,
        )
        for name, rows in sorted(material.sets.items())
        if rows and name in named
    ]
    if material.own:
        found.append(
            Source(
                name=own_comments.SET_NAME,
                rows=len(material.own),
                language="fr",
                licence=own_comments.LICENCE,
                origin="written for the project (the training half)",
            )
        )
    if material.written:
        languages = sorted({row.lang for row in material.written})
        found.append(
            Source(
                name=written.SET_NAME,
                rows=len(material.written),
                language=", ".join(languages),
                licence=written.LICENCE,
                origin="written for the project, for training only",
            )
        )
    patterns = sum(len(each.patterns) for each in material.patterns.categories)
    return (
        *found,
        Source(
            name="patterns",
            rows=patterns,
            language="fr and others",
            licence=own_comments.LICENCE,
            origin="written for the project; filled anew each epoch",
        ),
    )


def _judge(options: Namespace) -> Judged:
    sets = measured_sets(dev=options.dev, train=options.train, own=options.own)
    total = sum(len(rows) for rows in sets.values())
    before = 0
    with Bar("score") as bar:
        at = ""

        def scored(name: str, done: int, of: int) -> None:
            nonlocal at, before
            at = name
            bar.show((before + done) / total, f"{name} {done:,}/{of:,}")
            if done == of:
                before += of

        found = tuple(score_sets(options.model, sets, on_scored=scored))
    calibration = fit(found)
    taken_from = material(found, calibration)
    return Judged(sets=found, calibration=calibration, material=taken_from, levels=take(taken_from))


def _version(model: Path) -> str:
    return hashlib.sha256((model / _SERVED).read_bytes()).hexdigest()[:12]


def _made(options: Namespace) -> Made:
    path = options.model / "made.json"
    if not path.exists():
        raise DataError(f"{path} is missing; export writes it")
    raw = json.loads(path.read_text(encoding="utf-8"))
    material = read_material(train=options.train, dev=options.dev, own=options.own)
    return Made(
        network=raw["network"],
        training=raw["training"],
        parity=raw["parity"],
        sources=sources(material, tuple(read_stages(options.stages).values())),
    )


def _show(title: str, figures: Sequence[Figures]) -> None:
    names = list(dict.fromkeys(name for each in figures for name in (*each.flagged, *each.found)))
    head = ("name", "lang", "comments", "toxic", "AUC", "AP")
    rows = [
        (
            each.name,
            each.language,
            f"{each.comments:,}",
            f"{each.toxic:,}",
            f"{each.auc:.4f}" if each.auc is not None else "",
            f"{each.average_precision:.3f}" if each.average_precision is not None else "",
            *(_percent(each.flagged, name) for name in names),
            *(_percent(each.found, name) for name in names),
        )
        for each in figures
    ]
    columns = (*(f"flagged {name}" for name in names), *(f"found {name}" for name in names))
    table(title, (*head, *columns), rows)


def _percent(shares: dict[str, float], name: str) -> str:
    return f"{100 * shares[name]:.1f}" if name in shares else ""


def _write(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
