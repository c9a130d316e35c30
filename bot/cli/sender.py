"""Sends comments through the signed door as a patient site would, and asks what became of them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from urllib.parse import quote

import aiohttp

from bot.cli.course import Course, Door, Fate
from bot.cli.sample import Sample
from bot.core.errors import Fault, SettingsError
from bot.core.model import State
from bot.sites.signature import Signer

_ACCEPTED = (200, 202)
_LATER = (408, 425, 429, 500, 502, 503, 504)
_LONGEST_WAIT_S = 60.0
_ASK_EVERY_S = 0.25


_FATES = {
    State.APPROVED: Fate.APPROVED,
    State.REJECTED: Fate.REJECTED,
    State.IN_REVIEW: Fate.IN_REVIEW,
    State.WITHDRAWN: Fate.WITHDRAWN,
}


class Sender:
    """One run of `veilleur replay`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        door: Door,
        *,
        rate: float | None,
        patience_s: float,
        on_step: Callable[[], None],
    ) -> None:
        """`rate` is in comments per second; `patience_s` is how long one comment is tried for."""
        self.course = Course()
        self._session = session
        self._door = door
        self._signer = Signer(door.secrets)
        self._pause_s = 1 / rate if rate else 0.0
        self._patience_s = patience_s
        self._on_step = on_step
        self._next_at = 0.0
        self._closed_until = 0.0
        """The door asked everybody to wait until then."""
        self._news_at = 0.0

    async def check(self) -> None:
        """Raises SettingsError unless a bot answers there that knows the key."""
        where = self._door.url
        try:
            status = await self._status_of("veilleur-replay-check")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            fix = "start it with `veilleur run`, or say with --url where it listens"
            what = f"nothing answers there ({type(error).__name__})"
            raise SettingsError((Fault(where=where, what=what, fix=fix),)) from error
        if status in (200, 404, *_LATER):
            return
        what = f"the bot there answers {status} to this SITE_API_KEY"
        raise SettingsError((Fault(where=where, what=what, fix="use the bot's own key"),))

    async def _status_of(self, external_id: str) -> int:
        async with self._get(external_id) as response:
            return response.status

    async def send_all(self, samples: Iterable[Sample], *, concurrency: int) -> None:
        """Each is accepted, refused or, after `patience_s`, lost."""
        began = time.monotonic()
        line = iter(samples)

        async def work() -> None:
            for sample in line:
                await self._in_turn()
                await self._send(sample)
                self._on_step()

        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work())
        self.course.sent_in_s = time.monotonic() - began

    async def _in_turn(self) -> None:
        now = time.monotonic()
        at = max(now, self._next_at)
        self._next_at = at + self._pause_s
        if at > now:
            await asyncio.sleep(at - now)

    async def _send(self, sample: Sample) -> None:
        """Repeats keep their `webhook-id`: the door can tell."""
        until = time.monotonic() + self._patience_s
        event = {
            "type": "comment.created",
            "timestamp": datetime.now(UTC).isoformat(),
            "data": sample.data,
        }
        body = json.dumps(event, ensure_ascii=True).encode()
        wait_s = 0.25
        while True:
            await asyncio.sleep(max(0.0, self._closed_until - time.monotonic()))
            after_s = await self._attempt(sample, body)
            if after_s is None:
                return
            if time.monotonic() > until:
                self.course.fates[sample.external_id] = Fate.LOST
                return
            self.course.retries += 1
            await asyncio.sleep(max(after_s, wait_s))
            wait_s = min(wait_s * 2, 5.0)

    async def _attempt(self, sample: Sample, body: bytes) -> float | None:
        """None when the door has answered for good, else how long it asks to wait."""
        began = time.monotonic()
        headers = self._signer.headers(
            delivery_id=sample.delivery_id, body=body, at=datetime.now(UTC)
        )
        headers["content-type"] = "application/json"
        try:
            async with self._session.post(
                f"{self._door.url}/v1/comments", data=body, headers=headers, allow_redirects=False
            ) as response:
                text = await response.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0.0
        if response.status in _ACCEPTED:
            self.course.answer_s.append(time.monotonic() - began)
            self.course.fates[sample.external_id] = Fate.WAITING
            return None
        if response.status in _LATER:
            return self._wait_before_more(response)
        self.course.fates[sample.external_id] = Fate.REFUSED
        self.course.refusals.append(f"{sample.external_id}: {response.status} {_detail(text)}")
        return None

    def _wait_before_more(self, response: aiohttp.ClientResponse) -> float:
        """Holds all requests back for as long as the door asks, and does not call that silence."""
        after_s = _retry_after_s(response)
        self._closed_until = max(self._closed_until, time.monotonic() + after_s)
        if after_s:
            self._news_at = max(self._news_at, self._closed_until)
        return after_s

    # --- what became of them -------------------------------------------------------------

    async def follow_all(self, *, wait_s: float, concurrency: int) -> None:
        """Asks for each accepted comment until it is judged; gives up `wait_s` after the last news."""
        self._news_at = time.monotonic()
        open_ids = iter([id_ for id_, fate in self.course.fates.items() if fate is Fate.WAITING])

        async def work() -> None:
            for external_id in open_ids:
                self.course.fates[external_id] = await self._follow(external_id, wait_s)
                self._on_step()

        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work())

    async def _follow(self, external_id: str, wait_s: float) -> Fate:
        while True:
            await asyncio.sleep(max(0.0, self._closed_until - time.monotonic()))
            fate = await self._ask(external_id)
            now = time.monotonic()
            if fate is not Fate.WAITING:
                self._news_at = max(now, self._news_at)
                return fate
            if now > self._news_at + wait_s:
                return fate
            await asyncio.sleep(_ASK_EVERY_S)

    async def _ask(self, external_id: str) -> Fate:
        try:
            async with self._get(external_id) as response:
                if response.status == 404:  # noqa: PLR2004 - HTTP's own number: accepted and gone
                    return Fate.LOST
                if response.status in _LATER:
                    self._wait_before_more(response)
                    return Fate.WAITING
                if response.status != 200:  # noqa: PLR2004 - HTTP's own number
                    return Fate.WAITING
                return _FATES.get((await response.json())["state"], Fate.WAITING)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Fate.WAITING

    def _get(self, external_id: str) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        url = f"{self._door.url}/v1/comments/{quote(external_id, safe='')}"
        headers = {"authorization": f"Bearer {self._door.api_key}"}
        return self._session.get(url, headers=headers, allow_redirects=False)


def _retry_after_s(response: aiohttp.ClientResponse) -> float:
    given = response.headers.get("retry-after", "")
    return min(float(given), _LONGEST_WAIT_S) if given.isascii() and given.isdigit() else 0.0


def _detail(text: str) -> str:
    """The sentence of a problem document, else the beginning of what came."""
    try:
        problem = json.loads(text)
        parts = [
            problem["detail"],
            *(f"{e['path']}: {e['expected']}" for e in problem.get("errors") or ()),
        ]
        return "; ".join(parts)
    except (ValueError, KeyError, TypeError, AttributeError):
        return text[:100]
