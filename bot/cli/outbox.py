"""`veilleur outbox`: what is on its way out, and what could not be delivered."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from bot.cli.desk import ago, now, operator, with_store
from bot.cli.surroundings import surroundings
from bot.cli.terminal import err, one_line, out, tell
from bot.core.model import OutboxItem
from bot.ports import Store

commands = typer.Typer(help="Look at deliveries and try again.", no_args_is_help=True)


@commands.command("list")
def list_items(
    context: typer.Context,
    dead: Annotated[bool, typer.Option("--dead", help="Only those given up on.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most of each kind shown.")] = 100,
) -> None:
    """List deliveries given up on, and those that wait."""

    async def work(store: Store) -> list[OutboxItem]:
        given_up = await store.outbox.dead(limit=limit)
        return given_up if dead else [*given_up, *await store.outbox.waiting(limit=limit)]

    items = with_store(surroundings(context).settings(), work)
    if not items:
        tell("Nothing was given up on." if dead else "Everything is delivered.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("item", "state", "what", "comment", "tries", "age", "last error"):
        table.add_column(name, no_wrap=name != "last error")
    for item in items:
        table.add_row(
            str(item.id),
            "given up" if item.dead_at else "waiting",
            item.effect.kind.value,
            one_line(item.effect.subject, limit=36),
            str(item.attempts),
            ago(item.created_at),
            one_line(item.last_error or "", limit=60),
            style="red" if item.dead_at else None,
        )
    out().print(table)


@commands.command()
def retry(
    context: typer.Context,
    item: Annotated[
        list[int] | None, typer.Argument(metavar="ITEM...", help="Numbers in `outbox list`.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were given up on.")] = False,
) -> None:
    """Try again now; a running bot takes it up within 30 seconds."""
    if bool(item) == everything:
        raise typer.BadParameter("name ITEMs, or --all for all that were given up on")

    async def work(store: Store) -> dict[int, bool]:
        ids = item or [found.id for found in await store.outbox.dead(limit=100_000)]
        return {one: await store.outbox.retry(one, actor=operator(), now=now()) for one in ids}

    done = with_store(surroundings(context).settings(), work)
    for one in (one for one, found in done.items() if not found):
        err().print(f"item {one}: there is none that waits or was given up on")
    tell(f"{sum(done.values())} to be tried again")
    if not all(done.values()):
        raise typer.Exit(1)
