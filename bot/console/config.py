"""What the console needs to know; `bot.app` fills it from the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.errors import Fault


def _none() -> tuple[Fault, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleConfig:
    public_url: str
    """Address people open, without a path: `https://moderation.example`."""
    secure_cookies: bool = False
    """True behind https: the session cookie is never sent in the clear."""
    language: str = "fr"
    """For browsers that ask for neither French nor English."""
    session_hours: int = 12
    link_minutes: int = 10
    """How long a one-time link can be used."""
    undo_grace_s: float = 20.0
    """The same as `Outlets.undo_grace_s`: how long the pages count down."""
    page_size: int = 25
    """Open cases on the queue page at once; the next ones move up."""
    poll_s: float = 4.0
    """How often the queue page asks for news."""
    scorer_trouble: Callable[[], str] = str
    """Why the wanted model does not score, empty when it does; everybody is told, admins the cause."""
    rules_faults: Callable[[], tuple[Fault, ...]] = _none
    """Why the rules folder as it lies there was not taken up; admins are told."""
