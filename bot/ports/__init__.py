"""What the pipeline needs from outside, as small protocols; `bot.app` plugs the real things in.

Every method of a store that changes something is one transaction: state, audit entry and effects
are written together or not at all, and the call returns only when they are on disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.core.alarms import Firings
from bot.core.decide import Policy
from bot.core.effects import Outlets
from bot.core.evaluate import Rulebook
from bot.core.model import AuditEntry, Totals
from bot.ports.cases import (
    Cases,
    Counsel,
    EffectsOf,
    FoundStory,
    Headline,
    Search,
    Taken,
    Taking,
)
from bot.ports.comments import CaseEffects, Comments, Pending, TurnOf
from bot.ports.heads import Heads, KeptHead
from bot.ports.outbox import Deliverer, Outbox
from bot.ports.past import Judged, Past
from bot.ports.rulebooks import KeptRulebook, Rulebooks, RuleFiles
from bot.ports.scoring import LanguageOf, Scorer
from bot.ports.standing import Alarms, Authors, ModeOrders
from bot.ports.views import (
    Bulletin,
    Bulletins,
    Card,
    Cards,
    Choices,
    Restored,
    RestoredMessages,
    Session,
    Sessions,
    WatchedChannel,
    WatchedChannels,
)

__all__ = [
    "Alarms",
    "Authors",
    "Bulletin",
    "Bulletins",
    "Card",
    "Cards",
    "CaseEffects",
    "Cases",
    "Choices",
    "Clock",
    "Comments",
    "Counsel",
    "Deliverer",
    "EffectsOf",
    "Firings",
    "FoundStory",
    "Headline",
    "Heads",
    "Judged",
    "KeptHead",
    "KeptRulebook",
    "LanguageOf",
    "ModeOrders",
    "Outbox",
    "Past",
    "Pending",
    "Ports",
    "Restored",
    "RestoredMessages",
    "RuleFiles",
    "Rulebooks",
    "Scorer",
    "Search",
    "Session",
    "Sessions",
    "Store",
    "Taken",
    "Taking",
    "TurnOf",
    "WatchedChannel",
    "WatchedChannels",
]

Clock = Callable[[], datetime]
"""The time now, aware UTC."""


class Store(Protocol):
    """Everything remembered."""

    @property
    def comments(self) -> Comments: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def counsel(self) -> Counsel: ...
    @property
    def search(self) -> Search: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def bulletins(self) -> Bulletins: ...
    @property
    def watched(self) -> WatchedChannels: ...
    @property
    def choices(self) -> Choices: ...
    @property
    def restored(self) -> RestoredMessages: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def rulebooks(self) -> Rulebooks: ...
    @property
    def past(self) -> Past: ...
    @property
    def authors(self) -> Authors: ...
    @property
    def modes(self) -> ModeOrders: ...
    @property
    def alarms(self) -> Alarms: ...
    @property
    def heads(self) -> Heads: ...

    async def totals(self) -> Totals: ...

    async def audit(self, entry: AuditEntry, *, comment_id: str | None = None) -> None: ...

    async def ping(self) -> None:
        """Raises when the database does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All of the above, as the pipeline gets it."""

    store: Store
    scorer: Scorer
    rulebook: Callable[[], Rulebook]
    """The rulebook of this moment."""
    now: Clock
    policy: Policy
    outlets: Outlets
    language_of: LanguageOf = lambda _text, told: told
    deadline_s: float = 10.0
    """How long scoring one comment may take before people get it unscored."""
    claim_s: float = 600.0
    """How long a moderator's claim on a case lasts without a sign of life."""
    turn_to_reject: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while an automatic rejection is counted and recorded: the caps hold to the unit."""
