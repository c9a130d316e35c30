"""Labels given by hand, as one short code a comment, and what they are worth as targets."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.core.model import ATTRIBUTES
from bot.score.training.rows import DataError

LETTERS: Mapping[str, str] = {
    "T": "toxicity",
    "S": "severe_toxicity",
    "O": "obscene",
    "I": "identity_attack",
    "N": "insult",
    "H": "threat",
    "X": "sexual_explicit",
}
_NOTHING, _HESITANT, _UNCLEAR = "-", "?", "~"
_SURE_TARGETS = (0.03, 0.97)
_HESITANT_TARGETS = (0.2, 0.7)
"""Where a moderator would hesitate, so should the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandLabel:
    attributes: frozenset[str]
    hesitant: bool


def parse(code: str, *, at: str) -> HandLabel | None:
    """`-` harmless, or letters of `LETTERS`, with `?` behind for hesitant; None for `~`, unclear.

    >>> parse("TN?", at="here") == HandLabel(attributes=frozenset({"toxicity", "insult"}), hesitant=True)
    True
    """
    if code == _UNCLEAR:
        return None
    letters = code.removesuffix(_HESITANT)
    known = letters == _NOTHING or (letters and set(letters) <= LETTERS.keys())
    if not known or len(set(letters)) != len(letters):
        raise DataError(
            f"{at}: a label is {_NOTHING} or letters of {''.join(LETTERS)}, got {code!r:.20}"
        )
    return HandLabel(
        attributes=frozenset(LETTERS[each] for each in letters if each != _NOTHING),
        hesitant=code.endswith(_HESITANT),
    )


def targets(attributes: AbstractSet[str], *, hesitant: bool) -> dict[str, float]:
    """Wanted probabilities of all attributes; only toxicity knows hesitation."""
    low, high = _HESITANT_TARGETS if hesitant else _SURE_TARGETS
    wanted = {label: _SURE_TARGETS[label in attributes] for label in ATTRIBUTES}
    wanted["toxicity"] = high if "toxicity" in attributes else low
    return wanted
