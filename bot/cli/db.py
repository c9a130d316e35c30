"""`veilleur db`: the database file itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.desk import with_store
from bot.cli.surroundings import surroundings
from bot.cli.terminal import tell

commands = typer.Typer(help="Back up and migrate the database.", no_args_is_help=True)


@commands.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that does not exist yet.")],
) -> None:
    """Copy the database, consistently, while the bot is running."""
    with_store(surroundings(context).settings(), lambda store: store.backup(file))
    tell(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


@commands.command()
def migrate(context: typer.Context) -> None:
    """Bring the database to this version's schema, creating it if need be; `run` does this too."""
    from bot.store import SqlStore
    from bot.store.migrate import newest

    settings = surroundings(context).settings()

    async def work() -> None:
        store = await SqlStore.open(settings.database_url)
        await store.close()

    asyncio.run(work())
    tell(f"{settings.database}: schema {newest()}")
