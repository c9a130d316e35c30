"""What the site's door takes in and what becomes of it, with the real engine behind it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.core.model import Basis, State
from bot.engine import Engine
from tests.sites.client import (
    NEW,
    OLD,
    STRANGER,
    SiteClient,
    event,
)


@pytest.mark.parametrize("secrets", [(OLD,), (NEW,), (OLD, NEW), (STRANGER, NEW)])
async def test_any_current_secret_is_accepted_during_rotation(
    site: SiteClient, secrets: tuple[str, ...]
) -> None:
    assert (await site.post(event(), secrets=secrets)).status == 202


async def test_a_comment_is_durable_when_202_is_answered(site: SiteClient, engine: Engine) -> None:
    answer = await site.post(event("Merci pour tout", comment_id=42))
    assert answer.status == 202
    assert answer.json["state"] == "received"
    assert (answer.json["version"], answer.json["repeated"]) == (1, False)
    stored = await engine.store.comments.get(answer.json["comment"])
    assert stored is not None
    assert (stored.external_id, stored.text) == ("42", "Merci pour tout")
    assert stored.author.name == "Camille"
    assert stored.story.url == "https://example.org/budget"
    assert "example.org/budget" not in repr(stored.author)
    assert "192.0.2.1" not in repr(stored)
    assert "c@example.org" not in repr(stored)


async def test_waiting_brings_the_verdict(site: SiteClient) -> None:
    answer = await site.post(event("C'est affreux"), query="?wait_ms=10000")
    assert answer.status == 200
    assert answer.json["state"] == "rejected"
    verdict = answer.json["verdict"]
    assert (verdict["outcome"], verdict["basis"]) == ("reject", "rule")
    assert verdict["reason"] == "OFFENSIVE"
    assert verdict["reason_label"]["fr"] == "Propos injurieux"
    assert verdict["because"] == {"fr": "Règle sure-toxicity.", "en": "Rule sure-toxicity."}
    assert [hit["rule"] for hit in verdict["rules"]] == ["sure-toxicity"]


async def test_waiting_ends_with_202_when_the_verdict_is_late(
    site: SiteClient, scorer: Any
) -> None:
    scorer.delay_s = 1.0
    answer = await site.post(event(), query="?wait_ms=50")
    assert (answer.status, answer.json["state"]) == (202, "received")


async def test_a_replayed_delivery_and_the_same_text_change_nothing(
    site: SiteClient, engine: Engine, scorer: Any
) -> None:
    first = await site.post(event(), delivery_id="msg_1", query="?wait_ms=10000")
    replayed = await site.post(event(), delivery_id="msg_1", query="?wait_ms=10000")
    same_text = await site.post(event(), delivery_id="msg_2", query="?wait_ms=10000")
    for again in (replayed, same_text):
        assert again.status == first.status == 200
        assert again.json == first.json | {"repeated": True}
    assert (await engine.store.totals()).by_state == {State.APPROVED: 1}
    assert scorer.seen == ["Merci !"]


async def test_twenty_at_once_with_one_id_are_one_comment(
    site: SiteClient, engine: Engine, settled: Any
) -> None:
    answers = await asyncio.gather(*(site.post(event(), delivery_id="msg_same") for _ in range(20)))
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["comment"] for answer in answers}) == 1
    assert sum(not answer.json["repeated"] for answer in answers) == 1
    await settled()
    record = await engine.store.comments.record(answers[0].json["comment"])
    assert record is not None
    assert len(record.decisions) == 1
    assert (await engine.store.totals()).by_state == {State.APPROVED: 1}


async def test_an_edit_is_a_new_version_and_judged_anew(site: SiteClient) -> None:
    await site.post(event("Merci"), query="?wait_ms=10000")
    edited = await site.post(event("affreux", kind="comment.edited"), query="?wait_ms=10000")
    assert (edited.json["version"], edited.json["state"]) == (2, "rejected")


async def test_a_deletion_withdraws_the_open_case(site: SiteClient, engine: Engine) -> None:
    await site.post(event("bof"), query="?wait_ms=10000")
    assert len(await engine.store.cases.queue()) == 1
    gone = await site.post(event(kind="comment.deleted"))
    assert (gone.status, gone.json["state"]) == (202, "withdrawn")
    assert await engine.store.cases.queue() == []


async def test_a_report_opens_a_case(site: SiteClient, engine: Engine) -> None:
    await site.post(event("Merci"), query="?wait_ms=10000")
    message = event(kind="comment.reported")
    message["data"]["why"] = "Vise une personne"
    reported = await site.post(message)
    assert (reported.status, reported.json["state"]) == (202, "approved")
    [case] = await engine.store.cases.queue()
    assert case.basis is Basis.REPORT


@pytest.mark.parametrize("kind", ["comment.deleted", "comment.reported"])
async def test_an_unknown_comment_is_no_reason_to_try_again(site: SiteClient, kind: str) -> None:
    answer = await site.post(event(comment_id="never seen", kind=kind))
    assert answer.status == 202
    assert (answer.json["comment"], answer.json["state"]) == (None, "unknown")


async def test_twenty_thousand_characters_are_kept_whole(site: SiteClient, engine: Engine) -> None:
    text = "🙂é" * 10_000
    answer = await site.post(event(text))
    assert answer.status == 202
    stored = await engine.store.comments.get(answer.json["comment"])
    assert stored is not None
    assert stored.text == text


async def test_what_no_database_can_hold_is_mended(site: SiteClient, engine: Engine) -> None:
    raw = json.dumps(event("avant \ud800 après\x00\r\nligne")).encode()
    answer = await site.post(raw)
    assert answer.status == 202
    stored = await engine.store.comments.get(answer.json["comment"])
    assert stored is not None
    assert stored.text == "avant \ufffd après\nligne"


async def test_html_is_kept_as_sent_and_judged_as_read(site: SiteClient, engine: Engine) -> None:
    message = event("<p>Vous êtes <b>aff</b>reux</p><script>alert(1)</script>")
    message["data"]["format"] = "html"
    answer = await site.post(message, query="?wait_ms=10000")
    assert answer.json["state"] == "rejected"
    stored = await engine.store.comments.get(answer.json["comment"])
    assert stored is not None
    assert stored.text == "Vous êtes affreux"
    assert stored.raw_text == message["data"]["text"]
