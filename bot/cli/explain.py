"""`veilleur rules explain`: what every rule makes of one text, and why."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.cli.desk import now
from bot.cli.surroundings import surroundings
from bot.cli.terminal import one_line, out, tell
from bot.core.model import MAX_TEXT_CHARS, FactValue

if TYPE_CHECKING:  # what they need is loaded only by the commands that use it
    from bot.core.model import Scores, Unscored, Verdict
    from bot.rulebook.explaining import Answer, Explained
    from bot.settings import Settings

_ANSWERS = {True: "fired", False: "no", None: "lacks a fact"}
_STYLES = {True: "red", False: None, None: "yellow"}


def explain(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text, or - to read it.")],
    rules: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Folder of rules; by default as the settings say.",
            show_default=False,
        ),
    ] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A fact to assume; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what every rule makes of a text.

    Taken as a new reader's first comment on the site. Each rule, drafts included: fired, did not, or
    lacks a fact, and the values it read. Stating a score means that the text is not scored.
    """
    text = sys.stdin.read() if text == "-" else text
    if not text.strip() or len(text) > MAX_TEXT_CHARS:
        raise typer.BadParameter(f"a text has 1 to {MAX_TEXT_CHARS} characters, got {len(text)}")
    settings = surroundings(context).settings()
    folder = rules or settings.rules_folder
    found = asyncio.run(_explained(settings, folder, text, _stated(fact or ())))
    answers, verdict = found.answers, found.verdict
    if as_json:
        _tell_json(answers, verdict, text)
    else:
        _tell_table(answers, verdict)
        _tell_evidence(answers, verdict, text)


def _stated(pairs: Sequence[str]) -> dict[str, FactValue]:
    from bot.core.facts import BY_NAME
    from bot.rulebook.condition_faults import near

    stated: dict[str, FactValue] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if name not in BY_NAME or not equals:
            hint = near(name, BY_NAME) or "the facts are listed in rules/README.md"
            raise typer.BadParameter(f"--fact: must be NAME=VALUE, got {pair!r}; {hint}")
        kind = BY_NAME[name].kind
        try:
            stated[name] = _value(kind, value)
        except (ValueError, KeyError) as error:
            raise typer.BadParameter(f"--fact: {name} is of type {kind}, got {value!r}") from error
    return stated


def _value(kind: str, value: str) -> FactValue:
    if kind == "bool":
        return {"true": True, "false": False}[value]
    if kind == "strings":
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if kind == "int":
        return int(value)
    return float(value) if kind == "double" else value


async def _explained(
    settings: Settings, folder: Path, text: str, stated: dict[str, FactValue]
) -> Explained:
    from bot.cli.model import comment_scored, loaded
    from bot.rulebook import load, read
    from bot.rulebook.explaining import explain as explained
    from bot.score.language import detect

    every, rulebook, chosen = (
        read(folder),
        load(folder),
        loaded(settings.scorer, settings.models_dir),
    )

    async def score(text: str) -> Scores | Unscored:
        return comment_scored(chosen, text, language=detect(text, settings.language).language)

    return await explained(
        every, rulebook, text, score, policy=settings.policy, now=now(), stated=stated
    )


def _tell_table(answers: tuple[Answer, ...], verdict: Verdict) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("rule", "stage", "asks for", "answer", "read"):
        table.add_column(column)
    for each in answers:
        rule = each.rule.rule
        read = ", ".join(f"{name} {_shown(value)}" for name, value in each.read.items())
        table.add_row(
            rule.id,
            rule.stage.value,
            rule.outcome.value,
            _ANSWERS[each.fired] + (", but expired" if each.expired else ""),
            read,
            style=_STYLES[each.fired],
        )
    out().print(table)
    tell(f"{verdict.outcome.value} ({verdict.basis.value}): {one_line(verdict.because.fr)}")


def _tell_evidence(answers: tuple[Answer, ...], verdict: Verdict, text: str) -> None:
    """Where in the text, and which single rule made the difference."""
    for each in answers:
        for passage in each.passages:
            stands = one_line(text[passage.start : passage.end], limit=60)
            place = f"characters {passage.start + 1} to {passage.end}"
            tell(f"{each.rule.rule.id}: «{stands}» ({place}) by {one_line(passage.told)}")
    for pivot in verdict.pivots:
        tell(f"without {pivot.rule}: {pivot.outcome.value}")
    if verdict.hits and not verdict.pivots:
        tell("no single rule, taken away, would change this")


def _tell_json(answers: tuple[Answer, ...], verdict: Verdict, text: str) -> None:
    document = {
        "outcome": verdict.outcome.value,
        "basis": verdict.basis.value,
        "because": {"fr": verdict.because.fr, "en": verdict.because.en},
        "without": {pivot.rule: pivot.outcome.value for pivot in verdict.pivots},
        "rules": [
            {
                "rule": each.rule.rule.id,
                "stage": each.rule.rule.stage.value,
                "then": each.rule.rule.outcome.value,
                "fired": each.fired,
                "expired": each.expired,
                "read": dict(each.read),
                "passages": [
                    {
                        "start": passage.start,
                        "end": passage.end,
                        "text": text[passage.start : passage.end],
                        "function": passage.function,
                        "looked_for": passage.looked_for,
                        "entry": passage.entry,
                    }
                    for passage in each.passages
                ],
            }
            for each in answers
        ],
    }
    print(json.dumps(document, indent=2))


def _shown(value: FactValue | None) -> str:
    if value is None:
        return "(absent)"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, str):
        return f"«{one_line(value, limit=30)}»"
    if isinstance(value, Sequence):
        return f"[{one_line(', '.join(value), limit=30)}]"
    return str(value).lower()
