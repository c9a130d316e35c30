"""What `doctor` finds out from others, over real sockets: Discord, the site, its clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from bot.cli import reach
from bot.cli.findings import Mark
from bot.settings import Settings, load_settings
from tests.cli.conftest import SECRET
from tests.wire.server import Authority, DiscordServer


class Site:
    """Answers with a clock that may be wrong and a status that may be a refusal."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.status = 204
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        date = format_datetime(datetime.now(UTC) + self.ahead, usegmt=True)
        return web.Response(status=self.status, headers={"Date": date})

    @property
    def settings(self) -> Settings:
        return load_settings(
            None,
            {
                "SITE_SECRET": SECRET,
                "SITE_CALLBACK_URL": self.url,
                "ALLOW_PRIVATE_CALLBACKS": "true",
            },
        )


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    app = web.Application()
    app.router.add_route("*", "/decisions", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/decisions"
    yield made
    await runner.cleanup()


@pytest.mark.parametrize(
    ("ahead_s", "mark", "said"),
    [
        (0, Mark.FINE, "within "),
        (-900, Mark.BAD, " s ahead of the one of 127.0.0.1"),
        (900, Mark.BAD, " s behind the one of 127.0.0.1"),
    ],
)
async def test_a_clock_that_is_off_is_told(site: Site, ahead_s: int, mark: Mark, said: str) -> None:
    """`ahead_s` is the site's clock; ours is the one that is judged."""
    site.ahead = timedelta(seconds=ahead_s)
    (finding,) = await reach.check_clock(site.settings)
    assert (finding.mark, said in finding.what) == (mark, True)


async def test_a_site_that_refuses_the_signature_is_told(site: Site) -> None:
    assert [each.mark for each in await reach.check_callback(site.settings)] == [Mark.FINE]
    site.status = 401
    (finding,) = await reach.check_callback(site.settings)
    assert finding.mark is Mark.BAD
    assert "does it know the secret?" in finding.what
    assert site.url not in finding.what, "the address may hold a token"


async def test_discord_is_asked_and_its_faults_are_told() -> None:
    async with DiscordServer(Authority()) as discord:
        review = discord.world.channel("moderation")
        settings = load_settings(
            None,
            {
                "DISCORD_TOKEN": discord.token,
                "REVIEW_CHANNEL_ID": str(review.id),
                "WATCHED_CHANNEL_IDS": "471147114711471147",
                "MODERATOR_ROLE_ID": "100000000000000001",
            },
        )
        findings = await reach.check_discord(settings, connector=discord.connector())
    told = [(each.mark, each.about, each.what) for each in findings]
    assert (Mark.FINE, "discord", "the token is valid") in told
    assert (Mark.FINE, "discord", "the review channel #moderation is usable") in told
    (bad,) = [each for each in findings if each.mark is Mark.BAD]
    assert bad.what.startswith("the watched channel 471147114711471147 cannot be seen")
    assert bad.fix
