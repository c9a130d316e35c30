"""What a site's own decisions taught: a small correction of the embedded model's toxicity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHead:
    """Corrects the log-odds of toxicity: scale * (log-odds + sum of weights * features) + shift.

    No weights, scale 1 and shift 0 is the shipped head itself. It belongs to one network: with
    another the numbers mean nothing.
    """

    version: str
    """Digest of what is below, shortened to eight signs."""
    base: str
    """Version of the network it was fitted on."""
    weights: tuple[float, ...]
    scale: float
    """Above 0: it never turns the order of two comments around."""
    shift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One comment that a person decided, as a head may learn from it."""

    comment_id: str
    text: str
    story_title: str | None
    parent_text: str | None
    decided_at: datetime
    refused: bool
    reason: Reason | None
    """Why it was refused; None for an approved one."""
