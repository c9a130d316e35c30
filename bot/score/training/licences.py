"""What a set's licence lets us train on, for a model that is given away under MIT.

Only what is known to be free is used. Share-alike labels serve as harmless examples only: what the
model learns from them is nobody's annotation work. Share-alike *text* under free labels is used and
named in the model card.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.score.training.rows import Labelled

_FREE = ("MIT", "CC0-1.0", "CC BY 4.0", "CC BY 3.0", "Apache-2.0", "BSD-3-Clause")
_SHARE_ALIKE = ("CC BY-SA 4.0", "CC BY-SA 3.0")
_PARENTHESES = re.compile(r"\([^()]*\)")
_TEXT = re.compile(r"(?:source |comment )?text\b")


class Use(StrEnum):
    ALL = "all"
    HARMLESS = "harmless"
    """Only rows that are not toxic."""
    NONE = "none"


def use(licence: str) -> Use:
    """Judges the licence field of a row.

    >>> use("CC0-1.0 (labels); text CC BY-SA 3.0 (Wikipedia)"), use("CC BY-SA 4.0"), use("CC BY-NC 4.0")
    (<Use.ALL: 'all'>, <Use.HARMLESS: 'harmless'>, <Use.NONE: 'none'>)
    """
    found = Use.NONE
    for part in _PARENTHESES.sub("", licence).split(";"):
        words = part.strip()
        of_text = bool(_TEXT.match(words))
        if any(_names(name, words) for name in _FREE):
            found = found if found is Use.HARMLESS else Use.ALL
        elif any(_names(name, words) for name in _SHARE_ALIKE):
            found = found if of_text else Use.HARMLESS
        else:
            return Use.NONE
    return found


def may_train_on(row: Labelled) -> bool:
    allowed = use(row.licence)
    return allowed is Use.ALL or (allowed is Use.HARMLESS and not row.toxic)


def _names(licence: str, words: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(licence)}(?![\w-])", words) is not None
