"""Which checkpoints may be opened. A checkpoint is a pickle: opening one can run what is in it.

A checkpoint is trusted when the SHA-256 of the whole file is known to this version, or when the
operator has vouched for it; that is remembered in `trusted.json` in the models folder.
"""

from __future__ import annotations

import hashlib
import json
import re
from io import BufferedReader
from pathlib import Path

from bot.score.detoxify.releases import RELEASES, RefusedError

_FILE = "trusted.json"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def digest_of(file: BufferedReader) -> str:
    """`sha256:` and 64 signs; the file is left at its beginning."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return f"sha256:{digest}"


def digest_of_path(path: Path) -> str:
    with path.open("rb") as file:
        return digest_of(file)


def parse_digest(written: str) -> str:
    """Raises RefusedError for what is no full SHA-256: a beginning can be forged."""
    digest = written.strip().lower()
    if not _DIGEST.fullmatch(digest):
        raise RefusedError(f"a digest is sha256: and 64 hexadecimal signs, got {written!r}")
    return digest


def vouch(models: Path, digest: str, *, model: str) -> None:
    """Remembers that the operator trusts this digest."""
    models.mkdir(parents=True, exist_ok=True)
    known = {**_vouched(models), digest: model}
    temporary = models / f"{_FILE}.new"
    temporary.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    temporary.replace(models / _FILE)


def is_trusted(models: Path, digest: str, *, model: str) -> bool:
    return digest == f"sha256:{RELEASES[model].sha256}" or _vouched(models).get(digest) == model


def require_trusted(models: Path, digest: str, *, model: str, path: Path) -> None:
    """Raises RefusedError; says how to vouch, and what that means."""
    if not is_trusted(models, digest, model=model):
        raise RefusedError(
            f"{path} is not opened: {digest} is not known, and opening a checkpoint can run code. "
            f"If it is what you meant to get: --trust-digest {digest}"
        )


def _vouched(models: Path) -> dict[str, str]:
    """An unreadable file is an error, not an empty one: it would be overwritten."""
    try:
        found = json.loads((models / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise RefusedError(f"{models / _FILE} is damaged: {error}") from None
    if not isinstance(found, dict):
        raise RefusedError(f"{models / _FILE} is damaged: it holds no table of digests")
    return found
