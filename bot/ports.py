"""What the pipeline needs from outside, as small protocols; `bot.app` plugs the real things in.

Every method of a store that changes something is one transaction: state, audit entry and effects
are written together or not at all, and the call returns only when they are on disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.core.decide import Policy, RecentRejections
from bot.core.effects import Outlets
from bot.core.evaluate import Rulebook
from bot.core.model import (
    Actor,
    AuditEntry,
    AuthorHistory,
    Basis,
    Case,
    Comment,
    CommentRecord,
    Decision,
    Delivery,
    Effect,
    EffectKind,
    FactValue,
    OutboxItem,
    Outcome,
    Receipt,
    Refused,
    Report,
    Resolution,
    Scores,
    Stage,
    Submission,
    Totals,
    Unscored,
    Verdict,
    Words,
)

Clock = Callable[[], datetime]
"""The time now, aware UTC."""

CaseEffects = Callable[[str], Sequence[Effect]]
"""Given a comment's id: the effects to record when its case changes."""


LanguageOf = Callable[[str, str | None], str | None]
"""Given a text and the language its source says: the language it is written in (ISO 639-1), as
the source says where the text is too short to tell. None when nobody knows."""


class Scorer(Protocol):
    """Gives probabilities to a text; never raises for a text, however strange."""

    async def score(
        self, text: str, *, deadline_s: float, language: str | None = None
    ) -> Scores | Unscored:
        """The scores within `deadline_s` seconds, or why not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What moderating a comment starts from, read in one go."""

    comment: Comment
    history: AuthorHistory
    """The author's past on this site, `comment` left out."""
    has_case: bool
    """True when a case is open already: the text was edited while in review."""


class Comments(Protocol):
    """Every comment that was ever accepted, with its versions, scores and verdicts."""

    async def receive(
        self, submission: Submission, *, on_case_change: CaseEffects, now: datetime
    ) -> Receipt:
        """Stores a new comment or a new version of a known one, in state RECEIVED.

        The same delivery id, or the same text again, changes nothing (`repeated`). A new version
        moves the comment's open case to its next version, so that decisions made on the old text
        are refused.
        """

    async def withdraw(
        self,
        *,
        site: str,
        external_id: str,
        delivery_id: str | None,
        on_case_change: CaseEffects,
        now: datetime,
    ) -> Comment | None:
        """Ends a comment deleted at its source: its case closes, its effects are called off.

        Returns the comment in its new state; None when it is unknown here.
        """

    async def report(
        self,
        report: Report,
        *,
        priority: float,
        because: Words,
        on_case_change: CaseEffects,
        now: datetime,
    ) -> Comment | None:
        """Counts a reader's complaint, opens a case for an approved comment (which stays
        approved until a person decides) and lifts the case's priority by `priority` at the first
        complaint. None when the comment is unknown here."""

    async def get(self, comment_id: str) -> Comment | None: ...

    async def find(self, *, site: str, external_id: str) -> Comment | None: ...

    async def record(self, comment_id: str) -> CommentRecord | None: ...

    async def unfinished(self) -> list[str]:
        """Ids in state RECEIVED, oldest first: what a restart has to take up again."""

    async def pending(self, comment_id: str) -> Pending | None:
        """None unless the comment is in state RECEIVED."""

    async def recent_rejections(self, *, now: datetime) -> RecentRejections: ...

    async def judge(
        self,
        comment: Comment,
        *,
        scores: Scores | Unscored,
        verdict: Verdict,
        priority: float,
        effects: Sequence[Effect],
        now: datetime,
    ) -> bool:
        """Writes scores, verdict, new state, decision or case, and effects.

        False, with nothing written, when the comment is no longer RECEIVED in this version:
        somebody else finished it, or a newer text came in.
        """


class Cases(Protocol):
    """The review queue."""

    async def queue(
        self, *, limit: int = 50, offset: int = 0, viewer: Actor | None = None
    ) -> list[Case]:
        """Open cases, highest priority first, then oldest; those `viewer` skipped come last."""

    async def get(self, case_id: int) -> Case | None: ...

    async def for_comment(self, comment_id: str) -> Case | None: ...

    async def resolve(
        self, resolution: Resolution, *, effects: Sequence[Effect], now: datetime
    ) -> tuple[Case, Decision] | Refused: ...

    async def last_decision(self, case_id: int) -> Decision | None:
        """The latest decision on the case's comment that was not undone."""

    async def undo(
        self,
        decision_id: int,
        *,
        actor: Actor,
        corrections: Sequence[Effect],
        effects: Sequence[Effect],
        now: datetime,
    ) -> tuple[Case, Decision, bool] | Refused:
        """Reopens the case and calls off what was not yet delivered.

        `corrections` are written only if something had left already (the third value says so);
        `effects` always. Refused as TOO_LATE when a message is already deleted at its source.
        """

    async def claim(
        self, case_id: int, *, actor: Actor, until: datetime, now: datetime
    ) -> Case | Refused:
        """Takes or renews the lease; CLAIMED when a colleague's is still running."""

    async def release(self, case_id: int, *, actor: Actor) -> None: ...

    async def skip(self, case_id: int, *, actor: Actor, now: datetime) -> None:
        """Moves the case to the end of this actor's queue and releases their claim."""


class Search(Protocol):
    """What moderators look up; only reads."""

    async def next_for(self, actor: Actor, *, limit: int = 20, offset: int = 0) -> list[Case]:
        """Open cases in the order in which this actor should see them: the queue's order, then
        those they skipped, the longest ago first. Cases that colleagues claimed are among them."""

    async def of_author(self, *, site: str, author_id: str, limit: int) -> list[Comment]:
        """The newest first, as in the two below."""

    async def by_name(self, name: str, *, limit: int) -> list[Comment]:
        """Comments of authors whose name begins so; a to z count as A to Z."""

    async def with_text(self, text: str, *, limit: int) -> list[Comment]:
        """Comments whose present text holds these characters; a to z count as A to Z."""


class Outbox(Protocol):
    """Effects on their way out."""

    async def recover(self) -> int:
        """Puts what was under way when the process died back in line; returns how many.

        Only for the one process that delivers, before it starts to.
        """

    async def take_due(
        self, *, now: datetime, limit: int, kinds: Sequence[EffectKind]
    ) -> list[OutboxItem]:
        """Marks as under way, and returns, the oldest waiting effect of each (kind, subject)
        whose time has come; one more attempt is counted for each."""

    async def settle(
        self, results: Sequence[tuple[OutboxItem, Delivery, datetime]], *, now: datetime
    ) -> None:
        """Writes what became of taken items; the third value is when to try again."""

    async def next_due_at(self, kinds: Sequence[EffectKind]) -> datetime | None:
        """When `take_due` will next find something; those that wait for another do not count."""

    async def waiting(self, *, limit: int = 100) -> list[OutboxItem]: ...

    async def dead(self, *, limit: int = 100) -> list[OutboxItem]: ...

    async def retry(self, item_id: int, *, actor: Actor, now: datetime) -> bool:
        """Gives a dead letter (or a waiting item) a fresh start; False when there is none."""

    async def add(self, effects: Sequence[Effect], *, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Where a case is shown in Discord."""

    case_id: int
    channel_id: int
    message_id: int
    case_version: int
    """The version that is shown; smaller than the case's own while the card is stale."""


class Cards(Protocol):
    """Cards in the review channel: views of cases, rebuilt from the database when lost."""

    async def get(self, case_id: int) -> Card | None: ...

    async def put(self, card: Card) -> None: ...

    async def remove(self, case_id: int) -> None: ...

    async def of_open_cases(self) -> list[Card]: ...

    async def stale(self) -> list[int]:
        """Case ids whose card shows another version than the case's own, or closed ones' cards
        still shown as open."""

    async def missing(self, *, limit: int) -> list[Case]:
        """Open cases without a card, in the queue's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedChannel:
    channel_id: int
    guild_id: int | None
    last_message_id: int | None
    """The newest message that is stored; None before the first."""


class WatchedChannels(Protocol):
    """Discord channels whose messages are comments, and how far each was read."""

    async def all(self) -> list[WatchedChannel]: ...

    async def watch(self, channel_id: int, *, guild_id: int | None, now: datetime) -> None: ...

    async def unwatch(self, channel_id: int) -> None: ...

    async def advance(self, channel_id: int, message_id: int) -> None:
        """Never moves back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    actor: Actor
    expires_at: datetime


class Sessions(Protocol):
    """Log-ins to the console. Only hashes of tokens are kept."""

    async def issue_link(self, token_hash: str, *, session: Session, now: datetime) -> None:
        """`session.expires_at` is the link's own end."""

    async def redeem_link(
        self, token_hash: str, *, session_hash: str, expires_at: datetime, now: datetime
    ) -> Session | None:
        """Turns an unused link into a session; a second use, or one too late, gives None."""

    async def get(self, session_hash: str, *, now: datetime) -> Session | None: ...

    async def end(self, session_hash: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A comment of the past: its latest text, what was concluded of it, what a person said."""

    comment_id: str
    text: str
    judged_at: datetime
    facts: Mapping[str, FactValue]
    """As the rules read them then, without `text.folded`, which the text gives again."""
    outcome: Outcome
    """What the rulebook of then concluded."""
    basis: Basis
    rules: Mapping[str, Stage]
    """Every rule that fired then, and its stage then."""
    human: Outcome | None
    """The last decision of a person on this text that was not undone: APPROVE or REJECT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firings:
    """How often each rule fired."""

    judged: int
    """Text versions judged in that time."""
    by_rule: Mapping[str, int]
    """Rules that never fired are left out."""


class Past(Protocol):
    """What was judged before, to look back on; only reads."""

    async def count(self, *, since: datetime) -> int:
        """How many comments `judged` will give, about: others may come in meanwhile."""

    def judged(self, *, since: datetime) -> AsyncIterator[Sequence[Judged]]:
        """In portions and in no particular order: comments whose latest text was judged since.

        A comment whose latest text has no verdict yet is left out. A decision on an earlier text
        does not count for the latest.
        """

    async def firings(self, *, since: datetime) -> Firings: ...


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

    async def ask_for(self, version: str, *, by: str, now: datetime) -> None:
        """Says who is to be named when this version is loaded next."""

    async def history(self, *, limit: int = 50) -> list[KeptRulebook]:
        """The newest first: by when it last came into force."""

    async def live(self) -> str | None:
        """The version that came into force last; None before the first start."""

    async def named(self, beginning: str) -> list[str]:
        """The versions that begin so."""

    async def files(self, version: str) -> RuleFiles | None: ...


class Store(Protocol):
    """Everything remembered."""

    @property
    def comments(self) -> Comments: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def search(self) -> Search: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def watched(self) -> WatchedChannels: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def rulebooks(self) -> Rulebooks: ...

    async def totals(self) -> Totals: ...

    async def audit(self, entry: AuditEntry, *, comment_id: str | None = None) -> None: ...

    async def ping(self) -> None:
        """Raises when the database does not answer."""


class Deliverer(Protocol):
    """Takes effects of one kind to where they belong."""

    async def deliver(self, item: OutboxItem) -> Delivery: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All of the above, as the pipeline gets it."""

    store: Store
    scorer: Scorer
    rulebook: Callable[[], Rulebook]
    """The rulebook of this moment."""
    now: Clock
    policy: Policy
    outlets: Outlets
    language_of: LanguageOf = lambda _text, told: told
    deadline_s: float = 10.0
    """How long scoring one comment may take before people get it unscored."""
    claim_s: float = 600.0
    """How long a moderator's claim on a case lasts without a sign of life."""
    turn_to_reject: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while an automatic rejection is counted and recorded: the caps hold to the unit."""
