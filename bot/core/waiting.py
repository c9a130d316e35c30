"""When a case should be looked at: severity × reach × age, written as a time.

Each case gets the moment at which its turn comes: when it was opened, plus what a case of its
severity may wait, divided by its reach. The queue goes by that moment. So a severe or widely read
comment overtakes, a reported one comes at once, and whatever waits long enough comes to the front:
nothing starves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.model import Scores, Severity, Turn, Unscored

_SEVERE, _STRONG = 0.85, 0.5
_GRAVE = 0.6
"""From here on a threat or an attack on a group is severe, whatever the rest says."""
_REPLIES, _STORY = (3, 10), (20, 50)
"""Answers to the comment, comments under its story in the last hour: from the first number on it
counts half as much again, from the second twice. Steps, so that neighbours keep their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Within how many minutes a case should be decided."""

    reported_min: int = 30
    severe_min: int = 30
    strong_min: int = 120
    other_min: int = 480

    def for_severity(self, severity: Severity) -> timedelta:
        minutes = {Severity.SEVERE: self.severe_min, Severity.STRONG: self.strong_min}
        return timedelta(minutes=minutes.get(severity, self.other_min))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is known here of how many people see a comment."""

    replies: int = 0
    story_comments: int = 0
    """Under its story, in the last hour."""

    @property
    def factor(self) -> float:
        """From 1 to 3."""
        steps = [self.replies >= step for step in _REPLIES]
        steps += [self.story_comments >= step for step in _STORY]
        return 1.0 + sum(steps) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """How much of the worst one person should read."""

    break_after: int = 15
    """Severe cases within two hours, after which a break is suggested."""
    ration: int = 5
    """Severe cases within half an hour, after which colleagues who are there get the next ones."""


def severity(scores: Scores | Unscored | None) -> Severity:
    if not isinstance(scores, Scores) or not scores.values:
        return Severity.UNKNOWN
    grave = max(
        scores.values.get(name, 0.0) for name in ("severe_toxicity", "threat", "identity_attack")
    )
    worst = max(scores.values.values())
    if worst >= _SEVERE or grave >= _GRAVE:
        return Severity.SEVERE
    return Severity.STRONG if worst >= _STRONG else Severity.MILD


def turn(
    scores: Scores | Unscored | None,
    *,
    reported: bool,
    reach: Reach,
    opened_at: datetime,
    targets: Targets,
    urgent: bool = False,
) -> Turn:
    """`urgent`: a rule hands the case up. `opened_at` is when the wait began: the case was opened, or a reader reported it."""
    level = severity(scores)
    may_wait = targets.for_severity(level)
    due = min(may_wait, timedelta(minutes=targets.reported_min)) if reported else may_wait
    turn_at = opened_at if reported or urgent else opened_at + may_wait / reach.factor
    return Turn(
        severity=level,
        reach=reach.factor,
        reported=reported,
        turn_at=turn_at,
        due_at=opened_at + due,
    )
