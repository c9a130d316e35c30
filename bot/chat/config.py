"""What the Discord side has to know of the installation; filled by the program's entry point."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Literal, get_args

from bot.core.errors import Fault
from bot.core.model import Actor
from bot.rulebook.desk import RuleDesk

if TYPE_CHECKING:  # it knows the client, which knows this
    from bot.chat.scorer_notice import ScorerNotice

Language = Literal["fr", "en"]

ChosenHere = Literal["review_channel_id", "moderator_role_id", "admin_role_id", "lead_role_id"]
CHOSEN_HERE: tuple[ChosenHere, ...] = get_args(ChosenHere)
"""What `/setup` may set where `.env` says nothing."""

ConsoleLink = Callable[[Actor], Awaitable[str]]
"""Issues a one-time address that logs this actor in to the console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the rest of the program is, for `/doctor`."""

    scorer: str
    scorer_ready: bool
    degraded: bool
    """Another model than the wanted one answers."""
    why: str
    """Why the model is degraded or not ready."""
    rules_faults: Sequence[Fault]
    """What keeps the saved rule files from being in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatConfig:
    """The operator's choices for Discord. The token is not among them: it is given at start."""

    review_channel_id: int | None = None
    """Where cards are shown; None when Discord is a source of comments only."""
    watched_channel_ids: tuple[int, ...] = ()
    """Channels whose messages are comments; their threads are watched with them."""
    moderator_role_id: int | None = None
    admin_role_id: int | None = None
    """Admins may do all that moderators may. With neither role set nobody can decide."""
    lead_role_id: int | None = None
    """Leads decide what was escalated; so do admins."""
    duty_role_id: int | None = None
    """Called once when cases are about to wait too long."""
    quiet_hours: tuple[int, int] | None = None
    """From the first hour to the second, local time: nobody is called."""
    timezone: tzinfo = UTC
    language: Language = "fr"
    """Of the cards, which all moderators share; private answers follow each one's own client."""
    max_open_cards: int = 25
    """Open cases shown at once; the rest waits in `/queue`."""
    undo_grace_s: float = 20.0
    """How long a decision waits before it leaves the house; shown on the decided card."""
    scorer_notice: ScorerNotice | None = None
    """What has to be told of the scorer; shared by all clients of a run."""
    rules: RuleDesk | None = None
    """What `/rules` asks; None where there is no folder of rules, as in some tests."""
    console_link: ConsoleLink | None = None
    health: Callable[[], Health] | None = None


def with_choices(settings: ChatConfig, chosen: Mapping[str, int]) -> ChatConfig:
    """The settings, filled up with what was chosen in Discord: `.env` wins."""
    return replace(
        settings,
        review_channel_id=settings.review_channel_id or chosen.get("review_channel_id"),
        moderator_role_id=settings.moderator_role_id or chosen.get("moderator_role_id"),
        admin_role_id=settings.admin_role_id or chosen.get("admin_role_id"),
        lead_role_id=settings.lead_role_id or chosen.get("lead_role_id"),
    )
