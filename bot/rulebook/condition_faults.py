"""Says in plain words what the condition's compiler found, and where in the condition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.core.facts import BY_NAME

FUNCTIONS = (
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "size",
    "exists",
    "exists_one",
    "all",
    "int",
    "double",
    "string",
    "has_word",
    "has_any",
    "has_phrase",
    "matches_re2",
    "domain_in",
)
"""What a rule is likely to want; used to guess what was meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionFault:
    """What is wrong at the `offset`-th character of a condition."""

    offset: int
    what: str
    fix: str = ""


_ERROR = re.compile(r"^(?:INVALID_ARGUMENT: )?ERROR: <input>:(-?\d+):(-?\d+): (.*)$", re.MULTILINE)
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_TOO_DEEP = re.compile(r"recursion (?:limit|depth)", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_]+")
_NOT_BEFORE = re.compile(r"\b(not)\s+$")
_WORDS_FOR_SIGNS = {"and": "&&", "or": "||", "not": "!", "=": "==", "&": "&&", "|": "||"}
_METHOD = re.compile(r"\s*\.\s*[A-Za-z_]\w*\s*\(")
_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?)")


def explain(message: str, condition: str) -> tuple[ConditionFault, ...]:
    """The compiler's message as faults; of several syntax errors only the first is worth reading."""
    if _TOO_DEEP.search(message):
        what = "nested too deeply: at most 32 levels of brackets, `.`, `+` or `? :`"
        fix = "split the rule in two, or gather words in one pattern: matches('one|two|three')"
        return (ConditionFault(offset=0, what=what, fix=fix),)
    found: list[ConditionFault] = []
    misread = False
    for line, column, problem in _ERROR.findall(message):
        offset = _offset(condition, int(line), int(column))
        if problem.startswith("Syntax error"):
            if not misread:
                found.append(_syntax(condition, offset))
            misread = True
        elif not _told_by_the_next(condition, offset, problem):
            found.append(_meaning(condition, offset, problem))
    if not found:
        what = "not a condition: " + message.splitlines()[0].removesuffix(" [INVALID_ARGUMENT]")
        return (ConditionFault(offset=0, what=what),)
    return tuple(found)


def near(name: str, known: Iterable[str]) -> str:
    """«did you mean …» for a slip of the pen; empty when nothing is close."""
    names = list(known)
    same_end = [other for other in names if other.rpartition(".")[2] == name.rpartition(".")[2]]
    close = same_end or get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""


def _offset(condition: str, line: int, column: int) -> int:
    lines = condition.split("\n")
    before = sum(len(text) + 1 for text in lines[: max(0, line - 1)])
    return min(max(0, before + max(1, column) - 1), len(condition))


def _syntax(condition: str, offset: int) -> ConditionFault:
    if offset >= len(condition):
        return ConditionFault(offset=offset, what="the condition ends too early")
    negated = _NOT_BEFORE.search(condition, 0, offset)
    if negated:
        return ConditionFault(offset=negated.start(1), what="`not` is written `!`", fix="write `!`")
    word = _WORD.match(condition, offset)
    written = word.group().lower() if word else condition[offset]
    sign = _WORDS_FOR_SIGNS.get(written)
    if sign:
        what = f"`{written}` is written `{sign}`"
        return ConditionFault(offset=offset, what=what, fix=f"write `{sign}`")
    if written in {"'", '"'}:
        what = "a text that is not closed"
        return ConditionFault(offset=offset, what=what, fix=f"end it with {written}")
    return ConditionFault(offset=offset, what=f"`{written}` makes no sense here")


def _meaning(condition: str, offset: int, problem: str) -> ConditionFault:
    undeclared = _UNDECLARED.search(problem)
    if undeclared:
        return _unknown(condition, offset, undeclared.group(1))
    overload = _OVERLOAD.search(problem)
    if overload:
        kinds = [kind.strip() for kind in overload.group(2).split(",")]
        return _mismatch(condition, offset, overload.group(1), kinds)
    return ConditionFault(offset=offset, what=problem.removesuffix(" [INVALID_ARGUMENT]"))


def _told_by_the_next(condition: str, offset: int, problem: str) -> bool:
    """Of `text.domain_inn(…)` the compiler says first that `text` alone is unknown."""
    undeclared = _UNDECLARED.search(problem)
    if not undeclared or not condition.startswith(undeclared.group(1), offset):
        return False
    return _METHOD.match(condition, offset + len(undeclared.group(1))) is not None


def _unknown(condition: str, offset: int, name: str) -> ConditionFault:
    """The compiler points at the dot of `score.x` and the bracket of `f(x)`; people look at the name."""
    at = condition.rfind(name, 0, offset + len(name))
    start = at if at >= 0 and at + len(name) >= offset else offset
    if condition[start + len(name) :].lstrip().startswith("("):
        what, fix = f"unknown function `{name}`", near(name, FUNCTIONS)
        return ConditionFault(offset=start, what=what, fix=fix)
    inside = [fact for fact in BY_NAME if fact.startswith(f"{name}.")]
    if inside:
        what = f"`{name}` alone is not a fact"
        return ConditionFault(offset=start, what=what, fix=f"for example `{inside[0]}`")
    if name.lower() in {"true", "false"}:
        what = f"unknown fact `{name}`"
        return ConditionFault(offset=start, what=what, fix=f"write `{name.lower()}`")
    fix = near(name, BY_NAME) or (
        "the facts are listed in the rules folder's README.md"
        if "." in name
        else f"a word to compare with stands in quotes: '{name}'"
    )
    return ConditionFault(offset=start, what=f"unknown fact `{name}`", fix=fix)


def _mismatch(condition: str, offset: int, name: str, kinds: list[str]) -> ConditionFault:
    sign = name.strip("_@").replace("_", " ")
    what = f"`{sign}` cannot be used on {' and '.join(kinds) or 'nothing'}"
    if sorted(kinds) == ["double", "int"]:
        what = f"`{sign}` mixes a whole number (int) with a fraction (double)"
        number = _NUMBER.match(condition, offset + len(sign))
        return ConditionFault(offset=offset, what=what, fix=_other_kind(number))
    if sign == "in" and kinds == ["string", "string"]:
        fix = "to look inside a text: text.folded.contains('…')"
        return ConditionFault(offset=offset, what=what, fix=fix)
    return ConditionFault(offset=offset, what=what)


def _other_kind(number: re.Match[str] | None) -> str:
    if number is None:
        return "write whole numbers with a point (2.0) to compare them with a double"
    written = number.group(1)
    whole, point, rest = written.partition(".")
    if not point:
        return f"write `{written}.0`"
    if not rest.strip("0"):
        return f"write `{whole}`"
    return f"it counts whole things: compare it with `{whole}` or `{int(whole) + 1}`"
