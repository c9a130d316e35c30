"""What counts as nearly the same text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.likeness import NEAR_BITS, alike, bits_apart, fingerprint

TEXT = "Ce maire nous vend des salades depuis dix ans, il est temps qu'il parte, votez contre lui"


@pytest.mark.parametrize(
    "other",
    [
        TEXT.upper(),
        TEXT + " !!!",
        TEXT.replace("dix", "douze"),
        TEXT.replace(",", "  …"),
        TEXT.replace("é", "e"),
    ],
)
def test_small_changes_leave_it_alike(other: str) -> None:
    one, two = fingerprint(TEXT), fingerprint(other)
    assert one is not None
    assert two is not None
    assert bits_apart(one, two) <= NEAR_BITS
    assert alike(TEXT, other)


@pytest.mark.parametrize(
    "other",
    [
        "Ce maire a raison sur les écoles, et son budget tient la route malgré la crise",
        "Votez pour qui vous voulez mais laissez les familles tranquilles",
    ],
)
def test_another_thought_is_not_alike(other: str) -> None:
    assert not alike(TEXT, other)


@pytest.mark.parametrize("text", ["", "Bravo", "bof bof", "oui oui oui", "😀😀😀😀"])
def test_what_says_too_little_has_no_fingerprint(text: str) -> None:
    assert fingerprint(text) is None


@given(st.text(max_size=300))
def test_a_fingerprint_fits_the_database_and_is_its_own_neighbour(text: str) -> None:
    found = fingerprint(text)
    if found is not None:
        assert -(1 << 63) <= found < 1 << 63
        assert bits_apart(found, found) == 0
