"""Reading a comment's state, and who may not."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from bot.engine import Engine
from bot.sites.standard import SiteConfig, site_routes
from tests.sites.client import (
    API_KEY,
    SiteClient,
    event,
    serving,
)


async def test_a_state_is_read_by_our_id_or_the_sites_own(site: SiteClient) -> None:
    sent = await site.post(event("affreux", comment_id="wp/7 é"), query="?wait_ms=10000")
    by_ours = await site.get(sent.json["comment"])
    by_theirs = await site.get("wp%2F7%20%C3%A9")
    assert by_ours.status == by_theirs.status == 200
    assert by_ours.json == by_theirs.json
    found = by_ours.json
    assert (found["id"], found["state"]) == ("wp/7 é", "rejected")
    assert found["verdict"]["reason"] == "OFFENSIVE"
    assert found["scores"]["values"]["toxicity"] == 0.97
    [decision] = found["decisions"]
    assert (decision["decided_by"], decision["outcome"]) == ("rulebook", "reject")
    assert by_ours.headers["Cache-Control"] == "no-store"


async def test_an_unscored_comment_says_why(site: SiteClient) -> None:
    sent = await site.post(event("muet"), query="?wait_ms=10000")
    found = (await site.get(sent.json["comment"])).json
    assert (found["state"], found["scores"]) == ("in_review", None)
    assert found["unscored"] == "asked to stay silent"


@pytest.mark.parametrize("key", [None, "", "wrong", API_KEY + "x", API_KEY[:-1]])
async def test_nobody_reads_without_the_key(site: SiteClient, key: str | None) -> None:
    sent = await site.post(event())
    answer = await site.get(sent.json["comment"], key=key)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert (await site.get("unknown", key=key)).status == 401


async def test_without_a_configured_key_nobody_reads_at_all(
    engine: Engine, config: SiteConfig, session: aiohttp.ClientSession
) -> None:
    application = web.Application()
    application.add_routes(site_routes(engine, replace(config, api_key=None)))
    async with serving(application) as address:
        for key in ("", "None", None):
            answer = await SiteClient(address=address, session=session).get("1", key=key)
            assert answer.status == 401


async def test_an_unknown_id_is_not_found(site: SiteClient) -> None:
    assert (await site.get("unknown")).status == 404
