"""The site's door on a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.engine import Engine
from bot.sites.standard import SiteConfig, site_routes
from tests.sites.client import API_KEY, NEW, OLD, SiteClient, serving


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def config() -> SiteConfig:
    return SiteConfig(secrets=(OLD, NEW), api_key=API_KEY, public_url="https://moderation.example")


@pytest.fixture
async def site(
    engine: Engine, config: SiteConfig, session: aiohttp.ClientSession
) -> AsyncIterator[SiteClient]:
    application = web.Application()
    application.add_routes(site_routes(engine, config))
    async with serving(application) as address:
        yield SiteClient(address=address, session=session)
