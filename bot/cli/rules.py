"""`veilleur rules`: are the rule files sound, and do their examples hold?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import alarms, backtest, explain, lint, new_rule, rulebooks
from bot.cli.desk import now
from bot.cli.reports import (
    Format,
    Remark,
    remarks_of,
    summary,
    tell_json,
    tell_remarks,
    tell_sarif,
    warnings_of,
)
from bot.cli.surroundings import surroundings
from bot.cli.terminal import err, one_line, tell
from bot.core.errors import Fault, RulesError

if TYPE_CHECKING:  # what they need is loaded only by the commands that use it
    from bot.core.model import Scores, Unscored
    from bot.rulebook import ExampleResult, ReadFolder

commands = typer.Typer(help="Check, prove and preview the rule files.", no_args_is_help=True)
commands.add_typer(alarms.commands, name="alarms")
commands.command()(rulebooks.history)
commands.command()(rulebooks.diff)
commands.command()(rulebooks.rollback)

_Directory = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]",
        exists=True,
        file_okay=False,
        help="Folder of rules; by default as the settings say.",
        show_default=False,
    ),
]


@commands.command()
def check(
    context: typer.Context,
    directory: _Directory = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
) -> None:
    """Check every rule file.

    Each fault is shown as file:line:column, as JSON, or as SARIF for code hosting. A rule whose
    last day is past is a warning.
    """
    from bot.rulebook import read
    from bot.rulebook.expiry import expired

    folder = directory or surroundings(context).settings().rules_folder
    found: ReadFolder | None = None
    faults: tuple[Fault, ...] = ()
    try:
        found = read(folder)
    except RulesError as error:
        if form is Format.TEXT:
            raise
        faults = error.faults
    remarks = remarks_of(faults)
    if found is not None:
        remarks = warnings_of("expired", expired(found, folder, found.modes.today(now())))
    if form is Format.JSON:
        tell_json(folder, found, remarks)
    elif form is Format.SARIF:
        tell_sarif(remarks)
    elif found is not None:
        _tell_sound(folder, found, remarks)
    if faults:
        raise typer.Exit(1)


def _tell_sound(folder: Path, found: ReadFolder, warnings: tuple[Remark, ...]) -> None:
    if warnings:
        tell_remarks(warnings)
    tell(f"{folder}: {summary(found)}: {'no faults' if warnings else 'all is well'}")


@commands.command("test")
def prove(context: typer.Context, directory: _Directory = None) -> None:
    """Run the examples inside the rule files with the real model."""
    from bot.cli.model import comment_scored, loaded
    from bot.rulebook import run_examples
    from bot.score.language import detect

    settings = surroundings(context).settings()
    chosen = loaded(settings.scorer, settings.models_dir)

    async def score(text: str) -> Scores | Unscored:
        return comment_scored(chosen, text, language=detect(text, settings.language).language)

    results = asyncio.run(run_examples(directory or settings.rules_folder, score))
    failed = [result for result in results if not result.passed]
    for result in failed:
        err().print(_failure(result))
    tell(f"{len(results) - len(failed)} of {len(results)} examples came out as promised")
    if failed:
        raise typer.Exit(1)


commands.command()(lint.lint)
commands.command()(explain.explain)
commands.command()(new_rule.new)
commands.command()(new_rule.schema)
commands.command()(backtest.backtest)


def _failure(result: ExampleResult) -> str:
    wanted = "must match" if result.example.kind == "match" else "must pass"
    happened = "the rule fired" if result.fired else "the rule did not fire"
    if result.fired is None:
        happened = "a fact the rule reads is absent"
    if result.unscored:
        happened += f" (not scored: {result.unscored})"
    return f"{result.rule}: {wanted}, but {happened}: {one_line(result.example.text)}"
