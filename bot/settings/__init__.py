"""Environment and `.env` to one frozen value. Seen by `app` and `cli` only."""

from bot.settings.env_file import env_text
from bot.settings.load import demo_settings, is_for_demo, load_settings
from bot.settings.values import VARIABLES, Settings, new_signing_secret, shipped_rules

__all__ = [
    "VARIABLES",
    "Settings",
    "demo_settings",
    "env_text",
    "is_for_demo",
    "load_settings",
    "new_signing_secret",
    "shipped_rules",
]
