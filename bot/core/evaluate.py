"""Judges facts by a rulebook. Pure: every rule is looked at, and their order never matters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Protocol

from bot.core.model import (
    NOTHING_FURTHER,
    Basis,
    FactValue,
    Further,
    Idle,
    Outcome,
    Passage,
    RuleHit,
    Stage,
    Verdict,
    Words,
)
from bot.core.modes import NO_CALENDAR, Modes
from bot.core.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often a rule may remove something by itself; further ones go to people."""

    per_hour: int | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named condition that asks for an outcome and gives a reason."""

    id: str
    title: str
    stage: Stage
    outcome: Outcome
    because: Words
    """May hold `{fact.name}`, filled with the value that was read."""
    reason: Reason | None = None
    """Set whenever `outcome` is REJECT."""
    share: float = 1.0
    """Of the authors that a CANARY acts on, 0 to 1."""
    further: Further = NOTHING_FURTHER
    limits: Limits | None = None
    expires: date | None = None
    """The last day on which it acts, by the site's calendar."""
    owner: str | None = None
    known_false_positives: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    """Facts that its condition names."""

    def is_expired(self, today: date | None) -> bool:
        return self.expires is not None and today is not None and today > self.expires

    def tries(self, author: str) -> bool:
        """Whether a canary acts on this author: always the same answer for the same one."""
        digest = sha256(f"{author}\0{self.id}".encode("utf-8", "replace")).digest()
        return int.from_bytes(digest[:8]) < self.share * 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What made one condition hold."""

    read: Mapping[str, FactValue]
    """The facts it reads, without the text itself."""
    passages: tuple[Passage, ...] = ()


class Conditions(Protocol):
    """The compiled conditions of a rulebook."""

    def __call__(self, facts: Mapping[str, FactValue]) -> Sequence[bool | None]:
        """One answer a rule, in the rulebook's order; None where a fact it reads is absent."""

    def evidence(self, facts: Mapping[str, FactValue], fired: Sequence[int]) -> Sequence[Evidence]:
        """Of the conditions with these numbers (from 0), which held for these facts."""


class _NoConditions:
    def __call__(self, facts: Mapping[str, FactValue]) -> Sequence[bool | None]:
        return ()

    def evidence(self, facts: Mapping[str, FactValue], fired: Sequence[int]) -> Sequence[Evidence]:
        return ()


NO_CONDITIONS: Conditions = _NoConditions()
"""Of a rulebook without rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All rules of one version."""

    version: str
    """Hash of the files' content, shortened."""
    rules: tuple[Rule, ...]
    """In order of id; drafts left out."""
    conditions: Conditions
    modes: Modes = NO_CALENDAR
    reads: frozenset[str] | None = None
    """Facts that its conditions and sentences name; None for all."""


_STRICTNESS = {Outcome.APPROVE: 0, Outcome.REVIEW: 1, Outcome.REJECT: 2}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_QUOTED_CHARS = 80
"""A fact made of words is cut here inside a sentence: it may be a whole comment."""
_CONFLICT = Words(
    fr="Des règles demandent à la fois de publier et de refuser.",
    en="Some rules ask to publish and others to refuse.",
)
_DEFAULT = Words(fr="Aucune règle ne s'applique.", en="No rule applies.")


def author_key(site: str, author_id: str) -> str:
    """The author as canaries know them."""
    return f"{site}\0{author_id}"


def evaluate(
    rulebook: Rulebook,
    facts: Mapping[str, FactValue],
    *,
    default: Outcome,
    author: str = "",
    today: date | None = None,
) -> Verdict:
    """What the acting rules ask for together; `default` when none of them fired.

    `author` is an `author_key`; `today` is the day on the site's calendar, without which no rule is
    taken for expired.
    """
    answers = rulebook.conditions(facts)
    not_applied: tuple[str, ...] = ()
    if None in answers:
        every = zip(rulebook.rules, answers, strict=True)
        not_applied = tuple(rule.id for rule, fired in every if fired is None)
    verdict = Verdict(
        outcome=default,
        basis=Basis.DEFAULT,
        rulebook=rulebook.version,
        because=_DEFAULT,
        not_applied=not_applied,
        facts=facts,
    )
    if True not in answers:
        return verdict
    hits = tuple(
        _hit(rule, facts, author=author, today=today)
        for rule, fired in zip(rulebook.rules, answers, strict=True)
        if fired
    )
    return concluded(verdict, hits=hits, default=default)


def concluded(verdict: Verdict, *, hits: tuple[RuleHit, ...], default: Outcome) -> Verdict:
    """The verdict as it is with just these rules firing."""
    outcome, basis, leading = _strictest([hit for hit in hits if hit.acts], default)
    return replace(
        verdict,
        outcome=outcome,
        basis=basis,
        reason=leading.reason if leading else None,
        because=leading.because if leading else _CONFLICT if basis is Basis.CONFLICT else _DEFAULT,
        hits=hits,
    )


def _strictest(live: list[RuleHit], default: Outcome) -> tuple[Outcome, Basis, RuleHit | None]:
    if len(live) == 1:
        return live[0].outcome, Basis.RULE, live[0]
    asked = {hit.outcome for hit in live}
    if not live:
        return default, Basis.DEFAULT, None
    if {Outcome.APPROVE, Outcome.REJECT} <= asked:
        return Outcome.REVIEW, Basis.CONFLICT, None
    leading = max(live, key=lambda hit: _STRICTNESS[hit.outcome])
    return leading.outcome, Basis.RULE, leading


def _hit(rule: Rule, facts: Mapping[str, FactValue], *, author: str, today: date | None) -> RuleHit:
    idle = None
    if rule.is_expired(today):
        idle = Idle.EXPIRED
    elif rule.stage is Stage.CANARY and not rule.tries(author):
        idle = Idle.OUT_OF_SHARE
    return RuleHit(
        rule=rule.id,
        stage=Stage.SHADOW if idle else rule.stage,
        further=rule.further,
        idle=idle,
        outcome=rule.outcome,
        reason=rule.reason,
        because=Words(
            fr=_filled(rule.because.fr, facts, decimal=","),
            en=_filled(rule.because.en, facts, decimal="."),
        ),
    )


def placeholders(sentence: str) -> tuple[re.Match[str], ...]:
    """Where a rule's sentence asks for a fact; group 1 is the name."""
    return tuple(_PLACEHOLDER.finditer(sentence))


def _filled(sentence: str, facts: Mapping[str, FactValue], *, decimal: str) -> str:
    if "{" not in sentence:
        return sentence
    return _PLACEHOLDER.sub(
        lambda match: _in_words(facts.get(match.group(1)), decimal=decimal), sentence
    )


def _listed(fact: FactValue) -> str:
    return ", ".join(fact) if isinstance(fact, Sequence) else str(fact)


def _in_words(fact: FactValue | None, *, decimal: str) -> str:
    if fact is None:
        return "?"
    if isinstance(fact, float):
        return f"{fact:.2f}".replace(".", decimal)
    words = fact if isinstance(fact, str) else _listed(fact)
    return words if len(words) <= _QUOTED_CHARS else words[: _QUOTED_CHARS - 1] + "…"
