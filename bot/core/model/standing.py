"""What people have put in force beside the rules: modes, flags on authors; and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.model.people import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRef:
    """A story by the names its site uses."""

    site: str
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeOrder:
    """A mode that somebody has put in force, everywhere or under one story."""

    mode: str
    actor: Actor
    set_at: datetime
    story: StoryRef | None = None
    """None: everywhere."""
    until: datetime | None = None
    """None: until somebody takes it back."""

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until


class AlarmKind(StrEnum):
    CAP = "cap"
    """The cap on all automatic rejections was reached: further ones went to people."""
    RULE_CAP = "rule_cap"
    """A rule's own `limits` were reached: its further rejections went to people."""
    RULE_SURGE = "rule_surge"
    """A rule fires far more often than it used to: its rejections go to people."""
    RULE_SILENT = "rule_silent"
    """A rule that used to fire has stopped."""
    RULE_EXPIRED = "rule_expired"
    """A rule's `expires` is past: it acts no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something about the rules that an admin should look at; open until it is closed."""

    id: int
    kind: AlarmKind
    raised_at: datetime
    rule: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    """Numbers behind it, e.g. `{"hits": 40, "expected": 6.2}`."""
