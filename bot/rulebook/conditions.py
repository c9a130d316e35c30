"""Compiles conditions against the declared facts, and asks them all about one comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from cel_expr_python import cel

from bot.core.facts import BY_NAME, DECLARED
from bot.core.model import FactValue
from bot.core.normalise import folded
from bot.rulebook.asking import Call, Span, declarations, look_of, looking_at
from bot.rulebook.calls import is_call, read_calls, tokens_of
from bot.rulebook.condition_faults import ConditionFault, explain
from bot.rulebook.lists import Entry, WordList
from bot.rulebook.matching import Matcher

_KINDS = {
    "string": cel.Type.STRING,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "bool": cel.Type.BOOL,
}
_LOOPS = {"exists", "exists_one", "existsOne", "all"}
_NO_LOOPS = {"map", "filter"}
_COMPARED = {"contains", "startsWith", "endsWith", "matches"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A compiled condition and what it looks for in texts."""

    cel: cel.Expression
    calls: tuple[Call, ...] = ()
    lists: tuple[WordList, ...] = ()
    words: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition that compiled: it is of type bool and reads declared facts only."""

    expression: Expression
    reads_scores: bool


@dataclass(frozen=True, slots=True)
class CompiledConditions:
    """The conditions of a rulebook, asked over one shared activation and one look at the text."""

    expressions: tuple[Expression, ...]
    matcher: Matcher = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lists = {each.name: each for one in self.expressions for each in one.lists}
        words = {each.source: each for one in self.expressions for each in one.words}
        matcher = _matcher(tuple(lists.values()), tuple(words.values()))
        object.__setattr__(self, "matcher", matcher)

    def __call__(self, facts: Mapping[str, FactValue]) -> Sequence[bool | None]:
        data = {name: _clean(value) for name, value in facts.items() if name in BY_NAME}
        activation = _environment().Activation(data)
        token = looking_at.set(look_of(self.matcher, facts))
        try:
            return [_answer(expression.cel, activation) for expression in self.expressions]
        finally:
            looking_at.reset(token)

    def spans(self, facts: Mapping[str, FactValue]) -> Sequence[tuple[Span, ...]]:
        """For each condition the words, domains and patterns it looks for, where they stand in the
        text; in the text as written where `text.written` is known, else in the folded one."""
        look = look_of(self.matcher, facts)
        return [look.spans(each.calls) if look else () for each in self.expressions]


@lru_cache(maxsize=8)
def _matcher(lists: tuple[WordList, ...], words: tuple[Entry, ...]) -> Matcher:
    """Examples are run one rule at a time: the tree over the same lists is made once."""
    return Matcher.of([*(entry for each in lists for entry in each.entries), *words])


def compile_condition(
    condition: str, lists: Mapping[str, WordList] | None = None
) -> Condition | tuple[ConditionFault, ...]:
    """The compiled condition, or all that is wrong with it; `lists` are those it may name."""
    if not condition.strip():
        return (ConditionFault(offset=0, what="an empty condition"),)
    try:
        expression = _environment().compile(condition)
    except (RuntimeError, ValueError) as error:
        return explain(str(error), condition)
    if expression.return_type() != cel.Type.BOOL:
        kind = expression.return_type().name().lower()
        what = f"a condition is true or false; this one is of type {kind}"
        return (ConditionFault(offset=0, what=what, fix="compare it with something, e.g. `> 0`"),)
    tokens = tokens_of(condition)
    read = read_calls(tokens, lists or {})
    faults = (
        *_loop_faults(tokens),
        *_pattern_faults(tokens),
        *_unreachable(tokens),
        *read.faults,
    )
    if faults:
        return tuple(sorted(faults, key=lambda fault: fault.offset))
    words = [token.group() for token in tokens]
    reads_scores = any(
        words[index : index + 2] == ["score", "."] and words[index + 2] != "unscored"
        for index in range(len(words) - 2)
    )
    return Condition(
        expression=Expression(cel=expression, calls=read.calls, lists=read.lists, words=read.words),
        reads_scores=reads_scores,
    )


@cache
def _environment() -> cel.Env:
    return cel.NewEnv(
        variables={fact.name: _KINDS[fact.kind] for fact in DECLARED}, functions=declarations()
    )


def _clean(value: FactValue) -> FactValue:
    """Lone surrogates (from broken JSON) cannot cross into the runtime; NUL would end the text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    return value


def _answer(expression: cel.Expression, activation: cel.Activation) -> bool | None:
    """None for an absent fact and for anything else that gives no answer (division by zero)."""
    try:
        value = expression.eval(activation).value()
    except RuntimeError:
        return None
    return value if isinstance(value, bool) else None


def _loop_faults(tokens: list[re.Match[str]]) -> Iterator[ConditionFault]:
    """One loop over a written-out list is quick whatever the list; loops in loops are not."""
    loops_at: list[int] = []
    depth = 0
    for index, token in enumerate(tokens):
        word = token.group()
        depth += (word == "(") - (word == ")")
        loops_at = [level for level in loops_at if level < depth]
        if not is_call(tokens, index) or index == 0 or tokens[index - 1].group() != ".":
            continue
        if word in _NO_LOOPS:
            what = f"`{word}` is not available in rules"
            yield ConditionFault(offset=token.start(), what=what, fix="use exists or all")
        elif word in _LOOPS:
            if loops_at:
                what = f"`{word}` inside another loop"
                yield ConditionFault(offset=token.start(), what=what, fix="write one list")
            loops_at.append(depth)


def _pattern_faults(tokens: list[re.Match[str]]) -> Iterator[ConditionFault]:
    """The compiler looks at patterns only when they are used: a faulty one would never match."""
    for index, token in enumerate(tokens):
        if token.group() != "matches" or not is_call(tokens, index):
            continue
        pattern = _last_argument(tokens, index + 1)
        if pattern is None:
            what = "the pattern of `matches` is not written out"
            yield ConditionFault(offset=token.start(), what=what, fix="write it in quotes")
            continue
        answer = _environment().compile(f"''.matches({pattern.group()})").eval(data={})
        if answer.type() == cel.Type.ERROR:
            problem = str(answer.value()).rpartition("invalid regular expression: ")[2]
            what = f"not a pattern (RE2): {problem}"
            yield ConditionFault(offset=pattern.start(), what=what)


def _unreachable(tokens: list[re.Match[str]]) -> Iterator[ConditionFault]:
    """`text.folded.contains('É')` would silently never fire."""
    patterns = ((tokens[index + 2], True) for index in _called(tokens, "matches_re2"))
    for literal, in_pattern in (*patterns, *_compared_with_folded(tokens)):
        if literal.lastgroup != "text":
            continue
        written = literal.group()
        plain = "".join(_folded_sign(c, in_pattern=in_pattern) for c in written)
        if plain != written:
            what = "never true: text.folded has no capitals, accents or curly apostrophes"
            yield ConditionFault(offset=literal.start(), what=what, fix=f"write {plain}")


def _called(tokens: list[re.Match[str]], function: str) -> Iterator[int]:
    for index in range(len(tokens) - 2):
        if tokens[index].group() == function and is_call(tokens, index):
            yield index


def _compared_with_folded(tokens: list[re.Match[str]]) -> Iterator[tuple[re.Match[str], bool]]:
    """Written-out texts that text.folded is held against; True for patterns."""
    words = [token.group() for token in tokens]
    for index in range(len(tokens) - 5):
        if words[index : index + 3] != ["text", ".", "folded"]:
            continue
        if words[index + 3 : index + 5] == ["=", "="] and tokens[index + 5].lastgroup == "text":
            yield tokens[index + 5], False
        if words[index + 3] != "." or words[index + 4] not in _COMPARED or len(words) < index + 7:
            continue
        argument = tokens[index + 6]
        if argument.lastgroup == "text":
            yield argument, words[index + 4] == "matches"
        elif argument.lastgroup == "name":
            yield from ((text, False) for text in _looped_over(tokens, argument.group()))


def _looped_over(tokens: list[re.Match[str]], variable: str) -> Iterator[re.Match[str]]:
    """The texts of the list in `['a', 'b'].exists(variable, …)`."""
    words = [token.group() for token in tokens]
    for index in range(2, len(tokens) - 2):
        if words[index] not in _LOOPS or words[index + 1 : index + 3] != ["(", variable]:
            continue
        if words[index - 2 : index] == ["]", "."]:
            opening = max(at for at in range(index - 2) if words[at] == "[")
            yield from (token for token in tokens[opening:index] if token.lastgroup == "text")


def _folded_sign(sign: str, *, in_pattern: bool) -> str:
    """Capitals inside a pattern may be its own signs (`\\W`, `(?P<`), so only others count there."""
    if sign.isspace() or (in_pattern and sign.isascii()):
        return sign
    return folded(sign) or sign


def _last_argument(tokens: list[re.Match[str]], opening: int) -> re.Match[str] | None:
    """The call's last argument, if it is one written-out text."""
    depth = 0
    for index in range(opening, len(tokens)):
        word = tokens[index].group()
        depth += (word in {"(", "[", "{"}) - (word in {")", "]", "}"})
        if depth == 0:
            last, before = tokens[index - 1], tokens[index - 2]
            alone = last.lastgroup == "text" and before.group() in {"(", ","}
            return last if alone else None
    return None
