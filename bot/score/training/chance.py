"""Seeded chance: the same words give the same draws, on every machine."""

from __future__ import annotations

from random import Random


def chance(*words: object) -> Random:
    return Random("/".join(map(str, words)))  # noqa: S311 - repeatable is the point
