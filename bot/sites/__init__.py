"""How comments of sites come in and how decisions go back: one module a platform, and what they
share, split by noun. `standard` is the way in, `callbacks` the way back."""

from bot.sites.callbacks import CallbackConfig, Reachability, SiteCallbacks
from bot.sites.standard import SiteConfig, site_routes

__all__ = ["CallbackConfig", "Reachability", "SiteCallbacks", "SiteConfig", "site_routes"]
