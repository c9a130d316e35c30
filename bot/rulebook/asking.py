"""What conditions may ask about a text: has_word, has_any, has_phrase, matches_re2, text.domain_in.

The functions know no comment by themselves: while conditions are being asked, `looking_at` holds
what is known of the one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

import re2
from cel_expr_python import cel

from bot.core.normalise import trace_folded
from bot.rulebook.lists import Entry
from bot.rulebook.matching import Matcher, TextHit

_MOST_MATCHES = 50
"""Places of one pattern in one text that are told."""
PATTERN_BYTES = 8 * 1024 * 1024
"""Memory that one compiled pattern may take; a larger one is a fault."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call in a condition, its arguments written out."""

    function: str
    argument: str
    narrowed: int | str | None = None
    """Of a list: from this severity on, or this category only."""

    @property
    def source(self) -> str:
        return source_of(self.function, self.argument)

    @property
    def is_of_list(self) -> bool:
        return self.function in LIST_FUNCTIONS

    def takes(self, entry: Entry) -> bool:
        if isinstance(self.narrowed, int):
            return entry.severity >= self.narrowed
        return self.narrowed is None or entry.category == self.narrowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What made a condition fire, and where in the text as it was written."""

    call: Call
    start: int
    end: int
    entry: Entry | None
    """None for a pattern."""


LIST_FUNCTIONS = ("has_any", "text.domain_in")
WORD_FUNCTIONS = ("has_word", "has_phrase")
CONTAINS = "contains"
"""`text.folded.contains('…')` and its like, which only `Look.spans` is asked about."""
FUNCTIONS = (*WORD_FUNCTIONS, "has_any", "matches_re2", "text.domain_in")


def source_of(function: str, argument: str) -> str:
    """The name that the entries of a call go by: the list's, or the call itself."""
    return argument if function in LIST_FUNCTIONS else f"{function} {argument}"


USAGE = (
    ('has_word("idiot~")', "the word stands in the text; `~` adds gender and number"),
    ('has_phrase("ta gueule")', "these words stand there one after the other, in one sentence"),
    ('has_any("insults-fr")', "an entry of the list stands there"),
    ('has_any("insults-fr", 2)', "an entry of this severity or a higher one does"),
    ('has_any("slurs", "racism")', "an entry of this category does"),
    ('text.domain_in("spam-domains")', "the text names a domain of the list, or one below it"),
    ('matches_re2("gagnez [0-9]+")', "the pattern (RE2) is found in `text.folded`"),
)


@dataclass(slots=True)
class Look:
    """One text, looked at when the first condition asks and not again."""

    matcher: Matcher
    text: str
    """Folded."""
    written: str | None
    _found: dict[str, list[TextHit]] | None = field(default=None, init=False)
    _encoded: bytes | None = field(default=None, init=False)

    @property
    def encoded(self) -> bytes:
        """As patterns read it."""
        if self._encoded is None:
            self._encoded = self.text.encode("utf-8", "replace")
        return self._encoded

    @property
    def found(self) -> dict[str, list[TextHit]]:
        """Hits by the name of their list."""
        if self._found is None:
            self._found = {}
            for hit in self.matcher.hits(self.text, self.written):
                self._found.setdefault(hit.entry.source, []).append(hit)
        return self._found

    def answer(self, function: str, argument: str, narrowed: int | str | None) -> bool:
        """Asked for every rule and mostly in vain: a look-up, and only then a `Call`."""
        if function == "matches_re2":
            return pattern(argument).search(self.encoded) is not None
        hits = self.found.get(source_of(function, argument))
        if not hits or narrowed is None:
            return bool(hits)
        call = Call(function, argument, narrowed)
        return any(call.takes(hit.entry) for hit in hits)

    def spans(self, calls: Iterable[Call]) -> tuple[Span, ...]:
        """All places that these calls answer for, in the original text where it is known."""
        places: list[tuple[int, int, Call, Entry | None]] = []
        for call in calls:
            if call.function in {"matches_re2", CONTAINS}:
                places += [(*place, call, None) for place in self._places(call)]
                continue
            hits = self.found.get(call.source, ())
            places += [(h.start, h.end, call, h.entry) for h in hits if call.takes(h.entry)]
        traced = trace_folded(self.written) if self.written is not None and places else None
        traced = traced if traced and traced.text == self.text else None
        spans = []
        for start, end, call, entry in places:
            first, last = traced.span_in_original(start, end) if traced else (start, end)
            spans.append(Span(call=call, start=first, end=last, entry=entry))
        return tuple(spans)

    def _places(self, call: Call) -> Iterator[tuple[int, int]]:
        """Where a pattern or a plain text stands in the folded text."""
        if call.function == CONTAINS:
            at = self.text.find(call.argument)
            while at >= 0:
                yield at, at + len(call.argument)
                at = self.text.find(call.argument, at + len(call.argument))
            return
        for match in islice(pattern(call.argument).finditer(self.text), _MOST_MATCHES):
            yield match.span()


looking_at: ContextVar[Look | None] = ContextVar("looking_at", default=None)


@lru_cache(maxsize=1024)
def pattern(written: str) -> Any:
    """Compiled once; raises re2.error. The condition language's own `matches` compiles each time."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = PATTERN_BYTES
    return re2.compile(written, options)


def pattern_problem(written: str) -> str:
    """What is wrong with a pattern; empty when nothing is."""
    try:
        pattern(written)
    except re2.error as error:
        found = error.args[0]
        return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)
    return ""


def look_of(matcher: Matcher, facts: Mapping[str, object]) -> Look | None:
    """None where the text is not among the facts: then what asks about it does not apply."""
    text, written = facts.get("text.folded"), facts.get("text.written")
    if not isinstance(text, str):
        return None
    return Look(matcher, text, written if isinstance(written, str) else None)


def empty_look(matcher: Matcher) -> Look:
    return Look(matcher, "", None)


def declarations() -> list[cel.FunctionDecl]:
    text, whole, true = cel.Type.STRING, cel.Type.INT, cel.Type.BOOL
    plain = {
        name: [cel.Overload(f"{name}_text".replace(".", "_"), true, [text], impl=_asks(name))]
        for name in FUNCTIONS
    }
    for kind, label in ((whole, "severity"), (text, "category")):
        overload = cel.Overload(f"has_any_{label}", true, [text, kind], impl=_asks("has_any"))
        plain["has_any"].append(overload)
    return [cel.FunctionDecl(name, overloads) for name, overloads in plain.items()]


def _asks(function: str) -> Any:
    def ask(argument: str, narrowed: int | str | None = None) -> bool:
        look = looking_at.get()
        if look is None:
            raise LookupError("no text to look at")
        return look.answer(function, argument, narrowed)

    return ask
