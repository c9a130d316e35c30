"""From decided comments to examples: which decisions are about toxicity, and how the model read them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from bot.core import own_words
from bot.core.model import Lesson
from bot.core.reasons import Reason
from bot.learn.head import Examples
from bot.score.embedded import EmbeddedModel
from bot.score.reading import Reading

ABOUT_TOXICITY = frozenset(
    {Reason.OFFENSIVE, Reason.ABUSIVE, Reason.HARASSMENT_BULLYING, Reason.HATE_SPEECH}
)
"""Refused for another reason (spam, off topic, a private address) says nothing about the tone."""
_LIMIT_S = 10.0
_EDGE = 1e-9


def about_toxicity(lessons: Sequence[Lesson]) -> list[Lesson]:
    return [each for each in lessons if not each.refused or each.reason in ABOUT_TOXICITY]


def examples(
    model: EmbeddedModel, lessons: Sequence[Lesson], *, on_read: Callable[[], None]
) -> Examples:
    """Reads the authors' own words, as rules do, in the same order; what cannot be read is left out."""
    odds, features, refused = [], [], []
    for lesson in lessons:
        reading = _read(model, lesson)
        if reading is not None and reading.features is not None:
            odds.append(_log_odds(reading.values["toxicity"]))
            features.append(reading.features)
            refused.append(lesson.refused)
        on_read()
    return Examples(
        log_odds=np.array(odds, dtype=np.float64),
        features=np.array(features, dtype=np.float64).reshape(-1, model.feature_count),
        refused=np.array(refused, dtype=np.bool_),
    )


def _read(model: EmbeddedModel, lesson: Lesson) -> Reading | None:
    own = own_words.read(lesson.text, title=lesson.story_title, parent=lesson.parent_text)
    reading = model.score(model.form(own.text.text), limit_s=_LIMIT_S)
    return reading if isinstance(reading, Reading) else None


def _log_odds(probability: float) -> float:
    kept = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(kept / (1 - kept))
