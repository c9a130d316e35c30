"""`veilleur rules lint`: what is allowed in rule files, but probably not meant."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.desk import now, with_store
from bot.cli.reports import (
    Format,
    Remark,
    summary,
    tell_json,
    tell_remarks,
    tell_sarif,
)
from bot.cli.surroundings import require_database, surroundings
from bot.cli.terminal import tell
from bot.core.errors import SettingsError

if TYPE_CHECKING:
    from bot.core.model import Scores, Unscored
    from bot.ports import Firings
    from bot.settings import Settings

_SILENT_DAYS = 30


def lint(
    context: typer.Context,
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            exists=True,
            file_okay=False,
            help="Folder of rules; by default as the settings say.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
) -> None:
    """Look for rules that never matter.

    Or that contradict each other, prove too little, hold nearly the same numbers, or have not fired
    for 30 days (where there is a database). Exit code 1 only for errors.
    """
    from bot.cli.model import comment_scored, loaded
    from bot.rulebook.lint import Level
    from bot.rulebook.lint import lint as look
    from bot.score.language import detect

    settings = surroundings(context).settings()
    folder = directory or settings.rules_folder
    chosen = loaded(settings.scorer, settings.models_dir)

    async def score(text: str) -> Scores | Unscored:
        return comment_scored(chosen, text, language=detect(text, settings.language).language)

    firings = _firings(settings)
    linted = asyncio.run(look(folder, score, firings=firings, now=now()))
    remarks = tuple(
        Remark(check=each.check, level=each.level.value, fault=each.fault)
        for each in linted.findings
    )
    if form is Format.JSON:
        tell_json(folder, linted.folder, remarks)
    elif form is Format.SARIF:
        tell_sarif(remarks)
    else:
        looked = f"{linted.sample} texts" + (
            f" and {firings.judged} comments of the last {_SILENT_DAYS} days"
            if firings
            else "; there is no database to look back on"
        )
        tell(f"{folder}: {summary(linted.folder)}; tried on {looked}")
        tell_remarks(remarks)
    if any(each.level is Level.ERROR for each in linted.findings):
        raise typer.Exit(1)


def _firings(settings: Settings) -> Firings | None:
    try:
        require_database(settings)
    except SettingsError:
        return None
    since = now() - timedelta(days=_SILENT_DAYS)
    return with_store(settings, lambda store: store.past.firings(since=since))
