"""`veilleur queue`: the review queue without Discord or browser."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from bot import pipeline
from bot.cli.desk import ago, operator, until, with_ports, with_store
from bot.cli.surroundings import surroundings
from bot.cli.terminal import err, harmless, one_line, out, tell
from bot.core.model import Case, Outcome, Proposed, RefusalKind, Refused, Resolution, Resolved
from bot.core.reasons import Reason
from bot.ports import Ports, Store
from bot.settings import Settings

commands = typer.Typer(help="Look at the review queue and decide.", no_args_is_help=True)

_NOTE_CHARS = 1_000
_Case = Annotated[int, typer.Argument(metavar="CASE", min=1, help="Number in `queue list`.")]
_Note = Annotated[str | None, typer.Option(help="Words for colleagues and the author.")]
_Version = Annotated[
    int | None,
    typer.Option(min=1, help="Refuse if the case is no longer at this version (`queue list`)."),
]
_REFUSALS = {
    RefusalKind.UNKNOWN: "there is no such case",
    RefusalKind.TAKEN: "somebody decided first",
    RefusalKind.CHANGED: "the case has changed since: look again",
    RefusalKind.CLAIMED: "a colleague is on it",
    RefusalKind.TOO_LATE: "it is too late for that",
    RefusalKind.ESCALATED: "it was handed up to the leads",
    RefusalKind.SECOND_NEEDED: "this reason takes two people, and you were the first",
    RefusalKind.INVALID: "the order makes no sense",
}


@commands.command("list")
def list_cases(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most cases shown.")] = 20,
    full: Annotated[bool, typer.Option("--full", help="Show whole texts.")] = False,
) -> None:
    """List open cases, most urgent first."""
    settings = surroundings(context).settings()

    async def work(store: Store) -> tuple[list[Case], int]:
        return await store.cases.queue(limit=limit), (await store.totals()).open_cases

    cases, in_all = with_store(settings, work)
    if not cases:
        tell("The queue is empty.")
        return
    if full:
        for case in cases:
            _tell_whole(case, settings.language)
    else:
        out().print(_table(cases, settings.language))
    if in_all > len(cases):
        tell(f"{in_all - len(cases)} more; see --limit")


@commands.command()
def approve(
    context: typer.Context, case: _Case, note: _Note = None, version: _Version = None
) -> None:
    """Approve the comment of a case."""
    settings = surroundings(context).settings()
    _decide(settings, case, outcome=Outcome.APPROVE, reason=None, note=note, version=version)


@commands.command()
def reject(
    context: typer.Context,
    case: _Case,
    reason: Annotated[Reason, typer.Option(help="Why, as the site is told.")],
    note: _Note = None,
    version: _Version = None,
) -> None:
    """Reject the comment of a case, with a reason."""
    settings = surroundings(context).settings()
    _decide(settings, case, outcome=Outcome.REJECT, reason=reason, note=note, version=version)


def _decide(
    settings: Settings,
    case_id: int,
    *,
    outcome: Outcome,
    reason: Reason | None,
    note: str | None,
    version: int | None,
) -> None:
    if note and len(note) > _NOTE_CHARS:
        raise typer.BadParameter(f"a note has at most {_NOTE_CHARS} characters")

    async def work(ports: Ports) -> Resolved | Proposed | Refused:
        case = await ports.store.cases.get(case_id)
        if case is None:
            return Refused(kind=RefusalKind.UNKNOWN)
        order = Resolution(
            case_id=case_id,
            case_version=version or case.version,
            outcome=outcome,
            actor=operator(),
            reason=reason,
            note=note,
        )
        return await pipeline.resolve(ports, order)

    done = with_ports(settings, work)
    if isinstance(done, Refused):
        by = f" ({one_line(done.by.name)})" if done.by else ""
        said = f": {done.outcome.value}" if done.outcome else ""
        err().print(f"case {case_id}: {_REFUSALS[done.kind]}{by}{said}")
        raise typer.Exit(1)
    if isinstance(done, Proposed):
        tell(f"case {case_id}: proposed; a second person has to agree")
        return
    tell(f"case {case_id}: {done.case.comment.state} · {one_line(done.case.comment.text)}")


def _table(cases: list[Case], language: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("case", "version", "due", "waiting", "author", "text", "why"):
        is_number = name in ("case", "version")
        table.add_column(
            name, justify="right" if is_number else "left", no_wrap=name not in ("text", "why")
        )
    for case in cases:
        table.add_row(
            str(case.id),
            str(case.version),
            until(case.turn.due_at),
            ago(case.opened_at),
            one_line(case.comment.author.name, limit=20),
            one_line(case.comment.text, limit=50),
            one_line(case.because.in_language(language), limit=40),
        )
    return table


def _tell_whole(case: Case, language: str) -> None:
    author, because = case.comment.author.name, case.because.in_language(language)
    tell(f"case {case.id} (version {case.version}) · {one_line(author)}", style="bold")
    tell(one_line(because, limit=200), style="dim")
    tell(harmless(case.comment.text) + "\n")
