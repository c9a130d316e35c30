"""Where an exported model's levels lie: taken from civil texts, on the eight-bit network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.core.model import Unscored
from bot.score.detoxify.manifest import Manifest, write_manifest
from bot.score.detoxify.places import folder_of
from bot.score.detoxify.releases import RefusedError
from bot.score.detoxify.serve import ExportedModel
from bot.score.evaluation.civil import civil_texts
from bot.score.evaluation.levels import card_with_levels

_LIMIT_S = 60.0


def take_levels(
    models: Path,
    model: str,
    files: Sequence[Path],
    *,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Manifest:
    """Writes the levels into the manifest; the version stays, since no score changes.

    Raises RefusedError where the files hold too few civil texts.
    """
    served = ExportedModel(models, model)
    found: dict[str, dict[str, list[float]]] = {}
    try:
        texts = [
            (file.name.partition(".")[0], *each) for file in files for each in civil_texts(file)
        ]
        for number, (name, language, text) in enumerate(texts):
            progress("scoring civil texts", number, len(texts))
            reading = served.score(served.form(text), limit_s=_LIMIT_S)
            if not isinstance(reading, Unscored):
                scores = found.setdefault(language, {}).setdefault(name, [])
                scores.append(reading.values["toxicity"])
        civil = {
            language: {name: np.array(scores) for name, scores in sets.items()}
            for language, sets in found.items()
        }
        card = card_with_levels({}, civil, version=served.version)
    except (OSError, KeyError, ValueError) as error:
        raise RefusedError(f"no levels can be taken: {error}") from None
    manifest = replace(served.manifest, card=card)
    write_manifest(folder_of(models, model), manifest)
    return manifest
