"""Versions of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.model import Actor

RuleFiles = Mapping[str, str]
"""A rulebook's files: name within the rules folder -> text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRulebook:
    """One version of the rules, as history tells of it."""

    version: str
    rules: int
    """How many act; drafts are left out."""
    kept_at: datetime
    """First seen."""
    kept_by: str
    """`startup`, `file change`, `rollback by NAME`."""
    loaded_at: datetime | None
    """When it last came into force; None for one that was only put aside before a rollback."""
    loaded_by: str | None


class Rulebooks(Protocol):
    """Every version of the rules that was ever in force, once, with its files."""

    async def keep(
        self, version: str, *, files: RuleFiles, rules: int, by: str, now: datetime
    ) -> str:
        """Notes that the version came into force, and its files when it is new.

        Returns by whom: whoever asked for this version in the last five minutes, else `by`.
        """

    async def put_aside(
        self, version: str, *, files: RuleFiles, rules: int, by: str, now: datetime
    ) -> None:
        """Keeps the files of a version that is not in force; a known one stays as it is."""

    async def ask_for(self, version: str, *, by: str, actor: Actor, now: datetime) -> None:
        """Says who is to be named when this version is loaded next, and writes it to the audit."""

    async def history(self, *, limit: int = 50) -> list[KeptRulebook]:
        """The newest first: by when it last came into force."""

    async def live(self) -> str | None:
        """The version that came into force last; None before the first start."""

    async def named(self, beginning: str) -> list[str]:
        """The versions that begin so."""

    async def files(self, version: str) -> RuleFiles | None: ...
