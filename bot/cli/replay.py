"""`veilleur replay`: a file of comments through the real door of a running bot."""

from __future__ import annotations

import asyncio
import json
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.cli.course import BAD, Course, Door, Fate
from bot.cli.sample import Sample, read_samples
from bot.cli.surroundings import own_address, surroundings
from bot.cli.terminal import err, harmless, out, tell
from bot.core.errors import Fault, SettingsError
from bot.settings import Settings

_MOST_REFUSALS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pace:
    rate: float | None
    concurrency: int
    wait_s: float
    patience_s: float


def replay(  # noqa: PLR0917 - typer reads options from the signature
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines: id, text, author …")],
    url: Annotated[
        str | None, typer.Option(help="Where the bot listens; by default as the settings say.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=0.01, help="Most comments per second; no limit by default.")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Requests at once.")] = 16,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for the next verdict.")
    ] = 60.0,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds to try one comment while the bot is away.")
    ] = 60.0,
    prefix: Annotated[
        str, typer.Option(help="Put before each id, to send a file again as new comments.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Send a file of comments to a running bot.

    Through the signed door, as a site does; then shows what became of them.

    Waits when the bot says 429 or 503, tries again when it is away, and counts what is lost.
    """
    settings = surroundings(context).settings()
    door = _door(settings, url)
    samples = read_samples(file, prefix=prefix)
    pace = _Pace(rate=rate, concurrency=concurrency, wait_s=wait, patience_s=patience)
    course = asyncio.run(_course(door, samples, pace))
    _tell_json(course) if as_json else _tell_table(course)
    if any(fate in BAD for fate in course.fates.values()):
        raise typer.Exit(1)


def _door(settings: Settings, url: str | None) -> Door:
    fix = "put the bot's own into .env or the environment"
    faults = [
        Fault(where=name, what="is not set, but comments are sent with it", fix=fix)
        for name, value in (
            ("SITE_SECRET", settings.site_secret),
            ("SITE_API_KEY", settings.site_api_key),
        )
        if not value
    ]
    if url is not None and not url.startswith(("http://", "https://")):
        faults.append(
            Fault(where="--url", what=f"must begin with http:// or https://, got {url!r}")
        )
    if faults or settings.site_api_key is None:
        raise SettingsError(tuple(faults))
    return Door(
        url=(url or own_address(settings)).rstrip("/"),
        secrets=settings.signing_secrets[:1],
        api_key=settings.site_api_key.get_secret_value(),
    )


async def _course(door: Door, samples: list[Sample], pace: _Pace) -> Course:
    import aiohttp

    from bot.cli.sender import Sender

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    timeout = aiohttp.ClientTimeout(total=30)
    connector = aiohttp.TCPConnector(limit=pace.concurrency)
    with Progress(*columns, console=err(), transient=True) as progress:
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            sending = progress.add_task("sending", total=len(samples))
            following = progress.add_task("verdicts", total=len(samples))
            active = sending
            sender = Sender(
                session,
                door,
                rate=pace.rate,
                patience_s=pace.patience_s,
                on_step=lambda: progress.advance(active),
            )
            await sender.check()
            await sender.send_all(samples, concurrency=pace.concurrency)
            active = following
            await sender.follow_all(wait_s=pace.wait_s, concurrency=pace.concurrency)
    return sender.course


def _tell_table(course: Course) -> None:
    counts = Counter(course.fates.values())
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("what became of them")
    table.add_column("comments", justify="right")
    table.add_column("share", justify="right")
    for fate in Fate:
        if counts[fate]:
            share = f"{100 * counts[fate] / len(course.fates):.1f} %"
            table.add_row(
                fate.value, str(counts[fate]), share, style="red" if fate in BAD else None
            )
    out().print(table)
    for line in course.refusals[:_MOST_REFUSALS]:
        err().print(harmless(line), style="red")
    figures = _figures(course)
    tell(
        f"{len(course.fates)} comments in {figures['seconds']} s "
        f"({figures['comments_per_s']} comments/s, answered in {figures['answer_ms_p50']} ms, "
        f"slowest 5 %: {figures['answer_ms_p95']} ms), {course.retries} tried again"
    )


def _tell_json(course: Course) -> None:
    counts = Counter(fate.name.lower() for fate in course.fates.values())
    print(json.dumps({"comments": len(course.fates), **counts, **_figures(course)}))


def _figures(course: Course) -> dict[str, float]:
    """Of the sending: until each comment was stored, not until it was judged."""
    seconds = max(course.sent_in_s, 1e-6)
    cuts = statistics.quantiles(course.answer_s * 2 or [0.0, 0.0], n=20)
    return {
        "seconds": round(seconds, 1),
        "comments_per_s": round(len(course.answer_s) / seconds, 1),
        "answer_ms_p50": round(cuts[9] * 1000, 1),
        "answer_ms_p95": round(cuts[18] * 1000, 1),
        "retries": course.retries,
    }
