"""Every comment that was ever accepted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.alarms import Sounded
from bot.core.background import Background, Group
from bot.core.decide import RecentRejections
from bot.core.model import (
    Comment,
    CommentRecord,
    Effect,
    Receipt,
    Report,
    Scores,
    Submission,
    Turn,
    Unscored,
    Verdict,
    Words,
)
from bot.core.waiting import Reach

CaseEffects = Callable[[str], Sequence[Effect]]
"""Given a comment's id: the effects to record when its case changes."""


TurnOf = Callable[[Scores | Unscored | None, Reach], Turn]
"""Given what a comment scored and how far it reaches: when its case should be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What moderating a comment starts from, read in one go."""

    comment: Comment
    background: Background
    """The groups that were asked for, `comment` left out."""
    has_case: bool
    """True when a case is open already: the text was edited while in review."""


class Comments(Protocol):
    """Every comment that was ever accepted, with its versions, scores and verdicts."""

    async def receive(
        self, submission: Submission, *, on_case_change: CaseEffects, now: datetime
    ) -> Receipt:
        """Stores a new comment or a new version of a known one, in state RECEIVED.

        The same delivery id, or the same text again, changes nothing (`repeated`). A new version
        moves the comment's open case to its next version, so that decisions made on the old text
        are refused.
        """

    async def withdraw(
        self,
        *,
        site: str,
        external_id: str,
        delivery_id: str | None,
        on_case_change: CaseEffects,
        now: datetime,
    ) -> Comment | None:
        """Ends a comment deleted at its source: its case closes, its effects are called off.

        Returns the comment in its new state; None when it is unknown here.
        """

    async def report(
        self,
        report: Report,
        *,
        turn_of: TurnOf,
        because: Words,
        on_case_change: CaseEffects,
        now: datetime,
    ) -> Comment | None:
        """Counts a reader's complaint, opens a case for an approved comment (which stays
        approved until a person decides) and brings the case's turn forward at the
        first complaint. None when the comment is unknown here."""

    async def get(self, comment_id: str) -> Comment | None: ...

    async def find(self, *, site: str, external_id: str) -> Comment | None: ...

    async def record(self, comment_id: str) -> CommentRecord | None: ...

    async def unfinished(self) -> list[str]:
        """Ids in state RECEIVED, oldest first: what a restart has to take up again."""

    async def pending(
        self, comment_id: str, groups: Collection[Group] = (), *, now: datetime
    ) -> Pending | None:
        """None unless the comment is in state RECEIVED."""

    async def recent_rejections(
        self, rules: Sequence[str] = (), *, now: datetime
    ) -> RecentRejections:
        """Automatic removals, and how often each of `rules` had a hand in one."""

    async def judge(
        self,
        comment: Comment,
        *,
        scores: Scores | Unscored,
        verdict: Verdict,
        turn_of: TurnOf,
        effects: Sequence[Effect],
        alarms: Sequence[Sounded] = (),
        now: datetime,
    ) -> bool:
        """Writes scores, verdict, new state, decision or case, effects, and alarms.

        False, with nothing written, when the comment is no longer RECEIVED in this version:
        somebody else finished it, or a newer text came in.
        """
