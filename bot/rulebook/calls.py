"""Reads the calls of a condition: their arguments are written out, so that all words are known
before the first comment comes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.facts import BY_NAME
from bot.rulebook.asking import FUNCTIONS, LIST_FUNCTIONS, WORD_FUNCTIONS, Call, pattern_problem
from bot.rulebook.condition_faults import ConditionFault, near
from bot.rulebook.lists import HIGHEST_SEVERITY, Entry, WordList, entry_of, unknown_list

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*)
      | (?P<text>[rR](?:'''.*?'''|\"{3}.*?\"{3}|'[^'\n]*'|"[^"\n]*")
          |'''(?:\\.|[^\\])*?'''|\"{3}(?:\\.|[^\\])*?\"{3}
          |'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>\d+)
      | (?P<sign>\S)""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|.)", re.DOTALL
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}

Token = re.Match[str]


@dataclass(frozen=True, slots=True)
class ReadCalls:
    calls: tuple[Call, ...]
    lists: tuple[WordList, ...]
    """The lists that are asked for."""
    words: tuple[Entry, ...]
    """Words and phrases that the condition itself holds."""
    faults: tuple[ConditionFault, ...]


def tokens_of(condition: str) -> list[Token]:
    """Names, texts, numbers and signs, comments left out."""
    return [match for match in _TOKEN.finditer(condition) if match.lastgroup != "comment"]


def is_call(tokens: list[Token], index: int) -> bool:
    return (
        tokens[index].lastgroup == "name"
        and index + 1 < len(tokens)
        and tokens[index + 1].group() == "("
    )


def facts_read(tokens: list[Token]) -> tuple[str, ...]:
    """Declared facts in the order of their first mention; what only looks like one counts too.

    The longest declared name wins: `text.folded.contains(…)` reads `text.folded`.
    """
    found: dict[str, None] = {}
    for index, token in enumerate(tokens):
        if token.lastgroup != "name" or _continues(tokens, index):
            continue
        chain = [token.group()]
        at = index + 1
        while (
            at + 1 < len(tokens)
            and tokens[at].group() == "."
            and tokens[at + 1].lastgroup == "name"
        ):
            chain.append(tokens[at + 1].group())
            at += 2
        if chain[0] in FUNCTIONS or ".".join(chain[:2]) in FUNCTIONS:
            found["text.folded"] = None
            continue
        names = (".".join(chain[:length]) for length in range(len(chain), 0, -1))
        name = next((each for each in names if each in BY_NAME), None)
        if name:
            found[name] = None
    return tuple(found)


def _continues(tokens: list[Token], index: int) -> bool:
    """Whether a name is the later part of a dotted one."""
    return index > 1 and tokens[index - 1].group() == "." and tokens[index - 2].lastgroup == "name"


def read_calls(tokens: list[Token], lists: Mapping[str, WordList]) -> ReadCalls:
    calls: list[Call] = []
    words: dict[str, Entry] = {}
    used: dict[str, WordList] = {}
    faults: list[ConditionFault] = []
    for function, index in _called(tokens):
        call = _call(function, tokens, index)
        found = _problem(call, tokens[index + 2 : index + 5], lists)
        if isinstance(found, ConditionFault):
            faults.append(found)
        elif isinstance(call, Call):
            calls.append(call)
            if isinstance(found, Entry):
                words[call.source] = found
            elif call.function in LIST_FUNCTIONS:
                used[call.argument] = lists[call.argument]
    return ReadCalls(tuple(calls), tuple(used.values()), tuple(words.values()), tuple(faults))


def value_of(literal: str) -> str:
    """What a text written in a condition stands for."""
    raw = literal[0] in "rR"
    body = literal[1:] if raw else literal
    quotes = 3 if body[:3] in {"'''", '"""'} else 1
    body = body[quotes:-quotes]
    return body if raw else _ESCAPE.sub(_unescaped, body)


def _unescaped(escape: Token) -> str:
    kind, rest = escape.group()[1], escape.group()[2:]
    if kind in "uUx" and rest:
        return chr(int(rest, 16))
    return chr(int(kind + rest, 8)) if rest else _ESCAPED.get(kind, kind)


def _called(tokens: list[Token]) -> Iterator[tuple[str, int]]:
    """Each call of a text function, and the number of its last name."""
    for index, token in enumerate(tokens):
        if not is_call(tokens, index):
            continue
        before = "".join(each.group() for each in tokens[max(0, index - 2) : index])
        name = f"{before}{token.group()}" if before == "text." else token.group()
        if name in FUNCTIONS:
            yield name, index


def _call(function: str, tokens: list[Token], index: int) -> Call | ConditionFault:
    arguments: list[int | str] = []
    for at in range(index + 2, min(index + 6, len(tokens)), 2):
        token, after = tokens[at], tokens[at + 1].group() if at + 1 < len(tokens) else ""
        if token.lastgroup == "text":
            arguments.append(value_of(token.group()))
        elif token.lastgroup == "number":
            arguments.append(int(token.group()))
        if len(arguments) * 2 != at - index or after not in {",", ")"}:
            break
        if after == ")" and isinstance(arguments[0], str):
            return Call(function, arguments[0], *arguments[1:])
    what = f"what `{function}` looks for is not written out"
    fix = f'write it in quotes: {function}("…"); many words go into a list: has_any("…")'
    return ConditionFault(offset=tokens[index].start(), what=what, fix=fix)


def _problem(
    call: Call | ConditionFault, tokens: list[Token], lists: Mapping[str, WordList]
) -> ConditionFault | Entry | None:
    """What is wrong; or the entry that the call itself is."""
    if isinstance(call, ConditionFault):
        return call
    at, last = tokens[0].start(), tokens[-1].start()
    if call.function == "matches_re2":
        problem = pattern_problem(call.argument)
        return (
            ConditionFault(offset=at, what=f"not a pattern (RE2): {problem}") if problem else None
        )
    if call.function in WORD_FUNCTIONS:
        return _word(call, at)
    found = lists.get(call.argument)
    if found is None:
        what, fix = unknown_list(call.argument, lists)
        return ConditionFault(offset=at, what=what, fix=fix)
    wanted = "text.domain_in" if found.is_domains else "has_any"
    if wanted != call.function:
        what = f"`{call.argument}` holds {'domains' if found.is_domains else 'words'}"
        return ConditionFault(offset=at, what=what, fix=f'write {wanted}("{call.argument}")')
    return _narrowed(call, found, last)


def _word(call: Call, at: int) -> ConditionFault | Entry:
    entry = entry_of(call.argument, source=call.source)
    if isinstance(entry, str):
        return ConditionFault(offset=at, what=entry)
    if call.function == "has_word" and all(len(form) > 1 for form in entry.forms):
        what = "`has_word` looks for one word, this is a phrase"
        return ConditionFault(offset=at, what=what, fix=f'write has_phrase("{call.argument}")')
    return entry


def _narrowed(call: Call, found: WordList, at: int) -> ConditionFault | None:
    if isinstance(call.narrowed, int) and not 1 <= call.narrowed <= HIGHEST_SEVERITY:
        what = f"severity goes from 1 to {HIGHEST_SEVERITY}, got {call.narrowed}"
        return ConditionFault(offset=at, what=what)
    if isinstance(call.narrowed, str) and call.narrowed not in found.categories:
        known = sorted(found.categories)
        what = f"list `{call.argument}` has no category `{call.narrowed}`"
        fix = near(call.narrowed, known) or f"its categories: {', '.join(known) or 'none'}"
        return ConditionFault(offset=at, what=what, fix=fix)
    return None
