"""What people ask of the rules while the bot runs: look, try, set a stage, take back.

Views call it; whoever may not change rules is turned away by the view. What is shown is what is in
force, from the files kept with that version, even while the folder holds something faulty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.core.decide import Policy
from bot.core.errors import Fault, RulesError
from bot.core.evaluate import Rulebook
from bot.core.model import Actor, Stage
from bot.ports import Clock, KeptRulebook, Rulebooks, RuleFiles
from bot.rulebook.changing import announce, loaded, opened, save
from bot.rulebook.explaining import Explained, explain
from bot.rulebook.files import BESIDE_RULES, RuleText
from bot.rulebook.proof import ExampleResult, Score, run_example
from bot.rulebook.reading import ReadFolder, ReadRule
from bot.rulebook.restaging import restaged
from bot.rulebook.shelf import Shelf
from bot.rulebook.snapshot import put_back, put_one, texts

_Written = TypeVar("_Written")


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The kept version that the bot works with."""

    version: str
    files: RuleFiles
    folder: ReadFolder

    def find(self, rule: str) -> ReadRule | None:
        return next((each for each in self.folder.rules if each.rule.id == rule), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a change came to."""

    before: str
    """The version that was in force."""
    version: str
    """The version that is in force now; `before` when nothing had to be written."""
    rules: int
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restaging:
    """One rule at another stage."""

    rule: str
    stage: Stage
    percent: float | None = None
    """Of the authors; for a canary only, more than 0 and less than 100."""


class RuleDesk:
    """One for the program; its changes of the folder come one after the other."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        rulebooks: Rulebooks,
        score: Score,
        policy: Policy,
        now: Clock,
        own: bool = True,
    ) -> None:
        """`own` is False where the rules came with the program: those are not written to."""
        self.policy = policy
        self._shelf = shelf
        self._rulebooks = rulebooks
        self._score = score
        self.now = now
        self._own = own
        self._opened: InForce | None = None
        self._turn = asyncio.Lock()

    @property
    def version(self) -> str:
        return self._shelf.current().version

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Why the folder as it lies there is not in force; empty when it is."""
        return self._shelf.faults

    # --- looking -------------------------------------------------------------------------------

    async def in_force(self) -> InForce:
        """Read once a version, off the event loop."""
        version = self.version
        if self._opened is None or self._opened.version != version:
            files = await self._rulebooks.files(version) or {}
            folder = await asyncio.to_thread(opened, files)
            self._opened = InForce(version=version, files=files, folder=folder)
        return self._opened

    async def ids(self) -> tuple[str, ...]:
        """Of all rules in force and drafts, in order; quick enough while somebody types."""
        files = await self._rulebooks.files(self.version) or {}
        return tuple(
            sorted(
                name.removesuffix(".yaml")
                for name in files
                if name.endswith(".yaml") and "/" not in name and name not in BESIDE_RULES
            )
        )

    async def history(self, *, limit: int = 25) -> list[KeptRulebook]:
        return await self._rulebooks.history(limit=limit)

    async def explained(self, text: str) -> Explained:
        """What every rule makes of the text, taken as a new reader's first comment."""
        found = await self.in_force()
        rulebook = await self._rulebook(found)
        return await explain(
            found.folder, rulebook, text, self._score, policy=self.policy, now=self.now()
        )

    async def tested(self, rule: str | None = None) -> list[ExampleResult]:
        """The examples of one rule or of all, run with the scorer in use."""
        found = await self.in_force()
        return [
            await run_example(each, example, self._score)
            for each in found.folder.rules
            if rule in (None, each.rule.id)
            for example in each.examples
        ]

    async def candidate(
        self, *, version: str | None = None, change: Restaging | None = None
    ) -> Rulebook:
        """A kept version (by default what is in force), with one rule at another stage, to be tried
        on the past. Nothing is written. Raises RulesError."""
        meant = self.version if version is None else await self._named(version)
        files = await self._rulebooks.files(meant) or {}
        if change is not None:
            files = {**files, **_changed(files, change)}
        return await asyncio.to_thread(loaded, files)

    async def take_up(self, *, by: str) -> None:
        """Has the folder read at once, without waiting for the watcher. Faults are in `faults`."""
        await self._shelf.reload(by=by)

    # --- changing ------------------------------------------------------------------------------

    async def stage(self, change: Restaging, *, actor: Actor) -> Changed:
        """Writes the stage into the rule's file and has the folder taken up.

        Raises RulesError, with nothing written, for an unknown rule, a folder that has faults and a
        change that would bring one.
        """
        async with self._turn:
            self._require_own()
            found = await asyncio.to_thread(texts, self._shelf.directory)
            changed = _changed(found, change)
            files = {**found, **changed}
            before = self.version
            if files == found:
                return self._result(before)
            meant = await asyncio.to_thread(loaded, files)
            by = f"stage {change.stage.value} for {change.rule} by {actor.name}"
            await announce(self._rulebooks, files, meant, by=by, actor=actor, now=self.now())
            for name, text in changed.items():
                await self._write(put_one, self._shelf.directory, name, text)
            await self._take_up(by)
            return self._result(before, written=tuple(changed))

    async def roll_back(self, version: str, *, actor: Actor) -> Changed:
        """Writes a version's files back into the folder and has them taken up; what was there is
        kept. Raises RulesError, with nothing written, where that cannot be done."""
        async with self._turn:
            self._require_own()
            name = await self._named(version)
            files = await self._rulebooks.files(name) or {}
            folder, before = self._shelf.directory, self.version
            found = await asyncio.to_thread(texts, folder)
            if dict(files) == found:
                await self._take_up(f"rollback by {actor.name}")
                return self._result(before)
            meant = await asyncio.to_thread(loaded, files)
            by, now = f"rollback by {actor.name}", self.now()
            await announce(self._rulebooks, files, meant, by=by, actor=actor, now=now)
            await save(self._rulebooks, folder, found, by=f"found at {by}", now=now)
            written, removed = await self._write(put_back, folder, files)
            await self._take_up(by)
            return self._result(before, written=tuple(written), removed=tuple(removed))

    async def _take_up(self, by: str) -> None:
        await self.take_up(by=by)
        if self._shelf.faults:
            raise RulesError(self._shelf.faults)

    async def _write(self, write: Callable[..., _Written], *args: object) -> _Written:
        try:
            return await asyncio.to_thread(write, *args)
        except OSError as error:
            what = f"cannot be written: {error.strerror or type(error).__name__}"
            raise RulesError((Fault(where=self._shelf.directory.name, what=what),)) from error

    async def _named(self, beginning: str) -> str:
        found = await self._rulebooks.named(beginning) if beginning else []
        if len(found) == 1:
            return found[0]
        what = "several versions begin so" if found else "no version begins so"
        raise RulesError((Fault(where=beginning[:40], what=what),))

    async def _rulebook(self, found: InForce) -> Rulebook:
        current = self._shelf.current()
        if current.version == found.version:
            return current
        return await asyncio.to_thread(loaded, found.files)

    def _require_own(self) -> None:
        if not self._own:
            what = "these rules came with the program and are not written to"
            fix = "copy them into a folder of your own and name it in RULES_DIR"
            where = self._shelf.directory.name
            raise RulesError((Fault(where=where, what=what, fix=fix),))

    def _result(self, before: str, **more: tuple[str, ...]) -> Changed:
        now = self._shelf.current()
        return Changed(before=before, version=now.version, rules=len(now.rules), **more)


def _changed(files: Mapping[str, str], change: Restaging) -> dict[str, str]:
    """The one file, with its new text."""
    name = f"{change.rule}.yaml"
    if name not in files or name in BESIDE_RULES:
        raise RulesError((Fault(where=name[:80], what="there is no such rule"),))
    file = RuleText(id=change.rule, shown=name, text=files[name])
    return {name: restaged(file, change.stage, percent=change.percent)}
