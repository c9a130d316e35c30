"""`veilleur rules backtest`: what other rules would have made of the comments of the past."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.cli.desk import opened_store
from bot.cli.new_rule import unwritable
from bot.cli.span import moment
from bot.cli.surroundings import surroundings
from bot.cli.terminal import err, one_line, out, tell
from bot.core.model import Outcome

if TYPE_CHECKING:  # what they need is loaded only by the commands that use it
    from bot.core.evaluate import Rulebook
    from bot.learn.backtest import Report, RuleReport, Telling
    from bot.learn.shares import Share
    from bot.settings import Settings


def backtest(
    context: typer.Context,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="How far back: 12h, 30d, 4w or a date.")
    ] = "30d",
    rules: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="The changed rules; by default those in use.",
            show_default=False,
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a report with charts.", show_default=False),
    ] = None,
    show: Annotated[int, typer.Option(min=0, max=200, help="Comments to show.")] = 10,
) -> None:
    """Try rules on stored comments.

    Judges the comments of the past once more, with their stored facts and scores, and compares with
    what the rules of then concluded and with what people decided. Changes nothing.
    """
    from bot.rulebook import load

    settings = surroundings(context).settings()
    start = moment(since)
    folder = rules or settings.rules_folder
    rulebook = load(folder)
    if html is not None:
        _make(html)
    report = asyncio.run(_report(settings, rulebook, start))
    heading = f"{folder}, on {report.comments} comments judged since {start:%Y-%m-%d %H:%M} UTC"
    if not report.comments:
        tell(f"Nothing was judged since {start:%Y-%m-%d %H:%M} UTC.")
        return
    tell(heading, style="bold")
    _tell(report, show=show)
    if html is not None:
        from bot.learn.report import html as page

        html.write_text(page(report, heading=heading), encoding="utf-8", errors="replace")
        tell(f"{html}: written; it holds readers' comments, so mind who sees it")


def _make(file: Path) -> None:
    """Before the work, so that none is lost; for its owner's eyes only, as comments will be in it."""
    try:
        file.touch(mode=0o600)
    except OSError as error:
        raise unwritable(file, error) from error


async def _report(settings: Settings, rulebook: Rulebook, since: datetime) -> Report:
    from bot.learn.running import look_back

    columns = (
        TextColumn("judging again"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    async with opened_store(settings) as store:
        with Progress(*columns, console=err(), transient=True) as progress:
            task = progress.add_task("", total=await store.past.count(since=since))
            return await look_back(
                store.past,
                rulebook,
                settings.policy,
                since=since,
                on_portion=lambda comments: progress.advance(task, comments),
            )


def _tell(report: Report, *, show: int) -> None:
    printer = out()
    printer.print(_outcomes(report))
    then, again = report.reviews_per_day
    printer.print(f"reviews per day: {then:.1f} then, {again:.1f} with these rules\n")
    if report.left_out:
        printer.print(f"left out, as their moderation had failed: {report.left_out}\n")
    printer.print(_agreement(report))
    printer.print(
        f"people decided {report.decided} of them, mostly those put before them; "
        f"new disagreements: {report.new_mistakes}, mended: {report.mended}\n"
    )
    printer.print(_rules(report))
    _tell_comments(printer, "Where these rules and a person differ", report.tellings[:show])
    _tell_comments(printer, "Changed outcomes no person has judged", report.unseen[:show])


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left")
    return table


def _outcomes(report: Report) -> Table:
    table = _table("then \\ now", *(each.value for each in Outcome), "in all")
    for then in Outcome:
        row = [report.outcomes.get((then, again), 0) for again in Outcome]
        table.add_row(then.value, *map(str, row), str(sum(row)))
    totals = [report.total(each, now=True) for each in Outcome]
    table.add_row("in all", *map(str, totals), str(report.comments))
    return table


def _agreement(report: Report) -> Table:
    from bot.learn.report import agreement

    table = _table("against people", "then", "now")
    for name, then, again in agreement(report.then, report.now):
        table.add_row(name, _share(then), _share(again))
    return table


def _rules(report: Report) -> Table:
    table = _table(
        "rule", "stage", "fired then", "now", "lacks a fact", "changes", "precision", "recall"
    )
    for rule in report.rules:
        changes = ", ".join(
            f"{then.value} → {again.value} {number}"
            for (then, again), number in rule.changed.items()
        )
        table.add_row(
            rule.rule,
            rule.stage.value if rule.stage else "gone",
            str(rule.fired_then),
            str(rule.fired_now),
            _lacking(rule),
            changes or "—",
            _share(rule.precision),
            _share(rule.recall),
        )
    return table


def _lacking(rule: RuleReport) -> str:
    """How many comments lack a fact that the rule reads, and which facts they are."""
    named = ", ".join(
        f"{fact} {number}" if number < rule.not_applied else fact
        for fact, number in rule.lacking.items()
    )
    return f"{rule.not_applied} ({named})" if named else str(rule.not_applied)


def _share(share: Share) -> str:
    if share.value is None:
        return "—"
    low, high = round(100 * share.low), round(100 * share.high)
    return f"{100 * share.value:.0f} % ({low} to {high}) of {share.of}"


def _tell_comments(printer: Console, title: str, listed: tuple[Telling, ...]) -> None:
    if not listed:
        return
    printer.print(f"\n{title}, worst first", style="bold")
    for each in listed:
        said = f", a person: {each.human.value}" if each.human else ""
        rules = f" ({', '.join(each.rules)})" if each.rules else ""
        printer.print(f"  {each.then.value} → {each.now.value}{said}{rules}", style="dim")
        printer.print(f"    {one_line(each.text, limit=160)}")
