"""What was judged before, to look back on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.alarms import Firings
from bot.core.model import Basis, FactValue, Outcome, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A comment of the past: its latest text, what was concluded of it, what a person said."""

    comment_id: str
    text: str
    judged_at: datetime
    facts: Mapping[str, FactValue]
    """As the rules read them then, without `text.folded`, which the text gives again."""
    outcome: Outcome
    """What the rulebook of then concluded."""
    basis: Basis
    rules: Mapping[str, Stage]
    """Every rule that fired then, and its stage then."""
    human: Outcome | None
    """The last decision of a person on this text that was not undone: APPROVE or REJECT."""
    author: str = ""
    """The author as canaries know them (`bot.core.evaluate.author_key`)."""


class Past(Protocol):
    """What was judged before, to look back on; only reads."""

    async def count(self, *, since: datetime) -> int:
        """How many comments `judged` will give, about: others may come in meanwhile."""

    def judged(self, *, since: datetime) -> AsyncIterator[Sequence[Judged]]:
        """In portions and in no particular order: comments whose latest text was judged since.

        A comment whose latest text has no verdict yet is left out. A decision on an earlier text
        does not count for the latest.
        """

    async def firings(self, *, since: datetime) -> Firings:
        """How often each rule fired on what was judged since, on earlier texts too."""
