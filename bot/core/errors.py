"""Faults in what an operator wrote: collected, then shown all at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong, where, and how to mend it. Lower case, no full stop."""

    where: str
    """`rules/threats.yaml:7:13`, or the name of a variable."""
    what: str
    """What was found and what is allowed."""
    fix: str = ""
    excerpt: str = ""
    """The line at fault and a caret under the place, each line indented; empty without a file."""

    def __str__(self) -> str:
        excerpt = f"\n{self.excerpt}" if self.excerpt else ""
        return f"{self.where}: {self.what}{excerpt}" + (f"\n  {self.fix}" if self.fix else "")


class FaultsError(Exception):
    """Start-up or a check cannot go on; carries every fault found, never just the first."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class SettingsError(FaultsError):
    """Environment or `.env` holds values that cannot be used. Exit code 2."""


class RulesError(FaultsError):
    """The rule files cannot be used as they are. Exit code 1."""


class StoreError(FaultsError):
    """The database cannot be opened as it is, e.g. it is newer than this program. Exit code 2."""


class IntakeFullError(Exception):
    """Too many comments wait for a verdict; nothing was stored, the caller should try later."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"intake is full, try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s
