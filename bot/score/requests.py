"""Texts that wait to be scored: which come next, and what becomes of each."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from bot.core.model import Scores, Unscored
from bot.score.explain import Explanation

Answer = Scores | Explanation | Unscored

_CRASHES = 2
"""A text that was being scored this often when the process went down is left to people."""


@dataclass(slots=True, kw_only=True, eq=False)
class Request:
    """One text on its way; `answer` is what the caller waits for."""

    id: int
    text: str
    deadline: float
    """On the event loop's clock."""
    answer: asyncio.Future[Answer]
    explains: str | None = None
    """The attribute to be explained; None asks for the scores."""
    language: str | None = None
    """Whose levels are told with the scores."""
    crashes: int = field(default=0)

    def settle(self, answer: Answer) -> None:
        """Does nothing when the caller has given up."""
        if not self.answer.done():
            self.answer.set_result(answer)


class Waiting:
    """The bounded queue. Who must answer soonest goes first; explanations come after all scores."""

    def __init__(self, *, at_most: int) -> None:
        self._at_most = at_most
        self._requests: dict[int, Request] = {}
        self._ids = count(1)
        self.bell = asyncio.Event()
        """Rung when there may be something to do."""

    def __len__(self) -> int:
        return len(self._requests)

    @property
    def is_full(self) -> bool:
        return len(self._requests) >= self._at_most

    def add(
        self,
        text: str,
        *,
        deadline: float,
        explains: str | None = None,
        language: str | None = None,
    ) -> Request:
        answer = asyncio.get_running_loop().create_future()
        request = Request(
            id=next(self._ids),
            text=text,
            deadline=deadline,
            answer=answer,
            explains=explains,
            language=language,
        )
        self._requests[request.id] = request
        self.bell.set()
        return request

    def drop(self, request: Request) -> None:
        """The caller no longer waits."""
        self._requests.pop(request.id, None)

    def take(self, *, texts: int, chars: int) -> list[Request]:
        """The next chunk: at most so many texts and, beyond the first, characters.

        A text that was there when the process went down goes alone, so that if it happens again
        nobody else is suspected. An explanation goes alone too: it is some ten texts' work.
        """
        chunk: list[Request] = []
        for request in heapq.nsmallest(texts, self._requests.values(), key=_turn):
            alone = request.crashes or request.explains
            if chunk and (alone or len(request.text) > chars):
                break
            chunk.append(self._requests.pop(request.id))
            chars -= len(request.text)
            if alone:
                break
        return chunk

    def put_back(self, requests: Iterable[Request]) -> None:
        """After the process went down with these in its hands."""
        for request in requests:
            request.crashes += 1
            if request.crashes >= _CRASHES:
                request.settle(Unscored(reason="scorer crashed twice on this text"))
            elif not request.answer.done():
                self._requests[request.id] = request
        self.bell.set()

    def settle_all(self, answer: Unscored) -> None:
        for request in self._requests.values():
            request.settle(answer)
        self._requests.clear()


def _turn(request: Request) -> tuple[bool, float, int]:
    return request.explains is not None, request.deadline, request.id
