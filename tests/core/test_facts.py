"""Facts: what a rule may look at is declared, gathered once, and never made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.facts import BY_NAME, DECLARED, gather, level_name, text_facts
from bot.core.model import (
    ATTRIBUTES,
    LEVELS,
    Author,
    AuthorHistory,
    Comment,
    Scores,
    Source,
    State,
    Story,
    Unscored,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
COMMENT = Comment(
    id="c",
    site="site",
    source=Source.SITE,
    external_id="1",
    version=1,
    state=State.RECEIVED,
    text="Bonjour à tous",
    author=Author(id="a", name="A"),
    story=Story(id="s", title="Titre", section="monde"),
    received_at=NOW,
    language="fr",
    reports=2,
)
LEVELS_OF = {"doubtful": 0.5, "likely": 0.7, "sure": 0.9}
SCORES = Scores(
    values=dict.fromkeys(ATTRIBUTES, 0.25),
    scorer="embedded",
    version="1",
    levels=dict.fromkeys(ATTRIBUTES, LEVELS_OF),
)
KINDS = {"string": str, "int": int, "double": float, "bool": bool}


def test_every_declared_fact_is_gathered_in_its_declared_type() -> None:
    """And nothing is gathered that rules could not be told about."""
    history = AuthorHistory(approved=3, rejected=1, first_seen_at=NOW - timedelta(days=2))
    facts = gather(comment=COMMENT, scores=SCORES, history=history, now=NOW)
    assert set(facts) == set(BY_NAME)
    for name, value in facts.items():
        assert type(value) is KINDS[BY_NAME[name].kind], name


def test_without_quotations_the_whole_is_the_authors_own() -> None:
    quoting = replace(SCORES, whole=dict.fromkeys(ATTRIBUTES, 0.75))
    for scores, whole in ((SCORES, 0.25), (quoting, 0.75)):
        facts = gather(comment=COMMENT, scores=scores, history=AuthorHistory(), now=NOW)
        assert (facts["score.insult"], facts["score.whole.insult"]) == (0.25, whole)


def test_toxicity_needs_no_name_before_its_levels() -> None:
    levels = {"toxicity": LEVELS_OF, "threat": {"sure": 0.3}}
    scores = replace(SCORES, levels=levels)
    facts = gather(comment=COMMENT, scores=scores, history=AuthorHistory(), now=NOW)
    assert {name: value for name, value in facts.items() if name.startswith("level.")} == {
        "level.doubtful": 0.5,
        "level.likely": 0.7,
        "level.sure": 0.9,
        "level.threat.sure": 0.3,
    }


def test_every_declaration_has_its_own_name_and_a_meaning() -> None:
    assert len(BY_NAME) == len(DECLARED)
    assert all(fact.meaning and (fact.unit or fact.kind in {"string", "bool"}) for fact in DECLARED)


def test_what_is_not_known_is_left_out() -> None:
    """No score, no language, no section: absent, not zero and not empty."""
    bare = replace(COMMENT, language=None, story=Story(id="s"))
    unscored = Unscored(reason="timed out")
    facts = gather(comment=bare, scores=unscored, history=AuthorHistory(), now=NOW)
    assert set(BY_NAME) - set(facts) == {
        *(f"score.{attribute}" for attribute in ATTRIBUTES),
        *(f"score.whole.{attribute}" for attribute in ATTRIBUTES),
        *(level_name(attribute, level) for attribute in ATTRIBUTES for level in LEVELS),
        "text.language",
        "story.title",
        "story.section",
    }
    assert facts["score.unscored"] is True


def test_the_author_is_known_for_fractions_of_days() -> None:
    history = AuthorHistory(first_seen_at=NOW - timedelta(hours=36))
    facts = gather(comment=COMMENT, scores=SCORES, history=history, now=NOW)
    assert facts["author.known_for_days"] == 1.5
    newcomer = gather(comment=COMMENT, scores=SCORES, history=AuthorHistory(), now=NOW)
    assert newcomer["author.known_for_days"] == 0.0


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("L'été, c'est «Génial» !", "text.folded", "l'ete, c'est «genial» !"),
        ("l’œuvre de ma\u200blin", "text.folded", "l'oeuvre de malin"),
        ("a\0b", "text.folded", "ab"),
        ("Peut-être qu'aujourd'hui, non ?", "text.words", 3),
        ("", "text.words", 0),
        ("voir https://www.a.fr/x?y=1, http://b.fr et www.c.fr", "text.links", 3),
        ("a.fr et www mais pas de lien", "text.links", 0),
        ("OK LFI", "text.caps_ratio", 0.0),
        ("TOUT EN CAPITALES", "text.caps_ratio", 1.0),
        ("MOITIÉmoitié 2026", "text.caps_ratio", 0.5),
        ("Quoi ?! Non !!!! Si ??", "text.repeated_punctuation", 4),
        ("Rien.", "text.repeated_punctuation", 0),
        ("é👍", "text.length", 2),
    ],
)
def test_facts_of_a_text(text: str, fact: str, value: object) -> None:
    assert text_facts(text)[fact] == value


@given(st.text())
def test_any_text_has_facts(text: str) -> None:
    """Lone surrogates, controls, any script: every fact in its type and range."""
    facts = text_facts(text)
    assert {name: type(value) for name, value in facts.items()} == {
        name: KINDS[BY_NAME[name].kind] for name in facts
    }
    assert 0 <= facts["text.caps_ratio"] <= 1
    str(facts["text.folded"]).encode()


@pytest.mark.parametrize(
    "unit", ["a", "a'", "www.", "!?", "A-", "e\u0301", "http://", "\u200b", "İ", "ﷺ"]
)
def test_facts_of_the_longest_text_are_quick(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    started = monotonic()
    text_facts(text)
    assert monotonic() - started < 1
