"""When the rules themselves need looking after."""

from __future__ import annotations

from bot.core.model import AlarmKind, Basis, Idle, Verdict

Sounded = tuple[AlarmKind, str | None]
"""What an alarm is about: its kind, and the rule; None for all rules together."""


def alarms_of(verdict: Verdict) -> tuple[Sounded, ...]:
    """What a verdict shows: a cap or a rule's own limits that were reached."""
    limited = tuple(
        (AlarmKind.RULE_CAP, hit.rule) for hit in verdict.hits if hit.idle is Idle.LIMIT
    )
    held = any(hit.idle for hit in verdict.hits if hit.idle in (Idle.LIMIT, Idle.SURGE))
    return ((AlarmKind.CAP, None),) if verdict.basis is Basis.CAP and not held else limited
