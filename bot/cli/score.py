"""`veilleur score`: what the model says of one text."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.table import Table

from bot.cli.surroundings import surroundings
from bot.cli.terminal import err, out
from bot.core.model import ATTRIBUTES, MAX_TEXT_CHARS, Unscored

_BAR = 30


def score(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text, or - to read it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score one text.

    Shows the probability of each attribute, from 0 to 1.
    """
    from bot.cli.model import loaded, scored

    text = sys.stdin.read() if text == "-" else text
    if len(text) > MAX_TEXT_CHARS:
        raise typer.BadParameter(f"a text has at most {MAX_TEXT_CHARS} characters, got {len(text)}")
    scores = scored(loaded(surroundings(context).settings().scorer), text)
    if isinstance(scores, Unscored):
        err().print(f"not scored: {scores.reason}")
        raise typer.Exit(1)
    if as_json:
        found = {"scorer": scores.scorer, "version": scores.version, "scores": dict(scores.values)}
        print(json.dumps(found, ensure_ascii=False))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for name in ATTRIBUTES:
        if name in scores.values:
            value = scores.values[name]
            table.add_row(name, f"{value:.3f}", bar(value), style=_style(value))
    out().print(table)
    out().print(f"by {scores.scorer}, version {scores.version}", style="dim")


def bar(value: float) -> str:
    filled = round(value * _BAR)
    return "█" * filled + "·" * (_BAR - filled)


def _style(value: float) -> str | None:
    return "red" if value >= 0.8 else "yellow" if value >= 0.5 else None  # noqa: PLR2004 - colours only, no policy
