"""`veilleur rules alarms`: what an admin should look at, and that it was seen to."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from bot.cli.desk import ago, now, operator, with_store
from bot.cli.surroundings import surroundings
from bot.cli.terminal import harmless, out, tell
from bot.core.model import Alarm, AlarmKind

commands = typer.Typer(help="List and close the alarms about rules.")

_MEANING = {
    AlarmKind.CAP: "the cap on automatic removals was reached: further ones go to people",
    AlarmKind.RULE_CAP: "reached its own limits: further removals go to people",
    AlarmKind.RULE_SURGE: "fires far more often than it used to: its removals go to people",
    AlarmKind.RULE_SILENT: "used to fire and has stopped",
    AlarmKind.RULE_EXPIRED: "its last day is past: it acts no longer",
}


@commands.callback(invoke_without_command=True)
def listed(context: typer.Context) -> None:
    """List what is open, the oldest first."""
    if context.invoked_subcommand is not None:
        return
    settings = surroundings(context).settings()
    alarms = with_store(settings, lambda store: store.alarms.open())
    if not alarms:
        tell("No alarm is open.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("id", "since", "rule", "what", "numbers"):
        table.add_column(name, overflow="fold")
    for alarm in alarms:
        table.add_row(
            str(alarm.id),
            f"{ago(alarm.raised_at)} ago",
            harmless(alarm.rule or "all rules"),
            _MEANING[alarm.kind],
            _numbers(alarm),
        )
    out().print(table)


@commands.command()
def close(
    context: typer.Context,
    alarm: Annotated[int, typer.Argument(metavar="ID", help="As `rules alarms` lists it.")],
) -> None:
    """Close an alarm: a rule that was held back acts again with the next comment."""
    settings = surroundings(context).settings()
    closed = with_store(
        settings, lambda store: store.alarms.close(alarm, actor=operator(), now=now())
    )
    if not closed:
        raise typer.BadParameter(f"no alarm {alarm} is open: see `veilleur rules alarms`")
    tell(f"alarm {alarm} is closed")


def _numbers(alarm: Alarm) -> str:
    shown = {"hits": "{} firings", "expected": "{} expected", "expired_on": "on {}"}
    return ", ".join(
        text.format(harmless(str(alarm.detail[key])))
        for key, text in shown.items()
        if key in alarm.detail
    )
