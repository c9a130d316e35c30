"""`veilleur evaluate`: how well the model does on texts whose labels are known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from bot.cli.surroundings import surroundings
from bot.cli.terminal import err, harmless, out, tell, warn
from bot.core.errors import Fault, SettingsError
from bot.core.model import Unscored

if TYPE_CHECKING:
    from bot.score.choose import Chosen
    from bot.score.evaluation.metrics import Rate
    from bot.score.evaluation.report import Report
    from bot.score.evaluation.rows import Row
    from bot.score.levels import Levels

_MOST_FAULTS = 20


def evaluate(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="JSON lines: text, label or labels.")
    ],
    plot_file: Annotated[
        Path | None,
        typer.Option("--plot", metavar="PNG", help="Also draw the reliability curves there."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the model on labelled texts.

    Each line holds text and label (0 or 1) or labels.toxicity, and may hold slice, language, story
    and parent. Scored are the authors' own words, as rules read them.

    Shows ranking, recall, false alarms and precision at the levels, and the calibration.
    """
    from bot.cli.model import loaded
    from bot.score.evaluation.report import evaluated

    _check_plot(plot_file)
    rows = _rows(files)
    settings = surroundings(context).settings()
    chosen = loaded(settings.scorer, settings.models_dir)
    levels = chosen.levels
    known, scores = _scored(chosen, rows)
    if not known:
        raise SettingsError((Fault(where=str(files[0]), what="no text could be scored"),))
    report = evaluated(known, scores, levels)
    unscored = len(rows) - len(known)
    if as_json:
        _tell_json(chosen, report, levels, unscored)
    else:
        _tell(chosen, report, levels, unscored)
    if plot_file is not None:
        from bot.score.evaluation.plot import plot

        plot(report.reliability, plot_file, title=f"{chosen.model.name} {chosen.model.version}")
        err().print(f"reliability curves: {plot_file}")


def _check_plot(file: Path | None) -> None:
    """Before minutes of scoring, not after."""
    if file is None:
        return
    from bot.score.evaluation.plot import can_plot

    if file.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise typer.BadParameter("--plot writes .png, .svg or .pdf")
    if not file.absolute().parent.is_dir():
        raise typer.BadParameter(f"--plot: there is no folder {file.absolute().parent}")
    if not can_plot():
        fix = "pip install matplotlib, or leave --plot out: the table holds the same numbers"
        raise SettingsError((Fault(where="--plot", what="needs matplotlib", fix=fix),))


def _rows(files: Sequence[Path]) -> list[Row]:
    from bot.score.evaluation.rows import read_rows

    rows: list[Row] = []
    faults: list[Fault] = []
    for file in files:
        found, wrong = read_rows(file)
        rows += found
        faults += wrong
    if faults:
        more = len(faults) - _MOST_FAULTS
        rest = (Fault(where="…", what=f"{more} more lines are wrong"),) if more > 0 else ()
        raise SettingsError((*faults[:_MOST_FAULTS], *rest))
    return rows


def _scored(chosen: Chosen, rows: Sequence[Row]) -> tuple[list[Row], list[float]]:
    """Rows that could be scored, and their toxicities."""
    from bot.cli.model import comment_scored

    known: list[Row] = []
    scores: list[float] = []
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err(), transient=True) as progress:
        for row in progress.track(rows, description="scoring"):
            answer = comment_scored(chosen, row.text, title=row.story, parent=row.parent)
            if not isinstance(answer, Unscored):
                known.append(row)
                scores.append(answer.values["toxicity"])
    return known, scores


def _tell_json(chosen: Chosen, report: Report, levels: Levels, unscored: int) -> None:
    from bot.score.evaluation.report import as_json

    shown = {
        "scorer": chosen.model.name,
        "version": chosen.model.version,
        "attribute": "toxicity",
        "unscored": unscored,
        "levels": {k: dict(v["toxicity"]) for k, v in levels.by_language.items()},
        **as_json(report),
    }
    print(json.dumps(shown, ensure_ascii=False, indent=1))


def _tell(chosen: Chosen, report: Report, levels: Levels, unscored: int) -> None:
    tell(f"{chosen.model.name}, version {chosen.model.version}: toxicity", style="bold")
    out().print(_ranking(report))
    tell("")
    out().print(_at_levels(report))
    for language, of in levels.by_language.items():
        named = ", ".join(f"{name} {value:.4f}" for name, value in of["toxicity"].items())
        tell(f"levels, {language}: {named}", style="dim")
    tell("")
    out().print(_reliability(report))
    for curve in report.reliability:
        tell(f"calibration error, {harmless(curve.group)}: {curve.error:.3f}", style="dim")
    if unscored:
        warn(f"{unscored} texts could not be scored and are not counted")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _ranking(report: Report) -> Table:
    shares = report.figures[0].recall_at
    recalls = [f"recall at {100 * share:g} % false" for share in shares]
    table = _table("", "texts", "toxic", "AUC", "avg. precision", *recalls)
    for each in report.figures:
        table.add_row(
            harmless(each.group),
            str(each.rows),
            str(each.toxic),
            _decimal(each.auc),
            _decimal(each.average_precision),
            *(_share(found) for found in each.recall_at.values()),
        )
    return table


def _at_levels(report: Report) -> Table:
    table = _table("", "level", "flagged", "of the civil", "of the toxic", "toxic among flagged")
    for each in report.figures:
        for name, at in each.levels.items():
            table.add_row(
                harmless(each.group),
                name,
                f"{at.flagged.hits} of {at.flagged.of}",
                _interval(at.civil_flagged),
                _interval(at.found),
                _interval(at.right),
            )
    return table


def _reliability(report: Report) -> Table:
    table = _table("", "scores", "texts", "mean score", "toxic indeed")
    for curve in report.reliability:
        for each in curve.bins:
            table.add_row(
                harmless(curve.group),
                f"{each.start:.1f} to {each.end:.1f}",
                str(each.toxic.of),
                f"{each.mean_score:.3f}",
                _interval(each.toxic),
            )
    return table


def _decimal(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _share(found: Rate | None) -> str:
    return "–" if found is None else f"{100 * found.share:.1f} %"


def _interval(found: Rate | None) -> str:
    if found is None:
        return "–"
    low, high = found.interval
    return f"{100 * found.share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
