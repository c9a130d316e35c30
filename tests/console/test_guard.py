"""Nothing changes unless a page of ours asked for it, within the session it was made for."""

from __future__ import annotations

import io

import aiosqlite
import pytest

from tests.conftest import ANNA, BEN
from tests.console.conftest import House, Moderator

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


async def approve(house: House, browser: Moderator, **options: object) -> int:
    """Tries to approve a fresh case; answers with the status."""
    case = await house.case("1")
    path = f"/console/cases/{case.id}/approve"
    answer = await browser.post(path, {"version": case.version}, **options)
    after = await house.engine.store.cases.get(case.id)
    assert after is not None
    assert after.is_open == (answer.status != 303)
    return answer.status


async def test_the_own_page_may(house: House, anna: Moderator):
    assert await approve(house, anna) == 303


async def test_the_token_may_stand_in_a_header(house: House, anna: Moderator):
    headers = {"X-CSRF-Token": anna.csrf}
    assert await approve(house, anna, csrf=None, headers=headers) == 303


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
async def test_without_the_right_token_nothing_happens(
    house: House, anna: Moderator, token: str | None
):
    assert await approve(house, anna, csrf=token) == 403


async def test_a_colleagues_token_is_worthless(house: House, anna: Moderator, ben: Moderator):
    assert anna.csrf != ben.csrf
    assert await approve(house, anna, csrf=ben.csrf) == 403


async def test_a_token_of_an_earlier_session_is_worthless(house: House, anna: Moderator):
    earlier = anna.csrf
    await anna.post("/console/logout")
    await anna.enter(await house.link(ANNA))
    assert await approve(house, anna, csrf=earlier) == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "http://127.0.0.1:1"])
async def test_another_origin_is_refused(house: House, anna: Moderator, origin: str | None):
    assert await approve(house, anna, origin=origin) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_another_site_is_refused(house: House, anna: Moderator, site: str):
    assert await approve(house, anna, headers={"Sec-Fetch-Site": site}) == 403


async def test_a_browser_that_hides_its_origin_but_names_the_site_may(
    house: House, anna: Moderator
):
    assert (
        await approve(house, anna, origin="null", headers={"Sec-Fetch-Site": "same-origin"}) == 303
    )


async def test_a_log_in_cannot_be_forced_from_elsewhere(house: House):
    link = await house.link(BEN)
    browser = house.browser()
    fields = {"t": link.partition("?t=")[2]}
    answer = await browser.post("/console/login", fields, csrf=None, origin="https://evil.example")
    assert answer.status == 403
    assert (await browser.enter(link)).status == 303, "the refused try used nothing up"


async def test_the_script_is_told_in_json(house: House, anna: Moderator):
    case = await house.case("1")
    path = f"/console/cases/{case.id}/approve"
    answer = await anna.post(path, {"version": 1}, csrf="wrong", script=True)
    assert (answer.status, (await answer.json())["kind"]) == (403, "forbidden")
    answer = await house.browser().post(path, {"version": 1}, script=True)
    assert (answer.status, (await answer.json())["kind"]) == (401, "login")


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data; boundary=x", "text/plain", "application/json"]
)
async def test_other_bodies_are_refused(house: House, anna: Moderator, content_type: str):
    case = await house.case("1")
    answer = await anna.http.post(
        f"{house.url}/console/cases/{case.id}/approve",
        data=b"--x--",
        headers={"Content-Type": content_type, "Origin": house.url, "X-CSRF-Token": anna.csrf},
    )
    assert answer.status == 415


async def test_an_oversized_body_is_refused(house: House, anna: Moderator):
    case = await house.case("1")
    form = "application/x-www-form-urlencoded"
    answer = await anna.http.post(
        f"{house.url}/console/cases/{case.id}/reject",
        data=io.BytesIO(b"version=1&note=" + b"x" * 2_000_000),
        headers={"Content-Type": form, "Origin": house.url, "X-CSRF-Token": anna.csrf},
    )
    assert answer.status == 413
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/console/",
        "/console/news",
        "/console/login?t=x",
        "/console/cases/1",
        "/console/cases/999",
        "/console/outbox",
        "/console/nothing",
        "/console/static/console.js",
        "/console/static/nothing",
    ],
)
async def test_every_answer_carries_the_headers(house: House, ada: Moderator, path: str):
    await house.case("1")
    headers = (await ada.get(path, allow_redirects=False)).headers
    parts = (part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert dict(parts) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    is_asset = path == "/console/static/console.js"
    assert headers["Cache-Control"].startswith("public" if is_asset else "no-store")


async def test_pages_need_no_inline_script_or_style_or_outside_resource(
    house: House, ada: Moderator
):
    case = await house.case("1")
    for path in ("/console/", f"/console/cases/{case.id}", "/console/outbox"):
        text = await ada.page(path)
        assert text.count("<script") == text.count('<script src="/console/static/') == 1
        assert "style=" not in text
        assert " onclick" not in text
        assert text.count("<link") == text.count('href="/console/static/')


async def test_a_database_that_fails_gives_a_page_without_details(
    house: House, anna: Moderator, database_url: str
):
    async with aiosqlite.connect(database_url.removeprefix("sqlite+aiosqlite:///")) as database:
        await database.execute("drop table sessions")
        await database.commit()
    answer = await anna.get("/console/")
    assert answer.status == 500
    assert "Content-Security-Policy" in answer.headers
    text = await answer.text()
    assert "journal de Veilleur" in text
    assert "Traceback" not in text
    assert "sessions" not in text
