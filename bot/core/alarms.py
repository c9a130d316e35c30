"""When the rules themselves need looking after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.core.evaluate import Rule
from bot.core.model import Alarm, AlarmKind, Basis, Idle, Verdict

Sounded = tuple[AlarmKind, str | None]
"""What an alarm is about: its kind, and the rule; None for all rules together."""
Due = Mapping[Sounded, Mapping[str, object]]
"""Alarms that should be open now, and the numbers behind each."""

WATCHED = (AlarmKind.RULE_SURGE, AlarmKind.RULE_SILENT, AlarmKind.RULE_EXPIRED)
"""What `due` decides on: these alarms close by themselves."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PAST = timedelta(days=8)
"""How far back a rule's past reaches."""

_SURGE = 5.0
"""Times its usual rate at which a rule surges."""
_CALM = 2.0
"""Times its usual rate below which a surge is over: lower, so that an alarm does not flutter."""
_FEW = 10
"""Firings within the hour below which nothing is called a surge."""
_MISSED = 20.0
"""Firings that a day should have brought, and not one came: silence is no chance any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firings:
    """How often each rule fired."""

    judged: int
    """Text versions judged in that time."""
    by_rule: Mapping[str, int]
    """Rules that never fired are left out."""
    first: Mapping[str, datetime] = field(default_factory=dict)
    """When each of them fired first in that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """How often rules fired lately, all up to `now`."""

    now: datetime
    hour: Firings
    day: Firings
    past: Firings
    """Of `PAST`, the last hour and the last day included."""


def alarms_of(verdict: Verdict) -> tuple[Sounded, ...]:
    """What a verdict shows: a cap or a rule's own limits that were reached."""
    limited = tuple(
        (AlarmKind.RULE_CAP, hit.rule) for hit in verdict.hits if hit.idle is Idle.LIMIT
    )
    held = any(hit.idle for hit in verdict.hits if hit.idle in (Idle.LIMIT, Idle.SURGE))
    return ((AlarmKind.CAP, None),) if verdict.basis is Basis.CAP and not held else limited


def due(rules: Iterable[Rule], recent: Recent, *, today: date, alarms: Iterable[Alarm]) -> Due:
    """The `WATCHED` alarms that should be open; of those that are, the ones that should stay.

    Rates are firings per judged comment, so that a busy evening is no surge and a quiet night no
    silence. A rule that is younger than a day has no past to be measured against.
    """
    standing = {(alarm.kind, alarm.rule): alarm.detail for alarm in alarms}
    found: dict[Sounded, Mapping[str, object]] = {}
    for rule in rules:
        surge, silent, expired = ((kind, rule.id) for kind in WATCHED)
        told = _surge(rule.id, recent, standing.get(surge))
        if told is not None:
            found[surge] = told
        told = _silence(rule.id, recent, standing.get(silent))
        if told is not None:
            found[silent] = told
        if rule.is_expired(today):
            found[expired] = {"expired_on": str(rule.expires)}
    return found


def _surge(
    rule: str, recent: Recent, standing: Mapping[str, object] | None
) -> Mapping[str, object] | None:
    """An open alarm keeps the rate of before: a surge of days must not become the usual."""
    hits = recent.hour.by_rule.get(rule, 0)
    known = standing.get("usual") if standing else None
    usual = known if isinstance(known, float) else _usual(rule, recent, recent.hour, HOUR)
    if usual is None:
        return None
    few, times = (_FEW / 2, _CALM) if standing else (_FEW, _SURGE)
    expected = usual * recent.hour.judged
    if hits < few or hits < times * expected:
        return None
    return {"hits": hits, "expected": round(expected, 1), "usual": usual}


def _silence(
    rule: str, recent: Recent, standing: Mapping[str, object] | None
) -> Mapping[str, object] | None:
    """An open alarm stays until the rule fires again, when its past is long forgotten too."""
    if recent.day.by_rule.get(rule, 0):
        return None
    if standing is not None:
        return standing
    usual = _usual(rule, recent, recent.day, DAY)
    if usual is None or usual * recent.day.judged < _MISSED:
        return None
    return {"hits": 0, "expected": round(usual * recent.day.judged, 1), "usual": usual}


def _usual(rule: str, recent: Recent, last: Firings, span: timedelta) -> float | None:
    """Firings per comment before the `last` stretch, from the first one on; None without a past."""
    hits = recent.past.by_rule.get(rule, 0) - last.by_rule.get(rule, 0)
    first, judged = recent.past.first.get(rule), recent.past.judged - last.judged
    if hits <= 0 or judged <= 0 or first is None:
        return None
    known = recent.now - span - first
    if known < DAY:
        return None
    return hits / (judged * min(1.0, known / (PAST - span)))
