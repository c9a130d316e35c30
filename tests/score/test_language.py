"""The language is told where it can be, and the site's is taken where not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import MAX_TEXT_CHARS
from bot.score.language import LANGUAGES, Detected, detect

CLEAR = [
    ("Je ne suis pas du tout d'accord avec cet article.", "fr"),
    ("C PAS POSSIBLE DE LIRE DES TRUCS PAREILS SUR CE SITE !!!", "fr"),
    ("jsuis dégouté franchement ils se foutent de notre gueule", "fr"),
    ("This is the most disgraceful decision of the whole year.", "en"),
    ("No estoy nada de acuerdo con lo que dice el alcalde.", "es"),
    ("Non sono per niente d'accordo con questo articolo.", "it"),
    ("Não concordo nada com o que o presidente disse ontem.", "pt"),
    ("Я совершенно не согласен с этой статьёй.", "ru"),
    ("Bu yazıya hiç katılmıyorum, çok yanlış bir karar.", "tr"),
    ("Das ist doch alles völliger Unsinn, was hier steht.", "de"),
]


@pytest.mark.parametrize(("text", "language"), CLEAR)
def test_a_clear_sentence_is_recognised_on_a_site_in_another_language(
    text: str, language: str
) -> None:
    fallback = "en" if language == "fr" else "fr"
    assert detect(text, fallback) == Detected(language=language, sure=True)


@pytest.mark.parametrize(
    "text",
    [
        *("", "lol", "OK boomer", "👍👍👍", "Merci !", "\0", "\ud800\udfff", "?!...", "Vergogna"),
        "https://www.example.com/the-news-of-the-day/what-they-said-this-morning",
        "@the_english_reader @another_one",
    ],
)
def test_what_says_too_little_is_in_the_sites_language(text: str) -> None:
    assert detect(text, "fr") == Detected(language="fr", sure=False)


def test_the_fallback_may_be_a_tag_with_a_region() -> None:
    assert detect("lol", "fr-CA").language == "fr"
    assert detect("lol", "pt_BR").language == "pt"


def test_an_address_does_not_make_a_french_comment_english() -> None:
    text = "vu là-dessus https://example.com/this-is-what-they-said-about-the-budget et c'est faux"
    assert detect(text, "en") == Detected(language="fr", sure=True)


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_has_an_answer(text: str) -> None:
    found = detect(text, "fr")
    assert found.language in LANGUAGES
    assert found.sure or found.language == "fr"


def test_the_longest_text_takes_no_time() -> None:
    detect("pour charger le modèle avant", "fr")
    began = time.process_time()
    assert detect(("Bonjour à tous les amis. " * 800)[:MAX_TEXT_CHARS], "en").language == "fr"
    assert time.process_time() - began < 0.2
