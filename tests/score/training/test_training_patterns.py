"""Sentences from patterns: complete, repeatable, and contrasted where the model is weak."""

from __future__ import annotations

import re

import pytest

from bot.core.model import ATTRIBUTES
from bot.core.normalise import for_model
from bot.score.training.chance import chance
from bot.score.training.crude_words import crude_words
from bot.score.training.disguise import _WAYS, dirtied, disguised, without_accents
from bot.score.training.patterns import Category, Patterns, read_patterns

PATTERNS = read_patterns()
BY_NAME = {each.name: each for each in PATTERNS.categories}


def test_every_epoch_is_new_and_repeatable() -> None:
    first, again = PATTERNS.rows(chance(1)), PATTERNS.rows(chance(1))
    other = PATTERNS.rows(chance(2))
    assert first == again
    assert len({row.text for row in other} - {row.text for row in first}) > len(other) / 2


def test_no_slot_is_left_open_and_every_slot_is_used() -> None:
    assert not [row.text for row in PATTERNS.rows(chance(3)) if re.search(r"[{}]", row.text)]
    asked = {
        slot
        for each in PATTERNS.categories
        for pattern in each.patterns
        for slot in re.findall(r"\{(\w+)\}", pattern)
    }
    assert set(PATTERNS.slots) - asked == {"opener", "closer"}


def test_an_epoch_is_balanced() -> None:
    rows = [row for row in PATTERNS.rows(chance(4)) if row.lang == "fr"]
    toxic = sum(row.targets["toxicity"] > 0.5 for row in rows)
    assert 0.35 < toxic / len(rows) < 0.6


@pytest.mark.parametrize("each", PATTERNS.categories, ids=lambda each: each.name)
def test_a_category_says_what_it_is(each: Category) -> None:
    assert (each.targets["toxicity"] > 0.5) is each.toxic
    assert set(each.targets) <= set(ATTRIBUTES)
    assert len(each.patterns) == len(set(each.patterns)) >= 6


def test_no_pattern_is_both_toxic_and_harmless() -> None:
    toxic = {p for each in PATTERNS.categories if each.toxic for p in each.patterns}
    harmless = {p for each in PATTERNS.categories if not each.toxic for p in each.patterns}
    assert not toxic & harmless


def test_groups_are_praised_about_as_often_as_they_are_hated() -> None:
    """The first model flagged half of all kind words about groups: it had seen too few."""
    rows = PATTERNS.rows(chance(5))
    groups = re.compile("|".join(map(re.escape, PATTERNS.slots["attacked_group"])))
    named = [row for row in rows if row.lang == "fr" and groups.search(row.text)]
    hated = sum(row.targets["toxicity"] > 0.5 for row in named)
    assert 0.3 < hated / len(named) < 0.6


def test_swearing_at_nobody_is_crude_but_not_toxic() -> None:
    for name in ("harmless-swearing", "swearing-at-things"):
        assert BY_NAME[name].targets["toxicity"] < 0.1
        assert BY_NAME[name].targets["obscene"] > 0.5


def test_quotation_marks_excuse_nobody() -> None:
    assert BY_NAME["quote-and-insult"].toxic
    assert not BY_NAME["quoted-in-news"].toxic


@pytest.mark.parametrize(
    ("pattern", "slot", "text"),
    [
        ("Bande d'{x}", "connards", "Bande de connards"),
        ("Bande de {x}", "abrutis", "Bande d'abrutis"),
        ("espèce de {x}", "imbécile", "Espèce d'imbécile"),
        ("le prix de {x}", "les impôts", "Le prix des impôts"),
        ("quant à {x}", "le budget", "Quant au budget"),
    ],
)
def test_words_agree_where_they_meet(pattern, slot, text) -> None:
    assert Patterns(slots={"x": (slot,)}, categories=()).fill(pattern, chance(1)) == text


def test_share_scales_the_number_of_sentences() -> None:
    assert len(PATTERNS.rows(chance(1), share=0.5)) < 0.6 * len(PATTERNS.rows(chance(1)))


def test_neighbours_surround_some_sentences() -> None:
    clean = "La gare ouvre à six heures."
    rows = PATTERNS.rows(chance(1), neighbours=[clean])
    around = sum(clean in row.text for row in rows if row.lang == "fr")
    assert 0.1 < around / len(rows) < 0.2


@pytest.mark.parametrize("way", _WAYS, ids=lambda way: way.__name__.strip("_"))
def test_a_disguise_changes_the_word_but_keeps_it_readable(way) -> None:
    hidden = {way("connard", chance(each)) for each in range(40)} - {"connard"}
    assert hidden
    for word in hidden:
        assert sum(c in word.lower() for c in "connard") >= 1 or not word.isascii()


@pytest.mark.parametrize("way", [way for way in _WAYS if way.__name__ in ("_spelled", "_foreign")])
def test_serving_undoes_the_disguises_that_can_be_undone(way) -> None:
    undone = [for_model(way("connard", chance(each))) == "connard" for each in range(40)]
    assert sum(undone) > 30


def test_most_texts_stay_as_they_are_and_crude_words_are_hidden_first() -> None:
    crude = crude_words()
    text = "Ferme ta gueule maintenant"
    seen = [dirtied(text, "en", chance("dirt", each), crude) for each in range(2000)]
    changed = [each for each in seen if each != text]
    assert 0.07 < len(changed) / len(seen) < 0.13
    hidden = [dirtied(text, "fr", chance("dirt", each), crude) for each in range(2000)]
    touched = [each for each in hidden if each != text]
    assert sum("gueule" not in each for each in touched) > 0.6 * len(touched)


def test_accents_go_and_letters_stay() -> None:
    assert without_accents("Où êtes-vous, Noël ?") == "Ou etes-vous, Noel ?"
    assert disguised("merde", chance(1)) == disguised("merde", chance(1))
