"""A folder of rule files -> rules that compiled, or every fault of every file in one go."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.core.errors import Fault, RulesError
from bot.core.evaluate import Limits, Rule, Rulebook, placeholders
from bot.core.facts import BY_NAME, Declaration
from bot.core.model import NOTHING_FURTHER, FactValue, Further, Stage, Words
from bot.core.modes import NO_CALENDAR, Modes
from bot.rulebook.agreement import KINDS, Kind, agreement_faults
from bot.rulebook.compiled import CompiledConditions
from bot.rulebook.condition_faults import near
from bot.rulebook.conditions import Condition, compile_condition
from bot.rulebook.files import RuleText, read_folder, shown
from bot.rulebook.lists import FOLDER, WordList, parse_list, read_lists
from bot.rulebook.modes import read_modes
from bot.rulebook.schema import Canary, RuleFile, is_share
from bot.rulebook.shape import shaped
from bot.rulebook.source import Source, parse

_LARGEST_INT = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text that its rule must fire on (`match`) or must leave alone (`pass`)."""

    kind: Kind
    index: int
    """From 1, within its kind."""
    where: str
    """`rules/threat.yaml:12:7`"""
    text: str
    facts: dict[str, FactValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRule:
    """One file, understood."""

    rule: Rule
    condition: Condition
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFolder:
    """All rules of a folder, drafts included, in order of id."""

    version: str
    rules: tuple[ReadRule, ...]
    modes: Modes = NO_CALENDAR


def load(directory: Path) -> Rulebook:
    """The rulebook of a folder; raises RulesError with all faults of all files."""
    folder = read(directory)
    acting = [rule for rule in folder.rules if rule.rule.stage is not Stage.DRAFT]
    return Rulebook(
        version=folder.version,
        rules=tuple(each.rule for each in acting),
        conditions=CompiledConditions(tuple(each.condition.expression for each in acting)),
        modes=folder.modes,
        reads=frozenset(name for each in acting for name in _named(each.rule)),
    )


def _named(rule: Rule) -> Iterator[str]:
    yield from rule.reads
    for sentence in (rule.because.fr, rule.because.en):
        yield from (found.group(1) for found in placeholders(sentence))


def check(directory: Path) -> tuple[Fault, ...]:
    """Every fault that would stop a start, in order of file and line; empty when all is well."""
    try:
        read(directory)
    except RulesError as error:
        return error.faults
    return ()


def read(directory: Path) -> ReadFolder:
    """All or nothing: one fault anywhere and no rule is given out."""
    folder = read_folder(directory)
    listed = read_lists(directory / FOLDER)
    timed = read_modes(directory)
    rules: list[ReadRule] = []
    faults = [*folder.faults, *listed.faults, *timed.faults]
    lists = tuple(listed.lists.values())
    for text in folder.texts:
        outcome = _read(text, lists)
        if isinstance(outcome, ReadRule):
            rules.append(outcome)
        else:
            faults.extend(outcome)
    if not faults and all(rule.rule.stage is Stage.DRAFT for rule in rules):
        what = "every rule is a draft: nothing would be looked at"
        fix = "set at least one rule's stage to shadow or live"
        faults.append(Fault(where=shown(directory), what=what, fix=fix))
    if faults:
        raise RulesError(tuple(sorted(faults, key=_place)))
    version = folder.version
    if listed.version:
        version = sha256(f"{version}\0{listed.version}".encode()).hexdigest()[:12]
    if timed.text:
        version = sha256(f"{version}\0{timed.text}".encode()).hexdigest()[:12]
    return ReadFolder(version=version, rules=tuple(rules), modes=timed.modes)


@lru_cache(maxsize=1024)
def _read(text: RuleText, lists: tuple[WordList, ...]) -> ReadRule | tuple[Fault, ...]:
    """A file that has not changed, with lists that have not, is not read again."""
    source = parse(text)
    if not isinstance(source, Source):
        return source
    file = shaped(source, RuleFile)
    condition = _condition(source, {each.name: each for each in lists})
    faults = [
        *(file if isinstance(file, tuple) else ()),
        *(condition if isinstance(condition, tuple) else ()),
        *_because_faults(source),
        *_example_faults(source),
        *agreement_faults(source),
    ]
    if faults or isinstance(file, tuple) or not isinstance(condition, Condition):
        return tuple(faults)
    return ReadRule(
        rule=_rule(text.id, file, condition.expression.reads),
        condition=condition,
        examples=tuple(_examples(file, source)),
    )


def forget() -> None:
    """Reads every file again next time; for measurements."""
    _read.cache_clear()
    parse_list.cache_clear()


def _place(fault: Fault) -> tuple[str, int, int]:
    """File, then line, then column; what concerns the file as a whole comes first."""
    path, *place = fault.where.rsplit(":", 2)
    if len(place) == len(("line", "column")) and all(part.isdecimal() for part in place):
        return path, int(place[0]), int(place[1])
    return fault.where, 0, 0


def _rule(rule_id: str, file: RuleFile, reads: tuple[str, ...]) -> Rule:
    return Rule(
        id=rule_id,
        title=file.title,
        stage=Stage.CANARY if isinstance(file.stage, Canary) else Stage(file.stage),
        share=file.stage.share if isinstance(file.stage, Canary) else 1.0,
        outcome=file.then.outcome,
        reason=file.reason,
        because=Words(fr=file.because.fr, en=file.because.en or file.because.fr),
        further=_further(file),
        limits=_limits(file),
        expires=file.expires,
        owner=file.owner,
        known_false_positives=tuple(file.known_false_positives),
        reads=reads,
    )


def _further(file: RuleFile) -> Further:
    further = Further(
        escalate=file.then.escalate,
        tags=tuple(dict.fromkeys(file.then.tag)),
        timeout_s=file.then.timeout_s,
        delete=file.then.delete,
        notify_author=file.then.notify_author,
    )
    return NOTHING_FURTHER if further == NOTHING_FURTHER else further


def _limits(file: RuleFile) -> Limits | None:
    if file.limits is None:
        return None
    return Limits(per_hour=file.limits.per_hour, per_day=file.limits.per_day)


def _condition(
    source: Source, lists: Mapping[str, WordList]
) -> Condition | tuple[Fault, ...] | None:
    """None where the schema has already found that there is no text to compile."""
    when = source.plain.get("when")
    if not isinstance(when, str) or not when:
        return None
    outcome = compile_condition(when, lists)
    if isinstance(outcome, Condition):
        return outcome
    return tuple(
        source.fault(source.inside(("when",), fault.offset), fault.what, fault.fix)
        for fault in outcome
    )


def _because_faults(source: Source) -> Iterator[Fault]:
    because = source.plain.get("because")
    sentences = because if isinstance(because, dict) else {None: because}
    for language, sentence in sentences.items():
        path = ("because", language) if language else ("because",)
        for found in placeholders(sentence) if isinstance(sentence, str) else ():
            name = found.group(1)
            if name not in BY_NAME:
                at = source.inside(path, found.start(1))
                yield source.fault(at, f"`{{{name}}}` names no fact", near(name, BY_NAME))


def _example_faults(source: Source) -> Iterator[Fault]:
    for kind in KINDS:
        for index, example in enumerate(_listed(source.plain, kind)):
            facts = example.get("facts") if isinstance(example, dict) else None
            for name, value in facts.items() if isinstance(facts, dict) else ():
                path = ("examples", kind, index, "facts", name)
                declared = BY_NAME.get(name)
                if declared is None:
                    what = f"unknown fact `{name}`"
                    yield source.fault(source.key_at(path), what, near(name, BY_NAME))
                    continue
                what = _unfit(declared, value)
                if what:
                    yield source.fault(source.value_at(path), f"`{name}` {what}, got `{value}`")


def _listed(plain: dict[str, Any], kind: Kind) -> list[Any]:
    examples = plain.get("examples")
    listed = examples.get(kind) if isinstance(examples, dict) else None
    return listed if isinstance(listed, list) else []


def _unfit(declared: Declaration, value: Any) -> str:
    """Why the value cannot be this fact; empty when it can. Other shapes are the schema's to report."""
    if isinstance(value, dict) or value is None:
        return ""
    if declared.kind == "strings":
        texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return "" if texts else "must be a list of texts"
    if isinstance(value, list):
        return "must not be a list"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    whole = number and isinstance(value, int) and abs(value) <= _LARGEST_INT
    fits, wanted = {
        "double": (number and math.isfinite(value), "must be a number"),
        "int": (whole, "must be a whole number"),
        "bool": (isinstance(value, bool), "must be true or false"),
        "string": (isinstance(value, str), "must be a text (put it in quotes)"),
    }[declared.kind]
    if is_share(declared):
        fits, wanted = number and 0 <= value <= 1, "must be a number from 0 to 1"
    return "" if fits else wanted


def _stated(name: str, value: Any) -> FactValue:
    """A fact in its own type; `_unfit` has said that it can be."""
    kind = BY_NAME[name].kind
    return float(value) if kind == "double" else tuple(value) if kind == "strings" else value


def _examples(file: RuleFile, source: Source) -> Iterator[Example]:
    for kind, listed in (("match", file.examples.match), ("pass", file.examples.passing)):
        for index, example in enumerate(listed):
            place = source.fault(source.value_at(("examples", kind, index)), "")
            yield Example(
                kind="match" if kind == "match" else "pass",
                index=index + 1,
                where=place.where,
                text=example.text,
                facts={name: _stated(name, value) for name, value in example.facts.items()},
            )
