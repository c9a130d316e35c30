"""A loopback Discord for each test, trusted through one authority for the whole run."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from .newsroom import Newsroom, newsroom
from .server import Authority, DiscordServer


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[DiscordServer]:
    """Fails a test in which the client asked for a route that this server does not have, or in
    which the server itself broke."""
    async with DiscordServer(authority) as started:
        yield started
    assert started.desk.crashes == []
    assert started.desk.unknown_routes == []


@pytest.fixture
def room(server: DiscordServer, database_url: str) -> Newsroom:
    return newsroom(server, database_url)
