"""What must go together in a rule file: a refusal and its reason, an acting rule and its proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from bot.core.errors import Fault
from bot.core.model import Outcome, Stage
from bot.core.reasons import Reason
from bot.rulebook.schema import Then
from bot.rulebook.source import Source

Kind = Literal["match", "pass"]
KINDS: tuple[Kind, ...] = ("match", "pass")
_LONGEST_TIMEOUT_S = 28 * 86_400
"""What Discord allows."""


def agreement_faults(source: Source) -> Iterator[Fault]:
    """Values of a wrong shape are the schema's to report."""
    plain = source.plain
    then = plain.get("then")
    asked: dict[str, Any] = then if isinstance(then, dict) else {"outcome": then}
    yield from _reason_faults(source, asked)
    yield from _further_faults(source, asked)
    yield from _stage_faults(source)


def _reason_faults(source: Source, asked: dict[str, Any]) -> Iterator[Fault]:
    reason = source.plain.get("reason")
    if asked.get("outcome") == Outcome.REJECT and reason is None:
        codes = ", ".join(Reason)
        what = "a rule that rejects needs a `reason`"
        at = source.value_at(("then",))
        yield source.fault(at, what, f"add `reason:` with one of {codes}")
    if asked.get("outcome") == Outcome.APPROVE and reason is not None:
        what = "a rule that approves has no `reason`"
        yield source.fault(source.key_at(("reason",)), what, "remove the line")


def _further_faults(source: Source, asked: dict[str, Any]) -> Iterator[Fault]:
    taking = [name for name in ("timeout_author", "delete", "notify_author") if asked.get(name)]
    if asked.get("outcome") == Outcome.APPROVE:
        for name in (*taking, *(["escalate"] if asked.get("escalate") else [])):
            what = f"a rule that approves cannot ask for `{name}`"
            yield source.fault(source.key_at(("then", name)), what, "remove the line")
    removes = asked.get("outcome") == Outcome.REJECT or {"timeout_author", "delete"} & {*taking}
    if source.plain.get("limits") is not None and not removes:
        what = "`limits` bound what a rule removes by itself; this one removes nothing"
        yield source.fault(source.key_at(("limits",)), what, "remove the lines")
    if _too_long(asked.get("timeout_author")):
        at = source.value_at(("then", "timeout_author"))
        yield source.fault(at, "longer than Discord allows: at most 28d")


def _too_long(written: Any) -> bool:
    if not isinstance(written, str):
        return False
    try:
        made = Then.model_validate({"outcome": Outcome.REJECT, "timeout_author": written})
    except ValueError:  # the schema's to report
        return False
    return made.timeout_s > _LONGEST_TIMEOUT_S


def _stage_faults(source: Source) -> Iterator[Fault]:
    stage = source.plain.get("stage")
    canary = stage.get("canary") if isinstance(stage, dict) else None
    if isinstance(canary, str) and canary.strip("0.%") == "":
        what = "a share of nobody"
        yield source.fault(source.value_at(("stage", "canary")), what, "`shadow` acts on nobody")
    if canary is None and stage not in (Stage.SHADOW.value, Stage.LIVE.value):
        return
    named = Stage.CANARY.value if canary is not None else stage
    examples = source.plain.get("examples", {})
    for kind in KINDS if isinstance(examples, dict) else ():
        if not examples.get(kind):
            at = source.key_at(("examples", kind))
            verb = "matches" if kind == "match" else "passes"
            what = f"no example that {verb}: a {named} rule proves itself"
            yield source.fault(at, what, f"add one text under `examples: {kind}:`")
