"""Where an exported model's levels lie: taken from civil texts, on the eight-bit network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.score.detoxify.manifest import Manifest, write_manifest
from bot.score.detoxify.places import folder_of
from bot.score.detoxify.releases import RefusedError
from bot.score.detoxify.serve import ExportedModel
from bot.score.evaluation.civil import material_from
from bot.score.evaluation.levels import card_with_levels


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
    try:
        material = material_from(served, civil=files, toxic=files, progress=progress)
        card = card_with_levels({}, material, version=served.version)
    except ValueError as error:
        raise RefusedError(f"no levels can be taken: {error}") from None
    manifest = replace(served.manifest, card=card)
    write_manifest(folder_of(models, model), manifest)
    return manifest
