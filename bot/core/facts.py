"""Facts: all that a rule may look at. Declared once, gathered before anything is judged."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.core.model import (
    ATTRIBUTES,
    LEVELS,
    AuthorHistory,
    Comment,
    FactValue,
    Scores,
    Unscored,
)
from bot.core.normalise import folded

Kind = Literal["string", "int", "double", "bool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A fact's contract with rule authors; `rules/README.md` and the checker are made from it."""

    name: str
    kind: Kind
    unit: str
    """Unit or range; empty for words and truth values."""
    meaning: str


def _score(attribute: str) -> Declaration:
    return Declaration(
        name=f"score.{attribute}",
        kind="double",
        unit="probability 0 to 1",
        meaning=f"{attribute.replace('_', ' ')} of the author's own words, quotations left out; "
        "worst passage; absent when unscored",
    )


def _whole(attribute: str) -> Declaration:
    return Declaration(
        name=f"score.whole.{attribute}",
        kind="double",
        unit="probability 0 to 1",
        meaning=f"{attribute.replace('_', ' ')} of the whole text, quotations included",
    )


_REACHED_BY = dict(zip(LEVELS, ("2 %", "1 %", "0.2 %"), strict=True))


def _level(attribute: str, level: str) -> Declaration:
    return Declaration(
        name=level_name(attribute, level),
        kind="double",
        unit="probability 0 to 1",
        meaning=f"the {attribute.replace('_', ' ')} that at most {_REACHED_BY[level]} of ordinary "
        "civil comments reach with this model, in this language",
    )


def level_name(attribute: str, level: str) -> str:
    """`level.sure` is toxicity's, `level.threat.sure` is that of threats."""
    return f"level.{level}" if attribute == "toxicity" else f"level.{attribute}.{level}"


DECLARED: tuple[Declaration, ...] = (
    *(_score(attribute) for attribute in ATTRIBUTES),
    *(_whole(attribute) for attribute in ATTRIBUTES),
    *(_level(attribute, level) for attribute in ATTRIBUTES for level in LEVELS),
    Declaration(
        name="score.unscored", kind="bool", unit="", meaning="true when the scorer gave no answer"
    ),
    Declaration(
        name="text.folded",
        kind="string",
        unit="",
        meaning="the text in lower case without accents, for `contains` and `matches` (RE2)",
    ),
    Declaration(
        name="text.written",
        kind="string",
        unit="",
        meaning="the text as it was written; word lists read their exemptions in it",
    ),
    Declaration(name="text.length", kind="int", unit="characters", meaning="length of the text"),
    Declaration(name="text.words", kind="int", unit="words", meaning="number of words"),
    Declaration(name="text.links", kind="int", unit="links", meaning="number of web links"),
    Declaration(
        name="text.caps_ratio",
        kind="double",
        unit="share 0 to 1",
        meaning="capital letters among all letters; 0.0 below 12 letters",
    ),
    Declaration(
        name="text.repeated_punctuation",
        kind="int",
        unit="signs",
        meaning="longest run of ! and ?",
    ),
    Declaration(
        name="text.language",
        kind="string",
        unit="",
        meaning="language it is written in; short texts: as the site says",
    ),
    Declaration(
        name="author.approved", kind="int", unit="comments", meaning="earlier ones approved"
    ),
    Declaration(
        name="author.rejected", kind="int", unit="comments", meaning="earlier ones rejected"
    ),
    Declaration(
        name="author.known_for_days",
        kind="double",
        unit="days",
        meaning="since the author's first comment here; 0.0 at the first",
    ),
    Declaration(name="story.section", kind="string", unit="", meaning="section, when told"),
    Declaration(name="story.title", kind="string", unit="", meaning="title, when told"),
    Declaration(name="source", kind="string", unit="", meaning="`site` or `discord`"),
    Declaration(name="reports.count", kind="int", unit="reports", meaning="complaints by readers"),
)

BY_NAME: Mapping[str, Declaration] = {declaration.name: declaration for declaration in DECLARED}

_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SHOUT = re.compile(r"[!?]+")
_FEW_LETTERS = 12
"""Under this many letters a share of capitals says nothing («OK», «MDR», «LFI»)."""


def gather(
    *,
    comment: Comment,
    scores: Scores | Unscored,
    history: AuthorHistory,
    now: datetime,
) -> dict[str, FactValue]:
    """Every fact known of one comment; what is not known is left out, not made up."""
    facts: dict[str, FactValue] = {
        **text_facts(comment.text),
        "author.approved": history.approved,
        "author.rejected": history.rejected,
        "author.known_for_days": _days_between(history.first_seen_at, now),
        "source": comment.source.value,
        "reports.count": comment.reports,
        "score.unscored": isinstance(scores, Unscored),
    }
    if isinstance(scores, Scores):
        whole = scores.values if scores.whole is None else scores.whole
        facts |= {f"score.{name}": value for name, value in scores.values.items()}
        facts |= {f"score.whole.{name}": value for name, value in whole.items()}
        facts |= level_facts(scores.levels)
    told = {
        "text.language": comment.language,
        "story.section": comment.story.section,
        "story.title": comment.story.title,
    }
    return facts | {name: value for name, value in told.items() if value is not None}


def level_facts(levels: Mapping[str, Mapping[str, float]]) -> dict[str, FactValue]:
    """Levels by attribute as facts."""
    return {
        level_name(attribute, level): score
        for attribute, named in levels.items()
        for level, score in named.items()
    }


def text_facts(text: str, reads: Collection[str] | None = None) -> dict[str, FactValue]:
    """The facts that the text alone gives; of those in `reads`, where given."""
    if reads is not None and _HARD_TEXT_FACTS.isdisjoint(reads):
        found: dict[str, FactValue] = {"text.written": text}
        if "text.folded" in reads:
            found["text.folded"] = folded(text)
        return found
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return {
        "text.folded": folded(text),
        "text.written": text,
        "text.length": len(text),
        "text.words": len(_WORD.findall(text)),
        "text.links": len(_LINK.findall(text)),
        "text.caps_ratio": capitals / len(letters) if len(letters) >= _FEW_LETTERS else 0.0,
        "text.repeated_punctuation": max((len(run) for run in _SHOUT.findall(text)), default=0),
    }


_HARD_TEXT_FACTS = frozenset(text_facts("")) - {"text.folded", "text.written"}


def _days_between(first: datetime | None, now: datetime) -> float:
    return max(0.0, (now - first).total_seconds() / 86_400) if first else 0.0
