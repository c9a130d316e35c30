"""The API description is valid, complete, and tells what the door really does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from bot.core.effects import Announcement, site_message
from bot.core.model import RULEBOOK, Comment, Outcome, Source, State, Words
from bot.core.reasons import Reason
from bot.sites import answers, examples, payload
from bot.sites.openapi import document
from bot.sites.problems import Trouble
from tests.conftest import submission
from tests.sites.client import SiteClient, event


@pytest.fixture
def described() -> Any:
    return json.loads(json.dumps(document("https://moderation.example/")))


def validator(described: Any, schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": described["components"]})


def test_the_description_is_valid_openapi_31(described: Any) -> None:
    assert described["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []


def test_every_example_fits_its_schema_and_its_model(described: Any) -> None:
    post = described["paths"]["/v1/comments"]["post"]
    content = post["requestBody"]["content"]["application/json"]
    sent = validator(described, content["schema"])
    assert set(content["examples"]) == set(examples.EVENTS)
    for example in content["examples"].values():
        sent.validate(example["value"])
        payload.EVENT.validate_python(example["value"])
    get = described["paths"]["/v1/comments/{id}"]["get"]
    for responses, status, model in (
        (post["responses"], "200", answers.Judged),
        (post["responses"], "202", answers.Accepted),
        (get["responses"], "200", answers.CommentView),
    ):
        media = responses[status]["content"]["application/json"]
        validator(described, media["schema"]).validate(media["example"])
        model.model_validate(media["example"])
    hook = described["webhooks"]["decision"]["post"]["requestBody"]["content"]["application/json"]
    validator(described, hook["schema"]).validate(examples.DECISION)
    answers.DecisionMade.model_validate(examples.DECISION)
    answers.Problem.model_validate(examples.PROBLEM)


def test_the_description_knows_every_kind_of_event_and_problem(described: Any) -> None:
    post = described["paths"]["/v1/comments"]["post"]
    mapping = post["requestBody"]["content"]["application/json"]["schema"]["discriminator"]
    kinds = {"comment.created", "comment.edited", "comment.deleted", "comment.reported"}
    assert set(mapping["mapping"]) == kinds
    get = described["paths"]["/v1/comments/{id}"]["get"]
    known = set(post["responses"]) | set(get["responses"])
    assert {str(trouble.value.status) for trouble in Trouble} <= known


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_the_callback_sends_is_what_is_described(described: Any, outcome: Outcome) -> None:
    made = submission()
    comment = Comment(
        id="k",
        site=made.site,
        source=Source.SITE,
        external_id="c",
        version=2,
        state=State.RECEIVED,
        text="x",
        author=made.author,
        story=made.story,
        received_at=datetime.now(UTC),
    )
    announcement = Announcement(
        outcome=outcome,
        actor=RULEBOOK,
        because=Words(fr="a", en="b"),
        reason=Reason.SPAM if outcome is Outcome.REJECT else None,
    )
    sent = site_message(comment, announcement, now=datetime.now(UTC))
    answers.DecisionMade.model_validate_json(json.dumps(sent))
    schema = {"$ref": "#/components/schemas/DecisionMade"}
    validator(described, schema).validate(json.loads(json.dumps(sent)))


async def test_real_answers_fit_the_description(site: SiteClient) -> None:
    description = (await site.request("GET", "/openapi.json")).json
    post = description["paths"]["/v1/comments"]["post"]["responses"]
    get = description["paths"]["/v1/comments/{id}"]["get"]["responses"]
    judged = await site.post(event("affreux"), query="?wait_ms=10000")
    accepted = await site.post(event("Merci", comment_id="c-2"))
    shown = await site.get(judged.json["comment"])
    problem = await site.post({})
    for answer, responses in (
        (judged, post),
        (accepted, post),
        (shown, get),
        (problem, post),
    ):
        [media] = responses[str(answer.status)]["content"].values()
        validator(description, media["schema"]).validate(answer.json)


async def test_the_page_is_readable_and_needs_nothing_from_outside(site: SiteClient) -> None:
    page = await site.request("GET", "/docs")
    assert page.status == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.json
    assert 'style="' not in page.json
    for trouble in Trouble:
        assert f'id="{trouble.value.slug}"' in page.json
    for wanted in ("wait_ms", "comment.created", "SentComment", "webhook-signature"):
        assert wanted in page.json
    style = await site.request("GET", "/docs.css")
    assert style.headers["Content-Type"].startswith("text/css")
    assert "url(" not in style.json
