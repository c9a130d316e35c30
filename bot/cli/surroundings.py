"""Where a command runs: which settings it gets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from bot.core.errors import Fault, SettingsError
from bot.settings import Settings, is_for_demo, load_settings

DATA_DIR = Path("data")
DEMO_ENV = "demo.env"
"""Written by the demo beside its database, so that the other commands find it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What was said before the command's name."""

    env_file: Path | None = None
    """As named with --env-file; None when nothing was named."""

    @property
    def settings_file(self) -> Path | None:
        """The file the settings come from: the named one, `.env`, or the demo's own."""
        if self.env_file is not None:
            return self.env_file
        if Path(".env").is_file():
            return Path(".env")
        demo = DATA_DIR / DEMO_ENV
        return demo if is_for_demo() and demo.is_file() else None

    @property
    def is_bare(self) -> bool:
        """True when nothing was set up here: `veilleur run` then shows the demo."""
        return self.env_file is None and not Path(".env").is_file() and is_for_demo()

    def settings(self) -> Settings:
        return load_settings(self.settings_file)


def surroundings(context: typer.Context) -> Surroundings:
    found = context.find_object(Surroundings)
    return found if found is not None else Surroundings()


def require_database(settings: Settings) -> None:
    """Raises SettingsError when the SQLite file is not there: commands must not create one in the
    wrong folder and then report an empty queue."""
    kind, _, file = settings.database_url.partition(":///")
    if kind.startswith("sqlite") and not Path(file.partition("?")[0]).is_file():
        what = f"there is no database at {file}"
        fix = "run this in the folder where the bot runs, or name its .env with --env-file"
        raise SettingsError((Fault(where="DATABASE_URL", what=what, fix=fix),))


def own_address(settings: Settings) -> str:
    """Where a bot with these settings is found from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.http_host, settings.http_host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.http_port}"
