"""What a condition says as it is written: the numbers it compares facts with, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.core.facts import BY_NAME
from bot.rulebook.files import RuleText, read_folder
from bot.rulebook.source import Source, parse

_NOT_CODE = re.compile(
    r"""//[^\n]*
      | [rR]?(?:'''.*?'''|\"{3}.*?\"{3})
      | [rR](?:'[^'\n]*'|"[^"\n]*")
      | '(?:\\.|[^'\\\n])*' | "(?:\\.|[^"\\\n])*\"""",
    re.DOTALL | re.VERBOSE,
)
_NUMBER = r"-?\d+(?:\.\d+)?"
_COMPARED = re.compile(
    rf"(?<![\w.])(?P<name>[a-z_]+(?:\s*\.\s*[a-z_0-9]+)*)\s*(?P<sign>>=|<=|>|<)\s*(?P<number>{_NUMBER})(?![\w.])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """`score.toxicity >= 0.91`, at the `offset`-th character of the condition."""

    fact: str
    sign: str
    number: float
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A rule file that compiled, as text."""

    source: Source
    when: str

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        return tuple(_thresholds(self.when))

    def place(self, *path: str, offset: int | None = None) -> int:
        """Offset in the file of a field, or of a character inside its text."""
        if offset is None:
            return self.source.key_at(path)
        return self.source.inside(path, offset)


def written(directory: Path) -> dict[str, Written]:
    """By rule id; files that cannot be read are left to the check."""
    found: dict[str, Written] = {}
    for text in read_folder(directory).texts:
        rule = _written(text)
        if rule is not None:
            found[text.id] = rule
    return found


def _written(text: RuleText) -> Written | None:
    source = parse(text)
    if not isinstance(source, Source):
        return None
    when = source.plain.get("when")
    return Written(source=source, when=when) if isinstance(when, str) else None


def _thresholds(when: str) -> Iterator[Threshold]:
    for match in _COMPARED.finditer(_code(when)):
        name = "".join(match["name"].split())
        if name in BY_NAME:
            yield Threshold(
                fact=name,
                sign=match["sign"],
                number=float(match["number"]),
                offset=match.start("number"),
            )


def _code(when: str) -> str:
    """The condition with its texts and comments blanked; every other character keeps its place."""
    return _NOT_CODE.sub(lambda match: " " * len(match.group()), when)
