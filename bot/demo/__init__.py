"""A small newspaper site that uses nothing but the public contract: signed comments out, signed
decisions in. For trying Veilleur, and as an example of connecting a site."""

from bot.demo.app import DemoConfig, create_app

__all__ = ["DemoConfig", "create_app"]
