"""What every rule makes of one text, and why: for people who write rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.decide import NONE_RECENT, Policy, decide
from bot.core.evaluate import Rulebook, evaluate
from bot.core.evidence import substantiated
from bot.core.model import FactValue, Passage, Scores, Unscored, Verdict
from bot.rulebook.compiled import CompiledConditions
from bot.rulebook.lint import facts_of
from bot.rulebook.proof import Score
from bot.rulebook.reading import ReadFolder, ReadRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one rule makes of the text; `read` holds None for absent facts."""

    rule: ReadRule
    fired: bool | None
    """None when a fact that it reads is absent."""
    read: Mapping[str, FactValue | None]
    expired: bool
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    answers: tuple[Answer, ...]
    """Every rule, drafts included, in order of id."""
    verdict: Verdict


async def explain(
    folder: ReadFolder,
    rulebook: Rulebook,
    text: str,
    score: Score,
    *,
    policy: Policy,
    now: datetime,
    stated: Mapping[str, FactValue] | None = None,
) -> Explained:
    """The text is a new reader's first comment on the site; stated facts win, and a stated score
    means that the text is not scored. `folder` and `rulebook` are the same files."""
    answered: list[Scores | Unscored] = []

    async def listened(text: str) -> Scores | Unscored:
        answered.append(await score(text))
        return answered[-1]

    every, today = folder.rules, rulebook.modes.today(now)
    facts = await facts_of(every[0], text, listened, stated=dict(stated or {}))
    conditions = CompiledConditions(tuple(each.condition.expression for each in every))
    scored = next((each for each in answered if isinstance(each, Scores)), None)
    asked = substantiated(
        rulebook,
        evaluate(rulebook, facts, default=policy.default, today=today),
        worst=scored.worst if scored else None,
    )
    placed = {hit.rule: hit.passages for hit in asked.hits}
    found = conditions.evidence(facts, range(len(every)))
    answers = tuple(
        Answer(
            rule=each,
            fired=fired,
            read={name: facts.get(name) for name in each.condition.expression.reads},
            passages=placed.get(each.rule.id, evidence.passages) if fired else (),
            expired=each.rule.is_expired(today),
        )
        for each, fired, evidence in zip(every, conditions(facts), found, strict=True)
    )
    scores: Scores | Unscored = scored or Scores(values={}, scorer="stated", version="")
    if facts.get("score.unscored"):
        scores = next((s for s in answered if isinstance(s, Unscored)), Unscored(reason="stated"))
    verdict = decide(asked, scores=scores, recent=NONE_RECENT, policy=policy)
    return Explained(answers=answers, verdict=verdict)
