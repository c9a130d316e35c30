"""Which words of a text drive its score: it is scored again without each of them, and they alone.

A network run costs as much as its tokens, so doing this with every word of a long comment would
take a second. A long text is therefore narrowed first: its clauses are scored alone, and words are
looked at within those that score highest, within a budget in characters. No clock and no chance
takes part, so the same text always gets the same explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from time import thread_time

from bot.core.model import Unscored
from bot.score.place import place
from bot.score.reading import Reading, Reads
from bot.score.units import Clause, Unit, clauses

_RUN_CHARS = 30
"""What starting the network costs, in characters read: 1.5 ms against 0.05 ms each, measured."""
_BUDGET_CHARS = 1_300
"""For the whole explanation; some 70 ms with the embedded model on a quiet core."""
_NEAR = 1.5
"""A clause alone explains the score when its log-odds come so near to the whole text's."""
_IDLE = 1.0
"""In log-odds above the empty text's: what any lone word may have."""
_LEAST_FALL = 0.15
"""In log-odds; a word that changes less drives nothing."""
_LEAST_SHARE = 0.15
"""Of the largest fall; weaker words would only make the picture noisy."""
_MOST_SPANS = 12
_MOST_CLAUSES = 4
"""Left out of a whole long text, where no clause alone explains it."""
_EDGE = 1e-6

Span = tuple[int, int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What in a text a score came from."""

    attribute: str
    base: float
    """The whole text's probability of `attribute`. When it is low, the spans mean little."""
    spans: tuple[Span, ...]
    """Start, end (characters of the original text, in order, never overlapping), and weight:
    the share of all the falls that were found, in (0, 1]. Empty when no part alone drives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fall:
    """What the log-odds lose with these units, which are one word written several times."""

    units: tuple[Unit, ...]
    by: float


class _OutOfTimeError(Exception):
    pass


def explain(
    model: Reads,
    text: str,
    *,
    attribute: str,
    limit_s: float,
    base: Reading | None = None,
) -> Explanation | Unscored:
    """`base` is the whole text's reading where it is known already; `limit_s` is CPU time.

    Of a text that is read in several windows, the one with the highest toxicity is looked into.
    """
    probe = _Probe(model, attribute, ends_at=thread_time() + limit_s)
    form = model.form(text)
    reading = base if base is not None else model.score(form, limit_s=limit_s)
    if isinstance(reading, Unscored):
        return reading
    if attribute not in reading.values:
        return Unscored(reason="the model has no such attribute")
    start, end = 0, len(text)
    if reading.worst is not None:
        window = place(text, form, reading.worst)
        start, end = window.start, window.end
    value = reading.values[attribute]
    try:
        falls = _falls(probe, text[start:end], _log_odds(value))
    except _OutOfTimeError:
        return Unscored(reason=f"not explained within {limit_s:.1f} s")
    return Explanation(attribute=attribute, base=value, spans=_weighed(falls, offset=start))


class _Probe:
    """Log-odds of changed texts; None for one that cannot be scored."""

    def __init__(self, model: Reads, attribute: str, *, ends_at: float) -> None:
        self.form = model.form
        self._model = model
        self._attribute = attribute
        self._ends_at = ends_at

    def __call__(self, text: str) -> float | None:
        left_s = self._ends_at - thread_time()
        if left_s <= 0:
            raise _OutOfTimeError
        reading = self._model.score(self._model.form(text), limit_s=left_s)
        if isinstance(reading, Unscored):
            return None
        return _log_odds(reading.values[self._attribute])


def _falls(probe: _Probe, text: str, base: float) -> list[_Fall]:
    parts = clauses(text, make_form=probe.form)
    units = [unit for part in parts for unit in part.units]
    if len(units) <= 1:
        return [_Fall(units=tuple(units), by=1.0)] if units else []
    groups = _same_words(text, units, probe)
    if _cost(text, groups) <= _BUDGET_CHARS:
        return _by_group(probe, text, groups, base)
    return _in_clauses(probe, text, parts, base)


def _in_clauses(probe: _Probe, text: str, parts: Sequence[Clause], base: float) -> list[_Fall]:
    """Words within the clauses that explain the score alone; else whole clauses."""
    alone = [(odds, part) for part in parts if (odds := probe(part.of(text))) is not None]
    alone.sort(key=lambda each: (-each[0], each[1].start))
    left = _BUDGET_CHARS - len(text) - _RUN_CHARS * len(parts)
    falls: list[_Fall] = []
    for odds, part in alone:
        if odds < base - _NEAR:
            break
        cost = _cost(part.of(text), [(unit,) for unit in part.units])
        if cost > left and falls:
            break
        falls += _in_clause(probe, text, part, odds) if cost <= left else [_whole(part)]
        left -= cost
    if falls:
        return falls
    return _by_group(probe, text, [_whole(part).units for _, part in alone[:_MOST_CLAUSES]], base)


def _in_clause(probe: _Probe, text: str, part: Clause, odds: float) -> list[_Fall]:
    """Where the words need each other («retourne dans ton pays»), the clause is one."""
    if len(part.units) == 1:
        return [_whole(part)]
    inside = [(unit.moved(-part.start),) for unit in part.units]
    return [
        _Fall(units=tuple(unit.moved(part.start) for unit in fall.units), by=fall.by)
        for fall in _by_group(probe, part.of(text), inside, odds)
    ] or [_whole(part)]


def _whole(part: Clause) -> _Fall:
    return _Fall(units=(Unit(start=part.units[0].start, end=part.units[-1].end),), by=1.0)


def _same_words(text: str, units: Iterable[Unit], probe: _Probe) -> list[tuple[Unit, ...]]:
    """A word that stands there twice is left out twice: leaving one out changes nothing."""
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        groups.setdefault(probe.form(text[unit.start : unit.end]), []).append(unit)
    return [tuple(group) for group in groups.values()]


def _by_group(
    probe: _Probe, text: str, groups: Iterable[tuple[Unit, ...]], base: float
) -> list[_Fall]:
    """Half of what the text loses without the words, half of what they weigh alone.

    The first misses that one insult beside others changes nothing, the second what words only say
    together; their mean is the cheapest form of a Shapley value.
    """
    nothing = probe("")
    falls = []
    for group in groups:
        without = probe(_without(text, group))
        alone = probe(text[group[0].start : group[0].end])
        if nothing is None or without is None or alone is None:
            continue
        by = (base - without + max(0.0, alone - nothing - _IDLE)) / 2
        if by >= _LEAST_FALL:
            falls.append(_Fall(units=group, by=by))
    return falls


def _cost(text: str, groups: Sequence[tuple[Unit, ...]]) -> int:
    """Characters that `_by_group` has the model read, starts included."""
    alone = sum(group[0].end - group[0].start for group in groups)
    return len(groups) * (2 * _RUN_CHARS + len(text)) + alone


def _without(text: str, units: Iterable[Unit]) -> str:
    pieces, at = [], 0
    for unit in units:
        pieces.append(text[at : unit.start])
        at = unit.end
    return "".join([*pieces, text[at:]])


def _weighed(falls: Sequence[_Fall], *, offset: int) -> tuple[Span, ...]:
    largest = max((fall.by for fall in falls), default=0.0)
    strong = sorted(
        (fall for fall in falls if fall.by >= _LEAST_SHARE * largest), key=lambda fall: -fall.by
    )
    kept: list[tuple[Unit, float]] = []
    for fall in strong:
        kept += [(unit, fall.by / len(fall.units)) for unit in fall.units]
    kept = kept[:_MOST_SPANS]
    total = sum(by for _, by in kept)
    return tuple(
        sorted((unit.start + offset, unit.end + offset, round(by / total, 4)) for unit, by in kept)
    )


def _log_odds(probability: float) -> float:
    held = min(1 - _EDGE, max(_EDGE, probability))
    return log(held / (1 - held))
