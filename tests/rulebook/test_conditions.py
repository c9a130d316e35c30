"""What compiled conditions answer about facts that are there, absent or strange."""

from __future__ import annotations

import pytest
from rule_texts import GOOD, with_condition

from bot.core.evaluate import evaluate
from bot.core.facts import DECLARED
from bot.core.model import Basis, Outcome
from bot.rulebook import load, read, run_examples
from bot.rulebook.compiled import CompiledConditions
from bot.rulebook.conditions import Condition, compile_condition


def _ask(condition: str, facts):
    compiled = compile_condition(condition)
    assert isinstance(compiled, Condition), compiled
    (answer,) = CompiledConditions((compiled.expression,))(facts)
    return answer


@pytest.mark.parametrize(
    ("condition", "facts", "answer"),
    [
        ("score.threat >= 0.6", {"score.threat": 0.6}, True),
        ("score.threat >= 0.6", {"score.threat": 0.59}, False),
        ("score.threat >= 0.6", {}, None),
        ("score.threat >= 0.6 || text.links > 2", {"text.links": 3}, True),
        ("score.threat >= 0.6 || text.links > 2", {"text.links": 2}, None),
        ("score.threat >= 0.6 && text.links > 2", {"text.links": 2}, False),
        ("!(score.threat >= 0.6)", {}, None),
        ("score.unscored", {"score.unscored": True}, True),
        ("1 / text.links > 0", {"text.links": 0}, None),
        ("source in ['site', 'discord']", {"source": "site"}, True),
        ("['a', 'b'].exists(w, text.folded.contains(w))", {"text.folded": "xbx"}, True),
        ("text.folded.matches('^a.*z$')", {"text.folded": "a\0" + "b" * 20_000 + "z"}, True),
        ("story.title.contains('x')", {"story.title": "\ud800x"}, True),
        ("text.links > 2", {"text.links": 2**70}, None),
        ("text.links > 2", {"text.links": "3"}, None),
        ("score.threat >= 0.6", {"score.threat": 1, "unheard.of": object}, True),
    ],
)
def test_answers(condition: str, facts, answer: bool | None) -> None:
    """An absent fact is neither true nor false, unless the rest of the condition settles it."""
    assert _ask(condition, facts) is answer


def test_every_declared_fact_is_known_to_conditions() -> None:
    samples = {"string": "''", "int": "0", "double": "0.0", "bool": "true", "strings": "[]"}
    for fact in DECLARED:
        value = {"string": "", "int": 0, "double": 0.0, "bool": True, "strings": ()}[fact.kind]
        assert _ask(f"{fact.name} == {samples[fact.kind]}", {fact.name: value}) is True


def test_a_pattern_cannot_be_made_slow() -> None:
    """RE2: linear time. A backtracking engine would never come back from this one."""
    assert _ask("text.folded.matches('^(a+)+$')", {"text.folded": "a" * 20_000 + "b"}) is False


def test_a_loop_over_the_longest_list_is_bounded() -> None:
    words = ",".join(f"'{n}'" for n in range(600))
    compiled = f"[{words}].exists(w, text.folded.matches('(x+)+y') && text.folded.contains(w))"
    assert len(compiled) < 4_000
    assert _ask(compiled, {"text.folded": "x" * 20_000}) is False


@pytest.mark.parametrize(
    ("condition", "reads"),
    [
        ("score.threat > 0.5", True),
        ("text.links > 1 && score . threat > 0.5", True),
        ("score.unscored", False),
        ("text.folded.contains('score.threat') // score.threat", False),
    ],
)
def test_whether_scores_are_read(condition: str, reads: bool) -> None:
    compiled = compile_condition(condition)
    assert isinstance(compiled, Condition)
    assert compiled.reads_scores is reads


def test_a_rule_that_lacks_a_fact_does_not_apply_visibly(rules) -> None:
    links = with_condition("text.links >= 1")
    book = load(rules({"threat.yaml": GOOD, "links.yaml": links}))
    verdict = evaluate(book, {"text.links": 1, "score.unscored": True}, default=Outcome.APPROVE)
    assert verdict.outcome is Outcome.REVIEW
    assert [hit.rule for hit in verdict.hits] == ["links"]
    assert verdict.not_applied == ("threat",)
    assert verdict.because.fr == "Une menace (?)"


def test_shadow_rules_are_recorded_and_act_on_nothing(rules) -> None:
    shadow = with_condition("text.links >= 1").replace("stage: live", "stage: shadow")
    book = load(rules({"links.yaml": shadow, "threat.yaml": GOOD}))
    facts = {"text.links": 1, "score.threat": 0.1}
    verdict = evaluate(book, facts, default=Outcome.APPROVE)
    assert (verdict.outcome, verdict.basis) == (Outcome.APPROVE, Basis.DEFAULT)
    assert [hit.rule for hit in verdict.hits] == ["links"]


def _threat(text: str, *, score: str = "") -> str:
    """The good rule with plain-text examples."""
    body = GOOD.partition("examples:")[0]
    return body + f"examples:\n  match: [{text}]\n  pass: [Merci]\n{score}"


async def test_examples_are_scored_unless_they_state_scores(rules, score) -> None:
    asked: list[str] = []

    async def listening(text: str):
        asked.append(text)
        return await score(text)

    files = {
        "model.yaml": _threat("Je vais te tuer"),
        "stated.yaml": GOOD,
        "links.yaml": with_condition("text.links == 0").replace("0.1}}]", "0.1, text.links: 9}}]"),
    }
    results = await run_examples(rules(files), listening)
    assert asked == ["Je vais te tuer", "Merci"]
    assert {(r.rule, r.example.kind, r.example.index): r.passed for r in results} == {
        ("links", "match", 1): True,
        ("links", "pass", 1): True,
        ("model", "match", 1): True,
        ("model", "pass", 1): True,
        ("stated", "match", 1): True,
        ("stated", "pass", 1): True,
    }


async def test_a_failing_example_is_a_result_and_no_load_error(rules, score) -> None:
    folder = rules({"r.yaml": _threat("Bonjour")})
    assert load(folder).rules
    (failing, passing) = await run_examples(folder, score)
    assert (failing.passed, failing.fired, failing.example.where) == (
        False,
        False,
        "rules/r.yaml:7:11",
    )
    assert passing.passed


async def test_an_example_whose_rule_does_not_apply_proves_nothing(rules, score) -> None:
    """It states one score, so it is not scored; the rule reads another one."""
    stated = GOOD.replace("facts: {score.threat: 0.1}", "facts: {score.insult: 0.1}")
    folder = rules({"r.yaml": stated})
    (_, result) = await run_examples(folder, score)
    assert (result.example.kind, result.fired, result.passed) == ("pass", None, False)


async def test_drafts_are_proven_too(rules, score) -> None:
    draft = GOOD.replace("stage: live", "stage: draft")
    folder = rules({"a.yaml": GOOD, "b.yaml": draft})
    assert [rule.rule.id for rule in read(folder).rules] == ["a", "b"]
    assert {result.rule for result in await run_examples(folder, score)} == {"a", "b"}
