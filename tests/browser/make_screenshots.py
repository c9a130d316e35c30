"""Makes `bot/console/screenshot.png`, the picture in the README, again.

    python -m tests.browser.make_screenshots [FILE]

The cases are fictional (see `newsroom.py`); the engine, the database and the browser are real.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot.core.decide import Policy
from bot.core.effects import Outlets
from bot.engine import Engine
from bot.ports import Ports
from bot.store import SqlStore
from tests.browser.conftest import ARGUMENTS, chromium
from tests.browser.newsroom import (
    LEA,
    NOUR,
    RULEBOOK,
    Console,
    WrittenScores,
    hand_in,
    hand_in_the_past,
    running_console,
)
from tests.conftest import TestClock

TARGET = Path(__file__).parents[2] / "bot" / "console" / "screenshot.png"
WIDTH, HEIGHT = 1280, 800
MAX_BYTES = 200 * 1024


async def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = await SqlStore.open(f"sqlite+aiosqlite:///{folder}/veilleur.sqlite3")
        clock = TestClock()
        ports = Ports(
            store=store,
            scorer=WrittenScores(),
            rulebook=lambda: RULEBOOK,
            now=clock,
            policy=Policy(),
            outlets=Outlets(tell_site=True),
        )
        engine = Engine(ports)
        await engine.start()
        try:
            await hand_in_the_past(engine, clock)
            await hand_in(engine, clock)
            async with running_console(engine, clock, poll_s=1.0) as console:
                await picture(console, target)
        finally:
            await engine.stop()
            await store.close()


async def picture(console: Console, target: Path) -> None:
    async with async_playwright() as playwright:
        path = chromium(playwright.chromium.executable_path)
        if path is None:
            sys.exit("no Chromium found; name one in CHROMIUM")
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        page = await browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="fr-FR", color_scheme="light"
        )
        await page.goto(await console.link(LEA))
        await page.get_by_role("button", name="Entrer").click()
        await page.wait_for_url("**/console/")
        await work(page, console)
        await page.screenshot(path=target)
        await browser.close()


async def work(page: Page, console: Console) -> None:
    """One case decided, its undo counting down; a colleague on another one."""
    await page.locator("#case-4").get_by_role("button", name="Publier").click()
    await page.locator("#case-4 .countdown").wait_for()
    await page.evaluate(
        "document.getElementById('rows').prepend(document.getElementById('case-4'))"
    )
    await page.keyboard.press("k")
    await page.keyboard.press("k")
    await page.keyboard.press("k")
    await console.engine.claim(3, actor=NOUR)
    await page.get_by_text("Nour Belkacem regarde ce cas").wait_for()
    await page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    asyncio.run(main(file))
    if file.stat().st_size > MAX_BYTES:
        sys.exit(f"{file} is over {MAX_BYTES // 1024} KiB")
