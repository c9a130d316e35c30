"""Sends comments to the moderation service, as signed webhooks that are tried again."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import aiohttp
from standardwebhooks import Webhook

from bot.demo.comments import PostedComment

_WAITS_S = (0.5, 1, 2, 4, 8, 16, 30, 60)
_TEMPORARY = frozenset({408, 429})


class Sender:
    """Keeps at it in the background; the reader's request does not wait for moderation."""

    def __init__(self, *, bot_url: str, secret: str, story: dict[str, str]) -> None:
        self._address = f"{bot_url.rstrip('/')}/v1/comments"
        self._webhook = Webhook(secret)
        self._story = story
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15))
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def send(self, comment: PostedComment) -> None:
        """Returns at once; `comment.state` tells how it went."""
        task = asyncio.create_task(self._send(comment))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, comment: PostedComment) -> None:
        body = json.dumps(self._event(comment))
        delivery_id = f"msg_{uuid.uuid4().hex}"  # the same at every attempt: it counts once
        for wait_s in (*_WAITS_S, None):
            status = await self._attempt(body, delivery_id)
            if status == 202:  # noqa: PLR2004 - Accepted
                if comment.state == "sending":
                    comment.state = "received"
                return
            retry = status is None or status >= 500 or status in _TEMPORARY  # noqa: PLR2004 - server errors
            if not retry or wait_s is None:
                break
            await asyncio.sleep(wait_s)
        if comment.state == "sending":
            comment.state = "failed"

    async def _attempt(self, body: str, delivery_id: str) -> int | None:
        """The answer's status, None when there was none."""
        now = datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(delivery_id, now, body),
        }
        try:
            async with self._session.post(
                self._address, data=body.encode(), headers=headers, allow_redirects=False
            ) as response:
                return response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None

    def _event(self, comment: PostedComment) -> dict[str, Any]:
        posted_at = comment.posted_at.isoformat()
        return {
            "type": "comment.created",
            "timestamp": posted_at,
            "data": {
                "id": comment.id,
                "text": comment.text,
                "format": "plain",
                "author": {"id": comment.owner[:16], "name": comment.author},
                "story": self._story,
                "created_at": posted_at,
                "language": "fr",
            },
        }
