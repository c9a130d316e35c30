"""`veilleur rules history|diff|rollback`: every rulebook that was in force, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.desk import ago, now, operator, with_store
from bot.cli.surroundings import surroundings
from bot.cli.terminal import harmless, out, tell, warn
from bot.core.errors import Fault, RulesError

if TYPE_CHECKING:  # SQLAlchemy takes its time to load: only when a database is opened
    from bot.ports import Rulebooks, RuleFiles
    from bot.store import SqlStore

_Version = Annotated[
    str, typer.Argument(metavar="VERSION", help="As `rules history` shows it, or its beginning.")
]
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def history(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most that are shown.")] = 30,
) -> None:
    """List the versions that were in force, the newest first."""
    settings = surroundings(context).settings()

    async def work(store: SqlStore) -> None:
        live = await store.rulebooks.live()
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("version", "", "rules", "in force since", "by", "first seen", "by"):
            table.add_column(name, no_wrap=True)
        for kept in await store.rulebooks.history(limit=limit):
            table.add_row(
                kept.version,
                "live" if kept.version == live else "",
                str(kept.rules),
                _when(ago(kept.loaded_at)) if kept.loaded_at else "never",
                harmless(kept.loaded_by or ""),
                _when(ago(kept.kept_at)),
                harmless(kept.kept_by),
                style="green" if kept.version == live else None,
            )
        if not table.row_count:
            tell("No version yet: they are kept from the bot's first start on.")
            return
        out().print(table)
        _tell_folder(settings.rules_folder, live)

    with_store(settings, work)


def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="A", help="A version, or its beginning.")],
    new: Annotated[
        str | None, typer.Argument(metavar="[B]", help="Another; by default the folder's files.")
    ] = None,
) -> None:
    """Show what changed from version A to B, file by file."""
    from bot.rulebook.snapshot import texts

    settings = surroundings(context).settings()

    async def work(store: SqlStore) -> tuple[RuleFiles, RuleFiles]:
        before = await _files(store.rulebooks, await _meant(store.rulebooks, old))
        if new is None:
            return before, texts(settings.rules_folder)
        return before, await _files(store.rulebooks, await _meant(store.rulebooks, new))

    if not _tell_changes(*with_store(settings, work)):
        tell("No difference.")


def rollback(
    context: typer.Context,
    version: _Version,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change in the folder.")
    ] = False,
) -> None:
    """Write a version's files back into the rules folder; a running bot takes them up at once."""
    from bot.rulebook.snapshot import put_back, texts

    settings = surroundings(context).settings()
    folder = settings.rules_dir

    async def work(store: SqlStore) -> None:
        meant = await _meant(store.rulebooks, version)
        files = await _files(store.rulebooks, meant)
        found = texts(folder)
        if dict(files) == found:
            tell(f"{folder}: holds version {meant} already")
            return
        if dry_run:
            _tell_changes(found, files)
            tell(f"{folder}: nothing was written (--dry-run)")
            return
        await _announce(store.rulebooks, meant, files)
        await _save(store.rulebooks, folder, found)
        written, removed = put_back(folder, files)
        counts = f"{len(written)} files written, {len(removed)} removed"
        tell(f"{folder}: back to version {meant} ({counts}); a running bot takes it up at once")

    try:
        with_store(settings, work)
    except OSError as error:
        fault = Fault(where=str(folder), what=f"cannot be written: {error.strerror or error}")
        raise RulesError((fault,)) from error


async def _announce(rulebooks: Rulebooks, version: str, files: RuleFiles) -> None:
    """Proves that this Veilleur can still read the version, and says whose doing it will be.

    Raises RulesError where a newer program no longer understands the old files.
    """
    from bot.rulebook.changing import announce, loaded

    found = loaded(files)
    await announce(rulebooks, files, found, by=_by(), actor=operator(), now=now())
    if found.version != version:
        # a newer program may count the same files as another version
        warn(f"version {version} is called {found.version} by this Veilleur")


async def _save(rulebooks: Rulebooks, folder: Path, files: RuleFiles) -> None:
    from bot.rulebook.changing import save

    aside = await save(rulebooks, folder, files, by=f"found at {_by()}", now=now())
    if aside is not None:
        warn(f"the files that were there have faults; they are kept in {aside}")


async def _meant(rulebooks: Rulebooks, beginning: str) -> str:
    found = await rulebooks.named(beginning) if beginning else []
    if len(found) != 1:
        what = "several versions begin" if found else "no version begins"
        raise typer.BadParameter(
            f"{what} with {harmless(beginning)!r}: see `veilleur rules history`"
        )
    return found[0]


async def _files(rulebooks: Rulebooks, version: str) -> RuleFiles:
    return await rulebooks.files(version) or {}


def _tell_folder(folder: Path, live: str | None) -> None:
    from bot.rulebook import load

    try:
        version = load(folder).version
    except RulesError as error:
        warn(f"{folder}: {len(error.faults)} faults (veilleur rules check), so {live} stays live")
        return
    if version != live:
        tell(f"{folder}: version {version}, not taken up yet (is the bot running?)")


def _tell_changes(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """False when there is nothing to show."""
    changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    for name in changed:
        before, after = (files.get(name) for files in (old, new))
        lines = unified_diff(
            (before or "").splitlines(),
            (after or "").splitlines(),
            "/dev/null" if before is None else f"a/{name}",
            "/dev/null" if after is None else f"b/{name}",
            lineterm="",
        )
        for number, line in enumerate(lines):
            heading = number < len(("---", "+++"))
            style = "bold" if heading else _STYLES.get(line[:1], "")
            out().print(Text(harmless(line.replace("\t", "    ")), style=style))
    return bool(changed)


def _by() -> str:
    return f"rollback by {operator().name}"


def _when(age: str) -> str:
    return f"{age} ago"
