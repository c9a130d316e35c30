"""The flow, the context and the full text stay within Discord's limits, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from discord import ui
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import texts
from bot.chat.cards import open_card
from bot.chat.context import context_text
from bot.chat.flow import FLOW_ITEMS, flow_rows
from bot.chat.full_text import page_view
from bot.chat.outcomes import refusal
from bot.core.model import Actor, ActorKind, CommentRecord, RefusalKind, Refused
from tests.chat.desk import texts_of, walk
from tests.chat.oracle import V2_FLAG, faults_of_message
from tests.chat.test_chat_limits import records, worst_case

LONGEST = refusal(
    Refused(
        kind=RefusalKind.CLAIMED, by=Actor(kind=ActorKind.MODERATOR, id="x", name="*" * 20_000)
    ),
    "fr",
)


def body_of(view: ui.LayoutView) -> dict[str, Any]:
    return {"components": view.to_components(), "flags": V2_FLAG}


def flow_card(record: CommentRecord, language: str) -> ui.LayoutView:
    assert record.case is not None
    rows = flow_rows(record.case, record.verdict, language=language, decided=record.case)
    return open_card(record.case, record, language=language, rows=rows, notice=LONGEST)


@settings(max_examples=60, deadline=None)
@given(record=records(), language=st.sampled_from(["fr", "en-US"]))
def test_whatever_the_comment(record: CommentRecord, language: str):
    said = context_text(record, [record.comment] * 6, title="n° 1", language=language)
    context = ui.LayoutView(timeout=None).add_item(ui.TextDisplay(said))
    for view in (
        flow_card(record, language),
        page_view(1, record, page=99, language=language),
        context,
    ):
        body = body_of(view)
        assert faults_of_message(body) == []
        shown = texts_of(body["components"])
        assert "@everyone" not in shown
        assert "\u202e" not in shown


@pytest.mark.parametrize("language", ["fr", "en-US"])
def test_the_longest_of_everything(language: str):
    body = body_of(flow_card(worst_case(), language))
    assert faults_of_message(body) == []
    assert texts.SHOW_ALL.in_language(language) in texts_of(body["components"])


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("fr", ["Publier", "Transmettre…", "Passer", "Arrêter", "Plus"]),
        ("en-US", ["Approve", "Escalate…", "Skip", "Stop", "More"]),
    ],
)
def test_the_flow_speaks_both_languages(language: str, labels: list[str]):
    parts = list(walk(body_of(flow_card(worst_case(), language))["components"]))
    assert [part["label"] for part in parts if part.get("type") == 2][:5] == labels


def test_every_control_of_the_flow_comes_back_after_a_restart():
    parts = walk(body_of(flow_card(worst_case(), "fr"))["components"])
    ids = [part["custom_id"] for part in parts if ":flow-" in part.get("custom_id", "")]
    assert len(ids) == 7
    patterns = [item.__discord_ui_compiled_template__ for item in FLOW_ITEMS]
    for custom_id in ids:
        assert sum(bool(re.fullmatch(pattern, custom_id)) for pattern in patterns) == 1
