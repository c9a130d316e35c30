"""The checks of `veilleur doctor` that ask others: Discord, the site, a clock elsewhere."""

from __future__ import annotations

import importlib.metadata
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from bot.cli.findings import Finding, bad, fine, warning
from bot.cli.surroundings import own_address
from bot.settings import Settings

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_CLOCK_OFF_S = 60
"""Signatures are refused from 300 s on."""
_DISCORD = "https://discord.com/"


async def check_discord(
    settings: Settings, *, connector: aiohttp.BaseConnector | None = None
) -> list[Finding]:
    """`connector` is handed on to discord.py."""
    if settings.discord_token is None:
        return [fine("discord", "not used: DISCORD_TOKEN is not set")]
    from bot.chat.config import ChatConfig
    from bot.chat.inspection import inspect

    config = ChatConfig(
        review_channel_id=settings.review_channel_id,
        watched_channel_ids=settings.watched_channel_ids,
        moderator_role_id=settings.moderator_role_id,
        admin_role_id=settings.admin_role_id,
    )
    found = await inspect(settings.discord_token.get_secret_value(), config, connector=connector)
    return [
        fine("discord", _bare(each.what)) if each.ok else bad("discord", _bare(each.what), each.fix)
        for each in found
    ]


def _bare(what: str) -> str:
    return what.removeprefix("discord: ").removeprefix("discord ")


async def check_callback(settings: Settings) -> list[Finding]:
    if settings.site_callback_url is None:
        return [fine("callback", "not used: SITE_CALLBACK_URL is not set")]
    from bot.sites.callbacks import CallbackConfig, SiteCallbacks

    callbacks = SiteCallbacks(
        CallbackConfig(
            url=settings.site_callback_url,
            secrets=settings.signing_secrets,
            allow_private=settings.allow_private_callbacks,
        )
    )
    try:
        found = await callbacks.reachable()
    finally:
        await callbacks.close()
    host = urlsplit(settings.site_callback_url).hostname
    if found.ok:
        return [fine("callback", f"{host} {found.detail}")]
    fix = "check SITE_CALLBACK_URL, the site, and that both know the same SITE_SECRET"
    return [bad("callback", f"{host}: {found.detail}", fix)]


async def check_clock(settings: Settings) -> list[Finding]:
    """Compares with the Date header of a server that is talked to anyway."""
    now = datetime.now(UTC)
    if now.timestamp() < _installed_at():
        what = f"this machine's clock says {now:%Y-%m-%d}, before Veilleur was installed"
        return [bad("clock", what, "set the clock, e.g. switch on NTP")]
    asked = settings.site_callback_url or (_DISCORD if settings.discord_token else None)
    off_s = await _difference_s(asked) if asked else None
    if asked is None or off_s is None:
        return [
            fine("clock", f"{now:%Y-%m-%d %H:%M} UTC; there was no other clock to compare with")
        ]
    host = urlsplit(asked).hostname
    if abs(off_s) > _CLOCK_OFF_S:
        what = f"{abs(off_s):.0f} s {'ahead of' if off_s > 0 else 'behind'} the one of {host}"
        fix = "set the clock (NTP): signatures older than 300 s are refused"
        return [bad("clock", what, fix)]
    return [fine("clock", f"within {max(1, abs(off_s)):.0f} s of the one of {host}")]


async def _difference_s(url: str) -> float | None:
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.head(url, allow_redirects=False) as response,
        ):
            theirs = parsedate_to_datetime(response.headers["date"])
            return time.time() - theirs.timestamp()
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError):
        return None


def _installed_at() -> float:
    files = importlib.metadata.files("veilleur") or ()
    return min((Path(str(each.locate())).stat().st_mtime for each in files[:1]), default=0.0)


async def check_listening(settings: Settings) -> list[Finding]:
    """Is a bot running here already?"""
    url = f"{own_address(settings)}/healthz"
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            status = response.status
    except (aiohttp.ClientError, TimeoutError, OSError):
        return [fine("bot", f"not running here: nothing answers at {url}")]
    if status == 200:  # noqa: PLR2004 - HTTP's own number
        return [fine("bot", f"running: {url} answers")]
    what = f"{url} answers {status}"
    return [warning("bot", what, "is that port another program's? then choose another HTTP_PORT")]
