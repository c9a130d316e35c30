"""`veilleur learn`: the embedded model learns from what this site's moderators decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.cli.desk import ago, now, operator, with_store
from bot.cli.span import moment
from bot.cli.surroundings import surroundings
from bot.cli.terminal import err, harmless, out, tell, warn

if TYPE_CHECKING:  # the model and SQLAlchemy take their time to load
    from bot.core.model import Lesson
    from bot.learn.head import Trial
    from bot.settings import Settings
    from bot.store import SqlStore

commands = typer.Typer(
    invoke_without_command=True,
    help="Learn from your moderators' decisions.",
    rich_markup_mode=None,
)

SHIPPED = "shipped"
_PUBLISHED = 5_000
"""Comments that nobody had to decide: they hold the levels where they are."""
_FINDINGS = 1


@commands.callback()
def learn(
    context: typer.Context,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Decisions since: 12h, 30d, 52w or a date.")
    ] = "365d",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only measure; keep and use nothing.")
    ] = False,
) -> None:
    """Fit a head on people's decisions, and use it if it is better on the newest quarter of them.

    Everything stays on this machine. A running bot takes the new head up within ten seconds.
    """
    if context.invoked_subcommand is not None:
        return
    settings = surroundings(context).settings()
    start = moment(since)

    async def work(store: SqlStore) -> tuple[list[Lesson], list[Lesson]]:
        return await store.heads.lessons(since=start), await store.heads.published(limit=_PUBLISHED)

    trial = _trial(settings, *with_store(settings, work))
    _show(trial.as_json())
    why_not = trial.why_not or _confusion(trial)
    if why_not is not None:
        warn(f"Nothing is changed: {why_not}.")
        raise typer.Exit(_FINDINGS)
    if dry_run:
        tell(f"Head {trial.head.version} is better; nothing was kept (--dry-run).")
        return

    async def keep(store: SqlStore) -> None:
        await store.heads.keep(trial.head, figures=trial.as_json(), actor=operator(), now=now())

    with_store(settings, keep)
    tell(f"Head {trial.head.version} is kept and in use; `veilleur learn use {SHIPPED}` goes back.")


@commands.command("history")
def history(context: typer.Context) -> None:
    """List what was learnt, the newest first, with what it was worth."""
    settings = surroundings(context).settings()

    async def work(store: SqlStore) -> None:
        kept = await store.heads.history()
        if not kept:
            tell("Nothing was learnt yet: `veilleur learn` does it.")
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("head", "", "network", "learnt", "by", "decisions", "ranking", "found"):
            table.add_column(name, no_wrap=True)
        for each in kept:
            before, after = each.figures["shipped"], each.figures["learnt"]
            table.add_row(
                each.head.version,
                "in use" if each.in_use else "",
                each.head.base,
                f"{ago(each.made_at)} ago",
                harmless(each.made_by),
                str(each.figures["fitted_on"] + each.figures["held_back"]),
                f"{before['auc']:.3f} → {after['auc']:.3f}",
                f"{100 * before['found']:.0f} → {100 * after['found']:.0f} %",
                style="green" if each.in_use else None,
            )
        out().print(table)

    with_store(settings, work)


@commands.command("use")
def use(
    context: typer.Context,
    version: Annotated[
        str, typer.Argument(metavar="HEAD", help=f"As `learn history` shows it, or {SHIPPED!r}.")
    ],
) -> None:
    """Put a kept head to use, or go back to the shipped one."""
    settings = surroundings(context).settings()

    async def work(store: SqlStore) -> bool:
        wanted = None if version == SHIPPED else version
        return await store.heads.use(wanted, actor=operator(), now=now())

    if not with_store(settings, work):
        raise typer.BadParameter(f"no head {version}; `veilleur learn history` lists them")
    tell(f"Head {version} is in use; a running bot takes it up within ten seconds.")


def _trial(settings: Settings, decided: Sequence[Lesson], published: Sequence[Lesson]) -> Trial:
    from bot.learn.head import TooFewError
    from bot.learn.head import learn as fit
    from bot.learn.lessons import about_toxicity, examples
    from bot.score.embedded import EmbeddedModel
    from bot.score.levels import shipped_levels

    levels = shipped_levels()
    if levels is None:
        raise typer.BadParameter("the embedded model's card has no levels")
    lessons = about_toxicity(decided)
    model = EmbeddedModel()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=err(), transient=True,
    ) as bar:  # fmt: skip
        reading = bar.add_task("reading", total=len(lessons) + len(published))

        def read_one() -> None:
            bar.advance(reading)

        own = examples(model, lessons, on_read=read_one)
        rest = examples(model, published, on_read=read_one)
    try:
        return fit(
            own,
            published=rest,
            levels=levels.of(settings.language)["toxicity"],
            base=model.version,
        )
    except TooFewError as error:
        warn(f"Nothing to learn yet: {error}.")
        raise typer.Exit(_FINDINGS) from None


def _confusion(trial: Trial) -> str | None:
    """A few decisions of one kind can teach something that ranks them well and all else badly."""
    from bot.score.choose import ModelError, checked
    from bot.score.embedded import EmbeddedModel

    try:
        checked(EmbeddedModel().corrected(trial.head))
    except ModelError as error:
        return str(error)
    return None


def _show(figures: Mapping[str, Any]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("on the newest decisions", "shipped", "learnt"):
        table.add_column(name, no_wrap=True)
    before, after = figures["shipped"], figures["learnt"]
    table.add_row("ranking (AUC)", f"{before['auc']:.3f}", f"{after['auc']:.3f}")
    for name, title in (
        ("found", "refused, at level.likely"),
        ("accused", "approved, at level.likely"),
    ):
        table.add_row(title, f"{100 * before[name]:.1f} %", f"{100 * after[name]:.1f} %")
    out().print(table)
    tell(
        f"Fitted on {figures['fitted_on']} decisions, judged on {figures['held_back']} later ones; "
        f"the shipped head is as good in {100 * figures['chance_of_worse']:.1f} % of redrawn ones."
    )
