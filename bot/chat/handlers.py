"""What discord.py starts for an event or a press, and forgets: kept here, so that it can be ended.

A handler that outlives its client would find the database closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
_LEFT_TO_FINISH_S = 3.0


class Handlers:
    """The handlers of one client that are running now."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def note(self) -> None:
        """Called by a handler when it begins."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Lets them finish for a moment, then cancels what is left."""
        running = {task for task in self._tasks if task is not asyncio.current_task()}
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=_LEFT_TO_FINISH_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


class HasHandlers(Protocol):
    handlers: Handlers


Owner = TypeVar("Owner", bound=HasHandlers)


def noted(
    handler: Callable[Concatenate[Owner, P], Awaitable[None]],
) -> Callable[Concatenate[Owner, P], Coroutine[Any, Any, None]]:
    """For the event handlers of a client."""

    @wraps(handler)
    async def begun(self: Owner, /, *args: P.args, **kwargs: P.kwargs) -> None:
        self.handlers.note()
        await handler(self, *args, **kwargs)

    return begun
