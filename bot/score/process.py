"""The bot's side of the scorer process: starts it, feeds it, and starts it again when it falls."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

import structlog

from bot.core.model import MAX_TEXT_CHARS, Scores, SiteHead, Unscored, Window
from bot.score import frames
from bot.score.choose import MODELS, Choice
from bot.score.explain import Explanation
from bot.score.levels import Levels, read_levels
from bot.score.requests import Answer, Request, Waiting
from bot.score.spawn import spawn

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerLimits:
    """How much and how long; the defaults suit two cores."""

    max_waiting: int = 2_000
    """Texts waiting before further ones are Unscored at once."""
    texts_at_once: int = 32
    chars_at_once: int = MAX_TEXT_CHARS
    """A chunk is at most half a second of work or so: a hurried caller waits no longer."""
    start_within_s: float = 60.0
    """Loading Detoxify from a cold disk takes its time."""
    hang_after_s: float = 15.0
    """Without a sign of life; longer than any model may take over one text."""
    first_pause_s: float = 0.1
    """Before a restart; doubled with each start that did not last, up to `longest_pause_s`."""
    longest_pause_s: float = 30.0
    lasting_s: float = 60.0
    """A process that served this long had a good start: the pause is short again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerStatus:
    """What health pages and `doctor` show."""

    wanted: Choice
    name: str | None = None
    """The model that answers; None before the first is ready."""
    version: str | None = None
    degraded: bool = False
    """Another model than the wanted one answers."""
    why: str = ""
    """Why it is degraded or not ready, for the operator; empty when all is well."""
    ready: bool = False
    lacks_levels: bool = False
    """The model that would serve has no levels; only the operator can mend that."""
    restarts: int = 0
    """Starts that were needed beyond the first."""
    pid: int | None = None

    @property
    def trouble(self) -> str:
        """Why the wanted model does not score; empty when it does, or is only being started again."""
        down = not self.ready and self.restarts >= _PATIENCE
        return self.why if self.degraded or down else ""


_PATIENCE = 3
"""One fall is mended within a second and nobody's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """One chunk that the scorer process has finished."""

    texts: int
    repeats: int
    """Texts answered from memory."""
    windows: int
    tokens: int
    """Tokens the network was run on."""
    seconds: float


class ScorerDownError(Exception):
    """The scorer process ended, hangs or talks nonsense."""


async def open_scorer(
    choice: Choice,
    *,
    models: Path = MODELS,
    limits: ScorerLimits | None = None,
    on_batch: Callable[[BatchReport], None] = lambda _: None,
) -> ScorerProcess:
    """Starts the scorer process; returns when it is ready or its first start has failed.

    A failed start raises nothing: `status.why` tells, comments go to people, and it is tried again.
    """
    scorer = ScorerProcess(
        choice, models=models, limits=limits or ScorerLimits(), on_batch=on_batch
    )
    await scorer.start()
    return scorer


class ScorerProcess:
    """Fulfils `bot.ports.Scorer`. Made by `open_scorer`, ended by `close`."""

    def __init__(
        self,
        choice: Choice,
        *,
        models: Path,
        limits: ScorerLimits,
        on_batch: Callable[[BatchReport], None],
    ) -> None:
        self._models = models
        self._limits = limits
        self._on_batch = on_batch
        self._status = ScorerStatus(wanted=choice)
        self._levels = Levels(by_language={"default": {}})
        self._waiting = Waiting(at_most=limits.max_waiting)
        self._head: SiteHead | None = None
        self._taught: SiteHead | None = None
        self._tried = asyncio.Event()
        self.changed = asyncio.Event()
        """Set when another model answers, or none; whoever waits for it clears it."""
        self._keeper: asyncio.Task[None] | None = None

    @property
    def status(self) -> ScorerStatus:
        return self._status

    @property
    def queue_length(self) -> int:
        """Texts that wait, without those being scored."""
        return len(self._waiting)

    async def score(
        self, text: str, *, deadline_s: float, language: str | None = None
    ) -> Scores | Unscored:
        """The scores within `deadline_s` seconds, or why not. Raises nothing."""
        answer = await self._ask(text, deadline_s=deadline_s, language=language)
        return cast(Scores | Unscored, answer)  # nobody asked for an explanation

    async def explain(
        self, text: str, *, attribute: str = "toxicity", deadline_s: float
    ) -> Explanation | Unscored:
        """Which words drive the score, or why that cannot be told. Raises nothing.

        Waits until nothing is left to be scored.
        """
        answer = await self._ask(text, deadline_s=deadline_s, explains=attribute)
        return cast(Explanation | Unscored, answer)

    def use_head(self, head: SiteHead | None) -> None:
        """Scores with what the site's decisions taught from the next text on; None takes it back.

        A head of another network than the one that scores is left unused, and `status.why` says so.
        """
        self._head = head
        self._waiting.bell.set()

    async def _ask(
        self,
        text: str,
        *,
        deadline_s: float,
        explains: str | None = None,
        language: str | None = None,
    ) -> Answer:
        if len(text) > MAX_TEXT_CHARS:
            return Unscored(reason=f"longer than {MAX_TEXT_CHARS} characters")
        if self._keeper is None:
            return Unscored(reason="scorer is closed")
        if self._waiting.is_full:
            return Unscored(reason="scorer is overloaded")
        deadline = asyncio.get_running_loop().time() + deadline_s
        request = self._waiting.add(text, deadline=deadline, explains=explains, language=language)
        try:
            async with asyncio.timeout_at(deadline):
                return await request.answer
        except TimeoutError:
            return Unscored(reason=f"timed out after {deadline_s:g} s")
        finally:
            self._waiting.drop(request)

    async def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep(), name="scorer")
        try:
            await self._tried.wait()
        except asyncio.CancelledError:
            await self.close()
            raise

    async def close(self) -> None:
        """Ends the process; whoever still waits gets Unscored."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
        self._waiting.settle_all(Unscored(reason="scorer is closed"))

    async def _keep(self) -> None:
        """Starts the process again whenever it falls, with longer and longer pauses."""
        clock = asyncio.get_running_loop().time
        limits, pause_s = self._limits, self._limits.first_pause_s
        while True:
            began = clock()
            try:
                await self._serve()
            except (ScorerDownError, frames.BrokenFrameError, OSError) as error:
                why = str(error) or type(error).__name__
            except Exception as error:
                log.exception("scorer failed")
                why = type(error).__name__
            if clock() - began >= limits.lasting_s:
                pause_s = limits.first_pause_s
            log.error("scorer is down", why=why, again_in_s=pause_s, waiting=len(self._waiting))
            self._tell(ready=False, pid=None, why=why, restarts=self._status.restarts + 1)
            self._tried.set()
            await asyncio.sleep(pause_s)
            pause_s = min(limits.longest_pause_s, pause_s * 2)

    async def _serve(self) -> None:
        """The life of one process. Never returns: raises when the process is down."""
        process = await spawn(self._status.wanted, models=self._models)
        fall = asyncio.create_task(self._watch(process))
        try:
            self._taught = None
            await self._welcome(process)
            while True:
                if self._taught != self._head:
                    await self._teach(process, self._head)
                elif chunk := await self._next_chunk(process):
                    await self._exchange(process, chunk)
        finally:
            self._tell(ready=False, pid=None)
            await _end(process)
            await fall

    async def _watch(self, process: Process) -> None:
        """Notices a fall also while there is nothing to score."""
        await process.wait()
        self._waiting.bell.set()

    async def _welcome(self, process: Process) -> None:
        self._tell(pid=process.pid)
        message = await _receive(process, within_s=self._limits.start_within_s)
        if "ready" not in message:
            self._tell(lacks_levels=bool(message.get("lacks_levels")))
            raise ScorerDownError(str(message.get("failed", "unexpected message")))
        ready = dict(message["ready"])
        levels = read_levels(ready)
        if levels is None:
            raise ScorerDownError("tells no levels")
        self._levels = levels
        self._tell(
            ready=True,
            lacks_levels=False,
            name=str(ready["name"]),
            version=str(ready["version"]),
            degraded=bool(ready["degraded"]),
            why=str(ready["why"]),
        )
        status = self._status
        facts = {"model": status.name, "version": status.version, "wanted": status.wanted}
        if status.degraded:
            log.error(
                "scorer is degraded: nothing is removed automatically", why=status.why, **facts
            )
        else:
            log.info("scorer is ready", **facts)
        self._tried.set()

    async def _teach(self, process: Process, head: SiteHead | None) -> None:
        await self._put(process, {"head": asdict(head) if head else None})
        self._taught = head
        await self._welcome(process)

    async def _next_chunk(self, process: Process) -> list[Request]:
        """Nothing when another head is to be used first."""
        while self._taught == self._head:
            self._waiting.bell.clear()
            if process.returncode is not None:
                raise ScorerDownError(_ending(process))
            limits = self._limits
            chunk = self._waiting.take(texts=limits.texts_at_once, chars=limits.chars_at_once)
            if chunk:
                return chunk
            await self._waiting.bell.wait()
        return []

    async def _exchange(self, process: Process, chunk: list[Request]) -> None:
        """Hands a chunk over and passes the answers on as they come."""
        open_requests = {request.id: request for request in chunk}
        try:
            await self._send(process, chunk)
            while "done" not in (
                message := await _receive(process, within_s=self._limits.hang_after_s)
            ):
                request = open_requests.pop(message["id"])
                request.settle(self._answer(message, language=request.language))
            report = BatchReport(**message["done"])
        except asyncio.CancelledError:
            for request in open_requests.values():
                request.settle(Unscored(reason="scorer is closed"))
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise ScorerDownError("talks nonsense") from error
        finally:
            self._waiting.put_back(open_requests.values())
        self._on_batch(report)

    async def _send(self, process: Process, chunk: list[Request]) -> None:
        now = asyncio.get_running_loop().time()
        asked = [[each.id, each.text, each.deadline - now, each.explains] for each in chunk]
        await self._put(process, {"chunk": asked})

    async def _put(self, process: Process, message: dict[str, object]) -> None:
        assert process.stdin is not None  # noqa: S101 - for the type checker: spawn() asks for it
        process.stdin.write(frames.packed(message))
        try:
            async with asyncio.timeout(self._limits.hang_after_s):
                await process.stdin.drain()
        except TimeoutError:
            raise ScorerDownError("takes no more texts") from None

    def _answer(self, message: dict[str, Any], *, language: str | None) -> Answer:
        if "unscored" in message:
            return Unscored(reason=str(message["unscored"]))
        if "explained" in message:
            found = message["explained"]
            spans = tuple((int(a), int(b), float(weight)) for a, b, weight in found["spans"])
            return Explanation(
                attribute=str(found["attribute"]), base=float(found["base"]), spans=spans
            )
        status, worst = self._status, message["worst"]
        return Scores(
            values=message["scores"],
            scorer=status.name or "",
            version=status.version or "",
            worst=Window(start=worst[0], end=worst[1]) if worst else None,
            degraded=status.degraded,
            levels=self._levels.of(language),
        )

    def _tell(self, **changes: Any) -> None:
        before, self._status = self._status, replace(self._status, **changes)
        after = self._status
        if (before.ready, before.degraded, before.why) != (after.ready, after.degraded, after.why):
            self.changed.set()


async def _receive(process: Process, *, within_s: float) -> dict[str, Any]:
    assert process.stdout is not None  # noqa: S101 - for the type checker: spawn() asks for it
    try:
        async with asyncio.timeout(within_s):
            message = await frames.read_async(process.stdout)
    except TimeoutError:
        raise ScorerDownError(f"no sign of life for {within_s:g} s") from None
    if message is None:
        await process.wait()
        raise ScorerDownError(_ending(process))
    return message


def _ending(process: Process) -> str:
    code = process.returncode or 0
    return f"killed by signal {-code}" if code < 0 else f"ended with exit code {code}"


async def _end(process: Process) -> None:
    """Closes stdin, on which the process ends by itself; kills it if it does not."""
    assert process.stdin is not None  # noqa: S101 - for the type checker: spawn() asks for it
    process.stdin.close()
    try:
        async with asyncio.timeout(1.0):
            await process.communicate()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
    with suppress(OSError):
        await process.stdin.wait_closed()
