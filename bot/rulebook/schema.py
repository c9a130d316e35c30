"""What a rule file looks like: the checker and the editors' JSON Schema are made from this."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from bot.core.facts import DECLARED, Declaration
from bot.core.model import MAX_TEXT_CHARS, Outcome, Stage
from bot.core.reasons import Reason

MAX_CONDITION_CHARS = 4_000
"""A condition is read by people; long word lists make it neither clear nor quick."""

_JSON_KINDS = {"string": "string", "int": "integer", "double": "number", "bool": "boolean"}


def _fact_schema(fact: Declaration) -> dict[str, Any]:
    unit = f" ({fact.unit})" if fact.unit else ""
    described: dict[str, Any] = {
        "type": _JSON_KINDS[fact.kind],
        "description": fact.meaning + unit,
    }
    if is_share(fact):
        described |= {"minimum": 0, "maximum": 1}
    return described


def is_share(fact: Declaration) -> bool:
    """Whether the fact is a number from 0 to 1."""
    return fact.unit.endswith("0 to 1")


FactValues = Annotated[
    dict[str, str | bool | int | float],
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


def _either(long: type[BaseModel]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, long.model_json_schema()]})


AnExample = Annotated[Example, BeforeValidator(named("text")), _either(Example)]


class Examples(_Strict):
    """The rule's own proof, run by `veilleur rules test`."""

    match: list[AnExample] = Field(default_factory=list, description="The rule must fire")
    passing: list[AnExample] = Field(
        default_factory=list, alias="pass", description="The rule must not fire"
    )


class RuleFile(_Strict):
    """One Veilleur rule. Its id is the file's name."""

    title: str = Field(min_length=1, max_length=120, description="What moderators see in lists")
    stage: Annotated[Stage, Field(strict=False)] = Field(
        description="draft: only checked · shadow: recorded, acts on nothing · live: acts"
    )
    when: str = Field(
        min_length=1,
        max_length=MAX_CONDITION_CHARS,
        description="CEL condition over the facts, e.g. `score.threat >= 0.6`",
    )
    then: Annotated[Outcome, Field(strict=False)] = Field(description="What the rule asks for")
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
    examples: Examples = Field(
        default_factory=Examples,
        description="At least one text that must match and one that must pass, except in drafts",
    )
