"""Texts as the model reads them, remembered: checks compare the same ones again and again."""

from __future__ import annotations

from functools import cache

from bot.core.normalise import for_model


@cache
def form(text: str) -> str:
    return for_model(text)
