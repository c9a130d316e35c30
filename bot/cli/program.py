"""`veilleur`: every command in its place, and what its exit code says.

0 fine, 1 findings, 2 usage or settings, 3 a bug in Veilleur.
"""

from __future__ import annotations

import importlib.metadata
import traceback
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import (
    console,
    db,
    demo,
    doctor,
    evaluate,
    init,
    learn,
    mode,
    models,
    outbox,
    queue,
    replay,
    rules,
    run,
    score,
)
from bot.cli.surroundings import Surroundings
from bot.cli.terminal import err, tell, tell_faults
from bot.core.errors import FaultsError, RulesError

FINE, FINDINGS, USAGE, BUG = 0, 1, 2, 3

program = typer.Typer(
    name="veilleur",
    help="Comment moderation for news sites, on your own machine.",
    epilog="Settings come from .env in this folder and from the environment; see .env.example. "
    "Exit codes: 0 fine, 1 findings, 2 wrong usage or settings, 3 a bug.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        tell(f"veilleur {importlib.metadata.version('veilleur')}")
        raise typer.Exit


@program.callback()
def start(
    context: typer.Context,
    env_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Settings file in place of ./.env.", show_default=False),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    context.obj = Surroundings(env_file=env_file)


program.command("run")(run.run)
program.command("demo")(demo.demo)
program.command("init")(init.init)
program.command("doctor")(doctor.doctor)
program.command("console")(console.console)
program.command("score")(score.score)
program.command("evaluate")(evaluate.evaluate)
program.command("replay")(replay.replay)
program.add_typer(rules.commands, name="rules")
program.add_typer(mode.commands, name="mode")
program.add_typer(queue.commands, name="queue")
program.add_typer(outbox.commands, name="outbox")
program.add_typer(learn.commands, name="learn")
program.add_typer(models.commands, name="models")
program.add_typer(db.commands, name="db")


def main() -> int:
    """Runs the command named on the command line; returns or exits with its code."""
    try:
        program()
    except FaultsError as error:
        tell_faults(error.faults)
        return FINDINGS if isinstance(error, RulesError) else USAGE
    except KeyboardInterrupt:
        return 130
    except Exception:  # noqa: BLE001 - the last wall: whatever arrives here is a bug
        traceback.print_exc()
        err().print("This is a bug in Veilleur: please report it with the lines above.")
        return BUG
    return FINE
