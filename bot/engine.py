"""The engine beside the doors: takes comments through the pipeline in the background.

Doors and views call it through this narrow interface. It owns the workers that moderate and the
outbox; a door owns none, so that Discord may be down while the site is moderated, and the other
way round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot import pipeline, upkeep
from bot.core.errors import IntakeFullError
from bot.core.model import (
    Actor,
    Alarm,
    AuthorStanding,
    Case,
    Comment,
    ModeOrder,
    Proposed,
    Receipt,
    RefusalKind,
    Refused,
    Report,
    Resolution,
    Resolved,
    Scores,
    Source,
    State,
    StoryRef,
    Submission,
    Undone,
    Unscored,
    Verdict,
)
from bot.core.modes import Mode, ModeNow
from bot.ports import Headline, Ports, Store, Taken

log = structlog.get_logger()

_TRIES = 3
"""A comment whose moderation raises this often is put in front of people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much may be under way at once."""

    workers: int = 64
    """Comments moderated at once; the scorer gathers its batches from them."""
    max_waiting: int = 5_000
    """Comments waiting for a verdict before doors are told to come back later."""
    retry_after_s: int = 10
    upkeep_s: float = 300.0
    """Between two looks at how often each rule fires."""


class Engine:
    """Everything a door or a view may ask for. Start once, stop once."""

    def __init__(
        self,
        ports: Ports,
        *,
        load: Load | None = None,
        on_effects: Callable[[], None] = lambda: None,
        on_intake: Callable[[Source, str], None] = lambda _source, _result: None,
    ) -> None:
        """`on_effects` is called after each transaction that may have recorded effects,
        `on_intake` with `accepted`, `repeated` or `full` for each submission."""
        self._ports = ports
        self._load = load or Load()
        self._on_effects = on_effects
        self._on_intake = on_intake
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._waiters: dict[str, asyncio.Future[Verdict | None]] = {}
        self._workers: list[asyncio.Task[None]] = []

    @property
    def store(self) -> Store:
        """For reading; what changes something goes through the methods below."""
        return self._ports.store

    def now(self) -> datetime:
        return self._ports.now()

    @property
    def waiting(self) -> int:
        """Comments that wait for a verdict right now."""
        return self._queue.qsize()

    async def start(self) -> None:
        """Starts the workers and takes up what an earlier run left unfinished."""
        self._workers = [
            asyncio.create_task(self._work(), name=f"moderate-{n}")
            for n in range(self._load.workers)
        ]
        self._workers.append(asyncio.create_task(self._look_after(), name="look-after-rules"))
        unfinished = await self.store.comments.unfinished()
        for comment_id in unfinished:
            self._queue.put_nowait(comment_id)
        if unfinished:
            log.info("taking up unfinished comments", count=len(unfinished))

    async def stop(self) -> None:
        """Stops at once: what is unfinished is taken up at the next start."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._workers = []

    # --- what doors ask ------------------------------------------------------------------

    async def submit(self, submission: Submission, *, wait_s: float = 0.0) -> Receipt:
        """Stores the comment and has it moderated; waits at most `wait_s` for the verdict.

        Raises IntakeFullError, with nothing stored, when too many are waiting.
        """
        if self._queue.qsize() >= self._load.max_waiting:
            self._on_intake(submission.source, "full")
            raise IntakeFullError(self._load.retry_after_s)
        receipt = await pipeline.receive(self._ports, submission)
        self._on_intake(submission.source, "repeated" if receipt.repeated else "accepted")
        if receipt.state is not State.RECEIVED:
            self._on_effects()
            return await self._with_verdict(receipt)
        waiter = self._waiters.get(receipt.comment_id)
        if waiter is None:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters[receipt.comment_id] = waiter
            self._queue.put_nowait(receipt.comment_id)
        if wait_s <= 0:
            return receipt
        done, _ = await asyncio.wait([waiter], timeout=wait_s)
        return await self._with_verdict(receipt) if done else receipt

    async def withdraw(
        self, *, site: str, external_id: str, delivery_id: str | None = None
    ) -> Comment | None:
        comment = await pipeline.withdraw(
            self._ports, site=site, external_id=external_id, delivery_id=delivery_id
        )
        self._on_effects()
        return comment

    async def report(self, complaint: Report) -> Comment | None:
        comment = await pipeline.report(self._ports, complaint)
        self._on_effects()
        return comment

    # --- what moderators ask -------------------------------------------------------------

    async def resolve(self, order: Resolution) -> Resolved | Proposed | Refused:
        resolved = await pipeline.resolve(self._ports, order)
        self._on_effects()
        return resolved

    async def undo(self, case_id: int, *, actor: Actor) -> Undone | Refused:
        undone = await pipeline.undo(self._ports, case_id, actor=actor)
        self._on_effects()
        return undone

    async def claim(self, case_id: int, *, actor: Actor) -> Case | Refused:
        return await pipeline.claim(self._ports, case_id, actor=actor)

    async def next_case(self, actor: Actor, *, left_out: int | None = None) -> Taken | None:
        """Claims what this person should look at next."""
        return await pipeline.next_case(self._ports, actor, left_out=left_out)

    async def set_apart(self, case_ids: Sequence[int], *, actor: Actor) -> int:
        """Takes cases out of their lot; how many that were."""
        moved = await pipeline.set_apart(self._ports, case_ids, actor=actor)
        self._on_effects()
        return len(moved)

    async def headline(self) -> Headline:
        """What waits, in numbers, as of now."""
        return await self.store.cases.headline(now=self._ports.now())

    async def severe_seen(self, actor: Actor) -> int:
        """Severe cases of the last 24 hours; for this person's eyes only."""
        since = self._ports.now() - timedelta(days=1)
        return await self.store.cases.severe_seen(actor, since=since)

    async def note(self, case_id: int, *, actor: Actor, text: str) -> Case | Refused:
        noted = await pipeline.note(self._ports, case_id, actor=actor, text=text)
        self._on_effects()
        return noted

    async def escalate(
        self, case_id: int, *, version: int, actor: Actor, words: str | None = None
    ) -> Case | Refused:
        escalated = await pipeline.escalate(
            self._ports, case_id, version=version, actor=actor, words=words
        )
        self._on_effects()
        return escalated

    async def hand_back(self, case_id: int, *, version: int, actor: Actor) -> Case | Refused:
        back = await pipeline.hand_back(self._ports, case_id, version=version, actor=actor)
        self._on_effects()
        return back

    async def ask(
        self, case_id: int, *, actor: Actor, of: Actor | None = None, words: str | None = None
    ) -> Case | Refused:
        asked = await pipeline.ask(self._ports, case_id, actor=actor, of=of, words=words)
        self._on_effects()
        return asked

    async def release(self, case_id: int, *, actor: Actor) -> None:
        await self.store.cases.release(case_id, actor=actor)

    async def skip(self, case_id: int, *, actor: Actor) -> None:
        await self.store.cases.skip(case_id, actor=actor, now=self._ports.now())

    async def retry_delivery(self, item_id: int, *, actor: Actor) -> bool:
        """Gives a dead letter a fresh start; False when there is no such item."""
        found = await self.store.outbox.retry(item_id, actor=actor, now=self._ports.now())
        self._on_effects()
        return found

    async def score(self, text: str) -> Scores | Unscored:
        """What the model makes of a text; nothing is stored."""
        ports = self._ports
        language = ports.language_of(text, None)
        return await ports.scorer.score(text, deadline_s=ports.deadline_s, language=language)

    # --- what is in force beside the rules -------------------------------------------------

    @property
    def modes(self) -> tuple[Mode, ...]:
        """Those that `rules/modes.yaml` declares, to choose from."""
        return self._ports.rulebook().modes.modes

    async def mode(self, story: StoryRef | None = None) -> ModeNow:
        """The mode that holds under the story, or everywhere, and why."""
        now = self._ports.now()
        orders = await self.store.modes.standing(now=now)
        return self._ports.rulebook().modes.now(now, orders, story=story)

    async def set_mode(
        self,
        mode: str | None,
        *,
        actor: Actor,
        story: StoryRef | None = None,
        until: datetime | None = None,
    ) -> ModeNow | Refused:
        """Puts a mode in force everywhere or under one story; None goes back to the calendar.

        INVALID for a mode that is not declared and for an end that is past.
        """
        now = self._ports.now()
        if mode is None:
            await self.store.modes.lift(story=story, actor=actor, now=now)
        elif self._ports.rulebook().modes.get(mode) is None or (until and until <= now):
            return Refused(kind=RefusalKind.INVALID)
        else:
            order = ModeOrder(mode=mode, actor=actor, set_at=now, story=story, until=until)
            await self.store.modes.put(order)
        return await self.mode(story)

    async def mute_author(
        self,
        *,
        site: str,
        author_id: str,
        actor: Actor,
        muted: bool = True,
        until: datetime | None = None,
        note: str | None = None,
    ) -> AuthorStanding | Refused:
        """Rules read it as `author.muted`; UNKNOWN for an author who never wrote here."""
        now = self._ports.now()
        if muted and until is not None and until <= now:
            return Refused(kind=RefusalKind.INVALID)
        standing = await self.store.authors.mute(
            site=site,
            author_id=author_id,
            muted=muted,
            until=until,
            actor=actor,
            note=note,
            now=now,
        )
        return standing or Refused(kind=RefusalKind.UNKNOWN)

    async def trust_author(
        self,
        *,
        site: str,
        author_id: str,
        actor: Actor,
        trusted: bool = True,
        note: str | None = None,
    ) -> AuthorStanding | Refused:
        """Rules read it as `author.trusted`; UNKNOWN for an author who never wrote here."""
        standing = await self.store.authors.trust(
            site=site,
            author_id=author_id,
            trusted=trusted,
            actor=actor,
            note=note,
            now=self._ports.now(),
        )
        return standing or Refused(kind=RefusalKind.UNKNOWN)

    async def alarms(self) -> list[Alarm]:
        """What an admin should look at, the oldest first."""
        return await self.store.alarms.open()

    async def close_alarm(self, alarm_id: int, *, actor: Actor) -> bool:
        """Somebody has seen to it; False when there is no such open alarm."""
        return await self.store.alarms.close(alarm_id, actor=actor, now=self._ports.now())

    # --- the workers ---------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            comment_id = await self._queue.get()
            verdict = await self._moderated(comment_id)
            waiter = self._waiters.pop(comment_id, None)
            if waiter is not None and not waiter.done():
                waiter.set_result(verdict)
            self._on_effects()

    async def _look_after(self) -> None:
        """Never raises but for cancellation: moderation goes on without it."""
        while True:
            try:
                await upkeep.look_after(self._ports)
            except Exception:
                log.exception("looking after the rules failed")
            await asyncio.sleep(self._load.upkeep_s)

    async def _moderated(self, comment_id: str) -> Verdict | None:
        """Never raises but for cancellation: a comment that keeps failing goes to people."""
        for attempt in range(1, _TRIES + 1):
            try:
                return await pipeline.moderate(self._ports, comment_id)
            except Exception:
                log.exception("moderating failed", comment=comment_id, attempt=attempt)
                await asyncio.sleep(0.2 * attempt)
        try:
            return await pipeline.set_aside(self._ports, comment_id, "moderating failed")
        except Exception:
            log.exception("comment left unfinished until the next start", comment=comment_id)
            return None

    async def _with_verdict(self, receipt: Receipt) -> Receipt:
        record = await self.store.comments.record(receipt.comment_id)
        if record is None:
            return receipt
        return replace(receipt, state=record.comment.state, verdict=record.verdict)
