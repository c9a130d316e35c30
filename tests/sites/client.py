"""A site's door on a real socket, and a small client that signs like a site does."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from standardwebhooks import Webhook

OLD = "whsec_" + base64.b64encode(b"an older secret of the site").decode()
NEW = "whsec_" + base64.b64encode(b"the newer secret of the site").decode()
STRANGER = "whsec_" + base64.b64encode(b"a secret of somebody else").decode()
API_KEY = "clé-de-lecture"


def event(
    text: str = "Merci !", *, comment_id: object = "c-1", kind: str = "comment.created"
) -> Any:
    data: dict[str, object] = {"id": comment_id}
    if kind in {"comment.created", "comment.edited"}:
        data |= {
            "text": text,
            "author": {"id": "u-1", "name": "Camille", "email": "c@example.org", "ip": "192.0.2.1"},
            "story": {"id": "s-1", "title": "Budget", "url": "https://example.org/budget"},
        }
    return {"type": kind, "timestamp": "2026-11-23T08:00:00Z", "data": data}


@asynccontextmanager
async def serving(application: web.Application) -> AsyncIterator[str]:
    """The application on a free port of 127.0.0.1."""
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@dataclass
class Answer:
    status: int
    headers: Any
    json: Any


@dataclass
class SiteClient:
    """What a site does: signs and posts, and asks with its key."""

    address: str
    session: aiohttp.ClientSession

    async def post(
        self,
        body: object,
        *,
        query: str = "",
        secrets: tuple[str, ...] = (NEW,),
        delivery_id: str | None = None,
        age_s: float = 0,
        headers: dict[str, str | None] | None = None,
    ) -> Answer:
        """`body` is sent as it is when it is bytes; a header of None is left out."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given: dict[str, str | None] = {
            "Content-Type": "application/json",
            **signed(raw, secrets=secrets, delivery_id=delivery_id, age_s=age_s),
            **(headers or {}),
        }
        kept = {name: value for name, value in given.items() if value is not None}
        return await self.request("POST", f"/v1/comments{query}", data=raw, headers=kept)

    async def get(self, comment_id: str, *, key: str | None = API_KEY) -> Answer:
        headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
        return await self.request("GET", f"/v1/comments/{comment_id}", headers=headers)

    async def request(self, method: str, path: str, **how: Any) -> Answer:
        async with self.session.request(method, self.address + path, **how) as response:
            text = await response.text()
            is_json = "json" in response.content_type
            found = json.loads(text) if is_json and text else text
            return Answer(status=response.status, headers=response.headers, json=found)


def signed(
    raw: bytes,
    *,
    secrets: tuple[str, ...] = (NEW,),
    delivery_id: str | None = None,
    age_s: float = 0,
) -> dict[str, str | None]:
    at = datetime.now(UTC) - timedelta(seconds=age_s)
    delivery_id = delivery_id or f"msg_{uuid.uuid4().hex}"
    text = raw.decode("utf-8", "replace")
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(s).sign(delivery_id, at, text) for s in secrets),
    }
