"""What a rule file looks like: the checker and the editors' JSON Schema are made from this."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
)

from bot.core.facts import DECLARED, Declaration
from bot.core.model import MAX_TEXT_CHARS, Outcome
from bot.core.reasons import Reason

MAX_CONDITION_CHARS = 4_000
"""A condition is read by people; long word lists make it neither clear nor quick."""

_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}
_JSON_KINDS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "int": {"type": "integer"},
    "double": {"type": "number"},
    "bool": {"type": "boolean"},
    "strings": {"type": "array", "items": {"type": "string"}},
}


def _fact_schema(fact: Declaration) -> dict[str, Any]:
    unit = f" ({fact.unit})" if fact.unit else ""
    described: dict[str, Any] = {
        **_JSON_KINDS[fact.kind],
        "description": fact.meaning + unit,
    }
    if is_share(fact):
        described |= {"minimum": 0, "maximum": 1}
    return described


def is_share(fact: Declaration) -> bool:
    """Whether the fact is a number from 0 to 1."""
    return fact.unit.endswith("0 to 1")


FactValues = Annotated[
    dict[str, str | bool | int | float | list[str]],
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {fact.name: _fact_schema(fact) for fact in DECLARED},
        }
    ),
]


def named(name: str) -> Callable[[Any], Any]:
    """A bare text stands for a mapping with one entry."""
    return lambda value: {name: value} if isinstance(value, str) else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Sentence(_Strict):
    """A sentence in the interface's languages; without `en`, French is shown to all."""

    fr: str = Field(min_length=1, max_length=300)
    en: str | None = Field(default=None, min_length=1, max_length=300)


class Example(_Strict):
    """A comment, and facts that win over what its text gives."""

    text: str = Field(min_length=1, max_length=MAX_TEXT_CHARS)
    facts: FactValues = Field(
        default_factory=dict,
        description="With any score.* here the text is not scored: state every score the rule reads",
    )


def _short(words: type[StrEnum], long: type[BaseModel]) -> WithJsonSchema:
    return WithJsonSchema(
        {"anyOf": [{"type": "string", "enum": [*words]}, long.model_json_schema()]}
    )


def _word_or_mapping(value: Any) -> str:
    return "mapping" if isinstance(value, dict | BaseModel) else "word"


def _either(long: type[BaseModel]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, long.model_json_schema()]})


AnExample = Annotated[Example, BeforeValidator(named("text")), _either(Example)]


class Examples(_Strict):
    """The rule's own proof, run by `veilleur rules test`."""

    match: list[AnExample] = Field(default_factory=list, description="The rule must fire")
    passing: list[AnExample] = Field(
        default_factory=list, alias="pass", description="The rule must not fire"
    )


class Canary(_Strict):
    """Acts on a share of the authors, always the same ones; on the others it is a shadow."""

    canary: str = Field(
        pattern=r"^(?:[1-9]?[0-9](?:\.[0-9]{1,2})?)%$",
        description="Share of the authors, more than 0% and less than 100%, e.g. `10%`",
    )

    @property
    def share(self) -> float:
        return float(self.canary.removesuffix("%")) / 100


class Then(_Strict):
    """What the rule asks for, and what is to happen beside it."""

    outcome: Annotated[
        Outcome,
        Field(strict=False),
        WithJsonSchema({"type": "string", "enum": [*Outcome]}),
    ] = Field(description="What the rule asks for")
    escalate: bool = Field(
        default=False, description="A review is for the leads to decide, before all others"
    )
    tag: list[Annotated[str, Field(pattern=r"^[\w-]{1,40}$")]] = Field(
        default_factory=list,
        description="Words that go with the comment: to people and to the site",
    )
    timeout_author: str | None = Field(
        default=None,
        pattern=r"^[1-9][0-9]{0,4}[mhd]$",
        description="Discord: the author may not write for so long, e.g. `10m`, `2h`, `7d`; at most 28d",
    )
    delete: bool = Field(
        default=False,
        description="Discord, with `review`: the message goes at once, a person still looks",
    )
    notify_author: bool = Field(
        default=False, description="The author is told in private; the site is told to tell them"
    )

    @property
    def timeout_s(self) -> int:
        if self.timeout_author is None:
            return 0
        return int(self.timeout_author[:-1]) * _SECONDS[self.timeout_author[-1]]


class RuleLimits(_Strict):
    """How often the rule may remove something by itself; further comments go to people."""

    per_hour: int | None = Field(default=None, ge=0, le=1_000_000)
    per_day: int | None = Field(default=None, ge=0, le=1_000_000)


class RuleFile(_Strict):
    """One Veilleur rule. Its id is the file's name."""

    title: str = Field(min_length=1, max_length=120, description="What moderators see in lists")
    stage: Annotated[
        Annotated[Literal["draft", "shadow", "live"], Tag("word")]
        | Annotated[Canary, Tag("mapping")],
        Discriminator(_word_or_mapping),
    ] = Field(
        description="draft: only checked · shadow: recorded, acts on nothing · "
        "{canary: 10%}: acts on a share of the authors · live: acts"
    )
    when: str = Field(
        min_length=1,
        max_length=MAX_CONDITION_CHARS,
        description="CEL condition over the facts, e.g. `score.threat >= 0.6`",
    )
    then: Annotated[Then, BeforeValidator(named("outcome")), _short(Outcome, Then)] = Field(
        description="What the rule asks for"
    )
    reason: Annotated[Reason, Field(strict=False)] | None = Field(
        default=None,
        description="Needed for `reject`; for `review` it is what moderators find filled in",
    )
    because: Annotated[
        Sentence,
        BeforeValidator(named("fr")),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string", "minLength": 1, "maxLength": 300},
                    Sentence.model_json_schema(),
                ]
            }
        ),
    ] = Field(description="Why, for people; `{score.threat}` is filled with the fact's value")
    limits: RuleLimits | None = Field(
        default=None, description="For rules that remove something by themselves"
    )
    owner: str | None = Field(
        default=None, min_length=1, max_length=120, description="Whom to ask about the rule"
    )
    expires: Annotated[date, Field(strict=False)] | None = Field(
        default=None, description="The last day on which it acts, e.g. `2026-12-31`"
    )
    known_false_positives: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(
        default_factory=list, description="What it catches wrongly, for whoever reads its cases"
    )
    examples: Examples = Field(
        default_factory=Examples,
        description="At least one text that must match and one that must pass, except in drafts",
    )
