"""Web pages for moderators, and what a machine may ask: health, readiness, metrics."""

from bot.console.config import ConsoleConfig
from bot.console.health import ChatStatus, HealthConfig, ScorerStatus, health_routes
from bot.console.login import issue_link
from bot.console.metrics import Metrics
from bot.console.routes import console_routes

__all__ = [
    "ChatStatus",
    "ConsoleConfig",
    "HealthConfig",
    "Metrics",
    "ScorerStatus",
    "console_routes",
    "health_routes",
    "issue_link",
]
