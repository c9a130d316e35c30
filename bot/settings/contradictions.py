"""Values that are sound one by one and do not fit together."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from bot.core.errors import Fault
from bot.settings.values import VARIABLES, Settings

HOW_TO_SIGN = 'make one with: echo "whsec_$(openssl rand -base64 32)"'


def contradictions(settings: Settings, *, broken: frozenset[str]) -> list[Fault]:
    """Faults between variables; those that only follow from a broken one are left out."""
    return [
        fault
        for fault in (*_about_discord(settings), *_about_the_site(settings), *_about_caps(settings))
        if VARIABLES[fault.where] not in broken
    ]


def _about_discord(settings: Settings) -> list[Fault]:
    faults = []
    if settings.review_channel_id in settings.watched_channel_ids:
        what = f"holds the review channel {settings.review_channel_id}"
        fix = "cards would be moderated as comments: take it out"
        faults.append(Fault(where="WATCHED_CHANNEL_IDS", what=what, fix=fix))
    return faults


def _about_the_site(settings: Settings) -> list[Fault]:
    faults = []
    if settings.site_callback_url and not settings.site_secret:
        faults.append(_missing("SITE_SECRET", "SITE_CALLBACK_URL", HOW_TO_SIGN))
    if (
        settings.site_callback_url
        and not settings.allow_private_callbacks
        and _is_private(urlsplit(settings.site_callback_url).hostname or "")
    ):
        what = "is inside your own network, which is refused unless you allow it"
        fix = "set ALLOW_PRIVATE_CALLBACKS=true, or use the site's public address"
        faults.append(Fault(where="SITE_CALLBACK_URL", what=what, fix=fix))
    if settings.rules_dir != Path("rules") and not settings.rules_dir.is_dir():
        what = f"must be a folder that exists, got {str(settings.rules_dir)!r}"
        fix = "create it, or leave RULES_DIR out to use ./rules or the shipped rules"
        faults.append(Fault(where="RULES_DIR", what=what, fix=fix))
    if settings.models_dir != Path("data/models") and not settings.models_dir.is_dir():
        what = f"must be a folder that exists, got {str(settings.models_dir)!r}"
        fix = "create it, or leave MODELS_DIR out to use data/models"
        faults.append(Fault(where="MODELS_DIR", what=what, fix=fix))
    return faults


def _about_caps(settings: Settings) -> list[Fault]:
    hour, day = settings.max_auto_rejections_per_hour, settings.max_auto_rejections_per_day
    if day >= hour:
        return []
    what = f"must be at least MAX_AUTO_REJECTIONS_PER_HOUR ({hour}), got {day}"
    fix = "raise the one or lower the other"
    return [Fault(where="MAX_AUTO_REJECTIONS_PER_DAY", what=what, fix=fix)]


def _missing(name: str, needed_by: str, fix: str) -> Fault:
    return Fault(where=name, what=f"is not set, but {needed_by} is", fix=fix)


def _is_private(host: str) -> bool:
    """By its name alone; what a name resolves to is checked when it is called."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
