"""Every refusal of the site's door, over a real socket, with the real engine behind it."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.core.errors import IntakeFullError
from bot.core.model import State
from bot.engine import Engine, Load
from bot.ports import Ports
from bot.sites.problems import Trouble
from bot.sites.standard import SiteConfig, site_routes
from tests.sites.client import (
    API_KEY,
    NEW,
    STRANGER,
    SiteClient,
    event,
    serving,
    signed,
)


@pytest.mark.parametrize(
    ("body", "how", "trouble", "why"),
    [
        (event(), {"secrets": (STRANGER,)}, Trouble.SIGNATURE_WRONG, "signed by a stranger"),
        (event(), {"headers": {"webhook-id": None}}, Trouble.SIGNATURE_MISSING, "no id"),
        (event(), {"headers": {"webhook-timestamp": None}}, Trouble.SIGNATURE_MISSING, "no time"),
        (event(), {"headers": {"webhook-signature": None}}, Trouble.SIGNATURE_MISSING, "unsigned"),
        (event(), {"headers": {"webhook-id": "other"}}, Trouble.SIGNATURE_WRONG, "another id"),
        (event(), {"headers": {"webhook-id": "x" * 257}}, Trouble.SIGNATURE_WRONG, "endless id"),
        (
            event(),
            {"headers": {"webhook-signature": "rubbish"}},
            Trouble.SIGNATURE_WRONG,
            "no comma",
        ),
        (
            event(),
            {"headers": {"webhook-signature": "v1,a"}},
            Trouble.SIGNATURE_WRONG,
            "bad base64",
        ),
        (event(), {"headers": {"webhook-signature": "v1,é"}}, Trouble.SIGNATURE_WRONG, "not ASCII"),
        (
            event(),
            {"headers": {"webhook-signature": "v1a,AAAA"}},
            Trouble.SIGNATURE_WRONG,
            "ed25519",
        ),
        (event(), {"headers": {"webhook-timestamp": "soon"}}, Trouble.SIGNATURE_WRONG, "no number"),
        (event(), {"headers": {"webhook-timestamp": "nan"}}, Trouble.SIGNATURE_WRONG, "NaN time"),
        (event(), {"headers": {"webhook-timestamp": "inf"}}, Trouble.TIMESTAMP_STALE, "endless"),
        (event(), {"age_s": 310}, Trouble.TIMESTAMP_STALE, "too old"),
        (event(), {"age_s": -310}, Trouble.TIMESTAMP_STALE, "from the future"),
        (b"{", {}, Trouble.MALFORMED, "cut short"),
        (b"", {}, Trouble.MALFORMED, "nothing at all"),
        (b'{"a": NaN}', {}, Trouble.MALFORMED, "NaN is no JSON"),
        (b'{"a": 1, "a": 2}', {}, Trouble.MALFORMED, "parsers disagree about repeated keys"),
        (b"[" * 100_000, {}, Trouble.MALFORMED, "nesting bomb, open"),
        (b"[" * 50_000 + b"]" * 50_000, {}, Trouble.MALFORMED, "nesting bomb, closed"),
        (b'{"a":' * 30_000 + b"1" + b"}" * 30_000, {}, Trouble.MALFORMED, "nested objects"),
        (b'{"a": ' + b"9" * 10_000 + b"}", {}, Trouble.MALFORMED, "number that takes for ever"),
        (b'"\xff"', {}, Trouble.MALFORMED, "not UTF-8"),
        (b"[]", {}, Trouble.WRONG_SHAPE, "a list"),
        (b"null", {}, Trouble.WRONG_SHAPE, "null"),
        (b"{}", {}, Trouble.WRONG_SHAPE, "no type"),
        (event(kind="comment.liked"), {}, Trouble.WRONG_SHAPE, "unknown type"),
        (event("x" * 20_001), {}, Trouble.WRONG_SHAPE, "too long by one"),
        (event(" \n\t "), {}, Trouble.WRONG_SHAPE, "blank"),
        (event("\u200b\u2060\u202e"), {}, Trouble.WRONG_SHAPE, "nothing to be seen"),
        (event("\x00"), {}, Trouble.WRONG_SHAPE, "NUL only"),
        (event(""), {}, Trouble.WRONG_SHAPE, "empty"),
        (event(comment_id=""), {}, Trouble.WRONG_SHAPE, "empty id"),
        (event(comment_id=True), {}, Trouble.WRONG_SHAPE, "true is no id"),
        (event(comment_id=1.5), {}, Trouble.WRONG_SHAPE, "fractions are no id"),
        (event(), {"query": "?wait_ms=10001"}, Trouble.WRONG_SHAPE, "waits too long"),
        (event(), {"query": "?wait_ms=-1"}, Trouble.WRONG_SHAPE, "waits backwards"),
        (event(), {"query": "?wait_ms=soon"}, Trouble.WRONG_SHAPE, "waits for a word"),
        (event(), {"query": "?wait_ms=²"}, Trouble.WRONG_SHAPE, "a digit that is no number"),
        (b" " * (256 * 1024 + 1), {}, Trouble.TOO_LARGE, "one byte too many"),
        (event(), {"headers": {"Content-Type": "text/plain"}}, Trouble.MEDIA_TYPE_WRONG, "text"),
        (
            event(),
            {"headers": {"Content-Type": "application/json; charset=utf-16"}},
            Trouble.MEDIA_TYPE_WRONG,
            "another encoding",
        ),
    ],
)
async def test_each_refusal_has_its_own_status_and_stores_nothing(
    *,
    site: SiteClient,
    engine: Engine,
    body: Any,
    how: dict[str, Any],
    trouble: Trouble,
    why: str,
) -> None:
    answer = await site.post(body, **how)
    assert answer.status == trouble.value.status, why
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["type"] == f"https://moderation.example/docs#{trouble.value.slug}"
    assert answer.json["status"] == trouble.value.status
    assert answer.json["title"] == trouble.value.title
    assert bool(answer.json.get("errors")) is (trouble is Trouble.WRONG_SHAPE)
    assert (await engine.store.totals()).by_state == {}


async def test_a_chunked_body_is_counted_while_it_arrives(site: SiteClient) -> None:
    async def endless() -> Any:
        for _ in range(300):
            yield b" " * 1024

    headers = {"Content-Type": "application/json", **signed(b"")}
    answer = await site.request("POST", "/v1/comments", data=endless(), headers=headers)
    assert answer.status == 413


async def test_a_compressed_body_is_refused_without_unpacking(site: SiteClient) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    headers = {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        **signed(bomb),
    }
    answer = await site.request("POST", "/v1/comments", data=bomb, headers=headers)
    assert answer.status == 415


async def test_a_body_that_never_comes_is_given_up(
    engine: Engine, config: SiteConfig, session: aiohttp.ClientSession
) -> None:
    application = web.Application()
    application.add_routes(site_routes(engine, replace(config, body_timeout_s=0.2)))
    async with serving(application) as address:
        host, port = address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        lines = ["POST /v1/comments HTTP/1.1", "Host: x", "Content-Length: 100"]
        lines += ["Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in signed(b"").items()]
        writer.write("\r\n".join([*lines, "", "{"]).encode())
        status = await asyncio.wait_for(reader.readline(), timeout=5)
        writer.close()
        await writer.wait_closed()
    assert status.startswith(b"HTTP/1.1 408 ")


async def test_too_fast_is_told_when_to_come_back(
    engine: Engine, config: SiteConfig, session: aiohttp.ClientSession
) -> None:
    application = web.Application()
    slow = replace(config, rate_per_minute=6, rate_burst=2)
    application.add_routes(site_routes(engine, slow))
    async with serving(application) as address:
        site = SiteClient(address=address, session=session)
        statuses = [(await site.post(event(comment_id=n))).status for n in range(3)]
        assert statuses == [202, 202, 429]
        answer = await site.post(event(comment_id=4))
        assert answer.status == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 10
        assert (await site.get("1")).status == 200  # the limit is for comments that are sent
        assert (await site.get("1", key="guessed")).status == 429  # and for those who guess keys


async def test_a_full_intake_stores_nothing_and_says_when_to_come_back(
    ports: Ports, config: SiteConfig, session: aiohttp.ClientSession
) -> None:
    engine = Engine(ports, load=Load(max_waiting=2, retry_after_s=7))  # not started: nobody works
    application = web.Application()
    application.add_routes(site_routes(engine, config))
    async with serving(application) as address:
        site = SiteClient(address=address, session=session)
        answers = [await site.post(event(comment_id=n)) for n in range(3)]
    assert [answer.status for answer in answers] == [202, 202, 503]
    assert answers[2].headers["Retry-After"] == "7"
    assert answers[2].json["type"].endswith("#intake-full")
    assert (await ports.store.totals()).by_state == {State.RECEIVED: 2}


class BrokenEngine(Engine):
    """Fails the way a database does: with the statement's parameters in the message."""

    async def submit(self, submission: Any, *, wait_s: float = 0.0) -> Any:
        raise RuntimeError(f"INSERT failed for {submission.text}")


async def test_an_unexpected_error_shows_nothing_of_the_comment(
    ports: Ports, config: SiteConfig, session: aiohttp.ClientSession
) -> None:
    application = web.Application()
    application.add_routes(site_routes(BrokenEngine(ports), config))
    async with serving(application) as address:
        with capture_logs() as logged:
            answer = await SiteClient(address=address, session=session).post(event("mot-secret"))
    assert answer.status == 500
    assert answer.json["title"] == "Unexpected error"
    [entry] = logged
    assert (entry["event"], entry["error"]) == ("site door failed", "RuntimeError")
    assert any("test_refusals.py" in place for place in entry["at"])
    assert "mot-secret" not in repr(logged) + json.dumps(answer.json)


async def test_a_refusal_never_repeats_the_comment(site: SiteClient, capsys: Any) -> None:
    message = event("mot-secret " + "x" * 20_001)
    message["data"]["author"]["id"] = {"mot-secret": "mot-secret"}
    message["data"]["language"] = "mot-secret!"
    message["data"]["created_at"] = "mot-secret"
    message["data"]["format"] = "mot-secret"
    answer = await site.post(message)
    assert answer.status == 422
    assert {fault["path"] for fault in answer.json["errors"]} == {
        "data.text",
        "data.author.id",
        "data.language",
        "data.created_at",
        "data.format",
    }
    logged = capsys.readouterr()
    assert "mot-secret" not in json.dumps(answer.json) + logged.out + logged.err


@pytest.mark.parametrize(
    ("change", "path", "expected", "found"),
    [
        ({"text": 5}, "data.text", "a string", "a number"),
        ({"text": None}, "data.text", "a string", "null"),
        ({"text": "x" * 20_001}, "data.text", "at most 20,000 characters", "20,001"),
        ({"story": {}}, "data.story.id", "a value", "nothing"),
        ({"story": "s"}, "data.story", "an object", "a string of 1 characters"),
        (
            {"story": {"id": "s", "url": "javascript:alert(1)"}},
            "data.story.url",
            "an http or https address of at most 2,000 characters",
            "a string of 19 characters",
        ),
        ({"author": {"id": "x" * 201}}, "data.author.id", "at most 200 characters", "201"),
        ({"created_at": "2026-01-01T00:00:00"}, "data.created_at", "time zone", "a string"),
        ({"created_at": "1700000000"}, "data.created_at", "time zone", "a string"),
        ({"created_at": 1700000000}, "data.created_at", "time zone", "a number"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "data.created_at", "ISO 8601", "a string"),
        ({"language": "français"}, "data.language", "a language tag", "a string"),
        ({"format": "bbcode"}, "data.format", "plain, html or markdown", "a string"),
        ({"parent": {"id": "p", "text": "x" * 20_001}}, "data.parent.text", "20,000", "20,001"),
    ],
)
async def test_a_wrong_field_is_named_with_what_was_expected(
    site: SiteClient, change: dict[str, Any], path: str, expected: str, found: str
) -> None:
    message = event()
    message["data"] |= change
    answer = await site.post(message)
    assert answer.status == 422
    [fault] = answer.json["errors"]
    assert fault["path"] == path
    assert expected in fault["expected"]
    assert found in fault["found"]


async def test_other_methods_and_paths_are_problems_too(site: SiteClient) -> None:
    refused = await site.request("PUT", "/v1/comments")
    assert (refused.status, refused.headers["Allow"]) == (405, "POST")
    refused = await site.request("DELETE", "/v1/comments/1")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")
    lost = await site.request("GET", "/v1/nowhere")
    assert lost.status == 404
    for answer in (refused, lost):
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_every_answer_is_counted(
    engine: Engine, config: SiteConfig, session: aiohttp.ClientSession
) -> None:
    counted: list[int] = []
    application = web.Application()
    application.add_routes(site_routes(engine, replace(config, answered=counted.append)))
    async with serving(application) as address:
        site = SiteClient(address=address, session=session)
        await site.post(event())
        await site.post(b"{")
        await site.get("unknown")
    assert counted == [202, 400, 404]


def test_secrets_stay_out_of_repr_and_errors(config: SiteConfig) -> None:
    assert NEW not in repr(config)
    assert API_KEY not in repr(config)
    for malformed in ("whsec_mot-secret-é", "whsec_AAAA", "whsec_a"):
        with pytest.raises(ValueError, match="a secret must") as caught:
            site_routes(None, replace(config, secrets=(malformed,)))  # type: ignore[arg-type]
        assert malformed not in str(caught.value)


def test_the_engines_own_refusal_carries_seconds() -> None:
    assert IntakeFullError(7).retry_after_s == 7


@pytest.mark.parametrize(
    "sent",
    [
        b"Content-Length: 100\r\n\r\n{",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
)
async def test_a_sender_that_breaks_off_does_no_harm(
    site: SiteClient, engine: Engine, capsys: Any, sent: bytes
) -> None:
    host, port = site.address.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    lines = ["POST /v1/comments HTTP/1.1", "Host: x", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in signed(b"").items()]
    writer.write("\r\n".join([*lines, ""]).encode() + sent)
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.close()
    await writer.wait_closed()
    assert (await site.post(event())).status == 202
    logged = capsys.readouterr()
    assert "site door failed" not in logged.out + logged.err
    assert "Traceback" not in logged.out + logged.err
