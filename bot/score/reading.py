"""What a model is to the scorer process, and what it gives for one text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from bot.core.model import Unscored
from bot.score.levels import Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The scores of one text as the model read it."""

    values: Mapping[str, float]
    """Probability per attribute, the highest of all windows."""
    worst: tuple[int, int] | None = None
    """The window with the highest toxicity, in characters of the form; None when there is one."""
    windows: int = 1
    """Windows that cover the text, repeated ones counted."""
    tokens: int = 0
    """Tokens the network was really run on; what repeats is run once."""
    features: np.ndarray[Any, np.dtype[np.float32]] | None = field(default=None, compare=False)
    """What the network's head saw of the worst window; None where the model does not tell."""


class Reads(Protocol):
    """A network that reads texts. Equal forms get equal scores, whatever else is being scored."""

    def form(self, text: str) -> str:
        """The text as the network reads it; exact repeats are recognised by it."""

    def score(self, form: str, *, limit_s: float) -> Reading | Unscored: ...


class Model(Reads, Protocol):
    """Something that scores texts for the bot."""

    name: str
    version: str
    """Digest of the model file, shortened to twelve signs."""
    limit_s: float
    """Most CPU time one text may take; what needs more is Unscored."""

    @property
    def levels(self) -> Levels | None:
        """None before they were taken; then it cannot serve, since rules name them."""


def cut(length: int, *, size: int, stride: int) -> list[tuple[int, int]]:
    """Overlapping windows that together cover `length` units; an empty text has one, empty.

    >>> cut(300, size=126, stride=110)
    [(0, 126), (110, 236), (220, 300)]
    """
    windows = []
    for start in range(0, max(1, length), stride):
        windows.append((start, min(start + size, length)))
        if start + size >= length:
            break
    return windows
