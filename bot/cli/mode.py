"""`veilleur mode`: which mode is in force, and another one at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated

import typer

from bot.cli.desk import now, operator, with_store
from bot.cli.surroundings import surroundings
from bot.cli.terminal import one_line, tell
from bot.core.model import ModeOrder, StoryRef
from bot.core.modes import ModeNow, Modes, Why
from bot.ports import Store
from bot.settings import Settings

commands = typer.Typer(help="Show or change the mode (rules/modes.yaml).", no_args_is_help=True)

_SPAN = re.compile(r"(\d{1,4})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_WHY = {
    Why.STORY: "set for this story",
    Why.ORDER: "set everywhere",
    Why.CALENDAR: "by calendar",
    Why.NORMAL: "nothing else holds",
}
_Story = Annotated[
    str | None, typer.Option(metavar="ID", help="Only under this story, as the site names it.")
]
_Site = Annotated[str, typer.Option(metavar="NAME", help="Where that story stands.")]


@commands.command()
def show(context: typer.Context, story: _Story = None, site: _Site = "site") -> None:
    """Show the modes there are, and the one in force."""
    settings = surroundings(context).settings()
    modes = _modes(settings)
    found = with_store(settings, lambda store: _now(store, modes, _story(story, site)))
    for mode in modes.modes:
        here = f"  in force, {_said(found)}" if mode.id == found.mode else ""
        tell(f"{mode.id}: {one_line(mode.title.in_language(settings.language))}{here}")


@commands.command("set")
def put(
    context: typer.Context,
    mode: Annotated[str, typer.Argument(metavar="MODE", help="As `veilleur mode show` lists.")],
    story: _Story = None,
    site: _Site = "site",
    during: Annotated[
        str | None,
        typer.Option("--for", metavar="TIME", help="End by itself after 30m, 6h or 2d."),
    ] = None,
) -> None:
    """Put a mode in force; a running bot follows with its next comment."""
    settings = surroundings(context).settings()
    modes = _modes(settings)
    if modes.get(mode) is None:
        known = ", ".join(each.id for each in modes.modes)
        raise typer.BadParameter(f"there is no mode {mode!r}; known here: {known}")
    moment = now()
    order = ModeOrder(
        mode=mode,
        actor=operator(),
        set_at=moment,
        story=_story(story, site),
        until=moment + _span(during) if during else None,
    )
    with_store(settings, lambda store: store.modes.put(order))
    tell(f"{mode} is in force {_where(order.story)}{_until(order.until)}")


@commands.command()
def lift(context: typer.Context, story: _Story = None, site: _Site = "site") -> None:
    """Take back what was set: the calendar decides again."""
    settings = surroundings(context).settings()
    modes, where = _modes(settings), _story(story, site)

    async def work(store: Store) -> ModeNow:
        await store.modes.lift(story=where, actor=operator(), now=now())
        return await _now(store, modes, where)

    found = with_store(settings, work)
    tell(f"{found.mode} is in force {_where(where)}, {_said(found)}")


async def _now(store: Store, modes: Modes, story: StoryRef | None) -> ModeNow:
    moment = now()
    return modes.now(moment, await store.modes.standing(now=moment), story=story)


def _modes(settings: Settings) -> Modes:
    """Raises RulesError where `modes.yaml` is at fault; the other files may be."""
    from bot.core.errors import RulesError
    from bot.rulebook.modes import read_modes

    read = read_modes(settings.rules_folder)
    if read.faults:
        raise RulesError(read.faults)
    return read.modes


def _story(story: str | None, site: str) -> StoryRef | None:
    return StoryRef(site=site, story=story) if story else None


def _span(written: str) -> timedelta:
    match = _SPAN.fullmatch(written)
    if match is None or not int(match[1]):
        raise typer.BadParameter(f"--for: must be like 30m, 6h or 2d, got {written!r}")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _said(found: ModeNow) -> str:
    if found.order is None:
        return _WHY[found.why]
    return f"{_WHY[found.why]} by {one_line(found.order.actor.name)}{_until(found.order.until)}"


def _where(story: StoryRef | None) -> str:
    return f"under {one_line(story.story)}" if story else "everywhere"


def _until(until: datetime | None) -> str:
    return f", until {until:%Y-%m-%d %H:%M} UTC" if until else ""
