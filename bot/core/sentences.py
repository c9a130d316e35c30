"""Where sentences end, well enough to cut a text there; one rule for all languages."""

from __future__ import annotations

import re

_CLOSING = r"""(?:[ \u00a0\u202f]?[”»›])?["'”»’)\]]*"""
_END = re.compile(
    rf"""(?<!\b[^\W\d_])(?<!\b(?:mm|dr|mr|st|cf|av|pp|no|ex))[.]{_CLOSING}\s+(?!\d)
      | (?:[!?…]|[.]{{2,}})[!?….]*{_CLOSING}(?:\s+|\Z|(?=[^\W\d_]))
      | \n\s*
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""A full stop after one letter or a title (`M. Durand`) ends nothing; a line break always does."""


def sentences(text: str) -> list[tuple[int, int]]:
    """Stretches that together cover the text, each with the white space behind it.

    >>> [text[a:b] for text in ["Non ! Assez. M. le maire dort."] for a, b in sentences(text)]
    ['Non ! ', 'Assez. ', 'M. le maire dort.']
    """
    ends = sorted({match.end() for match in _END.finditer(text)} | {len(text)})
    return [(a, b) for a, b in zip([0, *ends], ends, strict=False) if b > a]
