"""Where a text may be cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.sentences import sentences

CUT = [
    ("Non ! Assez. M. le maire dort.", ["Non ! ", "Assez. ", "M. le maire dort."], "a title"),
    ("il a 3.500 euros. 14 ans après", ["il a 3.500 euros. 14 ans après"], "numbers"),
    ("Il a dit « oui. » Puis rien... Fin", ["Il a dit « oui. » ", "Puis rien... ", "Fin"], "marks"),
    ("quoi ?oui.non", ["quoi ?", "oui.non"], "no space behind"),
    ("un\n\ndeux", ["un\n\n", "deux"], "line breaks"),
    ("rien", ["rien"], "one"),
    ("", [], "nothing"),
]


@pytest.mark.parametrize(("text", "parts", "why"), CUT, ids=[r[2] for r in CUT])
def test_sentences(text: str, parts: list[str], why: str) -> None:
    assert [text[start:end] for start, end in sentences(text)] == parts


@given(st.text('aé. !?…\n»"A1'))
def test_together_they_are_the_text(text: str) -> None:
    assert "".join(text[start:end] for start, end in sentences(text)) == text
