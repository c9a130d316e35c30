"""The way in: once, by a person's press, with a cookie that is of no use elsewhere."""

from __future__ import annotations

import html
import re

import aiosqlite
import pytest

from bot.console import ConsoleConfig, console_routes, issue_link
from bot.engine import Engine
from tests.conftest import ANNA, BEN, TestClock
from tests.console.conftest import House, Moderator


async def test_the_root_leads_to_the_console(house: House):
    answer = await house.browser().get("/", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/console/")


async def test_a_link_logs_in_once(house: House):
    link = await house.link(ANNA)
    first, second = house.browser(), house.browser()
    assert (await first.enter(link)).status == 303
    again = await second.enter(link)
    assert again.status == 403
    assert "ne sert plus" in await again.text()
    assert "Set-Cookie" not in again.headers
    assert (await second.get("/console/")).status == 401
    assert "Anna" in await first.page("/console/")


async def test_fetching_the_link_uses_nothing_up(house: House):
    link = await house.link(ANNA)
    for _ in range(3):
        preview = await house.browser().http.get(link)
        assert preview.status == 200
        assert 'method="post"' in await preview.text()
        assert "Set-Cookie" not in preview.headers
    head = await house.browser().http.head(link)
    assert head.status == 200
    assert (await house.browser().enter(link)).status == 303


async def test_switching_the_language_keeps_the_link(house: House):
    link = await house.link(ANNA)
    page = await (await house.browser().http.get(link)).text()
    switch = re.search(r'href="(\?t=[^"]+)"', page)
    assert switch
    path = "/console/login" + html.unescape(switch.group(1))
    assert path.endswith("&lang=en")
    english = await (await house.browser().get(path)).text()
    assert link.partition("?t=")[2] in english
    assert "Enter" in english


async def test_a_link_ends_after_ten_minutes(house: House):
    link = await house.link(ANNA)
    house.clock.forward(seconds=10 * 60 + 1)
    assert (await house.browser().enter(link)).status == 403


async def test_a_session_ends_after_twelve_hours(house: House, anna: Moderator):
    house.clock.forward(seconds=12 * 3600 - 60)
    assert (await anna.get("/console/")).status == 200
    house.clock.forward(seconds=61)
    assert (await anna.get("/console/")).status == 401


@pytest.mark.parametrize("token", [b"", b"x", b"%FF%FE", b"a" * 5000, b"%00", b"' OR 1=1 --"])
async def test_a_made_up_token_opens_nothing(house: House, token: bytes):
    answer = await house.browser().http.post(
        house.url + "/console/login",
        data=b"t=" + token,
        headers={"Origin": house.url, "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status == 403
    assert "ne sert plus" in await answer.text()


async def test_the_cookie_is_strict(house: House):
    answer = await house.browser().enter(await house.link(ANNA))
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("veilleur_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/console" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie


async def test_behind_https_the_cookie_is_secure(engine: Engine, clock: TestClock, served):
    config = ConsoleConfig(public_url="https://moderation.example", secure_cookies=True)
    browser = await served(console_routes(engine, config, now=clock))
    link = await issue_link(engine.store, ANNA, config, clock())
    assert link.startswith("https://moderation.example/console/login?t=")
    answer = await browser.post(
        "/console/login",
        {"t": link.partition("?t=")[2]},
        csrf=None,
        origin="https://moderation.example",
    )
    assert answer.status == 303
    assert "; Secure" in answer.headers["Set-Cookie"]


async def test_only_hashes_are_stored(house: House, database_url: str):
    link = await house.link(ANNA)
    browser = house.browser()
    answer = await browser.enter(link)
    token = link.partition("?t=")[2]
    session = answer.cookies["veilleur_session"].value
    folder = database_url.removeprefix("sqlite+aiosqlite:///")
    stored = b""
    for ending in ("", "-wal"):
        with open(folder + ending, "rb") as file:  # noqa: ASYNC230, PTH123 - a few kilobytes
            stored += file.read()
    assert token.encode() not in stored
    assert session.encode() not in stored
    assert b"test:anna" in stored


async def test_logging_out_ends_the_session_everywhere(house: House, anna: Moderator):
    jar = {cookie.key: cookie.value for cookie in anna.http.cookie_jar}
    answer = await anna.post("/console/logout")
    assert answer.status == 200
    assert 'veilleur_session=""' in answer.headers["Set-Cookie"]
    thief = house.browser()
    stolen = {"veilleur_session": jar["veilleur_session"]}
    assert (await thief.get("/console/", cookies=stolen)).status == 401


async def test_logging_in_again_ends_the_former_session(house: House, anna: Moderator):
    former = {c.key: c.value for c in anna.http.cookie_jar}["veilleur_session"]
    await anna.enter(await house.link(BEN))
    answer = await house.browser().get("/console/", cookies={"veilleur_session": former})
    assert answer.status == 401


@pytest.mark.parametrize(
    "path",
    ["/console/", "/console/news", "/console/cases/1", "/console/outbox", "/console/nothing"],
)
async def test_without_a_session_there_is_nothing_to_see(house: House, path: str):
    await house.case("1", "C'est bof, dit Zébulon.")
    answer = await house.browser().get(path)
    assert answer.status == 401
    assert "Zébulon" not in await answer.text()


async def test_a_link_from_another_site_gets_a_second_try(house: House, anna: Moderator):
    """The strict cookie stays at home when the click was made in Discord's web page."""
    cross = {"Sec-Fetch-Site": "cross-site"}
    stranger = await house.browser().get("/console/", headers=cross)
    assert 'http-equiv="refresh"' in await stranger.text()
    own = await house.browser().get("/console/", headers={"Sec-Fetch-Site": "same-origin"})
    assert 'http-equiv="refresh"' not in await own.text()


async def test_a_log_in_is_on_record(house: House, database_url: str):
    await house.logged_in(ANNA)
    path = database_url.removeprefix("sqlite+aiosqlite:///")
    async with aiosqlite.connect(path) as database:
        rows = await database.execute_fetchall("select action, actor_id from audit")
    assert ("console log-in", "test:anna") in [tuple(row) for row in rows]
