"""Changes of the rules folder by command: proven first, kept in history, whose doing it is written down."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bot.core.errors import Fault, RulesError
from bot.core.evaluate import Rulebook
from bot.core.model import Actor
from bot.ports import Rulebooks, RuleFiles
from bot.rulebook.reading import ReadFolder, load, read
from bot.rulebook.snapshot import write_all

T = TypeVar("T")


def loaded(files: RuleFiles) -> Rulebook:
    """Raises RulesError, with places relative to the folder, for every fault in the files."""
    return _read_aside(files, load)


def opened(files: RuleFiles) -> ReadFolder:
    """The same files with drafts and examples; raises as `loaded` does."""
    return _read_aside(files, read)


async def announce(
    rulebooks: Rulebooks,
    files: RuleFiles,
    meant: Rulebook,
    *,
    by: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keeps the version before it is written, and says whose doing it is when it comes into force."""
    await rulebooks.put_aside(meant.version, files=files, rules=len(meant.rules), by=by, now=now)
    await rulebooks.ask_for(meant.version, by=by, actor=actor, now=now)


async def save(
    rulebooks: Rulebooks, folder: Path, files: RuleFiles, *, by: str, now: datetime
) -> Path | None:
    """Nothing an admin wrote is lost: a sound set goes into history, a faulty one into a folder,
    which is returned."""
    if not files:
        return None
    try:
        found = loaded(files)
    except RulesError:
        aside = folder / f".before-rollback-{now:%Y%m%d-%H%M%S}"
        write_all(aside, files)
        return aside
    await rulebooks.put_aside(found.version, files=files, rules=len(found.rules), by=by, now=now)
    return None


def _read_aside(files: RuleFiles, reading: Callable[[Path], T]) -> T:
    with tempfile.TemporaryDirectory(prefix="veilleur-rules-") as directory:
        write_all(Path(directory), files)
        try:
            return reading(Path(directory))
        except RulesError as error:
            raise RulesError(tuple(_relative(error.faults, directory))) from error


def _relative(faults: tuple[Fault, ...], directory: str) -> Iterator[Fault]:
    for fault in faults:
        where = fault.where.removeprefix(directory).lstrip("/\\") or "the version's files"
        yield Fault(where=where, what=fault.what, fix=fault.fix, excerpt=fault.excerpt)
