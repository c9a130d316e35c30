"""The demo site on a real socket, against a service that speaks the public contract only."""

from __future__ import annotations

import asyncio
import base64
import html
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook

from bot.demo import DemoConfig, create_app
from bot.demo.verify import Seen
from bot.demo.words import ENGLISH, FRENCH, SUGGESTIONS

SECRET = "whsec_" + base64.b64encode(b"the secret of the demo site").decode()
OTHER = "whsec_" + base64.b64encode(b"the secret of another site!").decode()


@asynccontextmanager
async def serving(application: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@dataclass
class Service:
    """Takes signed comments, as the real one does, and keeps them."""

    statuses: list[int] = field(default_factory=list)
    """Given in turn, then 202 for ever."""
    received: list[tuple[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        message = Webhook(SECRET).verify(await request.read(), dict(request.headers))
        self.received.append((request.headers["webhook-id"], message))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 202)

    async def got(self, count: int) -> list[tuple[str, Any]]:
        async with asyncio.timeout(10):
            while len(self.received) < count:
                await asyncio.sleep(0.01)
        return self.received


@dataclass
class Demo:
    address: str
    service: Service

    @asynccontextmanager
    async def visitor(self) -> AsyncIterator[Visitor]:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            yield Visitor(session=session, demo=self)

    async def decide(
        self, comment_id: str, state: str, *, delivery_id: str = "msg_1", **how: Any
    ) -> int:
        rejected = state == "rejected"
        data = {
            "id": comment_id,
            "comment": "k",
            "version": 1,
            "state": state,
            "reason": "OFFENSIVE" if rejected else None,
            "reason_label": {"fr": "Propos injurieux", "en": "Offensive language"}
            if rejected
            else None,
            "because": {"fr": "C'est injurieux.", "en": "It is abusive."},
            "note": None,
            "decided_by": "rulebook",
            "rules": [],
            "rulebook": "1",
        }
        return await self.call({"type": f"comment.{state}", "data": data}, delivery_id, **how)

    async def call(
        self, message: Any, delivery_id: str, *, secret: str = SECRET, age_s: float = 0
    ) -> int:
        body, at = json.dumps(message), datetime.now(UTC) - timedelta(seconds=age_s)
        headers = {
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(delivery_id, at, body),
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.address}/callbacks", data=body, headers=headers) as answer,
        ):
            return answer.status


@dataclass
class Visitor:
    session: aiohttp.ClientSession
    demo: Demo

    async def page(self, path: str = "/") -> str:
        async with self.session.get(self.demo.address + path) as answer:
            assert answer.status == 200
            return await answer.text()

    async def post(self, text: str, name: str = "Camille", **headers: str) -> str:
        form = {"text": text, "name": name}
        address = f"{self.demo.address}/comments"
        async with self.session.post(address, data=form, headers=headers) as answer:
            return await answer.text()


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    service = Service()
    behind = web.Application()
    behind.router.add_post("/v1/comments", service.take)
    async with serving(behind) as bot_url:
        config = DemoConfig(bot_url=bot_url, secrets=(SECRET,), public_url="https://demo.example")
        async with serving(create_app(config)) as address:
            yield Demo(address=address, service=service)


def state_of(page: str, comment_id: str) -> str | None:
    found = re.search(rf'id="{comment_id}" class="comment \w+" data-state="(\w+)"', page)
    return found.group(1) if found else None


async def posted(visitor: Visitor, text: str) -> str:
    before = len(visitor.demo.service.received)
    await visitor.post(text)
    _, message = (await visitor.demo.service.got(before + 1))[-1]
    return str(message["data"]["id"])


async def test_a_comment_goes_out_signed_and_complete(demo: Demo) -> None:
    async with demo.visitor() as visitor:
        page = await visitor.post("Merci <b>beaucoup</b>", name="  Jean\nPaul ")
    [(_, message)] = await demo.service.got(1)
    assert message["type"] == "comment.created"
    data = message["data"]
    assert (data["text"], data["format"]) == ("Merci <b>beaucoup</b>", "plain")
    assert data["author"]["name"] == "Jean Paul"
    assert data["story"]["url"] == "https://demo.example/"
    assert "Merci &lt;b&gt;beaucoup&lt;/b&gt;" in page
    assert FRENCH["sending"] in page or FRENCH["received"] in page


async def test_only_published_comments_are_seen_by_others(demo: Demo) -> None:
    async with demo.visitor() as author, demo.visitor() as reader:
        ids = {
            state: await posted(author, f"un {state}")
            for state in ("approved", "rejected", "in_review")
        }
        for state, comment_id in ids.items():
            assert await demo.decide(comment_id, state, delivery_id=f"msg_{state}") == 204
        own, others = await author.page(), await reader.page()
    for state, comment_id in ids.items():
        assert state_of(own, comment_id) == state
        assert state_of(others, comment_id) == ("approved" if state == "approved" else None)
    assert "Propos injurieux" in own
    assert "C&#39;est injurieux." in own
    assert FRENCH["in_review"] in html.unescape(own)
    assert "un rejected" not in others
    assert FRENCH["rejected"] not in others


async def test_a_later_decision_replaces_an_earlier_one(demo: Demo) -> None:
    async with demo.visitor() as author, demo.visitor() as reader:
        comment_id = await posted(author, "bof")
        await demo.decide(comment_id, "in_review", delivery_id="msg_1")
        await demo.decide(comment_id, "approved", delivery_id="msg_2")
        assert state_of(await reader.page(), comment_id) == "approved"
        await demo.decide(comment_id, "in_review", delivery_id="msg_1")  # repeated: old news
        assert state_of(await reader.page(), comment_id) == "approved"


@pytest.mark.parametrize("how", [{"secret": OTHER}, {"age_s": 400}, {"age_s": -400}])
async def test_forged_and_stale_callbacks_change_nothing(demo: Demo, how: dict[str, Any]) -> None:
    async with demo.visitor() as author, demo.visitor() as reader:
        comment_id = await posted(author, "bof")
        assert await demo.decide(comment_id, "approved", **how) == 401
        assert state_of(await reader.page(), comment_id) is None


async def test_unsigned_rubbish_and_unknown_types_are_handled(demo: Demo) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{demo.address}/callbacks", data=b"\xff{") as answer,
    ):
        assert answer.status == 401
    assert await demo.call({"type": "ping", "data": {}}, "msg_1") == 204
    assert await demo.call({"type": "comment.approved"}, "msg_2") == 400
    assert await demo.call(["surprise"], "msg_3") == 400
    assert await demo.decide("not ours", "approved", delivery_id="msg_4") == 204


async def test_a_service_that_is_away_gets_the_comment_later_with_the_same_id(demo: Demo) -> None:
    demo.service.statuses = [503, 429]
    async with demo.visitor() as visitor:
        await visitor.post("Merci")
        received = await demo.service.got(3)
    assert len({delivery_id for delivery_id, _ in received}) == 1
    assert received[0][1] == received[2][1]


async def test_a_refused_comment_is_shown_as_not_sent(demo: Demo) -> None:
    demo.service.statuses = [422]
    async with demo.visitor() as visitor:
        comment_id = await posted(visitor, "Merci")
        async with asyncio.timeout(5):
            while state_of(await visitor.page(), comment_id) != "failed":
                await asyncio.sleep(0.02)


async def test_nothing_written_by_a_visitor_becomes_markup(demo: Demo) -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    async with demo.visitor() as visitor:
        page = await visitor.post(hostile, name=hostile)
        filled = await visitor.page("/?problem=<script>&fill=<script>&name=%22%3E<script>")
    for shown in (page, filled):
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert shown.count("<script") == 1
        assert not re.search(r"""\son\w+=["']""", shown)


async def test_the_form_says_what_is_wrong(demo: Demo) -> None:
    async with demo.visitor() as visitor:
        for text in ("", "   ", "x" * 5_001):
            assert FRENCH["empty"] in await visitor.post(text)
    assert demo.service.received == []


async def test_a_form_on_another_site_cannot_post(demo: Demo) -> None:
    async with demo.visitor() as visitor:
        await visitor.page()
        await visitor.post("x", **{"Sec-Fetch-Site": "cross-site"})
    assert demo.service.received == []


async def test_one_visitor_cannot_fill_the_page(demo: Demo) -> None:
    async with demo.visitor() as visitor:
        for number in range(100):
            await visitor.post(f"n° {number}")
        assert FRENCH["busy"] in html.unescape(await visitor.post("un de trop"))
        async with demo.visitor() as another:
            assert "je passe" in await another.post("je passe")
    assert len(await demo.service.got(101)) == 101


async def test_it_works_without_script_and_in_both_languages(demo: Demo) -> None:
    async with demo.visitor() as visitor:
        for key, text in SUGGESTIONS.items():
            page = await visitor.page(f"/?fill={key}")
            filled = re.search(r"<textarea[^>]*>([^<]*)</textarea>", page)
            assert filled is not None
            assert filled.group(1).replace("&#39;", "'") == text
        assert "http-equiv" not in page
        assert '<noscript><meta http-equiv="refresh"' in await visitor.post("Merci")
        english = await visitor.page("/language/en")
        assert ENGLISH["write"] in english
        assert '<html lang="en">' in english
        assert FRENCH["write"] in await visitor.page("/language/fr")


async def test_every_answer_is_protected_and_nothing_comes_from_outside(demo: Demo) -> None:
    paths = ("/", "/comments", "/static/demo.css", "/static/demo.js", "/static/favicon.svg", "/no")
    async with aiohttp.ClientSession() as session:
        for path in paths:
            async with session.get(demo.address + path) as answer:
                assert answer.status == (404 if path == "/no" else 200)
                policy = answer.headers["Content-Security-Policy"]
                assert policy.startswith("default-src 'none'")
                assert "unsafe" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                text = await answer.text()
                assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?https?://""", text)
                assert "<style" not in text
                assert " style=" not in text


def test_both_languages_have_the_same_words() -> None:
    assert FRENCH.keys() == ENGLISH.keys()


def test_old_delivery_ids_are_forgotten() -> None:
    seen = Seen()
    for number in range(10_001):
        seen.add(str(number))
    assert "0" not in seen
    assert "10000" in seen


def test_the_secret_is_not_in_repr() -> None:
    assert SECRET not in repr(DemoConfig(bot_url="http://a", secrets=(SECRET,)))


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if name != "DEMO_SECRET"}
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot.demo", *arguments],
        env=given | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_program_explains_itself() -> None:
    shown = program("--help")
    assert shown.returncode == 0
    assert "DEMO_SECRET" in shown.stdout
    assert "SITE_CALLBACK_URL" in shown.stdout


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é", "whsec_a"])
def test_the_program_refuses_a_secret_that_is_none(secret: str) -> None:
    refused = program(DEMO_SECRET=secret)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "DEMO_SECRET: expected whsec_ and base64, the same as SITE_SECRET\n"


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


async def test_the_program_listens_when_it_says_so() -> None:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.demo", "--port", str(port)),
        env={**os.environ, "DEMO_SECRET": SECRET},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = await asyncio.wait_for(process.stdout.readline(), timeout=30)
    assert said == f"demo site on http://127.0.0.1:{port}/\n".encode()
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/") as page:
        assert page.status == 200
    process.terminate()
    assert await asyncio.wait_for(process.wait(), timeout=30) == 0


def test_the_program_names_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = program("--port", str(port), DEMO_SECRET=SECRET)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"--port: cannot listen on 127.0.0.1:{port}: ")
    assert "Traceback" not in refused.stderr
