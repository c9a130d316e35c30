"""`veilleur rules`: are the rule files sound, and do their examples hold?"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.surroundings import surroundings
from bot.cli.terminal import err, one_line, tell

if TYPE_CHECKING:  # what they need is loaded only by the commands that use it
    from bot.core.model import Scores, Unscored
    from bot.rulebook import ExampleResult

commands = typer.Typer(help="Check and prove the rule files.", no_args_is_help=True)

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
def check(context: typer.Context, directory: _Directory = None) -> None:
    """Check every rule file; each fault is shown as file:line:column."""
    from bot.rulebook import read

    folder = directory or surroundings(context).settings().rules_folder
    found = read(folder)
    stages = Counter(each.rule.stage.value for each in found.rules)
    counts = ", ".join(f"{count} {stage}" for stage, count in sorted(stages.items()))
    tell(f"{folder}: {len(found.rules)} rules ({counts}), version {found.version}: all is well")


@commands.command("test")
def prove(context: typer.Context, directory: _Directory = None) -> None:
    """Run the examples inside the rule files with the real model."""
    from bot.cli.model import loaded, scored
    from bot.rulebook import run_examples

    settings = surroundings(context).settings()
    chosen = loaded(settings.scorer)

    async def score(text: str) -> Scores | Unscored:
        return scored(chosen, text)

    results = asyncio.run(run_examples(directory or settings.rules_folder, score))
    failed = [result for result in results if not result.passed]
    for result in failed:
        err().print(_failure(result))
    tell(f"{len(results) - len(failed)} of {len(results)} examples came out as promised")
    if failed:
        raise typer.Exit(1)


def _failure(result: ExampleResult) -> str:
    wanted = "must match" if result.example.kind == "match" else "must pass"
    happened = "the rule fired" if result.fired else "the rule did not fire"
    if result.fired is None:
        happened = "a fact the rule reads is absent"
    if result.unscored:
        happened += f" (not scored: {result.unscored})"
    return f"{result.rule}: {wanted}, but {happened}: {one_line(result.example.text)}"
