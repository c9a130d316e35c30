"""Where checkpoints, base networks and exported models lie. Nothing is opened here."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from bot.score.detoxify.releases import Base, Release

MANIFEST = "manifest.json"


def is_installed() -> bool:
    """The package that reads checkpoints; serving an exported model does not need it."""
    return all(importlib.util.find_spec(name) for name in ("detoxify", "torch", "transformers"))


def folder_of(models: Path, model: str) -> Path:
    return models / f"detoxify-{model}"


def source_of(models: Path, model: str) -> Path:
    """What was fetched, to export from."""
    return folder_of(models, model) / "source"


def is_exported(models: Path, model: str) -> bool:
    return (folder_of(models, model) / MANIFEST).is_file()


def find_checkpoint(models: Path, release: Release) -> Path | None:
    """The fetched one, or the one in torch's cache, where Detoxify itself puts it."""
    places = (source_of(models, release.name), _torch_home() / "hub" / "checkpoints")
    return next((p / release.file for p in places if (p / release.file).is_file()), None)


def find_base(models: Path, release: Release) -> Path | None:
    """A folder with the base network's tokenizer: the fetched one, or one in the hub's cache."""
    fetched = source_of(models, release.name) / "base"
    return next((p for p in (fetched, *_cached(release.base)) if has_tokenizer(p)), None)


def has_tokenizer(folder: Path) -> bool:
    names = ("tokenizer.json", "sentencepiece.bpe.model", "spiece.model", "vocab.json", "vocab.txt")
    return any((folder / name).is_file() for name in names)


def _cached(base: Base) -> list[Path]:
    """Snapshots in the hub's cache, newest first; the repository has had two names."""
    home = Path(os.environ.get("HF_HOME") or _cache() / "huggingface")
    hub = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    found = [
        snapshot
        for repository in (base.repository, base.name)
        for snapshot in hub.glob(f"models--{repository.replace('/', '--')}/snapshots/*")
    ]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _torch_home() -> Path:
    return Path(os.environ.get("TORCH_HOME") or _cache() / "torch")


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
