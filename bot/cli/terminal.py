"""What is printed: people read it, and hostile text must not take their terminal over."""

from __future__ import annotations

import sys
import unicodedata

from rich.console import Console
from rich.text import Text

from bot.core.errors import Fault

_WIDTH_IN_FILES = 120
"""Columns when the output is no terminal: tables in logs and pipes are not squeezed to 80."""


def out() -> Console:
    return _console(stderr=False)


def err() -> Console:
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDTH_IN_FILES
    return Console(stderr=stderr, width=width, highlight=False, markup=False, soft_wrap=True)


def tell(line: str, *, style: str | None = None) -> None:
    out().print(line, style=style)


def warn(line: str) -> None:
    err().print(line, style="yellow")


def tell_faults(faults: tuple[Fault, ...]) -> None:
    """One line each, and the fix below."""
    for fault in faults:
        err().print(Text.assemble((fault.where, "bold"), f": {harmless(fault.what)}"))
        if fault.fix:
            err().print(Text(f"  {fault.fix}", style="dim"))


def harmless(text: str) -> str:
    """Without control characters (terminal commands) and marks that turn the direction."""
    return "".join(_shown(character) for character in text)


def one_line(text: str, *, limit: int = 80) -> str:
    line = harmless(" ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _shown(character: str) -> str:
    if character == "\n":
        return character
    return "�" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") else character
