"""`veilleur console`: a way into the console when nobody has a link."""

from __future__ import annotations

import typer

from bot.cli.desk import now, operator, with_store
from bot.cli.surroundings import own_address, surroundings
from bot.cli.terminal import tell
from bot.ports import Store


def console(context: typer.Context) -> None:
    """Print a one-time link to the review console."""
    from bot.console import ConsoleConfig, issue_link

    settings = surroundings(context).settings()
    config = ConsoleConfig(public_url=settings.public_url or own_address(settings))

    async def work(store: Store) -> str:
        return await issue_link(store, operator(), config, now())

    tell(with_store(settings, work))
