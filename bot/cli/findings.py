"""What `doctor` says: one line each, and the fix below it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rich.text import Text

from bot.cli.terminal import harmless, out
from bot.core.errors import Fault


class Mark(StrEnum):
    FINE = "✓"
    WARNING = "!"
    BAD = "✗"


_STYLES = {Mark.FINE: "green", Mark.WARNING: "yellow", Mark.BAD: "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    mark: Mark
    about: str
    what: str
    fix: str = ""


def fine(about: str, what: str) -> Finding:
    return Finding(mark=Mark.FINE, about=about, what=what)


def warning(about: str, what: str, fix: str) -> Finding:
    return Finding(mark=Mark.WARNING, about=about, what=what, fix=fix)


def bad(about: str, what: str, fix: str) -> Finding:
    return Finding(mark=Mark.BAD, about=about, what=what, fix=fix)


def of_faults(about: str, faults: tuple[Fault, ...]) -> list[Finding]:
    return [bad(about, f"{fault.where}: {fault.what}", fault.fix) for fault in faults]


def tell_finding(finding: Finding) -> None:
    mark = (f"{finding.mark.value} ", _STYLES[finding.mark])
    out().print(Text.assemble(mark, (f"{finding.about:<9} ", "bold"), harmless(finding.what)))
    if finding.fix:
        out().print(Text(" " * 12 + finding.fix, style="dim"))
