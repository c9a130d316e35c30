"""Compiles conditions against the declared facts, and finds what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from cel_expr_python import cel

from bot.core.facts import DECLARED
from bot.core.model import FactValue
from bot.core.normalise import folded
from bot.rulebook.asking import CONTAINS, Call, declarations, pattern_problem
from bot.rulebook.calls import facts_read, is_call, read_calls, tokens_of, value_of
from bot.rulebook.condition_faults import ConditionFault, explain
from bot.rulebook.lists import Entry, WordList

_KINDS = {
    "string": cel.Type.STRING,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "bool": cel.Type.BOOL,
    "strings": cel.Type.List(cel.Type.STRING),
}
_LOOPS = {"exists", "exists_one", "existsOne", "all"}
_NO_LOOPS = {"map", "filter"}
_MAY_FAIL = {"/", "%"}
_CONVERSIONS = {"int", "uint", "double", "timestamp", "duration", "dyn", "getDate"}
_UNCLEAN = re.compile("[\ud800-\udfff\0]")
_COMPARED = {"contains", "startsWith", "endsWith", "matches"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A compiled condition, the facts it reads and what it looks for in texts."""

    cel: cel.Expression
    written: str
    reads: tuple[str, ...]
    """In the order of their first mention."""
    is_sure: bool
    """False where it may give no answer though all facts are there: a division, a conversion."""
    calls: tuple[Call, ...] = ()
    lists: tuple[WordList, ...] = ()
    words: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition that compiled: it is of type bool and reads declared facts only."""

    expression: Expression
    reads_scores: bool


def compile_condition(
    condition: str, lists: Mapping[str, WordList] | None = None
) -> Condition | tuple[ConditionFault, ...]:
    """The compiled condition, or all that is wrong with it; `lists` are those it may name."""
    if not condition.strip():
        return (ConditionFault(offset=0, what="an empty condition"),)
    try:
        compiled = environment().compile(condition)
    except (RuntimeError, ValueError) as error:
        return explain(str(error), condition)
    if compiled.return_type() != cel.Type.BOOL:
        kind = compiled.return_type().name().lower()
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
    reads = facts_read(tokens)
    expression = Expression(
        cel=compiled,
        written=condition,
        reads=reads,
        is_sure=_is_sure(tokens),
        calls=(*read.calls, *_looked_for(tokens)),
        lists=read.lists,
        words=read.words,
    )
    return Condition(expression=expression, reads_scores=any(map(_is_score, reads)))


def _is_score(fact: str) -> bool:
    return fact.startswith("score.") and fact != "score.unscored"


def _is_sure(tokens: list[re.Match[str]]) -> bool:
    """Nothing in it can fail once every fact is there. Sums of facts are far from any limit."""
    for index, token in enumerate(tokens):
        word, before = token.group(), tokens[index - 1] if index else None
        if word in _MAY_FAIL or (word in _CONVERSIONS and is_call(tokens, index)):
            return False
        if word == "[" and before and (before.lastgroup == "name" or before.group() in "])"):
            return False
    return True


def _looked_for(tokens: list[re.Match[str]]) -> Iterator[Call]:
    """Written-out texts and patterns that `text.folded` is asked for by its own methods."""
    for literal, in_pattern in _compared_with_folded(tokens):
        value = value_of(literal.group())
        if value and not (in_pattern and pattern_problem(value)):
            yield Call("matches_re2" if in_pattern else CONTAINS, value)


@cache
def environment() -> cel.Env:
    return cel.NewEnv(
        variables={fact.name: _KINDS[fact.kind] for fact in DECLARED}, functions=declarations()
    )


def clean(value: FactValue) -> FactValue:
    """Lone surrogates (from broken JSON) cannot cross into the runtime; NUL would end the text."""
    if isinstance(value, str) and _UNCLEAN.search(value):
        return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    if isinstance(value, tuple | list):
        return [str(clean(each)) for each in value]
    return value


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
        answer = environment().compile(f"''.matches({pattern.group()})").eval(data={})
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
