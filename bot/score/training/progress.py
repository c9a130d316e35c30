"""How far a step has come: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

_LINE_EVERY_S = 30.0


@dataclass(slots=True)
class Bar:
    """Use as a context manager. Can be sent to another process before it was entered."""

    title: str
    _shown: tuple[Progress, TaskID] | None = field(default=None, init=False)
    _line_at: float = field(default=0.0, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown is not None:
            self._shown[0].stop()

    def show(self, share: float, note: str = "") -> None:
        """`share` of the work that is done, in [0, 1]."""
        console = Console(stderr=True)
        if console.is_terminal:
            self._bar(console, share, note)
        elif time.monotonic() - self._line_at > _LINE_EVERY_S or share >= 1:
            self._line_at = time.monotonic()
            console.print(f"{self.title}: {100 * share:.0f} % {note}", highlight=False)

    def _bar(self, console: Console, share: float, note: str) -> None:
        if self._shown is None:
            columns = ("{task.description}", BarColumn(), "{task.percentage:>3.0f} %")
            bar = Progress(
                *columns, TimeRemainingColumn(), TextColumn("{task.fields[note]}"), console=console
            )
            self._shown = (bar, bar.add_task(self.title, total=1.0, note=""))
            bar.start()
        bar, task = self._shown
        bar.update(task, completed=share, note=note)
