"""Connecting a site to Veilleur: send a comment, check a decision.

    pip install standardwebhooks
    SITE_SECRET=whsec_... VEILLEUR_URL=http://127.0.0.1:8080 python connect_a_site.py
"""  # fmt: skip

# ruff: noqa: INP001, S310 - a script of its own; the address is the operator's

import json
import os
import sys
import urllib.request
from datetime import UTC, datetime

from standardwebhooks import Webhook

webhook = Webhook(os.environ["SITE_SECRET"])


def send(event: dict, event_id: str) -> dict:
    """Send the same event with the same id until this returns: it counts once."""
    body, now = json.dumps(event), datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(event_id, now, body),
    }
    url = os.environ["VEILLEUR_URL"] + "/v1/comments"
    request = urllib.request.Request(url, body.encode(), headers)
    with urllib.request.urlopen(request, timeout=15) as answer:
        return json.load(answer)


def decision(body: bytes, headers: dict) -> dict:
    """What your callback address got, checked; raises when Veilleur did not send it."""
    return webhook.verify(body, headers)


if __name__ == "__main__":
    comment = {
        "id": "c-1",
        "text": "Merci pour cet article.",
        "author": {"id": "u-1", "name": "Camille"},
        "story": {"id": "a-1", "title": "Le dernier kiosque"},
    }
    stored = send({"type": "comment.created", "data": comment}, "c-1-created")
    sys.stdout.write(f"{stored['comment']} {stored['state']}\n")
