"""Fingerprints: equal for the same words, alike for nearly the same, apart for others."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.fingerprint import BANDS, fingerprint, nearly

TEXT = (
    "Encore une fois le gouvernement promet des baisses d'impôts qu'il ne tiendra pas, et les "
    "retraités paieront l'addition pendant que les grandes fortunes s'en vont en Suisse."
)


@pytest.mark.parametrize(
    "other",
    [
        TEXT.upper(),
        TEXT.replace("impôts", "impots").replace(",", " !!!"),
        f"  {TEXT}\n\n👍",
    ],
)
def test_case_accents_and_punctuation_make_no_difference(other: str) -> None:
    assert fingerprint(other) == fingerprint(TEXT)


@pytest.mark.parametrize(
    "other",
    [
        f"{TEXT} Honte à eux !",
        TEXT.replace("gouvernement", "ministre"),
        TEXT.replace("Suisse", "Belgique"),
        TEXT.replace("et les", "les"),
    ],
)
def test_a_changed_word_is_nearly_the_same_and_is_found(other: str) -> None:
    one, two = fingerprint(TEXT), fingerprint(other)
    assert one.exact != two.exact
    assert nearly(one.signature, two.signature)
    assert set(zip(range(BANDS), one.bands, strict=True)) & set(
        zip(range(BANDS), two.bands, strict=True)
    )


def test_other_texts_are_not_alike() -> None:
    """Two thousand pairs of sentences from one small vocabulary: harder than comments are."""
    chance = random.Random(7)  # noqa: S311 - made-up sentences
    words = TEXT.lower().split()
    texts = [" ".join(chance.sample(words, 12)) for _ in range(200)]
    prints = [fingerprint(text).signature for text in texts]
    pairs = [(a, b) for at, a in enumerate(prints) for b in prints[at + 1 : at + 11]]
    assert sum(nearly(a, b) for a, b in pairs) <= len(pairs) // 200


def test_short_texts_are_the_same_or_not() -> None:
    assert fingerprint("Bravo !").exact == fingerprint("bravo").exact
    assert fingerprint("Bravo !").signature == b""
    assert not nearly(b"", b"")


@given(st.text())
def test_any_text_has_a_fingerprint_that_a_database_can_hold(text: str) -> None:
    made = fingerprint(text)
    assert 0 <= made.exact < 2**63
    assert len(made.signature) in {0, 64}
    assert all(0 <= band < 2**31 for band in made.bands)
