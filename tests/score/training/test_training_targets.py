"""What each source's labels are worth."""

from __future__ import annotations

import pytest

from bot.core.model import ATTRIBUTES
from bot.score.training.crude_words import crude_words
from bot.score.training.rows import Labelled
from bot.score.training.targets import JUDGES, targets

CRUDE = crude_words()


def row(set_name: str, *, toxic: bool, text: str = "Un texte assez long pour compter ici.", **kw):
    return Labelled(
        id="1", lang=kw.pop("lang", set_name[-2:]), text=text, toxic=toxic, labels=kw,
        split="train", source="", licence="MIT", set_name=set_name,
    )  # fmt: skip


def test_shares_of_raters_are_taken_as_they_are() -> None:
    known = targets(row("civil_spans_en", toxic=True, toxicity=0.667, insult=0.333), CRUDE)
    assert known == {"toxicity": 0.667, "insult": 0.333}


def test_a_source_that_knows_hate_only_does_not_vouch_for_crude_words() -> None:
    clean = targets(row("mhs_en", toxic=False, text="What a lovely morning"), CRUDE)
    crude = targets(row("mhs_en", toxic=False, text="what a fucking morning"), CRUDE)
    assert clean["toxicity"] == 0.05
    assert crude == {"identity_attack": 0.03}


@pytest.mark.parametrize(
    ("hostility", "text", "expected"),
    [
        ("normal", "Une remarque sur la météo de demain matin.", 0.12),
        ("normal", "Quel temps de merde sur toute la région.", 0.3),
        ("hateful", "Une longue phrase dont on dit qu'elle est haineuse.", 0.85),
        ("disrespectful", "Une longue phrase dont on dit qu'elle est rude.", 0.55),
        ("hateful", "Trop court", 0.6),
        ("hateful", "sale pute", 0.85),
        ("hateful_normal", "Une longue phrase dont on ne sait que dire.", 0.4),
    ],
)
def test_noisy_french_tweets_are_believed_by_halves(hostility, text, expected) -> None:
    known = targets(
        row("mlma_fr", toxic=hostility != "normal", text=text, hostility=hostility), CRUDE
    )
    assert known["toxicity"] == expected


def test_clean_sentences_are_clean_in_every_attribute() -> None:
    known = targets(row("ud_gsd_fr", toxic=False), CRUDE)
    assert set(known) == set(ATTRIBUTES)
    assert max(known.values()) <= 0.02


def test_a_set_nobody_judged_yet_counts_as_it_is_labelled() -> None:
    known = targets(row("new_set_fr", toxic=True, insult=1, threat=0, stance="against"), CRUDE)
    assert known == {"toxicity": 0.93, "insult": 0.97, "threat": 0.02}


@pytest.mark.parametrize("name", sorted(JUDGES))
@pytest.mark.parametrize("toxic", [True, False])
def test_every_target_is_a_probability_of_an_attribute(name, toxic) -> None:
    known = targets(row(name, toxic=toxic, toxicity=float(toxic), hostility="normal"), CRUDE)
    assert known
    assert set(known) <= set(ATTRIBUTES)
    assert all(0 <= value <= 1 for value in known.values())
    if "toxicity" in known and name not in ("mlma_fr", "ud_gsd_fr"):
        assert (known["toxicity"] > 0.5) is toxic


def test_crude_words_are_found_as_words_only() -> None:
    assert CRUDE.in_text("Quelle MERDE !", "fr")
    assert not CRUDE.in_text("Le commerce et la concurrence", "fr")
    assert not CRUDE.in_text("Quelle merde", "tr"), "no list, no doubt"
