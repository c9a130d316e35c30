"""Decisions out: one attempt at a time against real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from bot.core.model import (
    Delivered,
    Retry,
    Undeliverable,
)
from bot.sites.callbacks import CallbackConfig, SiteCallbacks, retry_after_s
from tests.sites.client import NEW, OLD
from tests.sites.receiver import NOW, calling, item, receiving


async def test_an_attempt_is_signed_with_every_current_secret() -> None:
    async with receiving() as site, calling(site.address) as callbacks:
        assert await callbacks.deliver(item(b="é", a=1)) == Delivered()
        [attempt] = site.attempts
    assert json.loads(attempt.body) == {"a": 1, "b": "é"}
    assert attempt.headers["content-type"] == "application/json"
    assert attempt.id == "msg_constant"
    for secret in (OLD, NEW):
        Webhook(secret).verify(attempt.body, attempt.headers)
    assert len(attempt.headers["webhook-signature"].split(" ")) == 2


async def test_the_same_payload_is_the_same_bytes_whatever_its_order() -> None:
    async with receiving() as site, calling(site.address) as callbacks:
        await callbacks.deliver(item(a={"x": 1, "y": 2}, b=1))
        await callbacks.deliver(item(b=1, a={"y": 2, "x": 1}))
    assert site.attempts[0].body == site.attempts[1].body


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (200, Delivered()),
        (204, Delivered()),
        (301, Retry(error="answered 301, a redirect, which is not followed")),
        (400, Retry(error="answered 400, an error")),
        (401, Retry(error="answered 401, an error")),
        (404, Retry(error="answered 404, an error")),
        (410, Undeliverable(error="the site answered 410: it wants no more of this")),
        (500, Retry(error="answered 500, an error")),
        ((429, {"Retry-After": "17"}), Retry(error="answered 429, an error", after_s=17.0)),
        ((503, {"Retry-After": "999999"}), Retry(error="answered 503, an error", after_s=86_400.0)),
        ((503, {"Retry-After": "soon"}), Retry(error="answered 503, an error")),
    ],
)
async def test_each_answer_has_its_meaning(answer: Any, expected: object) -> None:
    async with receiving(answer) as site, calling(site.address) as callbacks:
        assert await callbacks.deliver(item()) == expected


async def test_a_redirect_is_not_followed() -> None:
    async with receiving() as elsewhere, receiving((307, {"Location": elsewhere.address})) as site:
        async with calling(site.address) as callbacks:
            assert isinstance(await callbacks.deliver(item()), Retry)
        assert len(site.attempts) == 1
        assert elsewhere.attempts == []


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


@asynccontextmanager
async def rude(talk: Talk) -> AsyncIterator[str]:
    """A server that speaks as it likes."""
    talks: set[asyncio.Task[None] | None] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError):
            await talk(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.gather(*(task for task in talks if task))


async def test_an_endless_answer_is_not_read() -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while sent < 100_000_000:
            writer.write(b"x" * 65_536)
            sent += 65_536
            await writer.drain()

    async with rude(endless) as address, calling(address) as callbacks:
        assert await callbacks.deliver(item()) == Delivered()
    assert sent < 20_000_000


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (b"", "no answer: ServerDisconnectedError"),
        (b"HTTP/1.1 200", "no answer: ServerDisconnectedError"),
        (b"rubbish\r\n\r\n", "no answer: ClientResponseError"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000, "no answer: "),
    ],
)
async def test_rubbish_is_a_failure_not_an_exception(words: bytes, error: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(words)
        await writer.drain()

    async with rude(talk) as address, calling(address) as callbacks:
        delivery = await callbacks.deliver(item())
    assert isinstance(delivery, Retry)
    assert delivery.error.startswith(error)


async def test_a_site_that_sleeps_is_given_up() -> None:
    async def sleep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with rude(sleep) as address, calling(address, timeout_s=0.2) as callbacks:
        assert await callbacks.deliver(item()) == Retry(error="timed out")


async def test_nobody_listening_is_a_failure() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        async with calling(f"http://127.0.0.1:{port}/") as callbacks:
            delivery = await callbacks.deliver(item())
    assert isinstance(delivery, Retry)
    assert delivery.error.startswith("cannot connect: ")


@pytest.mark.parametrize(
    "address", ["", "ftp://a.example/", "file:///etc/passwd", "//a.example", "http://", "http://[x"]
)
async def test_only_web_addresses_are_accepted(address: str) -> None:
    with pytest.raises(ValueError, match="the callback address"):
        SiteCallbacks(CallbackConfig(url=address, secrets=(NEW,)))


def test_neither_secret_nor_address_is_in_repr() -> None:
    shown = repr(CallbackConfig(url="https://a.example/?token=geheim", secrets=(NEW,)))
    assert "geheim" not in shown
    assert NEW not in shown


# --- Retry-After -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("120", 120.0),
        ("-5", 0.0),
        ("1e99", 86_400.0),
        ("inf", 86_400.0),
        ("nan", None),
        ("Mon, 23 Nov 2026 08:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 07:00:00 GMT", 0.0),
        ("Wed, 23 Dec 2026 08:00:00 GMT", 86_400.0),
        ("tomorrow", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, now=NOW) == seconds


@given(value=st.text(max_size=40))
def test_no_retry_after_raises(value: str) -> None:
    seconds = retry_after_s(value, now=NOW)
    assert seconds is None or 0 <= seconds <= 86_400


# --- the probe -------------------------------------------------------------------------------


async def test_the_probe_is_a_signed_ping() -> None:
    async with receiving(204, 401, 302) as site, calling(site.address) as callbacks:
        good = await callbacks.reachable()
        unsigned = await callbacks.reachable()
        moved = await callbacks.reachable()
    assert (good.ok, good.detail) == (True, "answered 204 to a signed ping")
    assert (unsigned.ok, unsigned.detail) == (False, "answered 401: does it know the secret?")
    assert (moved.ok, "redirect" in moved.detail) == (False, True)
    ping = site.attempts[0]
    Webhook(NEW).verify(ping.body, ping.headers)
    assert json.loads(ping.body)["type"] == "ping"


async def test_the_probe_says_that_an_address_is_private() -> None:
    async with calling("http://127.0.0.1:1/", allow_private=False) as callbacks:
        found = await callbacks.reachable()
    assert (found.ok, "ALLOW_PRIVATE_CALLBACKS" in found.detail) == (False, True)
