"""The command line. One module a command group; `program` puts them together."""

from bot.cli.program import main

__all__ = ["main"]
