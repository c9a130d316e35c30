"""The conditions of a rulebook, asked together about one comment.

All conditions stand in one list that the condition language evaluates at once: asking each by
itself costs ten times as much. A fact that is absent must make the conditions that read it, and no
others, not apply; so those are asked again by themselves, without the fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cel_expr_python import cel

from bot.core.evaluate import Evidence
from bot.core.facts import BY_NAME
from bot.core.model import FactValue, Passage
from bot.core.normalise import folded
from bot.rulebook.asking import Look, Span, empty_look, look_of, looking_at
from bot.rulebook.conditions import Expression, clean, environment
from bot.rulebook.lists import Entry, WordList
from bot.rulebook.matching import Matcher

_JOINT_CHARS = 50_000
"""Longest list of conditions in one piece; the compiler takes 100,000."""
_MOST_PASSAGES = 20
"""Of one rule and one comment: who repeats a word a thousand times does not fill the database."""
_THE_TEXT = frozenset({"text.folded", "text.written"})
_STAND_INS: Mapping[str, FactValue] = {
    "string": "",
    "int": 0,
    "double": 0.0,
    "bool": False,
    "strings": [],
}
"""For absent facts while all conditions are asked at once; the answers of those that read one are
thrown away."""
_UNSAFE = (str, tuple, list)
"""What may hold signs that the runtime cannot take."""


@dataclass(frozen=True, slots=True)
class _Joint:
    """Some conditions in one list."""

    cel: cel.Expression
    numbers: tuple[int, ...]

    def answers(self, activation: cel.Activation) -> list[bool] | None:
        """None when one of them gives no answer, a division by zero: then no other does either."""
        try:
            found = self.cel.eval(activation).plain_value()
        except RuntimeError:
            return None
        return found if isinstance(found, list) else None


@dataclass(frozen=True, slots=True)
class CompiledConditions:
    """Fulfils `bot.core.evaluate.Conditions`."""

    expressions: tuple[Expression, ...]
    matcher: Matcher = field(init=False, repr=False, compare=False)
    _readers: Mapping[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)
    """By fact the conditions that read it."""
    _joints: tuple[_Joint, ...] = field(init=False, repr=False, compare=False)
    _unsure: frozenset[int] = field(init=False, repr=False, compare=False)
    """Conditions that stand in no list."""
    _last: list[Look] = field(init=False, repr=False, compare=False)
    """The text that was looked at last: whoever asks for evidence next finds the work done."""

    def __post_init__(self) -> None:
        lists = {each.name: each for one in self.expressions for each in one.lists}
        words = {each.source: each for one in self.expressions for each in one.words}
        readers: dict[str, list[int]] = {}
        for number, expression in enumerate(self.expressions):
            for name in expression.reads:
                readers.setdefault(name, []).append(number)
        joints = tuple(_joints(self.expressions))
        together = {number for joint in joints for number in joint.numbers}
        made = {
            "matcher": _matcher(tuple(lists.values()), tuple(words.values())),
            "_readers": {name: tuple(numbers) for name, numbers in readers.items()},
            "_joints": joints,
            "_unsure": frozenset(range(len(self.expressions))) - together,
            "_last": [],
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def __call__(self, facts: Mapping[str, FactValue]) -> Sequence[bool | None]:
        known = {
            name: clean(value) if type(value := facts[name]) in _UNSAFE else value
            for name in self._readers
            if name in facts
        }
        look = self._look(facts)
        answers: list[bool | None] = [None] * len(self.expressions)
        alone = self._together(known, look, answers)
        if alone:
            activation = environment().Activation(known)
            token = looking_at.set(look)
            try:
                for number in alone:
                    answers[number] = _answer(self.expressions[number].cel, activation)
            finally:
                looking_at.reset(token)
        return answers

    def _together(
        self, known: Mapping[str, FactValue], look: Look | None, answers: list[bool | None]
    ) -> set[int]:
        """Fills in what can be answered at once; the numbers of those to be asked by themselves."""
        every, alone = known, set(self._unsure)
        if len(known) < len(self._readers):
            absent = self._readers.keys() - known.keys()
            every = {**known, **{name: _STAND_INS[BY_NAME[name].kind] for name in absent}}
            alone.update(number for name in absent for number in self._readers[name])
        activation = environment().Activation(every)
        token = looking_at.set(look or empty_look(self.matcher))
        try:
            for joint in self._joints:
                found = joint.answers(activation)
                if found is not None:
                    for number, answer in zip(joint.numbers, found, strict=True):
                        answers[number] = answer
                else:
                    alone.update(joint.numbers)
        finally:
            looking_at.reset(token)
        return alone

    def spans(self, facts: Mapping[str, FactValue]) -> Sequence[tuple[Span, ...]]:
        """For each condition the words, domains and patterns it looks for, where they stand in the
        text; in the text as written where `text.written` is known, else in the folded one."""
        look = self._look(facts)
        return [look.spans(each.calls) if look else () for each in self.expressions]

    def evidence(self, facts: Mapping[str, FactValue], fired: Sequence[int]) -> Sequence[Evidence]:
        look = self._look(facts)
        # a text that was stated apart from the one it claims to be made of has no places there
        placed = look is not None and look.written is not None
        placed = placed and look is not None and folded(look.written or "") == look.text
        return [
            Evidence(
                read={
                    name: facts[name]
                    for name in self.expressions[number].reads
                    if name in facts and name not in _THE_TEXT
                },
                passages=_passages(look.spans(self.expressions[number].calls))
                if look and placed
                else (),
            )
            for number in fired
        ]

    def _look(self, facts: Mapping[str, FactValue]) -> Look | None:
        look = look_of(self.matcher, facts)
        if look is None:
            return None
        last = self._last[0] if self._last else None
        if last and last.text == look.text and last.written == look.written:
            return last
        self._last[:] = [look]
        return look


@lru_cache(maxsize=8)
def _matcher(lists: tuple[WordList, ...], words: tuple[Entry, ...]) -> Matcher:
    """Examples are run one rule at a time: the tree over the same lists is made once."""
    return Matcher.of([*(entry for each in lists for entry in each.entries), *words])


def _joints(expressions: Sequence[Expression]) -> Iterable[_Joint]:
    """Lists of those conditions that always give an answer; a single one needs no list."""
    sure = [number for number, each in enumerate(expressions) if each.is_sure]
    if len(sure) < len(("one", "another")):
        return
    portion: list[int] = []
    length = 0
    for number in sure:
        length += len(expressions[number].written) + len("(\n),")
        if portion and length > _JOINT_CHARS:
            yield from _joint(expressions, portion)
            portion, length = [], len(expressions[number].written)
        portion.append(number)
    yield from _joint(expressions, portion)


def _joint(expressions: Sequence[Expression], numbers: Sequence[int]) -> Iterable[_Joint]:
    """Nothing where one of them is so deep that it fits no list."""
    # the line end closes a comment
    written = ",".join(f"({expressions[number].written}\n)" for number in numbers)
    try:
        yield _Joint(environment().compile(f"[{written}]"), tuple(numbers))
    except RuntimeError:
        if len(numbers) > 1:
            middle = len(numbers) // 2
            yield from _joint(expressions, numbers[:middle])
            yield from _joint(expressions, numbers[middle:])


def _answer(expression: cel.Expression, activation: cel.Activation) -> bool | None:
    """None for an absent fact and for anything else that gives no answer (division by zero)."""
    try:
        value = expression.eval(activation).value()
    except RuntimeError:
        return None
    return value if isinstance(value, bool) else None


def _passages(spans: Iterable[Span]) -> tuple[Passage, ...]:
    found = {
        Passage(
            start=span.start,
            end=span.end,
            function=span.call.function,
            looked_for=span.call.argument,
            entry=span.entry.written if span.entry and span.call.is_of_list else None,
        )
        for span in spans
        if span.start < span.end
    }
    return tuple(sorted(found, key=lambda each: (each.start, each.end, each.told)))[:_MOST_PASSAGES]
