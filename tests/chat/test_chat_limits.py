"""A card never fails to send: whatever the comment, it stays within Discord's limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.cards import case_card, words_card
from bot.chat.forms import RejectForm
from bot.chat.outcomes import refusal
from bot.chat.texts import say
from bot.core.model import (
    ATTRIBUTES,
    Actor,
    ActorKind,
    AuthorHistory,
    Basis,
    Case,
    Comment,
    CommentRecord,
    Decision,
    Outcome,
    Parent,
    Passage,
    RefusalKind,
    Refused,
    RuleHit,
    Scores,
    Severity,
    Source,
    Stage,
    State,
    Story,
    Unscored,
    Verdict,
    Window,
    Words,
)
from bot.core.model import Author as Writer
from bot.core.reasons import Reason
from bot.core.waiting import Reach, Targets, severity, turn
from tests.chat.desk import texts_of
from tests.chat.oracle import V2_FLAG, faults_of_message, faults_of_modal, units
from tests.chat.test_chat_safe_text import HOSTILE

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

words = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=6).map("\n".join),
    st.builds(
        lambda unit, times: unit * times,
        st.sampled_from(
            ["a", "*", "\\", "🙂", "é\u0301", "\u202e", "ﷺ", "mot ", "|\n", "@everyone"]
        ),
        st.sampled_from([1, 30, 400, 20_000]),
    ),
)
numbers = st.floats(0, 1, allow_nan=False)
scores = st.one_of(
    st.none(),
    st.builds(Unscored, reason=words),
    st.builds(
        Scores,
        values=st.dictionaries(st.one_of(st.sampled_from(ATTRIBUTES), words), numbers, max_size=9),
        scorer=st.just("test"),
        version=st.just("1"),
        degraded=st.booleans(),
    ),
)
sentences = st.builds(Words, fr=words, en=words)
hits = st.builds(
    RuleHit,
    rule=words,
    stage=st.sampled_from(Stage),
    outcome=st.sampled_from(Outcome),
    reason=st.none(),
    because=sentences,
)
actors = st.builds(Actor, kind=st.sampled_from(ActorKind), id=st.just("x"), name=words)


@st.composite
def records(draw: Any) -> CommentRecord:
    state = draw(st.sampled_from(State))
    comment = Comment(
        id="c",
        site="site",
        source=draw(st.sampled_from(Source)),
        external_id="1",
        version=draw(st.integers(1, 9_999)),
        state=state,
        text=draw(words)[:20_000],
        author=Writer(id="a", name=draw(words)),
        story=Story(
            id="s",
            url=draw(st.one_of(st.none(), words, words.map("https://x.example/{}".format))),
            title=draw(st.one_of(st.none(), words)),
            section=draw(st.one_of(st.none(), words)),
        ),
        received_at=NOW,
        parent=draw(
            st.one_of(
                st.none(),
                st.builds(Parent, id=st.just("p"), author=st.one_of(st.none(), words), text=words),
            )
        ),
        reports=draw(st.integers(0, 10**6)),
    )
    case = Case(
        id=draw(st.integers(1, 10**9)),
        version=draw(st.integers(1, 10**6)),
        comment=comment,
        opened_at=NOW,
        turn=turn(
            None,
            reported=True,
            reach=Reach(replies=99, story_comments=99),
            opened_at=NOW,
            targets=Targets(),
        ),
        basis=draw(st.sampled_from(Basis)),
        because=draw(sentences),
        closed_at=draw(st.sampled_from([None, NOW])),
    )
    decision = Decision(
        id=1,
        comment_id="c",
        text_version=1,
        outcome=draw(st.sampled_from([Outcome.APPROVE, Outcome.REJECT])),
        actor=draw(actors),
        decided_at=NOW,
        reason=draw(st.one_of(st.none(), st.sampled_from(Reason))),
        note=draw(st.one_of(st.none(), words.map(lambda text: text[:1_000]))),
    )
    return CommentRecord(
        comment=comment,
        scores=draw(scores),
        verdict=Verdict(
            outcome=Outcome.REVIEW,
            basis=case.basis,
            rulebook="1",
            because=case.because,
            hits=tuple(draw(st.lists(hits, max_size=12))),
        ),
        decisions=draw(st.sampled_from([(), (decision,)])),
        case=case,
        history=AuthorHistory(
            approved=draw(st.integers(0, 10**7)),
            rejected=draw(st.integers(0, 10**7)),
            first_seen_at=draw(st.sampled_from([None, NOW])),
        ),
        complaints=tuple(draw(st.lists(words, max_size=5))),
        audit=(),
    )


@settings(max_examples=150, deadline=None)
@given(record=records(), language=st.sampled_from(["fr", "en-US"]))
def test_every_card_stays_within_the_limits(record: CommentRecord, language: str):
    assert record.case is not None
    view = case_card(record.case, record, language=language, undo_grace_s=20)
    body = {"components": view.to_components(), "flags": V2_FLAG}

    assert faults_of_message(body) == []
    text = texts_of(body["components"])
    assert "@everyone" not in text
    assert "<@" not in text
    assert "\u202e" not in text
    assert len(discord.utils.escape_mentions(text)) == len(text), "something left that pings"


def worst_case() -> CommentRecord:
    """Every field as long and as hard to escape as the doors let it in."""
    bad = "*🙂" * 10_000
    said = Words(fr=bad, en=bad)
    comment = Comment(
        id="c",
        site="site",
        source=Source.SITE,
        external_id="1",
        version=10**6,
        state=State.IN_REVIEW,
        text=bad,
        author=Writer(id="a", name=bad),
        story=Story(id="s", url="https://x.example/" + "a" * 282, title=bad, section=bad),
        received_at=NOW,
        parent=Parent(id="p", author=bad, text=bad),
        reports=10**6,
    )
    hit = RuleHit(rule=bad, stage=Stage.SHADOW, outcome=Outcome.REVIEW, reason=None, because=said)
    case = Case(
        id=10**9,
        version=10**6,
        comment=comment,
        opened_at=NOW,
        turn=turn(
            None,
            reported=True,
            reach=Reach(replies=99, story_comments=99),
            opened_at=NOW,
            targets=Targets(),
        ),
        basis=Basis.CONFLICT,
        because=said,
    )
    return CommentRecord(
        comment=comment,
        scores=Scores(
            values={**dict.fromkeys(ATTRIBUTES, 1.0), bad: 1.0},
            scorer="test",
            version="1",
            degraded=True,
        ),
        verdict=Verdict(
            outcome=Outcome.REVIEW,
            basis=Basis.CONFLICT,
            rulebook="1",
            because=said,
            hits=(hit,) * 20,
        ),
        decisions=(),
        case=case,
        history=AuthorHistory(approved=10**7, rejected=10**7, first_seen_at=NOW),
        complaints=(bad,) * 9,
        audit=(),
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_worst_case_leaves_room_for_the_comment(language: str):
    record = worst_case()
    assert record.case is not None
    body = {
        "components": case_card(
            record.case, record, language=language, undo_grace_s=20
        ).to_components(),
        "flags": V2_FLAG,
    }
    assert faults_of_message(body) == []
    shown = [part["content"] for part in body["components"][0]["components"] if part["type"] == 10]
    assert units(shown[1]) >= 800


@pytest.mark.parametrize("language", ["fr", "en-GB", "de"])
def test_the_form_stays_within_the_limits(language: str):
    for suggested in (None, *Reason):
        modal = RejectForm(10**9, 10**6, suggested=suggested, language=language)
        assert faults_of_modal(modal.to_dict()) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"toxicity": 0.2}, Severity.MILD),
        ({"toxicity": 0.5}, Severity.STRONG),
        ({"toxicity": 0.85}, Severity.SEVERE),
        ({"toxicity": 0.3, "threat": 0.6}, Severity.SEVERE),
        ({}, Severity.UNKNOWN),
    ],
)
def test_severity(values: dict[str, float], expected: Severity):
    assert severity(Scores(values=values, scorer="test", version="1")) is expected
    assert severity(Unscored(reason="slow")) is Severity.UNKNOWN
    assert severity(None) is Severity.UNKNOWN


@pytest.mark.parametrize("kind", RefusalKind)
def test_every_refusal_can_be_said_in_both_languages(kind: RefusalKind):
    """The colleague's own name is hostile text as well."""
    by = Actor(kind=ActorKind.MODERATOR, id="x", name="@everyone **Anna**")
    french = refusal(Refused(kind=kind, by=by, outcome=Outcome.REJECT), "fr")
    english = refusal(Refused(kind=kind, by=by, outcome=Outcome.REJECT), "en-US")
    assert french != english
    assert "{" not in french + english
    assert "@everyone" not in french + english
    assert refusal(Refused(kind=kind), "fr")


def test_every_text_has_both_languages():
    """No sentence is missing, left in the other language's words, or short of a place."""
    from bot.chat import texts

    found = [value for value in vars(texts).values() if isinstance(value, Words)]
    tables = [value for value in vars(texts).values() if isinstance(value, dict)]
    found += [value for table in tables for value in table.values() if isinstance(value, Words)]
    assert len(found) > 40
    for sentence in found:
        assert sentence.fr
        assert sentence.en
        places = {part for part in ("{case}", "{by}", "{count}", "{since}") if part in sentence.fr}
        assert all(place in sentence.en for place in places)


def test_card_follows_the_language():
    record = replace(worst_case(), scores=None)
    assert record.case is not None
    french = texts_of(case_card(record.case, record, language="fr", undo_grace_s=1).to_components())
    english = texts_of(
        case_card(record.case, record, language="en", undo_grace_s=1).to_components()
    )
    assert "[Publier]" in french
    assert "[Approve]" in english
    assert "Pas encore évalué." in french
    assert "Not scored yet." in english
    assert texts_of(words_card(say(Words(fr="x", en="y"), "en")).to_components()) == "y"


def test_what_decided_stands_out_on_the_card():
    """Words that made a rule fire; without such, the stretch that scored worst."""
    base = worst_case()
    comment = replace(base.comment, text="Bonjour, quel nigaud, ce maire")
    scores = Scores(
        values={"toxicity": 0.6}, scorer="s", version="1", worst=Window(start=9, end=30)
    )
    hit = RuleHit(
        rule="insults",
        stage=Stage.LIVE,
        outcome=Outcome.REVIEW,
        reason=None,
        because=Words(fr="Insulte.", en="Insult."),
        passages=(Passage(start=14, end=20, function="has_word", looked_for="nigaud"),),
    )
    assert base.case is not None
    assert base.verdict is not None
    case = replace(base.case, comment=comment)
    for hits, shown in (
        ((hit,), "Bonjour, quel **nigaud**, ce maire"),
        ((), "Bonjour, **quel nigaud, ce maire**"),
    ):
        record = replace(
            base, comment=comment, scores=scores, verdict=replace(base.verdict, hits=hits)
        )
        card = case_card(case, record, language="fr", undo_grace_s=20)
        text = texts_of(card.to_components())
        assert shown in text
        assert "Texte entier" not in text, "nothing is folded"
