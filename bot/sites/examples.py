"""One example of every message, for the API description; a test holds each against its model."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

_WHEN = "2026-11-23T08:30:00Z"
_AUTHOR = {"id": "u-1204", "name": "Camille R."}
_STORY = {
    "id": "a-77",
    "url": "https://www.example.org/culture/kiosque",
    "title": "Le dernier kiosque de la place",
    "section": "culture",
}

EVENTS: dict[str, Example] = {
    "created": {
        "type": "comment.created",
        "timestamp": _WHEN,
        "data": {
            "id": "c-9001",
            "text": "Merci pour cet article.",
            "format": "plain",
            "author": _AUTHOR,
            "story": _STORY,
            "created_at": _WHEN,
            "language": "fr",
        },
    },
    "answer": {
        "type": "comment.created",
        "timestamp": _WHEN,
        "data": {
            "id": 9002,
            "text": "<p>Je suis <em>d'accord</em>.</p>",
            "format": "html",
            "author": {"id": 17, "name": "Sacha"},
            "story": _STORY,
            "parent": {"id": "c-9001", "author": "Camille R.", "text": "Merci pour cet article."},
        },
    },
    "edited": {
        "type": "comment.edited",
        "timestamp": _WHEN,
        "data": {
            "id": "c-9001",
            "text": "Merci pour ce bel article.",
            "author": _AUTHOR,
            "story": _STORY,
        },
    },
    "deleted": {"type": "comment.deleted", "timestamp": _WHEN, "data": {"id": "c-9001"}},
    "reported": {
        "type": "comment.reported",
        "timestamp": _WHEN,
        "data": {"id": "c-9001", "why": "Ce commentaire vise une personne."},
    },
}

ACCEPTED: Example = {
    "comment": "0199a0c2b7e47c3f",
    "state": "received",
    "version": 1,
    "repeated": False,
}

VERDICT: Example = {
    "outcome": "reject",
    "basis": "rule",
    "because": {
        "fr": "Le modèle est sûr que le propos est injurieux (0.97).",
        "en": "The model is sure that this is abusive (0.97).",
    },
    "reason": "OFFENSIVE",
    "reason_label": {"fr": "Propos injurieux", "en": "Offensive language"},
    "rules": [
        {
            "rule": "sure-toxicity",
            "stage": "live",
            "outcome": "reject",
            "reason": "OFFENSIVE",
            "idle": None,
        }
    ],
    "tags": [],
    "rulebook": "5f0c3a1e",
}

JUDGED: Example = {**ACCEPTED, "state": "rejected", "verdict": VERDICT}

COMMENT: Example = {
    "comment": ACCEPTED["comment"],
    "id": "c-9003",
    "version": 1,
    "state": "rejected",
    "received_at": _WHEN,
    "reports": 0,
    "verdict": VERDICT,
    "scores": {"values": {"toxicity": 0.97, "insult": 0.95}, "scorer": "embedded", "version": "1a"},
    "unscored": None,
    "decisions": [
        {
            "outcome": "reject",
            "decided_by": "rulebook",
            "decided_at": _WHEN,
            "version": 1,
            "reason": "OFFENSIVE",
            "reason_label": {"fr": "Propos injurieux", "en": "Offensive language"},
            "note": None,
            "undone_at": None,
        }
    ],
}

PROBLEM: Example = {
    "type": "https://moderation.example.org/docs#wrong-shape",
    "title": "Valid JSON, but not what is expected here",
    "status": 422,
    "detail": "see `errors` for each field's path and what was expected",
    "errors": [{"path": "data.story.id", "expected": "a value", "found": "nothing"}],
}

DECISION: Example = {
    "type": "comment.rejected",
    "timestamp": _WHEN,
    "data": {
        "id": "c-9003",
        "comment": ACCEPTED["comment"],
        "version": 1,
        "state": "rejected",
        "reason": "OFFENSIVE",
        "reason_label": {"fr": "Propos injurieux", "en": "Offensive language"},
        "because": VERDICT["because"],
        "note": None,
        "decided_by": "rulebook",
        "rules": ["sure-toxicity"],
        "rulebook": "5f0c3a1e",
        "tags": [],
        "notify_author": False,
    },
}
