"""Rules whose `expires` is past: they are read and recorded, and act no longer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.core.errors import Fault
from bot.rulebook.reading import ReadFolder
from bot.rulebook.written import written


def expired(folder: ReadFolder, directory: Path, today: date) -> tuple[Fault, ...]:
    """One warning a rule, at its `expires` line."""
    files = written(directory)
    return tuple(
        files[each.rule.id].source.fault(
            files[each.rule.id].place("expires"),
            f"expired on {each.rule.expires}: the rule acts no longer",
            "set a later day, or remove the rule",
        )
        for each in folder.rules
        if each.rule.is_expired(today) and each.rule.id in files
    )
