"""Finding a stretch of what the model read again in what the author wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.normalise import for_model
from bot.score.place import place


@pytest.mark.parametrize(
    ("text", "read", "written"),
    [
        ("ab cd efghij", "cd", "cd"),
        ("ab https://exemple.fr/page cd efghij", "cd", "cd"),
        ("@lecteur42 Élodie a dit NON", "non", "NON"),
        ("Bravoooooo   à \u200b tous !!!!!!!!", "à tous", "à \u200b tous"),
        ("un c0nn4rd de plus", "connard", "c0nn4rd"),
        ("\ufb03x et toi", "et", "et"),
    ],
)
def test_whole_words_are_found_exactly(text: str, read: str, written: str) -> None:
    form = for_model(text)
    at = form.index(read)
    window = place(text, form, (at, at + len(read)), make_form=for_model)
    assert text[window.start : window.end] == written


def test_spaced_out_letters_move_it_by_a_few_characters_only() -> None:
    text = "bonjour " * 50 + "c o n n a r d " + "merci " * 50 + "fin"
    form = for_model(text)
    window = place(text, form, (len(form) - 9, len(form) - 4), make_form=for_model)
    assert abs(window.start - text.rindex("merci")) <= 12


def test_an_endless_word_is_divided_by_proportion() -> None:
    text = "x9" * 5_000
    form = for_model(text)
    window = place(text, form, (len(form) // 2, len(form)), make_form=for_model)
    assert (window.start, window.end) == (pytest.approx(5_000, abs=5), pytest.approx(10_000, abs=5))


@given(text=st.text(max_size=80), share=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_it_always_lies_within_the_text(text: str, share: tuple[float, float]) -> None:
    form = for_model(text)
    start, end = sorted(round(each * len(form)) for each in share)
    window = place(text, form, (start, end), make_form=for_model)
    assert 0 <= window.start <= window.end <= len(text)
