"""Both foldings, with a reason for each row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.normalise import folded, for_model

FOR_MODEL = [
    ("C O N N A R D va", "connard va", "letters spaced out"),
    ("c.o.n.n.a.r.d !!", "connard !!", "letters with dots between"),
    ("Espèce de c0nn4rd", "espèce de connard", "digits for letters"),
    ("s@l0pe", "salope", "signs for letters"),
    ("le 14e en 2024, à 20h30, covid19", "le 14e en 2024, à 20h30, covid19", "ordinary numbers"),
    ("encuuuuuulé", "encuulé", "a stretched letter"),
    ("соnnаrd", "connard", "Cyrillic look-alikes"),
    ("ПРИВЕТ дурак", "привет дурак", "Russian stays Russian"),
    ("F\u200bD\u200bP", "fdp", "zero-width spaces"),
    ("il y a 3 ans", "il y a 3 ans", "single letters of ordinary French"),
    ("a b c d e f", "abcdef", "an alphabet is joined, harmlessly"),
    ("\U0001d4ec\U0001d4f8\U0001d4f7", "con", "mathematical letters"),
    ("voir https://a.example/x @marie", "voir", "links and handles say nothing"),
    ("\ud800 seul", "\ufffd seul", "a lone surrogate cannot be encoded"),
    ("", "", "nothing"),
]

FOLDED = [
    ("Élève ÉCŒURÉ", "eleve ecoeure", "accents and ligature"),
    ("Straße", "strasse", "case folding"),
    ("l’État\u00a0!", "l'etat !", "typographic apostrophe, hard space"),
    ("co\u0301n", "con", "combining accent"),
    ("a\u202eb\u200bc", "abc", "direction marks and zero-width"),
    ("  deux\n\nlignes ", "deux lignes", "white space"),
    ("\U0001d402\U0001d40e\U0001d40d", "con", "mathematical capitals"),
]


@pytest.mark.parametrize(("text", "expected", "why"), FOR_MODEL, ids=[r[2] for r in FOR_MODEL])
def test_for_model(text: str, expected: str, why: str) -> None:
    assert for_model(text) == expected


@pytest.mark.parametrize(("text", "expected", "why"), FOLDED, ids=[r[2] for r in FOLDED])
def test_folded(text: str, expected: str, why: str) -> None:
    assert folded(text) == expected


@given(st.text())
def test_any_text_can_be_folded_and_encoded(text: str) -> None:
    for fold in (for_model, folded):
        fold(text).encode("utf-8")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
