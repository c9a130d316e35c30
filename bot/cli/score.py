"""`veilleur score`: what the model says of one text, or of a file of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from bot.cli.surroundings import surroundings
from bot.cli.terminal import err, harmless, one_line, out, tell, tell_faults
from bot.core.model import ATTRIBUTES, MAX_TEXT_CHARS, Scores, Unscored

if TYPE_CHECKING:
    from bot.score.choose import Chosen
    from bot.score.explain import Explanation

_BAR = 30
_EXPLAIN_WITHIN_S = 60.0
_STRONG = 0.3
"""Share of the score from which a word is shown in red; colours only, no policy."""


def score(  # noqa: PLR0917 - typer reads options from the signature
    context: typer.Context,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="The text, or - to read it.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="IN", help="JSON lines with a text each, to be scored into --out."),
    ] = None,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", metavar="OUT", help="Where the lines go, with scores added."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show which words drive the toxicity.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score one text, or a file of texts.

    Shows the probability of each attribute, from 0 to 1: of the author's own words, as rules read
    them, and of the whole where somebody is quoted.

    With --file and --out, every other field of a line is passed through; `story` (or its `title`)
    and `parent` (or its `text`) help to tell quotations.
    """
    from bot.cli.model import comment_scored, loaded

    _check_usage(context, text, file, out_file, explain=explain)
    text = sys.stdin.read() if text == "-" else text
    if text is not None and len(text) > MAX_TEXT_CHARS:
        raise typer.BadParameter(f"a text has at most {MAX_TEXT_CHARS} characters, got {len(text)}")
    settings = surroundings(context).settings()
    chosen = loaded(settings.scorer, settings.models_dir)
    if file is not None and out_file is not None:
        _score_file(chosen, file, out_file, as_json=as_json)
    elif text is not None:
        scores = comment_scored(chosen, text)
        if isinstance(scores, Unscored):
            err().print(f"not scored: {scores.reason}")
            raise typer.Exit(1)
        found = _explained(chosen, text) if explain else None
        _tell_json(text, scores, found) if as_json else _tell(text, scores, found)


def _check_usage(
    context: typer.Context,
    text: str | None,
    file: Path | None,
    target: Path | None,
    *,
    explain: bool,
) -> None:
    if file is None and target is None:
        if text is None:
            context.fail("Missing argument 'TEXT' (or --file IN --out OUT).")
    elif text is not None or explain:
        context.fail("--file takes neither a TEXT beside it nor --explain.")
    elif file is None or target is None:
        context.fail("--file IN and --out OUT go together.")


def _explained(chosen: Chosen, text: str) -> Explanation:
    from bot.score.explain import explain

    found = explain(chosen.model, text, attribute="toxicity", limit_s=_EXPLAIN_WITHIN_S)
    if isinstance(found, Unscored):
        err().print(f"not explained: {found.reason}")
        raise typer.Exit(1)
    return found


def _score_file(chosen: Chosen, source: Path, target: Path, *, as_json: bool) -> None:
    from bot.cli.model import comment_scored
    from bot.cli.scored_file import score_file

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err(), transient=True) as progress:
        total = source.stat().st_size if source.is_file() else None
        task = progress.add_task("scoring", total=total)
        tally = score_file(
            source,
            target,
            lambda text, title, parent: comment_scored(chosen, text, title=title, parent=parent),
            on_bytes=lambda count: progress.advance(task, count),
        )
    tell_faults(tally.all_faults())
    counts = {"scored": tally.scored, "unscored": tally.unscored, "bad_lines": tally.bad}
    if as_json:
        model = {"scorer": chosen.model.name, "version": chosen.model.version}
        print(json.dumps({**model, **counts}))
    else:
        tell(f"{tally.scored} texts scored, {tally.unscored} not, {tally.bad} bad lines: {target}")
    if tally.bad:
        raise typer.Exit(1)


def _tell(text: str, scores: Scores, found: Explanation | None) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name in ATTRIBUTES:
        if name in scores.values:
            value = scores.values[name]
            table.add_row(name, f"{value:.3f}", bar(value), style=_style(value))
    out().print(table)
    if scores.whole is not None:
        quoted = f"{scores.whole['toxicity']:.3f}"
        tell(f"of the author's own words; with what is quoted the toxicity is {quoted}")
    if found is not None:
        _tell_explanation(text, found)
    out().print(f"by {scores.scorer}, version {scores.version}", style="dim")


def _tell_explanation(text: str, found: Explanation) -> None:
    if not found.spans:
        tell(f"no word alone drives the {found.attribute}")
        return
    shown = Text(harmless(text))
    table = Table(box=None, show_header=False, pad_edge=False)
    for start, end, weight in sorted(found.spans, key=lambda span: -span[2]):
        style = "bold red" if weight >= _STRONG else "yellow"
        shown.stylize(style, start, end)
        table.add_row(f"{weight:.0%}", one_line(text[start:end]), style=style)
    out().print(shown)
    tell(f"what drives the {found.attribute}:")
    out().print(table)


def _tell_json(text: str, scores: Scores, found: Explanation | None) -> None:
    shown: dict[str, Any] = {
        "scorer": scores.scorer,
        "version": scores.version,
        "scores": dict(scores.values),
    }
    if scores.whole is not None:
        shown["whole"] = dict(scores.whole)
    if found is not None:
        shown["explanation"] = {
            "attribute": found.attribute,
            "base": found.base,
            "spans": [
                {"start": start, "end": end, "weight": weight, "text": text[start:end]}
                for start, end, weight in found.spans
            ],
        }
    line = json.dumps(shown, ensure_ascii=False)
    print(line.encode("utf-8", "replace").decode())


def bar(value: float) -> str:
    filled = round(value * _BAR)
    return "█" * filled + "·" * (_BAR - filled)


def _style(value: float) -> str | None:
    return "red" if value >= 0.8 else "yellow" if value >= 0.5 else None  # noqa: PLR2004 - colours only, no policy
