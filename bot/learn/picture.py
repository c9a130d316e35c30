"""A backtest's report as a picture, for places that show no page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from bot.core.model import Outcome, Words
from bot.learn.backtest import Report
from bot.learn.report import agreement

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = {Outcome.APPROVE: "#2f855a", Outcome.REVIEW: "#d69e2e", Outcome.REJECT: "#c53030"}
_THEN, _NOW = "#8795a6", "#2b6cb0"
_OUTCOMES = {
    Outcome.APPROVE: Words(fr="publiés", en="approved"),
    Outcome.REVIEW: Words(fr="à examiner", en="to review"),
    Outcome.REJECT: Words(fr="refusés", en="rejected"),
}
_ACTUAL = Words(fr="alors", en="then")
_TRIED = Words(fr="avec ces règles", en="with these rules")
_COMMENTS = Words(fr="Commentaires par issue", en="Comments by outcome")
_LOAD = Words(fr="À examiner, par jour", en="To review, per day")
_AGREEMENT = Words(
    fr="Accord avec les décisions humaines (intervalles à 95 %)",
    en="Agreement with people's decisions (95 % intervals)",
)
SHARES = {
    "precision of refusals": Words(fr="refus justes", en="rejections that were right"),
    "recall of refusals": Words(fr="refusables refusés", en="bad ones rejected"),
    "recall of refusals and reviews": Words(fr="refusables repérés", en="bad ones noticed"),
    "precision of publishing": Words(fr="publications justes", en="approvals that were right"),
}


def png(report: Report, *, language: str) -> bytes:
    """Takes its time: call it off the event loop. Holds no comment's text."""
    from matplotlib.figure import Figure  # slow to load, and only here

    figure = Figure(figsize=(9, 8), dpi=110, layout="constrained")
    outcomes, load, people = figure.subplots(3, 1, height_ratios=(2, 3, 4))
    _draw_outcomes(outcomes, report, language)
    _draw_load(load, report, language)
    _draw_agreement(people, report, language)
    for axes in (outcomes, load, people):
        axes.spines[["top", "right"]].set_visible(False)
    written = io.BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()


def _draw_outcomes(axes: Axes, report: Report, language: str) -> None:
    labels = [_TRIED.in_language(language), _ACTUAL.in_language(language)]
    left = [0, 0]
    for outcome in Outcome:
        counts = [report.total(outcome, now=now) for now in (True, False)]
        name = _OUTCOMES[outcome].in_language(language)
        bars = axes.barh(labels, counts, left=left, color=_COLOURS[outcome], label=name)
        shown = [str(n) if n * 25 > report.comments else "" for n in counts]
        axes.bar_label(bars, labels=shown, label_type="center", color="white")
        left = [start + count for start, count in zip(left, counts, strict=True)]
    axes.set_title(_COMMENTS.in_language(language), loc="left")
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0.45, 1.0), frameon=False)


def _draw_load(axes: Axes, report: Report, language: str) -> None:
    days = [day.day.toordinal() for day in report.days]
    names = [
        f"{day.day:%d/%m}" if language.startswith("fr") else f"{day.day:%d %b}"
        for day in report.days
    ]
    for words, colour, counts in (
        (_ACTUAL, _THEN, [day.reviews_then for day in report.days]),
        (_TRIED, _NOW, [day.reviews_now for day in report.days]),
    ):
        axes.plot(days, counts, color=colour, marker="o", label=words.in_language(language))
    step = max(1, len(days) // 8)
    axes.set_xticks(days[::step], names[::step])
    most = max((max(day.reviews_then, day.reviews_now) for day in report.days), default=0)
    axes.set_ylim(0, 1.1 * max(1, most))
    axes.set_title(_LOAD.in_language(language), loc="left")
    axes.legend(frameon=False)


def _draw_agreement(axes: Axes, report: Report, language: str) -> None:
    """A dot and its interval, then above now; nothing where nobody decided."""
    shares = agreement(report.then, report.now)
    for row, (_, then, now) in enumerate(shares):
        for share, colour, offset in ((then, _THEN, -0.14), (now, _NOW, 0.14)):
            if share.value is not None:
                spread: Any = [[share.value - share.low], [share.high - share.value]]
                axes.errorbar(
                    share.value, row + offset, xerr=spread, fmt="o", color=colour, capsize=4
                )
    axes.set_yticks(
        range(len(shares)), [SHARES[name].in_language(language) for name, _, _ in shares]
    )
    axes.set_ylim(len(shares) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_title(_AGREEMENT.in_language(language), loc="left")
