"""Every sign of a folded text is found again in the original."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import MAX_TEXT_CHARS
from bot.core.normalise import Traced, trace_folded, trace_for_model

FOUND = [
    ("ab cd efghij", "cd", "cd", "nothing changed"),
    ("ab https://exemple.fr/page cd efghij", "cd", "cd", "behind a link"),
    ("@lecteur42 Élodie a dit NON", "non", "NON", "behind a handle"),
    (
        "Bravoooooo   à \u200b tous !!!!!!!!",
        "bravoo",
        "Bravoooooo",
        "a stretched letter, all of it",
    ),
    ("Bravoooooo   à \u200b tous !!!!!!!!", "!!!", "!!!!!!!!", "a run of marks, all of it"),
    ("Bravoooooo   à \u200b tous !!!!!!!!", "à tous", "à \u200b tous", "across what was dropped"),
    ("un c0nn4rd de plus", "connard", "c0nn4rd", "digits read as letters"),
    ("un c o n n a r d de plus", "connard", "c o n n a r d", "letters spelt out"),
    ("un c o n n a r d de plus", "nna", "n n a", "the middle of letters spelt out"),
    ("un соnnаrd là", "connard", "соnnаrd", "Cyrillic look-alikes"),
    ("vieux F\u200bD\u200bP va", "fdp", "F\u200bD\u200bP", "zero-width spaces"),
    ("bien co\u0301n\u0301\u0320 fini", "cóń", "co\u0301n\u0301\u0320", "combining accents"),
    ("aux \ufb03 et toi", "ffi", "\ufb03", "one ligature, three letters"),
    ("aux \ufb03 et toi", "f", "\ufb03", "a third of a ligature"),
    ("\U0001d4ec\U0001d4f8\U0001d4f7 va", "con", "\U0001d4ec\U0001d4f8\U0001d4f7", "mathematical"),
    ("l’École !", "l'école", "l’École", "typographic apostrophe"),
    ("ville d'\u0130zmir", "izmir", "\u0130zmir", "a letter that lower case makes two of"),
]


@pytest.mark.parametrize(("text", "read", "written", "why"), FOUND, ids=[r[3] for r in FOUND])
def test_what_the_model_reads_is_found_where_it_was_written(
    text: str, read: str, written: str, why: str
) -> None:
    made = trace_for_model(text)
    at = made.text.index(read)
    start, end = made.span_in_original(at, at + len(read))
    assert text[start:end] == written


@pytest.mark.parametrize(
    ("text", "read", "written"),
    [("un ÉCŒURÉ de plus", "ecoeure", "ÉCŒURÉ"), ("la Straße", "strasse", "Straße")],
)
def test_compared_words_are_found_where_they_were_written(
    text: str, read: str, written: str
) -> None:
    made = trace_folded(text)
    at = made.text.index(read)
    start, end = made.span_in_original(at, at + len(read))
    assert text[start:end] == written


def test_the_way_forth_leads_to_what_was_made_of_a_stretch() -> None:
    text = "voir https://a.example/x le C O N N A R D et @marie"
    made = trace_for_model(text)

    def here(part: str) -> str:
        start = text.index(part)
        return made.text[slice(*made.span_here(start, start + len(part)))]

    assert here("C O N N A R D") == "connard"
    assert here("et") == "et"
    assert here("@marie") == ""


def test_a_map_laid_upon_another() -> None:
    """An own text is cut out first and folded then."""
    text = "Il dit « tais-toi » à l'ÉLU."
    cut = Traced.of(text).edited([(7, 19, "«…»")])
    made = trace_for_model(cut.text).after(cut)
    at = made.text.index("élu")
    assert text[slice(*made.span_in_original(at, at + 3))] == "ÉLU"
    at = made.text.index("«...»")
    assert text[slice(*made.span_in_original(at, at + 5))] == "« tais-toi »"


def test_signs_cannot_be_exchanged_for_more() -> None:
    with pytest.raises(ValueError, match="2 characters cannot stand for 1"):
        Traced.of("a").respelt("bb")


@given(st.text(), st.data())
def test_places_lie_in_the_text_and_in_order(text: str, data: st.DataObject) -> None:
    for trace in (trace_for_model, trace_folded):
        made = trace(text)
        first, second = sorted(
            data.draw(st.tuples(*[st.integers(0, len(made.text))] * 2), label="span")
        )
        start, end = made.span_in_original(first, second)
        assert 0 <= start <= end <= len(text)
        assert made.span_in_original(0, first)[0] <= start
        if first < second:
            assert start < end
            here = made.span_here(start, end)
            assert here[0] <= first
            assert here[1] >= second


@pytest.mark.parametrize(
    "text",
    [
        "Écrire à l'été… " * 2_000,
        "a.b-c " * 4_000,
        "e" + "\u0301" * MAX_TEXT_CHARS,
        "Привет, мир! " * 2_000,
        "각" * MAX_TEXT_CHARS,
        "ﬃ" * MAX_TEXT_CHARS,
        "@a" * MAX_TEXT_CHARS,
    ],
    ids=["French", "spelt out", "zalgo", "Russian", "Korean", "ligatures", "handles"],
)
def test_the_longest_texts_are_traced_at_once(text: str) -> None:
    """150 ms is the promise; the bound is generous for a busy machine."""
    began = time.process_time()
    trace_for_model(text[:MAX_TEXT_CHARS])
    trace_folded(text[:MAX_TEXT_CHARS])
    assert time.process_time() - began < 1.0
