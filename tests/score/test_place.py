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
        ("ab https://exemple.fr/page cd efghij", "cd", "cd"),
        ("@lecteur42 Élodie a dit NON", "non", "NON"),
        ("un c0nn4rd de plus", "connard", "c0nn4rd"),
        (
            "bonjour " * 50 + "c o n n a r d " + "MERCI " * 50 + "fin",
            "connard m",
            "c o n n a r d M",
        ),
        ("x9" * 5_000 + " FIN", "fin", "FIN"),
    ],
)
def test_it_is_exact(text: str, read: str, written: str) -> None:
    form = for_model(text)
    at = form.index(read)
    window = place(text, form, (at, at + len(read)))
    assert text[window.start : window.end] == written


def test_a_form_that_keeps_every_place_needs_no_map() -> None:
    window = place("Un\0É", "Un É", (2, 4))
    assert (window.start, window.end) == (3, 4)  # the NUL is white space there


def test_a_form_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="not made from this text"):
        place("Bonjour", "tout autre chose", (0, 4))


@given(text=st.text(max_size=80), share=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_it_always_lies_within_the_text(text: str, share: tuple[float, float]) -> None:
    form = for_model(text)
    start, end = sorted(round(each * len(form)) for each in share)
    window = place(text, form, (start, end))
    assert 0 <= window.start <= window.end <= len(text)
