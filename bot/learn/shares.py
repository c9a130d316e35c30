"""Shares of small counts, with how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.959964
"""Standard deviations either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`hits` of `of`, and the 95 % interval by Wilson, which holds for few and for extreme counts."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def low(self) -> float:
        return max(0.0, self._centre - self._half) if self.of else 0.0

    @property
    def high(self) -> float:
        return min(1.0, self._centre + self._half) if self.of else 1.0

    @property
    def _centre(self) -> float:
        return (self.hits + _Z**2 / 2) / (self.of + _Z**2)

    @property
    def _half(self) -> float:
        share = self.hits / self.of
        return _Z * sqrt(self.of * share * (1 - share) + _Z**2 / 4) / (self.of + _Z**2)
