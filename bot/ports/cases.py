"""The review queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.core.model import (
    Actor,
    Case,
    Comment,
    Decision,
    Effect,
    Proposed,
    Refused,
    Resolution,
    Severity,
    StoryRef,
)
from bot.core.waiting import Care

EffectsOf = Callable[[Case], Sequence[Effect]]
"""Given a case: the effects to record with what is done to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Who wants the next case, and which they can do without."""

    actor: Actor
    left_out: int | None = None
    """The case that was skipped just now."""
    care: Care = field(default_factory=Care)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The next case, and what only this person is told."""

    case: Case
    severe_seen: int
    """Severe ones that they read within two hours, this one included."""
    break_due: bool
    """True at the moment when a break is suggested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What waits, in numbers."""

    total: int
    by_severity: Mapping[Severity, int]
    by_section: Sequence[tuple[str, int]]
    """The five largest; `` for no section."""
    by_age: tuple[int, int, int]
    """Opened within the last hour, within six hours, before that."""
    overdue: int
    at_risk: int
    """Due within ten minutes."""
    escalated: int
    oldest_at: datetime | None


class Cases(Protocol):
    """The review queue."""

    async def queue(
        self, *, limit: int = 50, offset: int = 0, viewer: Actor | None = None
    ) -> list[Case]:
        """Open cases, whose turn comes first first; those `viewer` skipped come last."""

    async def headline(self, *, now: datetime) -> Headline: ...

    async def severe_seen(self, actor: Actor, *, since: datetime) -> int:
        """How many severe cases this person was shown; nobody else is told."""

    async def get(self, case_id: int) -> Case | None: ...

    async def for_comment(self, comment_id: str) -> Case | None: ...

    async def resolve(
        self,
        resolution: Resolution,
        *,
        effects: EffectsOf,
        if_first_of_two: EffectsOf | None,
        now: datetime,
    ) -> tuple[Case, Decision] | Proposed | Refused:
        """Decides the case and those behind it, as a unit.

        With `if_first_of_two`, the first person's order is put on record with those effects
        (Proposed) and the case stays open; a second person's is carried out."""

    async def last_decision(self, case_id: int) -> Decision | None:
        """The latest decision on the case's comment that was not undone."""

    async def undo(
        self,
        decision_id: int,
        *,
        actor: Actor,
        corrections: EffectsOf,
        effects: EffectsOf,
        now: datetime,
    ) -> tuple[Case, Decision, bool] | Refused:
        """Reopens the case and calls off what was not yet delivered.

        `corrections` are written only if something had left already (the third value says so);
        `effects` always. A Discord message that was removed is restored among the corrections.
        Refused as TOO_LATE when its author has withdrawn the comment.
        """

    async def claim(
        self, case_id: int, *, actor: Actor, until: datetime, now: datetime
    ) -> Case | Refused:
        """Takes or renews the lease; CLAIMED when a colleague's is still running."""

    async def alike(self, case_id: int) -> list[Case]:
        """The open cases that stand behind this one, oldest first."""

    async def set_apart(
        self, case_ids: Sequence[int], *, actor: Actor, effects: EffectsOf, now: datetime
    ) -> list[Case]:
        """From now on these stand for themselves; gives those that stood behind another."""

    async def take_next(self, taking: Taking, *, until: datetime, now: datetime) -> Taken | None:
        """Claims the case that this person should see next, in one step: two who ask at the same
        moment never get the same. What they skipped comes last, the longest ago first."""

    async def release(self, case_id: int, *, actor: Actor) -> None: ...

    async def skip(self, case_id: int, *, actor: Actor, now: datetime) -> None:
        """Moves the case to the end of this actor's queue and releases their claim."""


class Counsel(Protocol):
    """What colleagues tell one another about a case; none of it leaves the house."""

    async def note(
        self, case_id: int, *, actor: Actor, text: str, effects: Sequence[Effect], now: datetime
    ) -> Case | Refused:
        """Adds a note, to a closed case as well."""

    async def escalate(
        self,
        case_id: int,
        *,
        version: int,
        actor: Actor,
        words: str | None,
        effects: Sequence[Effect],
        now: datetime,
    ) -> Case | Refused:
        """From now on only leads decide; ESCALATED when it was handed up before."""

    async def hand_back(
        self,
        case_id: int,
        *,
        version: int,
        actor: Actor,
        effects: Sequence[Effect],
        now: datetime,
    ) -> Case | Refused:
        """Takes an escalation back; for leads and for whoever escalated."""

    async def ask(
        self,
        case_id: int,
        *,
        actor: Actor,
        of: Actor | None,
        words: str | None,
        effects: Sequence[Effect],
        now: datetime,
    ) -> Case | Refused:
        """The case becomes free and comes first for `of`, last for who asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStory:
    id: int
    """Ours; short enough for a choice in Discord."""
    ref: StoryRef
    title: str | None


class Search(Protocol):
    """What moderators look up; only reads."""

    async def stories(self, text: str, *, limit: int) -> list[FoundStory]:
        """Whose title holds the text, the newest first; all of them for an empty one."""

    async def story(self, story_id: int) -> FoundStory | None: ...

    async def of_author(self, *, site: str, author_id: str, limit: int) -> list[Comment]:
        """The newest first, as in the two below."""

    async def by_name(self, name: str, *, limit: int) -> list[Comment]:
        """Comments of authors whose name begins so; a to z count as A to Z."""

    async def with_text(self, text: str, *, limit: int) -> list[Comment]:
        """Comments whose present text holds these characters; a to z count as A to Z."""
