"""Writes `.env.example`, and the `.env` of a new working folder, from the settings themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from enum import Enum

from bot.settings.values import VARIABLES, Settings, described

_HEAD = """\
# Settings of Veilleur. Copy this file to .env and fill in what you need: every value below is the
# default, and an empty one means «not set». Variables of the environment win over this file.
"""


def env_text(values: Mapping[str, str] | None = None) -> str:
    """A complete `.env`: each variable with meaning, what is allowed, and `values` or its default."""
    values = values or {}
    parts = [_HEAD]
    for variable, name in VARIABLES.items():
        field = Settings.model_fields[name]
        known = described(name)
        if known["section"]:
            parts.append(f"\n# --- {known['section']} ".ljust(79, "-") + "\n")
        meaning = _commented(field.description or "")
        comment = meaning + "\n" + _commented(f"Allowed: {known['allowed']}")
        parts.append(f"\n{comment}\n{variable}={values.get(variable, written(field.default))}\n")
    return "".join(parts)


def written(value: object) -> str:
    """A default as it stands in the file."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(written(part) for part in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return str(value.value if isinstance(value, Enum) else value)


def _commented(sentence: str) -> str:
    return textwrap.fill(
        sentence, width=96, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
