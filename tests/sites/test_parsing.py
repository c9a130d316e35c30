"""Whatever is sent, the answer is a core value or a problem, never another exception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.model import MAX_TEXT_CHARS, Source, TextFormat
from bot.sites import body, payload
from bot.sites.examples import EVENTS
from bot.sites.problems import ProblemError
from bot.sites.standard import _event

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=15,
)


def parse(raw: str) -> payload.SentEvent:
    return _event(body.parsed(raw))


@settings(max_examples=200, deadline=None)
@given(raw=st.text(max_size=200))
@example(raw='"\\ud800"')
def test_any_text_is_parsed_or_refused(raw: str) -> None:
    with pytest.raises(ProblemError):
        parse(raw)


@st.composite
def broken_events(draw: st.DrawFn) -> str:
    """A good event with one to four of its fields, at any depth, replaced by anything."""
    event = json.loads(json.dumps(draw(st.sampled_from(list(EVENTS.values())))))
    for _ in range(draw(st.integers(1, 4))):
        at: Any = event
        while True:
            key = draw(st.sampled_from(sorted(at)))
            if isinstance(at[key], dict) and at[key] and draw(st.booleans()):
                at = at[key]
                continue
            at[key] = draw(_JSON)
            break
    return json.dumps(event)


@settings(max_examples=300, deadline=None)
@given(raw=broken_events())
def test_any_event_becomes_a_core_value_or_a_problem(raw: str) -> None:
    try:
        event = parse(raw)
        if isinstance(event.data, payload.SentComment):
            made = payload.submission(event.data, delivery_id="d")
            assert 0 < len(made.text) <= MAX_TEXT_CHARS
            repr(made).encode()
    except ProblemError as problem:
        for fault in problem.faults:
            json.dumps(fault.as_json())


def test_an_example_becomes_what_it_says() -> None:
    event = parse(json.dumps(EVENTS["answer"]))
    assert isinstance(event.data, payload.SentComment)
    made = payload.submission(event.data, delivery_id="msg_1")
    assert (made.site, made.source, made.delivery_id) == ("site", Source.SITE, "msg_1")
    assert (made.external_id, made.author.id, made.author.name) == ("9002", "17", "Sacha")
    assert (made.text, made.format) == ("Je suis d'accord.", TextFormat.HTML)
    assert made.raw_text == "<p>Je suis <em>d'accord</em>.</p>"
    assert made.parent is not None
    assert made.parent.text == "Merci pour cet article."
    assert made.story.section == "culture"


def test_times_arrive_in_utc_and_languages_in_one_spelling() -> None:
    sent = json.loads(json.dumps(EVENTS["created"]))
    sent["data"] |= {"created_at": "2026-11-23T09:30:00+01:00", "language": "fr_FR"}
    event = parse(json.dumps(sent))
    assert isinstance(event.data, payload.SentComment)
    made = payload.submission(event.data, delivery_id="d")
    assert made.created_at is not None
    assert made.created_at.isoformat() == "2026-11-23T08:30:00+00:00"
    assert made.language == "fr-FR"


def test_an_author_without_a_name_is_called_by_the_id() -> None:
    sent = json.loads(json.dumps(EVENTS["created"]))
    for name in (None, "", "\u200b"):
        sent["data"]["author"] = {"id": "u-7", "name": name}
        event = parse(json.dumps(sent))
        assert isinstance(event.data, payload.SentComment)
        assert payload.submission(event.data, delivery_id="d").author.name == "u-7"


def test_markup_that_grows_beyond_the_limit_is_refused() -> None:
    sent = json.loads(json.dumps(EVENTS["created"]))
    sent["data"] |= {"format": "html", "text": "<blockquote>" * 5 + "a<br>" * 3_900}
    event = parse(json.dumps(sent))
    assert isinstance(event.data, payload.SentComment)
    with pytest.raises(ProblemError) as refused:
        payload.submission(event.data, delivery_id="d")
    [fault] = refused.value.faults
    assert (fault.path, fault.expected) == (
        "data.text",
        "at most 20,000 characters as plain text",
    )
