"""The one table of facts: name, type, unit, meaning. The checker, the editors' schema and
`rules/README.md` are made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.background import Group
from bot.core.model import ATTRIBUTES, LEVELS

Kind = Literal["string", "int", "double", "bool", "strings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A fact's contract with rule authors."""

    name: str
    kind: Kind
    unit: str
    """Unit or range; empty for words and truth values."""
    meaning: str
    group: Group | None = None
    """What has to be read for it; None for what the comment itself gives."""


def _fact(
    name: str, kind: Kind, unit: str, meaning: str, group: Group | None = None
) -> Declaration:
    return Declaration(name=name, kind=kind, unit=unit, meaning=meaning, group=group)


def _score(attribute: str) -> Declaration:
    return _fact(
        f"score.{attribute}",
        "double",
        "probability 0 to 1",
        f"{attribute.replace('_', ' ')} of the author's own words, quotations left out; "
        "worst passage; absent when unscored",
    )


def _whole(attribute: str) -> Declaration:
    return _fact(
        f"score.whole.{attribute}",
        "double",
        "probability 0 to 1",
        f"{attribute.replace('_', ' ')} of the whole text, quotations included",
    )


_REACHED_BY = dict(zip(LEVELS, ("2 %", "1 %", "0.2 %"), strict=True))


def level_name(attribute: str, level: str) -> str:
    """`level.sure` is toxicity's, `level.threat.sure` is that of threats."""
    return f"level.{level}" if attribute == "toxicity" else f"level.{attribute}.{level}"


def _level(attribute: str, level: str) -> Declaration:
    return Declaration(
        name=level_name(attribute, level),
        kind="double",
        unit="probability 0 to 1",
        meaning=f"the {attribute.replace('_', ' ')} that at most {_REACHED_BY[level]} of ordinary "
        "civil comments reach with this model, in this language",
    )


_SPANS = {"_1h": "in the last hour", "_24h": "in the last 24 hours", "_30d": "in the last 30 days"}


def _author() -> Iterable[Declaration]:
    group = Group.AUTHOR
    for state in ("approved", "rejected", "in_review"):
        said = state.replace("_", " ")
        yield _fact(f"author.{state}", "int", "comments", f"earlier ones, now {said}", group)
        for span, when in _SPANS.items():
            yield _fact(f"author.{state}{span}", "int", "comments", f"the same, {when}", group)
    yield _fact(
        "author.rejection_rate",
        "double",
        "share 0 to 1",
        "rejected among the approved and rejected ones, ever; absent while there are none",
        group,
    )
    yield _fact(
        "author.known_for_days",
        "double",
        "days",
        "since the author's first comment here; 0.0 at the first",
        group,
    )
    yield _fact("author.trusted", "bool", "", "a moderator trusts them", group)
    yield _fact("author.muted", "bool", "", "a moderator has muted them", group)
    yield _fact("author.name", "string", "", "name, in lower case without accents")
    yield _fact("author.name_length", "int", "characters", "length of the name")
    yield _fact("author.name_digits", "int", "digits", "digits in the name")
    yield _fact("author.name_link", "bool", "", "the name holds a link or a domain")


def _story() -> Iterable[Declaration]:
    group = Group.STORY
    yield _fact("story.section", "string", "", "section, when told")
    yield _fact("story.title", "string", "", "title, when told")
    yield _fact("story.tags", "strings", "", 'key words as the site tells: `"sport" in story.tags`')
    yield _fact(
        "story.age_hours",
        "double",
        "hours",
        "since it was published, when told; else since its first comment",
        group,
    )
    yield _fact("story.mode", "string", "", "the mode set for this story, when one is", Group.MODE)
    for span, when in (("10m", "10 minutes"), ("1h", "hour"), ("24h", "24 hours")):
        yield _fact(
            f"story.comments_{span}", "int", "comments", f"under it in the last {when}", group
        )
        yield _fact(
            f"story.rejection_rate_{span}",
            "double",
            "share 0 to 1",
            f"rejected among those decided in the last {when}; absent while there are none",
            group,
        )
    yield _fact(
        "story.newcomers_10m",
        "int",
        "comments",
        "under it in the last 10 minutes, by authors whose first comment is under a day old",
        group,
    )


def _duplicates() -> Iterable[Declaration]:
    group = Group.DUPLICATES
    whose = {"author": "the same author", "others": "other authors"}
    for kind, said in (("same", "the same words"), ("near", "nearly the same words, or the same")):
        for who, by in whose.items():
            yield _fact(
                f"duplicates.{kind}_by_{who}",
                "int",
                "comments",
                f"with {said}, by {by}, in the last 30 days; at most 200 are counted",
                group,
            )
    yield _fact("duplicates.rejected", "int", "comments", "of all of these, those rejected", group)
    yield _fact(
        "duplicates.rejected_by_author",
        "int",
        "comments",
        "of all of these, the author's own that were rejected",
        group,
    )


def _rates() -> Iterable[Declaration]:
    for span, when in (("1m", "minute"), ("10m", "10 minutes"), ("1h", "hour")):
        yield _fact(
            f"rate.author_{span}",
            "int",
            "comments",
            f"earlier ones by the author in the last {when}",
            Group.AUTHOR,
        )
        yield _fact(
            f"rate.story_{span}",
            "int",
            "comments",
            f"others under the story in the last {when}",
            Group.STORY,
        )


_TEXT = (
    _fact(
        "text.folded",
        "string",
        "",
        "the text in lower case without accents, for `contains` and `matches` (RE2)",
    ),
    _fact(
        "text.written",
        "string",
        "",
        "the text as it was written; word lists read their exemptions in it",
    ),
    _fact("text.length", "int", "characters", "length of the text"),
    _fact("text.words", "int", "words", "number of words"),
    _fact("text.links", "int", "links", "number of web links"),
    _fact("text.domains", "strings", "", "domains of the links, without `www.`"),
    _fact("text.mentions", "int", "mentions", "names called with @"),
    _fact("text.emails", "int", "addresses", "e-mail addresses, also `name (at) site (dot) fr`"),
    _fact("text.phones", "int", "numbers", "telephone numbers, French or with a `+`"),
    _fact("text.ibans", "int", "numbers", "bank account numbers whose check digits are right"),
    _fact("text.addresses", "int", "addresses", "postal addresses: number and street"),
    _fact(
        "text.caps_ratio",
        "double",
        "share 0 to 1",
        "capital letters among all letters; 0.0 below 12 letters",
    ),
    _fact("text.repeated_punctuation", "int", "signs", "longest run of ! and ?"),
    _fact("text.repeated_letters", "int", "letters", "longest run of one letter; 0 below three"),
    _fact("text.emoji", "int", "signs", "number of emoji"),
    _fact(
        "text.disguises",
        "int",
        "words",
        "words spelt so that machines do not read them: `c0nn@rd`, `c.o.n`, `enc**é`",
    ),
    _fact(
        "text.quotation_share", "double", "share 0 to 1", "of the text that quotes somebody else"
    ),
    _fact(
        "text.story_similarity",
        "double",
        "share 0 to 1",
        "of the title's long words that stand in the text; absent without a title",
    ),
    _fact(
        "text.language", "string", "", "language it is written in; short texts: as the site says"
    ),
)
_AROUND = (
    _fact("thread.parent_author", "string", "", "name of whom it answers, when told"),
    _fact(
        "thread.parent_toxicity",
        "double",
        "probability 0 to 1",
        "toxicity of the comment that is answered, where that was scored here",
        Group.THREAD,
    ),
    _fact(
        "thread.parent_rejected",
        "bool",
        "",
        "the comment that is answered was rejected; absent where it is unknown here",
        Group.THREAD,
    ),
    _fact(
        "thread.depth", "int", "comments", "answers above it; 0 when it answers none", Group.THREAD
    ),
    _fact("reports.count", "int", "reports", "complaints by readers"),
    _fact(
        "reports.author_30d",
        "int",
        "reports",
        "on the author's other comments of the last 30 days",
        Group.AUTHOR,
    ),
    _fact(
        "reports.story_24h",
        "int",
        "reports",
        "on other comments of the last 24 hours under the story",
        Group.STORY,
    ),
)
_NOW = (
    _fact("now.hour", "int", "hour 0 to 23", "by the site's own clock (`modes.yaml`)"),
    _fact("now.weekday", "string", "", "`monday` to `sunday`"),
    _fact("now.weekend", "bool", "", "Saturday or Sunday"),
    _fact("now.holiday", "bool", "", "one of the holidays in `modes.yaml`"),
    _fact(
        "mode",
        "string",
        "",
        "the mode in force: `normal`, `night`, `crisis` or your own",
        Group.MODE,
    ),
    _fact("source", "string", "", "`site` or `discord`"),
)

DECLARED: tuple[Declaration, ...] = (
    *(_score(attribute) for attribute in ATTRIBUTES),
    *(_whole(attribute) for attribute in ATTRIBUTES),
    *(_level(attribute, level) for attribute in ATTRIBUTES for level in LEVELS),
    _fact("score.unscored", "bool", "", "true when the scorer gave no answer"),
    _fact("score.scorer", "string", "", "name of the scorer, e.g. `embedded`"),
    _fact("score.version", "string", "", "version of its model"),
    *_TEXT,
    *_author(),
    *_story(),
    *_AROUND,
    *_duplicates(),
    *_rates(),
    *_NOW,
)

BY_NAME: Mapping[str, Declaration] = {declaration.name: declaration for declaration in DECLARED}


def groups_of(names: Iterable[str] | None) -> frozenset[Group]:
    """What has to be read for these facts; everything for None."""
    if names is None:
        return frozenset(Group)
    groups = (BY_NAME[name].group for name in names if name in BY_NAME)
    return frozenset(group for group in groups if group is not None)
