"""Runs the examples inside the rule files: each must come out as its rule promises."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.core import own_words
from bot.core.background import FIRST_COMMENT
from bot.core.facts import gather
from bot.core.model import (
    ATTRIBUTES,
    LEVELS,
    Author,
    Comment,
    FactValue,
    Scores,
    Source,
    State,
    Story,
    Unscored,
)
from bot.rulebook.compiled import CompiledConditions
from bot.rulebook.reading import Example, ReadRule, read

Score = Callable[[str], Awaitable[Scores | Unscored]]

NOMINAL_LEVELS = dict(zip(LEVELS, (0.5, 0.7, 0.9), strict=True))
"""Of every attribute, for examples that state their scores: they hold with any model."""

_WRITTEN_AT = datetime(2026, 1, 6, 12, tzinfo=UTC)
"""A Tuesday like any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleResult:
    """What became of one example."""

    rule: str
    example: Example
    fired: bool | None
    """None when the rule did not apply: a fact it reads is absent."""
    facts: dict[str, FactValue]
    """What the rule was asked about, for the explanation of a failure."""
    unscored: str | None = None
    """Why the scorer gave no answer, where it was asked and gave none."""

    @property
    def passed(self) -> bool:
        """A rule that does not apply proves nothing, either way."""
        return self.fired is (self.example.kind == "match")


async def run_examples(directory: Path, score: Score) -> list[ExampleResult]:
    """Every example of every rule, drafts included; raises RulesError where `load` would.

    The text is that of a new reader's first comment on the site. Facts that the example states
    win; an example that states any score is not scored, and its levels are the nominal ones.
    """
    folder = read(directory)
    return [
        await run_example(rule, example, score)
        for rule in folder.rules
        for example in rule.examples
    ]


async def run_example(rule: ReadRule, example: Example, score: Score) -> ExampleResult:
    """One example by its own rule; `score` is asked only when the rule reads scores."""
    stated = any(name.startswith("score.") for name in example.facts)
    scores: Scores | Unscored = Scores(
        values={}, scorer="none", version="none", levels=dict.fromkeys(ATTRIBUTES, NOMINAL_LEVELS)
    )
    if rule.condition.reads_scores and not stated:
        scores = await score(example.text)
    facts = gather(
        comment=_first_comment(example.text),
        scores=scores,
        background=FIRST_COMMENT,
        own=own_words.read(example.text),
        now=_WRITTEN_AT,
    )
    facts |= example.facts
    (fired,) = CompiledConditions((rule.condition.expression,))(facts)
    return ExampleResult(
        rule=rule.rule.id,
        example=example,
        fired=fired,
        facts=facts,
        unscored=scores.reason if isinstance(scores, Unscored) else None,
    )


def _first_comment(text: str) -> Comment:
    return Comment(
        id="example",
        site="site",
        source=Source.SITE,
        external_id="example",
        version=1,
        state=State.RECEIVED,
        text=text,
        author=Author(id="example", name="example"),
        story=Story(id="example"),
        received_at=_WRITTEN_AT,
    )
