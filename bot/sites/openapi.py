"""The API's own description, made from the models that check the requests."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic.json_schema import models_json_schema

from bot.sites import answers, examples, payload
from bot.sites.problems import MEDIA_TYPE, Trouble

Document = dict[str, Any]

_READ = (
    answers.Accepted,
    answers.Judged,
    answers.CommentView,
    answers.Problem,
    answers.DecisionMade,
)
_SENT = (
    payload.CommentCreated,
    payload.CommentEdited,
    payload.CommentDeleted,
    payload.CommentReported,
)
_ABOUT = """\
Send readers' comments to Veilleur, learn what became of them.

Requests to `POST /v1/comments` and the callbacks are signed as
[Standard Webhooks](https://www.standardwebhooks.com/) describe: HMAC-SHA256 over
`webhook-id.webhook-timestamp.body` with the shared secret. A 2xx answer means that the event is on
disk. Send it again, with the same `webhook-id`, until you get one; it counts once.
"""


def document(public_url: str) -> Document:
    """OpenAPI 3.1."""
    _, schemas = models_json_schema(
        [(model, "validation") for model in _SENT] + [(model, "serialization") for model in _READ],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.1",
        "info": {"title": "Veilleur", "version": _version(), "description": _ABOUT},
        "servers": [{"url": public_url.rstrip("/")}],
        "paths": {
            "/v1/comments": {"post": _post()},
            "/v1/comments/{id}": {"get": _get()},
        },
        "webhooks": {"decision": {"post": _decision()}},
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "apiKey": {"type": "http", "scheme": "bearer", "description": "SITE_API_KEY"},
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "webhook-signature",
                    "description": "Standard Webhooks, secret SITE_SECRET",
                },
            },
        },
    }


def _post() -> Document:
    return {
        "operationId": "sendEvent",
        "summary": "Send a comment, its edit, its deletion or a report",
        "security": [{"signature": []}],
        "parameters": [
            *_signature_headers(),
            {
                "name": "wait_ms",
                "in": "query",
                "description": "Wait at most so many milliseconds for the verdict",
                "schema": {"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0},
            },
        ],
        "requestBody": {
            "required": True,
            "description": f"At most {payload.MAX_BODY_BYTES // 1024} KiB",
            "content": {
                "application/json": {
                    "schema": {
                        "oneOf": [_ref(model.__name__) for model in _SENT],
                        "discriminator": {
                            "propertyName": "type",
                            "mapping": {
                                model.model_json_schema()["properties"]["type"]["const"]: _ref(
                                    model.__name__
                                )["$ref"]
                                for model in _SENT
                            },
                        },
                    },
                    "examples": {name: {"value": value} for name, value in examples.EVENTS.items()},
                }
            },
        },
        "responses": {
            "200": _answer("The verdict was ready in time", "Judged", examples.JUDGED),
            "202": _answer("Durably stored", "Accepted", examples.ACCEPTED),
            **_problems(set(Trouble) - {Trouble.NOT_FOUND, Trouble.KEY_WRONG}),
        },
    }


def _get() -> Document:
    return {
        "operationId": "readComment",
        "summary": "State, verdict and decisions of a comment",
        "security": [{"apiKey": []}],
        "parameters": [
            {
                "name": "id",
                "in": "path",
                "required": True,
                "description": "The id we answered with, or your own",
                "schema": {"type": "string"},
            }
        ],
        "responses": {
            "200": _answer("What is known", "CommentView", examples.COMMENT),
            **_problems({Trouble.KEY_WRONG, Trouble.NOT_FOUND, Trouble.TOO_FAST, Trouble.INTERNAL}),
        },
    }


def _decision() -> Document:
    return {
        "operationId": "receiveDecision",
        "summary": "A decision, sent to SITE_CALLBACK_URL",
        "description": (
            "Answer 2xx once it is stored. Anything else is tried again for three days with the "
            "same `webhook-id`; `410` ends that at once. Messages about one comment keep their "
            "order. Answer 2xx to types you do not know, such as the `ping` of `veilleur doctor`."
        ),
        "parameters": _signature_headers(),
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": _ref("DecisionMade"),
                    "examples": {"rejected": {"value": examples.DECISION}},
                }
            },
        },
        "responses": {
            "2XX": {"description": "Taken"},
            "410": {"description": "Do not send this again"},
        },
    }


def _signature_headers() -> list[Document]:
    meanings = {
        "webhook-id": "Constant over all attempts of one message",
        "webhook-timestamp": "Unix seconds of this attempt; 5 minutes are tolerated either way",
        "webhook-signature": "v1,<base64>; several, separated by spaces, while secrets change",
    }
    return [
        {
            "name": name,
            "in": "header",
            "required": True,
            "description": meaning,
            "schema": {"type": "string"},
        }
        for name, meaning in meanings.items()
    ]


def _answer(description: str, model: str, example: examples.Example) -> Document:
    content = {"application/json": {"schema": _ref(model), "example": example}}
    return {"description": description, "content": content}


def _problems(troubles: set[Trouble]) -> Document:
    """One response a status; those that share one share its description."""
    by_status: dict[str, list[str]] = {}
    for trouble in Trouble:
        if trouble in troubles:
            by_status.setdefault(str(trouble.value.status), []).append(trouble.value.title)
    return {
        status: {
            "description": "; ".join(titles),
            "content": {MEDIA_TYPE: {"schema": _ref("Problem")}},
        }
        for status, titles in sorted(by_status.items())
    }


def _ref(model: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model}"}


def _version() -> str:
    try:
        return version("veilleur")
    except PackageNotFoundError:
        return "0"
