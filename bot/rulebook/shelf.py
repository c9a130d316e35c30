"""The shelf on which the rulebook of this moment lies; a faulty one never gets onto it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.core.errors import Fault, RulesError
from bot.core.evaluate import Rulebook
from bot.ports import Clock, Rulebooks, RuleFiles
from bot.rulebook.files import shown
from bot.rulebook.reading import load
from bot.rulebook.snapshot import Signature, signature, texts

log = structlog.get_logger()

STARTUP, FILE_CHANGE = "startup", "file change"
"""By whom a version was loaded, unless somebody asked for it by name."""

_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One look at the whole folder: a rulebook and its files, or the faults."""

    seen: Signature
    rulebook: Rulebook | None = None
    files: RuleFiles | None = None
    faults: tuple[Fault, ...] = ()


class Shelf:
    """Use `Shelf.open`. `current` is what `Ports.rulebook` wants."""

    def __init__(
        self, directory: Path, first: Rulebook, *, seen: Signature, rulebooks: Rulebooks, now: Clock
    ) -> None:
        self.directory = directory
        self._current = first
        self._faults: tuple[Fault, ...] = ()
        self._seen = seen
        self._rulebooks = rulebooks
        self._now = now
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, directory: Path, *, rulebooks: Rulebooks, now: Clock) -> Shelf:
        """Loads the folder and keeps its version; raises RulesError with every fault."""
        found = await asyncio.to_thread(_read, directory)
        if found.rulebook is None or found.files is None:
            raise RulesError(found.faults)
        await rulebooks.keep(
            found.rulebook.version,
            files=found.files,
            rules=len(found.rulebook.rules),
            by=STARTUP,
            now=now(),
        )
        return cls(directory, found.rulebook, seen=found.seen, rulebooks=rulebooks, now=now)

    def current(self) -> Rulebook:
        """The newest set without faults."""
        return self._current

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Why the folder as it lies there was not taken up; empty when it was."""
        return self._faults

    @property
    def seen(self) -> Signature:
        """The files that `current` and `faults` speak of."""
        return self._seen

    async def reload(self, *, by: str = FILE_CHANGE) -> bool:
        """Reads everything, checks all, keeps the version, then swaps; True when the folder is sound.

        Raises only when the version cannot be kept; then nothing has changed and the next call
        tries again. A verdict thus never names a version that nobody can look up.
        """
        async with self._turn:
            found = await asyncio.to_thread(_read, self.directory)
            if found.rulebook is None or found.files is None:
                self._refuse(found)
                return False
            if self._faults or found.rulebook.version != self._current.version:
                by = await self._rulebooks.keep(
                    found.rulebook.version,
                    files=found.files,
                    rules=len(found.rulebook.rules),
                    by=by,
                    now=self._now(),
                )
                log.info(
                    "rules taken up",
                    version=found.rulebook.version,
                    before=self._current.version,
                    rules=len(found.rulebook.rules),
                    by=by,
                )
            self._current, self._faults, self._seen = found.rulebook, (), found.seen
            return True

    def _refuse(self, found: _Reading) -> None:
        self._seen = found.seen
        if found.faults != self._faults:
            log.error(
                "rules at fault, the old ones stay",
                version=self._current.version,
                count=len(found.faults),
                faults=[str(fault) for fault in found.faults],
            )
        self._faults = found.faults


def _read(directory: Path) -> _Reading:
    """Reads until nothing was written to in the meantime, so that no set is half old, half new."""
    before: Signature = ()
    for _ in range(_TRIES):
        before = signature(directory)
        found = _read_once(directory, before)
        if signature(directory) == before:
            return found
    what = "the files keep changing while they are read"
    fix = "they are read again as soon as something changes"
    return _Reading(seen=(), faults=(Fault(where=shown(directory), what=what, fix=fix),))


def _read_once(directory: Path, seen: Signature) -> _Reading:
    try:
        return _Reading(seen=seen, rulebook=load(directory), files=texts(directory))
    except RulesError as error:
        return _Reading(seen=seen, faults=error.faults)
    except Exception as error:
        # whatever else a reader runs into must not cost the rules that work
        log.exception("rules could not be read")
        what = f"cannot be read ({type(error).__name__}); see the log"
        return _Reading(seen=seen, faults=(Fault(where=shown(directory), what=what),))
