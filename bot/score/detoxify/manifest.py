"""What stands beside an exported model: where it comes from, what it is, how well it agrees."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bot.score.detoxify.agreement import Agreement
from bot.score.detoxify.places import MANIFEST
from bot.score.detoxify.releases import RefusedError
from bot.score.detoxify.trust import digest_of_path
from bot.score.levels import Levels, read_levels

NETWORK = "model.int8.onnx"
TOKENIZER = "tokenizer.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """probability = sigmoid(scale * logit + offset)."""

    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    model: str
    source: str
    """Digest of the checkpoint it was made from."""
    files: Mapping[str, str]
    """Digest by file name."""
    heads: tuple[str, ...]
    """Name of each output of the network, in order; the identity heads are among them."""
    window_tokens: int
    """Most tokens of text in one run, without the two marks around them."""
    agreement: Agreement
    calibration: Mapping[str, Calibration] | None = None
    """By label; None: scores are the network's own, and no calibrated probabilities."""
    exported_on: date
    made_with: Mapping[str, str]
    """Version by package."""
    card: Mapping[str, Any] = field(default_factory=dict)
    """`levels` and `levels_measured` as in a model's card; empty before they were taken."""

    @property
    def version(self) -> str:
        """Twelve signs for all that a score depends on: the files, and the calibration."""
        decisive = {**_calibration_json(self.calibration), **self.files}
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def levels(self) -> Levels | None:
        return read_levels(self.card)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    written: dict[str, Any] = {
        "format": _FORMAT,
        "model": manifest.model,
        "source": manifest.source,
        "files": dict(manifest.files),
        "heads": list(manifest.heads),
        "window_tokens": manifest.window_tokens,
        "calibration": _calibration_json(manifest.calibration) or None,
        "agreement": manifest.agreement.as_json(),
        "exported_on": manifest.exported_on.isoformat(),
        "made_with": dict(manifest.made_with),
        **manifest.card,
    }
    text = json.dumps(written, indent=2, ensure_ascii=False) + "\n"
    temporary = folder / f"{MANIFEST}.new"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(folder / MANIFEST)


def _calibration_json(found: Mapping[str, Calibration] | None) -> dict[str, Any]:
    return {k: {"scale": v.scale, "offset": v.offset} for k, v in (found or {}).items()}


def read_manifest(folder: Path) -> Manifest:
    """Raises RefusedError for one that is damaged."""
    try:
        return _parsed(json.loads((folder / MANIFEST).read_bytes()))
    except OSError as error:
        raise RefusedError(f"{folder / MANIFEST} cannot be read: {error.strerror}") from None
    except (KeyError, TypeError, ValueError) as error:
        what = f"{type(error).__name__}: {error}"
        raise RefusedError(f"{folder / MANIFEST} is damaged: {what}") from None


def _parsed(found: Any) -> Manifest:
    if found["format"] != _FORMAT:
        raise ValueError(f"format {found['format']}, this version reads {_FORMAT}")
    calibration = found["calibration"]
    card = {name: found[name] for name in ("levels", "levels_measured") if name in found}
    read_levels(card)  # raises where they are wrong
    return Manifest(
        model=str(found["model"]),
        source=str(found["source"]),
        files={str(name): str(digest) for name, digest in found["files"].items()},
        heads=tuple(map(str, found["heads"])),
        window_tokens=int(found["window_tokens"]),
        agreement=Agreement.from_json(found["agreement"]),
        calibration=None
        if calibration is None
        else {
            str(label): Calibration(scale=float(each["scale"]), offset=float(each["offset"]))
            for label, each in calibration.items()
        },
        exported_on=date.fromisoformat(found["exported_on"]),
        made_with={str(name): str(version) for name, version in found["made_with"].items()},
        card=card,
    )


def require_whole(folder: Path, manifest: Manifest) -> None:
    """Raises RefusedError unless every file is there as it was written.

    This finds damage and mix-ups. Who can write to the folder can write the manifest too.
    """
    for name in (NETWORK, TOKENIZER):
        if name not in manifest.files:
            raise RefusedError(f"{folder / MANIFEST} is damaged: it names no {name}")
    for name, digest in manifest.files.items():
        path = folder / name
        if path.parent != folder or not path.is_file():
            raise RefusedError(f"{path} is missing")
        if (found := digest_of_path(path)) != digest:
            raise RefusedError(f"{path} was changed: {found} in place of {digest}")
