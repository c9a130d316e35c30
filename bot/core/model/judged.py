"""A stored comment, what it scored and what the rules made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.model.incoming import Author, Parent, Story
from bot.core.model.kinds import Basis, Outcome, Source, Stage, State, TextFormat, Words
from bot.core.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment as stored, with its current text version."""

    id: str
    site: str
    source: Source
    external_id: str
    version: int
    """1 for the first text, one more for every edit."""
    state: State
    text: str
    author: Author
    story: Story
    received_at: datetime
    """When the current version arrived here."""
    raw_text: str | None = None
    format: TextFormat = TextFormat.PLAIN
    parent: Parent | None = None
    created_at: datetime | None = None
    language: str | None = None
    reports: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorStanding:
    """What moderators have noted of an author; rules may read it."""

    trusted: bool = False
    muted: bool = False
    """Ask `is_muted`: a mute for a time ends by itself."""
    muted_until: datetime | None = None
    """None: until somebody lifts it."""

    def is_muted(self, now: datetime) -> bool:
        return self.muted and (self.muted_until is None or now < self.muted_until)


NO_STANDING = AuthorStanding()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorHistory:
    """What is remembered of an author at one moment, the comment at hand left out."""

    approved: int = 0
    rejected: int = 0
    in_review: int = 0
    first_seen_at: datetime | None = None
    standing: AuthorStanding = NO_STANDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The stretch of the text, in characters, whose score was the worst."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Probabilities of one text, per attribute the scorer knows; the worst window counts."""

    values: Mapping[str, float]
    """Of the author's own words; quotations are left out."""
    scorer: str
    """Name of the scorer, e.g. `embedded`."""
    version: str
    """Digest of the model file, shortened; scores of different versions are not comparable."""
    worst: Window | None = None
    """Where the toxicity is highest; None when the text fits one window."""
    whole: Mapping[str, float] | None = None
    """Of the text with its quotations; None when all words are the author's own."""
    levels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Attribute, then level (`sure`), then the score at which this very model reaches it in the
    text's language. Not stored with the scores: the facts of the verdict hold them."""
    degraded: bool = False
    """True when another scorer than the wanted one answered: nothing may be removed on its word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """The scorer's honest «I don't know»; goes to people, never to «clean»."""

    reason: str
    """Short and technical, e.g. `timed out after 2 s`; never text of the comment."""


FactValue = str | int | float | bool | Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """What a rule asks for beside its outcome."""

    escalate: bool = False
    """People should look first, and leads."""
    tags: tuple[str, ...] = ()
    timeout_s: int = 0
    """Discord: the author may not write for so long; 0: no time-out."""
    delete: bool = False
    """Discord: the message goes at once, although a person still has to look."""
    notify_author: bool = False
    """The author is told, in private."""

    @property
    def removes(self) -> bool:
        """Whether it takes something from the author, so that caps and limits hold for it."""
        return self.delete or self.timeout_s > 0


NOTHING_FURTHER = Further()


class Idle(StrEnum):
    """Why a rule fired and yet did nothing, beside being a shadow."""

    EXPIRED = "expired"
    """Its `expires` is past."""
    OUT_OF_SHARE = "out_of_share"
    """A canary that is not tried on this author."""
    LIMIT = "limit"
    """Its own `limits` were reached."""
    SURGE = "surge"
    """It fires far more often than it used to; an alarm waits for an admin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of the text as it was written, in characters, that a rule fired on."""

    start: int
    end: int
    function: str
    """What looked: `has_any`, `has_word`, `matches_re2`…; `score` for the worst-scored stretch."""
    looked_for: str
    """The list's name, the word or the pattern; the facts' names for a score."""
    entry: str | None = None
    """The list's entry as it is written there."""

    @property
    def told(self) -> str:
        """`insults-fr: connard~`, as a list of evidence tells it."""
        return f"{self.looked_for}: {self.entry}" if self.entry else self.looked_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Pivot:
    """The counterfactual: without this one rule, `outcome` would have come out."""

    rule: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHit:
    """One rule that fired, and what it asked for."""

    rule: str
    """The rule's id, which is its file's name."""
    stage: Stage
    """As it counted here: an expired rule, and a canary outside its share, are shadows."""
    outcome: Outcome
    reason: Reason | None
    because: Words
    """The rule's sentence for people, filled in."""
    read: Mapping[str, FactValue] = field(default_factory=dict)
    """The facts the rule read, without the text itself; absent ones are left out."""
    passages: tuple[Passage, ...] = ()
    """Where in the text; empty for a rule that looks at numbers of the whole only."""
    further: Further = NOTHING_FURTHER
    idle: Idle | None = None

    @property
    def acts(self) -> bool:
        return self.stage in (Stage.CANARY, Stage.LIVE) and self.idle is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rulebook concluded of one text version, with the evidence."""

    outcome: Outcome
    basis: Basis
    rulebook: str
    """Version (content hash) of the rulebook that judged."""
    because: Words
    """For people: why it came out so."""
    reason: Reason | None = None
    hits: tuple[RuleHit, ...] = ()
    """Every rule that fired, shadow ones included, in order of id."""
    not_applied: tuple[str, ...] = ()
    """Rules that read a fact which is absent here, e.g. a score of an unscored text."""
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    pivots: tuple[Pivot, ...] = ()
    """Live rules of which each alone decides; empty where several agree or a safety catch holds."""

    @property
    def further(self) -> Further:
        """What its acting rules ask for together; nothing that takes from the author unless the
        rules had the last word."""
        asked = [
            hit.further for hit in self.hits if hit.further is not NOTHING_FURTHER and hit.acts
        ]
        if not asked:
            return NOTHING_FURTHER
        final = self.basis is Basis.RULE
        return Further(
            escalate=any(each.escalate for each in asked),
            tags=tuple(sorted({tag for each in asked for tag in each.tags})),
            timeout_s=max((each.timeout_s for each in asked), default=0) if final else 0,
            delete=final and any(each.delete for each in asked),
            notify_author=final and any(each.notify_author for each in asked),
        )
