"""A real Chromium, the console on a real socket, and what no page may ever do."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.core.effects import Outlets
from bot.engine import Engine
from bot.ports import Ports
from tests.browser.newsroom import (
    LEA,
    RULEBOOK,
    Console,
    WrittenScores,
    hand_in,
    running_console,
)
from tests.conftest import TestClock

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=20_000)  # a loaded machine is slow, not wrong

MISSING = (
    "NO CHROMIUM: THE BROWSER TESTS WERE LEFT OUT. Install Debian's `chromium`, or run "
    "`playwright install chromium`, or name one in CHROMIUM."
)


def chromium(own: str | None) -> str | None:
    """The browser to use: the one named in CHROMIUM, else Debian's, else Playwright's own."""
    named = os.environ.get("CHROMIUM")
    candidates = (named,) if named else ("/usr/bin/chromium", own)
    return next((path for path in candidates if path and shutil.which(path)), None)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        path = chromium(playwright.chromium.executable_path)
        if path is None:
            if os.environ.get("CI") == "true":
                pytest.fail(MISSING)
            pytest.skip(MISSING)
        started = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        await started.close()


@pytest.fixture
def ports(ports: Ports) -> Ports:
    outlets = Outlets(tell_site=True, undo_grace_s=20.0)
    return replace(ports, scorer=WrittenScores(), rulebook=lambda: RULEBOOK, outlets=outlets)


@pytest.fixture
async def console(engine: Engine, clock: TestClock) -> AsyncIterator[Console]:
    """Five cases wait; the page asks for news three times a second."""
    await hand_in(engine, clock)
    async with running_console(engine, clock) as running:
        yield running


class Watch:
    """Notes every fault a page shows: errors, broken policy, requests that leave the house."""

    def __init__(self, *origins: str) -> None:
        self.hosts = {urlsplit(origin).netloc for origin in origins}
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()

    def over(self, page: Page) -> Page:
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def _said(self, kind: str, text: str) -> None:
        wanted = any(part in text for part in self.expected)
        if kind in ("error", "warning") and not wanted:
            self.faults.append(f"{kind}: {text}")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc not in self.hosts:
            self.faults.append(f"request to {url}")


@pytest.fixture
def watch(console: Console) -> Watch:
    return Watch(console.url)


async def logged_in(
    browser: Browser, console: Console, watch: Watch, *, width: int = 1280, **options: object
) -> Page:
    """A fresh browser of Léa's, on the queue page."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": 860}, locale="fr-FR", **options
    )
    page = watch.over(await context.new_page())
    await page.goto(await console.link(LEA))
    await page.get_by_role("button", name="Entrer").click()
    await page.wait_for_url("**/console/")
    return page


@pytest.fixture
async def page(browser: Browser, console: Console, watch: Watch) -> AsyncIterator[Page]:
    """Léa's queue page; afterwards nothing may have gone wrong on it."""
    opened = await logged_in(browser, console, watch)
    yield opened
    await opened.context.close()
    assert watch.faults == []
