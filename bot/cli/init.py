"""`veilleur init`: a working folder to start from."""

from __future__ import annotations

import getpass
import secrets
import shutil
import sys
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from bot.cli.terminal import tell
from bot.core.errors import Fault, SettingsError
from bot.settings import env_text, new_signing_secret, shipped_rules

_UNIT = Path(__file__).parent / "templates" / "veilleur.service"


def init(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder; made if it is not there.")
    ],
) -> None:
    """Write a working folder: .env, rules/, systemd unit.

    The .env gets a fresh SITE_SECRET and SITE_API_KEY. Nothing is ever overwritten.
    """
    directory = directory.resolve()
    env, rules, unit = (directory / name for name in (".env", "rules", "veilleur.service"))
    _refuse_to_overwrite(env, rules, unit)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        env.touch(mode=0o600)
        env.write_text(_fresh_env(), encoding="utf-8")
        shutil.copytree(shipped_rules(), rules)
        unit.write_text(_unit_text(directory), encoding="utf-8")
    except OSError as error:
        fault = Fault(where=str(directory), what=f"cannot be written: {error.strerror}")
        raise SettingsError((fault,)) from error
    tell(f"""Written to {directory}:
  .env               settings, with a fresh SITE_SECRET and SITE_API_KEY (only you can read it)
  rules/             {_number_of_rules(rules)} rules: change them, then `veilleur rules check`
  veilleur.service   a systemd unit for this folder

What to do next:
  1. In .env, set SITE_CALLBACK_URL (your site) or DISCORD_TOKEN, REVIEW_CHANNEL_ID and
     MODERATOR_ROLE_ID (Discord), or both.
  2. Give SITE_SECRET and SITE_API_KEY to whoever connects the site.
  3. cd {directory} && veilleur doctor
  4. veilleur run, or for good:
     sudo cp veilleur.service /etc/systemd/system/ && sudo systemctl enable --now veilleur""")


def _refuse_to_overwrite(*paths: Path) -> None:
    faults = tuple(
        Fault(where=str(path), what="exists already", fix="take another folder, or move it away")
        for path in paths
        if path.exists()
    )
    if faults:
        raise SettingsError(faults)


def _number_of_rules(rules: Path) -> int:
    from bot.rulebook.files import BESIDE_RULES

    return len([file for file in rules.glob("*.yaml") if file.name not in BESIDE_RULES])


def _fresh_env() -> str:
    return env_text(
        {"SITE_SECRET": new_signing_secret(), "SITE_API_KEY": secrets.token_urlsafe(32)}
    )


def _unit_text(directory: Path) -> str:
    template = Template(_UNIT.read_text(encoding="utf-8"))
    return template.substitute(
        directory=_unit_word(str(directory)),
        python=_unit_word(sys.executable),
        user=getpass.getuser(),
    )


def _unit_word(path: str) -> str:
    """As systemd reads it: a percent sign begins a specifier there."""
    return path.replace("%", "%%")
