"""Facts: what a rule may look at is declared, gathered once, and never made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.background import (
    FIRST_COMMENT,
    AuthorPast,
    Background,
    Duplicates,
    Group,
    Spans,
    StoryPast,
    Stretch,
    Thread,
)
from bot.core.facts import BY_NAME, DECLARED, gather, groups_of, level_name, text_facts
from bot.core.model import (
    ATTRIBUTES,
    LEVELS,
    Actor,
    ActorKind,
    Author,
    AuthorStanding,
    Comment,
    FactValue,
    ModeOrder,
    Parent,
    Scores,
    Source,
    State,
    Story,
    StoryRef,
    Unscored,
)
from bot.core.own_words import read

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
COMMENT = Comment(
    id="c",
    site="site",
    source=Source.SITE,
    external_id="1",
    version=1,
    state=State.RECEIVED,
    text="Bonjour à tous",
    author=Author(id="a", name="Léo 75"),
    story=Story(
        id="s",
        title="Titre",
        section="monde",
        tags=("sport", "une"),
        published_at=NOW - timedelta(hours=6),
    ),
    parent=Parent(id="p", author="Zoé", text="Non."),
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
KINDS = {"string": str, "int": int, "double": float, "bool": bool, "strings": tuple}
ADA = Actor(kind=ActorKind.ADMIN, id="test:ada", name="Ada")


KNOWN = Background(
    author=AuthorPast(
        first_seen_at=NOW - timedelta(days=2),
        standing=AuthorStanding(trusted=True, muted=True, muted_until=NOW),
        approved=Spans(ever=3),
        rejected=Spans(ever=1, last_24h=1),
    ),
    story=StoryPast(
        last_10m=Stretch(comments=4, decided=2, rejected=1),
        last_1h=Stretch(comments=4, decided=2, rejected=2),
        last_24h=Stretch(comments=4, decided=4, rejected=1),
    ),
    thread=Thread(depth=2, parent_toxicity=0.25, parent_rejected=False),
    duplicates=Duplicates(same_by_author=1, near_by_author=2, rejected=1),
    modes=(
        ModeOrder(mode="crisis", actor=ADA, set_at=NOW, story=StoryRef(site="site", story="s")),
    ),
)


def gathered(
    comment: Comment = COMMENT,
    scores: Scores | Unscored = SCORES,
    background: Background = KNOWN,
    **changes: object,
) -> dict[str, FactValue]:
    title = comment.story.title
    own = read(comment.text, title=title, parent=comment.parent.text if comment.parent else None)
    return gather(
        comment=comment,
        scores=scores,
        background=background,
        own=own,
        now=NOW,
        **changes,  # type: ignore[arg-type]
    )


def test_every_declared_fact_is_gathered_in_its_declared_type() -> None:
    """And nothing is gathered that rules could not be told about."""
    facts = gathered()
    assert set(facts) == set(BY_NAME)
    for name, value in facts.items():
        assert type(value) is KINDS[BY_NAME[name].kind], name


def test_what_is_remembered_becomes_facts() -> None:
    facts = gathered()
    wanted = {
        "author.approved": 3,
        "author.rejected_24h": 1,
        "author.rejection_rate": 0.25,
        "author.trusted": True,
        "author.muted": False,  # it ended
        "author.name": "leo 75",
        "author.name_digits": 2,
        "story.rejection_rate_10m": 0.5,
        "story.rejection_rate_1h": 1.0,
        "rate.story_10m": 4,
        "story.age_hours": 6.0,
        "story.tags": ("sport", "une"),
        "story.mode": "crisis",
        "mode": "crisis",
        "thread.depth": 2,
        "thread.parent_author": "Zoé",
        "duplicates.near_by_author": 2,
        "now.hour": 12,
        "now.weekday": "sunday",
        "now.weekend": True,
        "now.holiday": False,
        "score.scorer": "embedded",
    }
    assert {name: facts[name] for name in wanted} == wanted


def test_a_group_that_was_not_asked_for_gives_no_fact() -> None:
    bare = gathered(background=Background())
    assert {BY_NAME[name].group for name in bare} == {None}
    for group in Group:
        assert any(fact.group is group for fact in DECLARED)
    assert groups_of(["text.links", "rate.author_1h", "mode"]) == {Group.AUTHOR, Group.MODE}
    assert groups_of(None) == set(Group)


def test_shares_of_nothing_are_unknown() -> None:
    facts = gathered(background=FIRST_COMMENT)
    assert facts["author.approved"] == 0
    assert "author.rejection_rate" not in facts
    assert "story.rejection_rate_1h" not in facts
    assert facts["mode"] == "normal"
    assert "story.mode" not in facts


def test_only_what_rules_read_is_counted_in_a_text() -> None:
    assert "text.emoji" not in text_facts("👍", {"text.links"})
    assert text_facts("👍", {"text.emoji"})["text.emoji"] == 1


def test_how_much_is_quoted_and_how_near_it_is_to_the_title() -> None:
    story = Story(id="s", title="Le Sénat rejette la réforme des retraites")
    text = "Le maire a dit « vous êtes tous des incapables et des menteurs », quelle honte."
    facts = gathered(replace(COMMENT, text=text, story=story))
    assert 0.4 < facts["text.quotation_share"] < 0.8  # type: ignore[operator]
    assert facts["text.story_similarity"] == 0.0
    near = gathered(replace(COMMENT, text="Le sénat et les RETRAITES !", story=story))
    assert near["text.story_similarity"] == 0.5
    assert "text.story_similarity" not in gathered(replace(COMMENT, story=Story(id="s")))


def test_without_quotations_the_whole_is_the_authors_own() -> None:
    quoting = replace(SCORES, whole=dict.fromkeys(ATTRIBUTES, 0.75))
    for scores, whole in ((SCORES, 0.25), (quoting, 0.75)):
        facts = gathered(scores=scores)
        assert (facts["score.insult"], facts["score.whole.insult"]) == (0.25, whole)


def test_toxicity_needs_no_name_before_its_levels() -> None:
    levels = {"toxicity": LEVELS_OF, "threat": {"sure": 0.3}}
    scores = replace(SCORES, levels=levels)
    facts = gathered(scores=scores)
    assert {name: value for name, value in facts.items() if name.startswith("level.")} == {
        "level.doubtful": 0.5,
        "level.likely": 0.7,
        "level.sure": 0.9,
        "level.threat.sure": 0.3,
    }


def test_every_declaration_has_its_own_name_and_a_meaning() -> None:
    assert len(BY_NAME) == len(DECLARED)
    assert all(
        fact.meaning and (fact.unit or fact.kind in {"string", "bool", "strings"})
        for fact in DECLARED
    )


def test_what_is_not_known_is_left_out() -> None:
    """No score, no language, no section: absent, not zero and not empty."""
    bare = replace(COMMENT, language=None, story=Story(id="s"), parent=None)
    unscored = Unscored(reason="timed out")
    facts = gathered(bare, unscored)
    assert set(BY_NAME) - set(facts) == {
        *(f"score.{attribute}" for attribute in ATTRIBUTES),
        *(f"score.whole.{attribute}" for attribute in ATTRIBUTES),
        *(level_name(attribute, level) for attribute in ATTRIBUTES for level in LEVELS),
        "score.scorer",
        "score.version",
        "text.language",
        "text.story_similarity",
        "story.title",
        "story.section",
        "thread.parent_author",
    }
    assert facts["score.unscored"] is True


def test_the_author_is_known_for_fractions_of_days() -> None:
    past = AuthorPast(first_seen_at=NOW - timedelta(hours=36))
    facts = gathered(background=Background(author=past))
    assert facts["author.known_for_days"] == 1.5
    newcomer = gathered(background=FIRST_COMMENT)
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
        ("👍👍 bravo ☀", "text.emoji", 3),
        ("Ouiiiii !!! non", "text.repeated_letters", 5),
        ("Oui, non", "text.repeated_letters", 0),
        ("voir https://www.A.fr/x http://u@b.fr:8 et www.a.fr.", "text.domains", ("a.fr", "b.fr")),
        ("@Zoé et @jean_p, pas a@b.fr", "text.mentions", 2),
        ("écris à jean.dupont+x@mail.exemple.fr !", "text.emails", 1),
        ("jean (at) exemple (point) fr", "text.emails", 1),
        ("12@ 3@x et @moi", "text.emails", 0),
        ("Appelle le 06 12 34 56 78 ou +33 (0)1.23.45.67.89", "text.phones", 2),
        ("06.12.34.56.78, 0033612345678", "text.phones", 2),
        ("loi 2020-1234 du 14 07 2020, 1 234 567 890 euros", "text.phones", 0),
        ("IBAN FR76 3000 6000 0112 3456 7890 189", "text.ibans", 1),
        ("FR76 3000 6000 0112 3456 7890 188", "text.ibans", 0),
        ("il habite 12 bis, rue des Lilas à Lyon", "text.addresses", 1),
        ("3 avenue Foch", "text.addresses", 1),
        ("25 place est occupée, 100 cours sur dix", "text.addresses", 0),
        ("c0nn@rd et c.o.n.n.a.r.d, enc**é, con\u200bnard", "text.disguises", 4),
        ("COVID19, H1N1, S.N.C.F., 20h30, c'est-à-dire 5 * 3", "text.disguises", 0),
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
