"""Looks for what is allowed but probably not meant: rules that never matter, contradict, or sleep.

What is known of the rules' behaviour is taken from one sample: the examples of all rules together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from pathlib import Path

from bot.core.errors import Fault
from bot.core.facts import BY_NAME
from bot.core.model import FactValue, Outcome, Stage
from bot.ports import Firings
from bot.rulebook.agreement import KINDS
from bot.rulebook.compiled import CompiledConditions
from bot.rulebook.expiry import expired
from bot.rulebook.proof import Score, run_example
from bot.rulebook.reading import Example, ReadFolder, ReadRule, read
from bot.rulebook.schema import is_share
from bot.rulebook.source import fault_at
from bot.rulebook.written import Threshold, Written, written

FEW_EXAMPLES = 2
"""Fewer than this of either kind prove little."""
_FEW_FIRINGS = 2
"""A rule that fired on fewer texts of the sample is not called covered."""
_ENOUGH_JUDGED = 1_000
"""Judged comments before silence says anything."""
_NEAR = 0.05
"""Two shares this close look like one number that was written twice."""
_STRICTNESS = {Outcome.APPROVE: 0, Outcome.REVIEW: 1, Outcome.REJECT: 2}


class Level(StrEnum):
    """As SARIF names them."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at; `check` is the name of what found it."""

    check: str
    level: Level
    rule: str
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    folder: ReadFolder
    findings: tuple[Finding, ...]
    """In order of rule and place, errors first within a rule."""
    sample: int
    """Texts that the rules were tried on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Firing:
    """One text of the sample and the rules that fired on it."""

    example: Example
    rules: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """All that the checks look at."""

    folder: ReadFolder
    written: dict[str, Written]
    sample: tuple[_Firing, ...]

    @property
    def live(self) -> tuple[ReadRule, ...]:
        return tuple(each for each in self.folder.rules if each.rule.stage is Stage.LIVE)

    def fired_on(self, rule: str) -> frozenset[int]:
        return frozenset(n for n, each in enumerate(self.sample) if rule in each.rules)


async def lint(
    directory: Path,
    score: Score,
    *,
    firings: Firings | None = None,
    now: datetime | None = None,
) -> Linted:
    """Raises RulesError where `load` would. `firings` is what happened of late, where known;
    without `now` no rule is taken for expired."""
    folder = read(directory)
    rules = _Rules(
        folder=folder,
        written=written(directory),
        sample=await _sample(folder, score),
    )
    found = [
        *_few_examples(rules),
        *_contradictions(rules),
        *_covered(rules),
        *_near_thresholds(rules),
        *_expired(folder, directory, now),
        *(_silent(rules, firings) if firings else ()),
    ]
    levels = list(Level)
    return Linted(
        folder=folder,
        findings=tuple(sorted(found, key=lambda f: (f.rule, levels.index(f.level), f.check))),
        sample=len(rules.sample),
    )


async def facts_of(
    rule: ReadRule, text: str, score: Score, *, stated: dict[str, FactValue] | None = None
) -> dict[str, FactValue]:
    """What the rules read of a new reader's first comment; stated facts win, a stated score means
    that the text is not scored."""
    example = Example(kind="match", index=1, where="", text=text, facts=stated or {})
    scored = replace(rule, condition=replace(rule.condition, reads_scores=True))
    return (await run_example(scored, example, score)).facts


async def _sample(folder: ReadFolder, score: Score) -> tuple[_Firing, ...]:
    ids = [each.rule.id for each in folder.rules]
    conditions = CompiledConditions(tuple(each.condition.expression for each in folder.rules))
    sample: list[_Firing] = []
    for rule in folder.rules:
        for example in rule.examples:
            facts = await facts_of(rule, example.text, score, stated=example.facts)
            answers = zip(ids, conditions(facts), strict=True)
            fired = frozenset(each for each, answer in answers if answer)
            sample.append(_Firing(example=example, rules=fired))
    return tuple(sample)


def _few_examples(rules: _Rules) -> Iterator[Finding]:
    for each in rules.folder.rules:
        counts = {kind: sum(e.kind == kind for e in each.examples) for kind in KINDS}
        few = [f"{counts[kind]} under `{kind}`" for kind in KINDS if counts[kind] < FEW_EXAMPLES]
        if few:
            what = f"few examples: {' and '.join(few)}"
            fix = f"write at least {FEW_EXAMPLES} of each, the near misses above all"
            yield _finding(
                rules,
                each,
                check="few-examples",
                level=Level.NOTE,
                place=("examples",),
                what=what,
                fix=fix,
            )


def _contradictions(rules: _Rules) -> Iterator[Finding]:
    for one, other in combinations(rules.live, 2):
        if {one.rule.outcome, other.rule.outcome} != {Outcome.APPROVE, Outcome.REJECT}:
            continue
        both = rules.fired_on(one.rule.id) & rules.fired_on(other.rule.id)
        if both:
            where = rules.sample[min(both)].example.where
            what = (
                f"contradicts `{other.rule.id}`: one approves, the other rejects "
                f"{_texts(len(both))} of the sample, first {where}"
            )
            fix = "such a comment goes to review; let one condition leave out the other's cases"
            yield _finding(
                rules,
                one,
                check="contradiction",
                level=Level.ERROR,
                place=("when",),
                what=what,
                fix=fix,
            )


def _covered(rules: _Rules) -> Iterator[Finding]:
    """A rule that would not be missed: wherever it fires, one at least as strict fires too."""
    for each in rules.live:
        mine = rules.fired_on(each.rule.id)
        if len(mine) < _FEW_FIRINGS:
            continue
        covering = [other for other in rules.live if _covers(rules, other, each, mine)]
        if covering:
            names = ", ".join(f"`{other.rule.id}`" for other in covering)
            told = all(other.rule.reason is not each.rule.reason for other in covering)
            what = f"changes no outcome: on {_texts(len(mine))} of the sample it fires, and so does {names}"
            fix = "add an example that only this rule catches, narrow the other, or remove this one"
            if told:
                fix = "it only adds its reason; to see it decide, add an example that it alone catches"
            level = Level.NOTE if told else Level.WARNING
            yield _finding(
                rules, each, check="covered", level=level, place=("when",), what=what, fix=fix
            )


def _covers(rules: _Rules, other: ReadRule, each: ReadRule, mine: frozenset[int]) -> bool:
    if other.rule.id == each.rule.id or not mine <= rules.fired_on(other.rule.id):
        return False
    asked = {other.rule.outcome, each.rule.outcome}
    if asked == {Outcome.APPROVE, Outcome.REJECT}:
        return False
    return _STRICTNESS[other.rule.outcome] >= _STRICTNESS[each.rule.outcome]


def _near_thresholds(rules: _Rules) -> Iterator[Finding]:
    """Live and shadow rules that hold one share against two numbers which are nearly the same."""
    stated = [
        (each, threshold)
        for each in rules.folder.rules
        if each.rule.stage is not Stage.DRAFT and each.rule.id in rules.written
        for threshold in rules.written[each.rule.id].thresholds
        if is_share(BY_NAME[threshold.fact])
    ]
    for (one, first), (other, second) in combinations(stated, 2):
        if one.rule.id != other.rule.id and _nearly(first, second):
            file = rules.written[other.rule.id]
            at = file.place("when", offset=second.offset)
            there = fault_at(file.source.file, at, "").where
            what = (
                f"`{first.fact}` is held against {first.number:g} here "
                f"and against {second.number:g} in {there}"
            )
            fix = "if one number is meant, write the same; if not, say why in a comment"
            here = rules.written[one.rule.id].place("when", offset=first.offset)
            yield _finding(
                rules,
                one,
                check="near-thresholds",
                level=Level.NOTE,
                place=here,
                what=what,
                fix=fix,
            )


def _nearly(first: Threshold, second: Threshold) -> bool:
    same_side = first.sign[0] == second.sign[0]
    return (
        first.fact == second.fact and same_side and 0 < abs(first.number - second.number) <= _NEAR
    )


def _silent(rules: _Rules, firings: Firings) -> Iterator[Finding]:
    if firings.judged < _ENOUGH_JUDGED:
        return
    for each in rules.folder.rules:
        if each.rule.stage is Stage.DRAFT or firings.by_rule.get(each.rule.id):
            continue
        what = f"never fired on the last {firings.judged} comments"
        fix = "if it is older than that: is the threshold too high, or the case gone?"
        yield _finding(
            rules, each, check="silent", level=Level.WARNING, place=("when",), what=what, fix=fix
        )


def _expired(folder: ReadFolder, directory: Path, now: datetime | None) -> Iterator[Finding]:
    today = folder.modes.today(now) if now else None
    for fault in expired(folder, directory, today) if today else ():
        rule = Path(fault.where.partition(".yaml")[0]).name
        yield Finding(check="expired", level=Level.WARNING, rule=rule, fault=fault)


def _texts(number: int) -> str:
    return "the one text" if number == 1 else f"{number} texts"


def _finding(
    rules: _Rules,
    rule: ReadRule,
    *,
    check: str,
    level: Level,
    place: Sequence[str] | int,
    what: str,
    fix: str,
) -> Finding:
    file = rules.written[rule.rule.id]
    at = place if isinstance(place, int) else file.place(*place)
    fault = fault_at(file.source.file, at, what, fix)
    return Finding(check=check, level=level, rule=rule.rule.id, fault=fault)
