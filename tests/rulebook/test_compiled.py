"""All conditions asked at once answer as each does alone, and say what they rest on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.facts import text_facts
from bot.core.model import FactValue
from bot.rulebook.compiled import CompiledConditions
from bot.rulebook.conditions import Condition, Expression, compile_condition
from bot.rulebook.lists import read_lists

WRITTEN = (
    "score.threat >= 0.6",
    "score.threat >= 0.6 || text.links > 2",
    "text.links > 2 && score.insult > 0.5",
    "!(story.title.contains('x'))",
    "1 / text.links > 0",
    "[1, 2][text.words] > 1",
    "int(story.title) > 3",
    "text.words > 3 // a comment",
    '"0".matches("[0-9]") && text.words < 9',
    ".text.links == 1",
    "text . links == 2",
    "['a', 'b'].exists(source, text.folded.contains(source))",
    'has_word("con") || text.folded.contains("fin")',
    "matches_re2('b+c')",
    "(" * 28 + "text.links > 0" + ")" * 28,
    "true",
)
FACTS: st.SearchStrategy[dict[str, FactValue]] = st.fixed_dictionaries(
    {},
    optional={
        "score.threat": st.sampled_from([0.1, 0.9]),
        "score.insult": st.sampled_from([0.1, 0.9]),
        "text.links": st.integers(0, 4),
        "text.words": st.integers(0, 9),
        "text.folded": st.sampled_from(["", "un con", "bbc fin", "z"]),
        "story.title": st.sampled_from(["x", "", "12"]),
        "source": st.just("site"),
    },
)


def _expression(written: str) -> Expression:
    compiled = compile_condition(written)
    assert isinstance(compiled, Condition), compiled
    return compiled.expression


ALL = tuple(_expression(each) for each in WRITTEN)
TOGETHER = CompiledConditions(ALL)
ALONE = tuple(CompiledConditions((each,)) for each in ALL)


@given(FACTS)
def test_together_as_alone(facts: dict[str, FactValue]) -> None:
    """Whatever is absent, and whoever divides by zero: nobody's answer depends on its neighbours."""
    assert list(TOGETHER(facts)) == [alone(facts)[0] for alone in ALONE]


def test_many_long_conditions_are_more_than_one_list_takes() -> None:
    long = " || ".join(f"text.folded.contains('{'y' * 100}')" for _ in range(25))
    number = 60
    expressions = tuple(_expression(f"text.links == {n} || {long}") for n in range(number))
    answers = CompiledConditions(expressions)({"text.links": 7, "text.folded": "z"})
    assert answers == [n == 7 for n in range(number)]


@pytest.mark.parametrize(
    ("written", "text", "read", "stretches"),
    [
        ("text.links > 0", "www.a.example", {"text.links": 1}, []),
        ("text.folded.contains('cretin'.size() > 1 ? 'a' : 'b')", "aha", {}, []),
        ("text.folded.contains('cretin')", "Crétin, CRÉTIN", {}, ["Crétin", "CRÉTIN"]),
        ("text.folded.matches('b+c')", "abbc ABC", {}, ["bbc", "BC"]),
        ("['zut', 'fi'].exists(w, text.folded.contains(w))", "Zut et fi", {}, ["Zut", "fi"]),
        ("text.folded == 'zut'", "Zut", {}, ["Zut"]),
        ('has_any("words") && text.words < 4', "c.o.n", {"text.words": 3}, ["c.o.n"]),
        ("matches_re2('x*')", "axxa", {}, ["xx"]),
    ],
)
def test_what_a_condition_rests_on(
    tmp_path: Path, written: str, text: str, read: dict[str, FactValue], stretches: list[str]
) -> None:
    (tmp_path / "words.txt").write_text("con~ | insult | 2", encoding="utf-8")
    compiled = compile_condition(written, read_lists(tmp_path).lists)
    assert isinstance(compiled, Condition), compiled
    conditions = CompiledConditions((compiled.expression,))
    facts = text_facts(text)
    assert list(conditions(facts)) == [True]
    (evidence,) = conditions.evidence(facts, [0])
    assert evidence.read == read
    assert [text[each.start : each.end] for each in evidence.passages] == stretches


def test_a_flood_of_the_same_word_is_told_in_part() -> None:
    conditions = CompiledConditions((_expression('has_word("con")'),))
    (evidence,) = conditions.evidence(text_facts("con " * 1000), [0])
    assert len(evidence.passages) == 20


def test_stated_texts_that_do_not_belong_together_have_no_places() -> None:
    conditions = CompiledConditions((_expression('has_word("con")'),))
    stated = {"text.folded": "un con", "text.written": "tout autre chose"}
    (evidence,) = conditions.evidence(stated, [0])
    assert evidence.passages == ()
