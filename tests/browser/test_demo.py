"""What a newcomer tries first: the demo article and the console side by side, nothing replaced.

The real bot with its model, rules, database, signed webhook and callback; a visitor in one browser,
a moderator in another.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, Locator, Page, expect

from bot.app import Started, serve
from bot.demo import DemoConfig, create_app
from bot.settings import demo_settings
from tests.browser.conftest import Watch

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    site_url: str
    started: Started


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """Bot and newspaper, each on a port of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    site_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = demo_settings(
        tmp_path,
        http_port=0,
        callback_url=f"{site_url}/callbacks",
        environ={"UNDO_GRACE_S": "1", "SCORER": "embedded"},
    )
    started: asyncio.Future[Started] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    bot = asyncio.create_task(serve(settings, announce=started.set_result, stop=stop))
    await asyncio.wait([bot, started], timeout=60, return_when=asyncio.FIRST_COMPLETED)
    if bot.done():
        await bot
    told = started.result()
    config = DemoConfig(bot_url=told.url, secrets=settings.signing_secrets, public_url=site_url)
    runner = web.AppRunner(create_app(config))
    await runner.setup()
    await web.SockSite(runner, listening).start()
    yield Demo(site_url=site_url, started=told)
    await runner.cleanup()
    stop.set()
    await asyncio.wait_for(bot, 20)


KIND = "Merci pour cet article"
INSULT = "Ferme ta gueule, espèce d'abruti"
BORDERLINE = "Il faut vraiment être idiot pour croire ce maire."


async def write(page: Page, text: str, name: str) -> Locator:
    """Posts a comment; returns where it stands on the page."""
    await page.locator("#name").fill(name)
    await page.locator("#text").fill(text)
    await page.get_by_role("button", name="Envoyer").click()
    return page.locator("li.comment", has_text=name)


async def test_a_visitor_and_a_moderator(browser: Browser, demo: Demo):
    watch = Watch(demo.site_url, demo.started.url)
    visiting = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    page = watch.over(await visiting.new_page())
    await page.goto(demo.site_url)

    kind = await write(page, KIND, "Gentille")
    await expect(kind).to_have_attribute("data-state", "approved")
    insult = await write(page, INSULT, "Furieux")
    await expect(insult).to_have_attribute("data-state", "rejected")
    await expect(insult).to_contain_text("Propos injurieux")
    borderline = await write(page, BORDERLINE, "Ronchon")
    await expect(borderline).to_have_attribute("data-state", "in_review")
    await expect(borderline).to_contain_text("En attente d'un modérateur")

    others = watch.over(await (await browser.new_context(locale="fr-FR")).new_page())
    await others.goto(demo.site_url)
    await expect(others.locator("li.comment")).to_have_count(1)
    await expect(others.locator("#list")).to_contain_text("Gentille")

    moderating = await browser.new_context(locale="fr-FR")
    console = watch.over(await moderating.new_page())
    await console.goto(demo.started.console_link)
    await console.get_by_role("button", name="Entrer").click()
    row = console.locator(".row")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("Ronchon")
    await expect(row).to_contain_text("Le dernier kiosque")
    await console.keyboard.press("a")
    await expect(console.locator(".after-text")).to_have_text("Commentaire publié.")

    await expect(borderline).to_have_attribute("data-state", "approved")
    await expect(others.locator("li.comment", has_text="Ronchon")).to_be_visible()
    await expect(others.locator("#list")).not_to_contain_text("Furieux")
    for context in (visiting, others.context, moderating):
        await context.close()
    assert watch.faults == []


async def test_a_refusal_reaches_the_visitor_with_reason_and_note(browser: Browser, demo: Demo):
    watch = Watch(demo.site_url, demo.started.url)
    context = await browser.new_context(viewport={"width": 390, "height": 800}, locale="fr-FR")
    page = watch.over(await context.new_page())
    await page.goto(demo.site_url)
    borderline = await write(page, BORDERLINE, "Ronchon")
    await expect(borderline).to_have_attribute("data-state", "in_review")
    console = watch.over(await context.new_page())
    await console.goto(demo.started.console_link)
    await console.get_by_role("button", name="Entrer").click()
    await console.locator(".row summary").click()
    await console.get_by_role("radio", name="Hors sujet").check()
    await console.locator("#reasons textarea").fill("Revenez au kiosque, s'il vous plaît.")
    await console.locator("#reasons").get_by_role("button", name="Refuser").click()
    await page.bring_to_front()
    await expect(borderline).to_have_attribute("data-state", "rejected")
    await expect(borderline).to_contain_text("Hors sujet")
    await expect(borderline).to_contain_text("Revenez au kiosque, s'il vous plaît.")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await context.close()
    assert watch.faults == []


@pytest.mark.parametrize(
    ("suggestion", "state"),
    [("un merci", "approved"), ("une insulte", "rejected"), ("un cas limite", "in_review")],
)
async def test_each_suggestion_shows_what_it_promises(
    browser: Browser, demo: Demo, suggestion: str, state: str
):
    page = await (await browser.new_context(locale="fr-FR")).new_page()
    await page.goto(demo.site_url)
    await page.get_by_role("button", name=suggestion).click()
    await page.get_by_role("button", name="Envoyer").click()
    final = page.locator("li.comment:not([data-state=sending]):not([data-state=received])")
    await expect(final).to_have_attribute("data-state", state)
    await page.context.close()
