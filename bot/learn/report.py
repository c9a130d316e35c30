"""A backtest as one HTML page that needs nothing else: no script, no picture, no outside address."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.core.model import Outcome
from bot.learn.backtest import Agreement, Change, Report
from bot.learn.shares import Share

_LEFT, _WIDTH = 60.0, 650.0
"""Of the outcome bars, in the drawing's units."""
_CHART = (40.0, 670.0, 170.0, 160.0)
"""Left edge, width, ground line and height of the chart of days."""
_SCALE_FROM, _PER_PERCENT = 300.0, 4.0
"""Of the drawing of intervals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    kind: str
    number: int
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    label: str
    y: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    most: int
    """What the upper line stands for."""
    then: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisker:
    label: str
    kind: str
    value: float | None
    low: float
    high: float


def html(report: Report, *, heading: str) -> str:
    """The page. Comments' texts are escaped and kept from turning the direction of what is around."""
    loader = PackageLoader("bot.learn", "pages")
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    css, _, _ = loader.get_source(pages, "report.css")
    digest = base64.b64encode(sha256(css.encode()).digest()).decode()
    return pages.get_template("report.html").render(
        report=report,
        heading=heading,
        css=Markup(css),  # noqa: S704 - our own file
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        outcomes=tuple(Outcome),
        bars=tuple(_bars(report)),
        chart=_chart(report),
        whiskers=tuple(_whiskers(report)),
        agreement=agreement(report.then, report.now),
        percent=percent,
        removed=Change.REMOVED,
        published=Change.PUBLISHED,
        unseen=Change.UNSEEN,
    )


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def agreement(then: Agreement, now: Agreement) -> tuple[tuple[str, Share, Share], ...]:
    """The four shares with their names for people."""
    return (
        ("precision of refusals", then.refused_rightly, now.refused_rightly),
        ("recall of refusals", then.refused_found, now.refused_found),
        ("recall of refusals and reviews", then.flagged_found, now.flagged_found),
        ("precision of publishing", then.published_rightly, now.published_rightly),
    )


def _bars(report: Report) -> Iterator[Bar]:
    for label, now in (("then", False), ("now", True)):
        parts: list[Part] = []
        x = _LEFT
        for outcome in Outcome:
            number = report.total(outcome, now=now)
            width = round(_WIDTH * number / max(1, report.comments), 2)
            parts.append(Part(kind=outcome.value, number=number, x=round(x, 2), width=width))
            x += width
        yield Bar(label=label, y=46.0 if now else 6.0, parts=tuple(parts))


def _chart(report: Report) -> Chart | None:
    """None where a line would be a single point."""
    if len(report.days) < len(("from", "to")):
        return None
    most = max(1, *(max(day.reviews_then, day.reviews_now) for day in report.days))
    left, width, ground, height = _CHART
    first = report.days[0].day.toordinal()
    span = report.days[-1].day.toordinal() - first

    def points(now: bool) -> str:
        return " ".join(
            f"{left + width * (day.day.toordinal() - first) / span:.1f},"
            f"{ground - height * (day.reviews_now if now else day.reviews_then) / most:.1f}"
            for day in report.days
        )

    return Chart(most=most, then=points(now=False), now=points(now=True))


def _whiskers(report: Report) -> Iterator[Whisker]:
    for name, then, now in agreement(report.then, report.now):
        for kind, share in (("then", then), ("now", now)):
            value = share.value
            yield Whisker(
                label=f"{name}: {kind}",
                kind=kind,
                value=None if value is None else _across(value),
                low=_across(share.low),
                high=_across(share.high),
            )


def _across(share: float) -> float:
    return round(_SCALE_FROM + 100 * _PER_PERCENT * share, 1)
