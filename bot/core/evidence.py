"""What a verdict rests on: which facts and passages made each rule fire, and which single rule,
taken away, would change what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.core.evaluate import Evidence, Rulebook, concluded
from bot.core.model import Outcome, Passage, Pivot, RuleHit, Verdict, Window

SCORES = "score"
"""`Passage.function` of the stretch whose score was the worst."""


def substantiated(rulebook: Rulebook, verdict: Verdict, *, worst: Window | None = None) -> Verdict:
    """The verdict with the evidence of each rule that fired; `rulebook` is the one that judged.

    `worst` is the stretch of the text with the worst score, where it has several.
    """
    if not verdict.hits:
        return verdict
    numbers = {rule.id: number for number, rule in enumerate(rulebook.rules)}
    fired = [numbers[hit.rule] for hit in verdict.hits]
    found = rulebook.conditions.evidence(verdict.facts, fired)
    hits = tuple(
        _with(hit, evidence, worst) for hit, evidence in zip(verdict.hits, found, strict=True)
    )
    return replace(verdict, hits=hits)


def pivots(
    verdict: Verdict, *, default: Outcome, decide: Callable[[Verdict], Verdict]
) -> tuple[Pivot, ...]:
    """The live rules without which something else would have come out, and what.

    `decide` are the safety catches, as they held for the verdict itself.
    """
    return tuple(_pivots(verdict, default, decide))


def _pivots(
    verdict: Verdict, default: Outcome, decide: Callable[[Verdict], Verdict]
) -> Iterator[Pivot]:
    came_out = decide(verdict).outcome
    for hit in verdict.hits:
        if not hit.acts:
            continue
        others = tuple(other for other in verdict.hits if other is not hit)
        without = decide(concluded(verdict, hits=others, default=default))
        if without.outcome is not came_out:
            yield Pivot(rule=hit.rule, outcome=without.outcome)


def _with(hit: RuleHit, evidence: Evidence, worst: Window | None) -> RuleHit:
    scores = [
        name
        for name in evidence.read
        if name.startswith("score.") and not name.startswith("score.whole.")
    ]
    own = [name for name in scores if name != "score.unscored"]
    passages: Sequence[Passage] = evidence.passages
    if worst is not None and own:
        scored = Passage(
            start=worst.start, end=worst.end, function=SCORES, looked_for=", ".join(own)
        )
        passages = (*passages, scored)
    return replace(hit, read=evidence.read, passages=tuple(passages))
