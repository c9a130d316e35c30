"""Long texts are cut where sentences end, and nothing is left out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.normalise import for_model
from bot.score.embedded import OVERLAP_TOKENS, STRIDE_TOKENS, WINDOW_TOKENS, EmbeddedModel
from bot.score.reading import Reading
from bot.score.windows import windows


def cover(form: str, *, size: int = 10, overlap: int = 4) -> list[str]:
    """The windows of a form whose words are its tokens."""
    tokens = [match.span() for match in re.finditer(r"\S+", form)]
    found = windows(form, tokens, size=size, stride=size - 2, overlap=overlap)
    return [form[tokens[a][0] : tokens[b - 1][1]] if b > a else "" for a, b in found]


def test_what_fits_is_one_window() -> None:
    assert cover("un deux. trois quatre. cinq.") == ["un deux. trois quatre. cinq."]
    assert cover("") == [""]


def test_windows_end_with_a_sentence_and_share_one() -> None:
    form = "aa bb cc. dd ee ff. gg hh ii. jj kk ll. mm nn oo."
    assert cover(form) == ["aa bb cc. dd ee ff. gg hh ii.", "gg hh ii. jj kk ll. mm nn oo."]


def test_a_long_sentence_is_not_read_twice() -> None:
    form = "aa bb cc dd ee ff. gg hh ii jj kk. ll mm nn oo."
    assert cover(form) == ["aa bb cc dd ee ff.", "gg hh ii jj kk. ll mm nn oo."]


def test_a_sentence_that_fits_is_never_cut() -> None:
    form = "aa bb cc. dd ee ff gg hh ii jj kk ll. mm."
    assert cover(form) == ["aa bb cc.", "dd ee ff gg hh ii jj kk ll. mm."]


def test_a_sentence_that_fits_nowhere_is_cut_by_itself() -> None:
    form = "oui. " + " ".join(2 * sign for sign in "abcdefghijklz") + ". non."
    assert cover(form) == [
        "oui.",
        "aa bb cc dd ee ff gg hh ii jj",
        "ii jj kk ll zz.",
        "non.",
    ]


@given(
    st.lists(st.integers(1, 30), max_size=40),
    st.integers(3, 40),
    st.data(),
)
def test_every_token_is_in_a_window_and_none_is_too_long(
    lengths: list[int], size: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(0, size - 1))
    form = " ".join("mot " * (length - 1) + "fin." for length in lengths)
    tokens = [match.span() for match in re.finditer(r"\S+", form)]
    found = windows(form, tokens, size=size, stride=max(1, size - 2), overlap=overlap)
    assert {at for a, b in found for at in range(a, b)} == set(range(len(tokens)))
    assert all(b - a <= size for a, b in found)
    assert found == sorted(found)
    assert len(set(found)) == len(found)


@pytest.fixture(scope="module")
def model() -> EmbeddedModel:
    return EmbeddedModel()


def test_an_insult_between_windows_is_read_whole(model: EmbeddedModel) -> None:
    """Wherever it stands, a sentence is in one window and the worst one holds all of it."""
    calm, insult = (
        "Le conseil a voté le budget de la ville hier soir. ",
        "espèce de sale connard ! ",
    )
    for before in range(6, 16):
        form = for_model(calm * before + insult + calm * 12)
        reading = model.score(form, limit_s=30)
        assert isinstance(reading, Reading)
        assert reading.worst is not None
        assert insult.strip() in form[slice(*reading.worst)]
        assert reading.values["toxicity"] > 0.5


def test_the_longest_text_costs_little_more_than_without_overlap(model: EmbeddedModel) -> None:
    for words in (5, 12, 20, 31, 40, 60):
        form = (("mot " * words + "fin. ") * 2_000)[:20_000]
        offsets = model._tokenizer.encode(form, add_special_tokens=False).offsets
        found = windows(
            form, offsets, size=WINDOW_TOKENS, stride=STRIDE_TOKENS, overlap=OVERLAP_TOKENS
        )
        assert sum(b - a for a, b in found) < 1.36 * len(offsets)
