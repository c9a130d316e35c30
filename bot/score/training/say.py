"""What the steps tell the person at the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

_console = Console(highlight=False, soft_wrap=True)


def say(line: str) -> None:
    _console.print(line, markup=False)


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    shown = Table(title=title, title_justify="left")
    for at, name in enumerate(head):
        shown.add_column(name, justify="left" if at == 0 else "right", overflow="fold")
    for row in rows:
        shown.add_row(*row)
    _console.print(shown)
