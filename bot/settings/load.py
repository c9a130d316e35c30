"""Reads the environment and `.env`; what is wrong is told all at once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from dotenv.parser import Binding, parse_stream
from pydantic import ValidationError

from bot.core.errors import Fault, SettingsError
from bot.settings.contradictions import HOW_TO_SIGN, contradictions
from bot.settings.values import VARIABLES, Settings, described, new_signing_secret, variable_of

_KEPT_IN_DEMO = (
    "SCORER",
    "BOT_LANGUAGE",
    "RULES_DIR",
    "UNDO_GRACE_S",
    "HTTP_PORT",
    "LOG_FORMAT",
    "LOG_LEVEL",
)


def load_settings(env_file: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in `env_file` and `environ` (the process's own by default), which wins.

    Raises SettingsError with every fault found. An empty value counts as not set.
    """
    environ = os.environ if environ is None else environ
    written, faults = _read(env_file) if env_file else ({}, [])
    found = {**written, **{name: environ[name] for name in VARIABLES if name in environ}}
    values = {VARIABLES[name]: value.strip() for name, value in found.items() if value.strip()}
    try:
        settings = Settings(**values)  # type: ignore[arg-type] # words, which pydantic parses
    except ValidationError as error:
        wrong = {str(detail["loc"][0]): None for detail in error.errors(include_input=False)}
        faults += [_wrong_value(name, values[name]) for name in wrong]
        sound = {name: value for name, value in values.items() if name not in wrong}
        faults += contradictions(Settings(**sound), broken=frozenset(wrong))  # type: ignore[arg-type] # as above
        raise SettingsError(_in_order(faults)) from None
    faults += contradictions(settings, broken=frozenset())
    if faults:
        raise SettingsError(_in_order(faults))
    return settings


def is_for_demo(environ: Mapping[str, str] | None = None) -> bool:
    """True when nothing is set that only a real installation needs."""
    environ = os.environ if environ is None else environ
    return not any(environ.get(name) for name in VARIABLES if name not in _KEPT_IN_DEMO)


def demo_settings(
    data_dir: Path,
    *,
    http_port: int = 8080,
    callback_url: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """What `veilleur demo` runs on: fresh secrets, a database under `data_dir`, only this machine.

    What is not about doors or places (log, language, rules…) may still be set in the environment.
    """
    environ = os.environ if environ is None else environ
    return load_settings(
        None,
        {
            **{name: environ[name] for name in _KEPT_IN_DEMO if name in environ},
            "SITE_SECRET": new_signing_secret(),
            "SITE_API_KEY": secrets.token_urlsafe(32),
            "SITE_CALLBACK_URL": callback_url or "",
            "ALLOW_PRIVATE_CALLBACKS": "true",
            "HTTP_PORT": str(http_port),
            "DATABASE_URL": f"sqlite+aiosqlite:///{data_dir / 'veilleur.sqlite3'}",
        },
    )


# --- reading ---------------------------------------------------------------------------------


def _read(env_file: Path) -> tuple[dict[str, str], list[Fault]]:
    """The file's variables of ours, and what is wrong with its lines."""
    try:
        with env_file.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        fix = "name a text file that this user may read"
        return {}, [Fault(where=str(env_file), what=f"cannot be read: {why}", fix=fix)]
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for binding in bindings:
        faults += _wrong_line(binding, f"{env_file}:{binding.original.line}", values)
        if binding.key and binding.key in VARIABLES:
            values[binding.key] = binding.value or ""
    return values, faults


def _wrong_line(binding: Binding, at: str, earlier: Mapping[str, str]) -> list[Fault]:
    if binding.error or (binding.key and binding.value is None):
        fix = 'write NAME=value, with "…" around a value that has # or spaces'
        return [Fault(where=at, what="this line is not NAME=value", fix=fix)]
    if binding.key in earlier:
        what = f"{binding.key} is set twice"
        return [Fault(where=at, what=what, fix="keep one of the two lines")]
    if binding.key and binding.key not in VARIABLES:
        return _misspelt(binding.key, at)
    return []


def _misspelt(name: str, at: str) -> list[Fault]:
    """A fault when an unknown name looks like one of ours; other programs' variables are fine."""
    near = get_close_matches(name.upper(), VARIABLES, n=1, cutoff=0.8)
    if not near:
        return []
    what = f"{name} is no variable of Veilleur"
    return [Fault(where=at, what=what, fix=f"did you mean {near[0]}?")]


def _wrong_value(name: str, value: str) -> Fault:
    known = described(name)
    hidden = known["secret"] or "@" in value
    found = f"{len(value)} characters (not shown)" if hidden else repr(value)
    what = f"must be {known['allowed']}, got {found}"
    return Fault(
        where=variable_of(name), what=what, fix=HOW_TO_SIGN if name == "site_secret" else ""
    )


def _in_order(faults: list[Fault]) -> tuple[Fault, ...]:
    """Faults of the file's lines first, then in the order of the variables."""
    order = {name: place for place, name in enumerate(VARIABLES)}
    return tuple(sorted(faults, key=lambda fault: order.get(fault.where, -1)))
