"""What lint finds in rule files that are sound: each check on a folder that shows it, and one that
does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.core.errors import RulesError
from bot.core.model import Scores, Unscored
from bot.ports import Firings
from bot.rulebook import load
from bot.rulebook.lint import Level, Linted, lint
from bot.rulebook.written import written
from tests.rulebook.conftest import WriteRules
from tests.rulebook.rule_texts import GOOD


async def by_length(text: str) -> Scores | Unscored:
    """A hundredth of toxicity a character; «muet» stays unscored."""
    if text == "muet":
        return Unscored(reason="asked to stay silent")
    return Scores(values={"toxicity": min(1.0, len(text) / 100)}, scorer="length", version="1")


def rule(when: str, *, match: str, passing: str, then: str = "review", **lines: str) -> str:
    fields = {
        "title": "Une règle",
        "stage": "live",
        "when": f"|-\n  {when}",
        "then": then,
        **({"reason": "OFFENSIVE"} if then == "reject" else {}),
        "because": "Parce que.",
        **lines,
    }
    head = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"{head}examples:\n  match: [{match}]\n  pass: [{passing}]\n"


async def found(
    rules: WriteRules, files: dict[str, str], firings: Firings | None = None
) -> list[tuple[str, str, str]]:
    """Check, place and words of every finding but those about few examples."""
    linted = await lint(rules(files), by_length, firings=firings)
    return [
        (each.check, each.fault.where, each.fault.what)
        for each in linted.findings
        if each.check != "few-examples"
    ]


def levels(linted: Linted) -> set[Level]:
    return {finding.level for finding in linted.findings}


async def test_two_good_rules_give_nothing_to_remark(rules: WriteRules) -> None:
    short = rule("text.length < 3", match="a, bb", passing="abc, abcd")
    links = rule(
        "text.links > 0", match="'voir www.a.example', 'et www.b.example'", passing="merci, bien"
    )
    linted = await lint(rules({"short.yaml": short, "links.yaml": links}), by_length)
    assert linted.findings == ()
    assert linted.sample == 8


async def test_a_broken_folder_is_the_checks_business(rules: WriteRules) -> None:
    with pytest.raises(RulesError, match="unknown fact"):
        await lint(rules({"a.yaml": GOOD.replace("score.threat >", "score.thret >")}), by_length)


async def test_a_rule_past_its_last_day_is_told(rules: WriteRules) -> None:
    """By the site's calendar; on the day itself it still acts."""
    short = rule("text.length < 3", match="a, bb", passing="abc, abcd", expires="2026-05-31")
    folder = rules({"short.yaml": short})
    for day, checks in ((31, []), (1, ["expired"])):
        now = datetime(2026, 5 if day == 31 else 6, day, 12, tzinfo=UTC)
        linted = await lint(folder, by_length, now=now)
        assert [each.check for each in linted.findings] == checks
        assert [each.rule for each in linted.findings] == ["short"] * len(checks)


async def test_few_examples_are_counted_drafts_included(rules: WriteRules) -> None:
    draft = GOOD.replace("stage: live", "stage: draft").partition("examples:")[0]
    linted = await lint(rules({"good.yaml": GOOD, "idea.yaml": draft}), by_length)
    assert [(each.check, each.level, each.rule, each.fault.what) for each in linted.findings] == [
        ("few-examples", Level.NOTE, "good", "few examples: 1 under `match` and 1 under `pass`"),
        ("few-examples", Level.NOTE, "idea", "few examples: 0 under `match` and 0 under `pass`"),
    ]
    assert linted.findings[0].fault.where == "rules/good.yaml:6:1"


async def test_live_rules_that_contradict_each_other(rules: WriteRules) -> None:
    approve = rule(
        "text.length < 9", match="bien, 'ah oui'", passing="beaucoup plus long", then="approve"
    )
    reject = rule("text.folded.contains('oui')", match="'ah oui'", passing="non", then="reject")
    files = {"short.yaml": approve, "yes.yaml": reject}
    ((check, where, what),) = await found(rules, files)
    assert (check, where) == ("contradiction", "rules/short.yaml:3:1")
    assert what.startswith("contradicts `yes`: one approves, the other rejects 2 texts of the")
    assert what.endswith("sample, first rules/short.yaml:8:17")
    linted = await lint(rules(files), by_length)
    assert Level.ERROR in levels(linted)
    shadow = {**files, "yes.yaml": reject.replace("stage: live", "stage: shadow")}
    assert await found(rules, shadow) == [], "only live rules act"


async def test_a_rule_that_another_one_always_covers(rules: WriteRules) -> None:
    narrow = rule("text.folded.contains('oui')", match="'oui un', 'oui deux'", passing="non")
    wide = rule("text.words >= 2", match="'un deux'", passing="un", then="reject")
    assert await found(rules, {"narrow.yaml": narrow, "wide.yaml": wide}) == [
        (
            "covered",
            "rules/narrow.yaml:3:1",
            "changes no outcome: on 2 texts of the sample it fires, and so does `wide`",
        )
    ]
    alone = narrow.replace("match: ['oui un'", "match: [oui, 'oui un'")
    assert await found(rules, {"narrow.yaml": alone, "wide.yaml": wide}) == []
    milder = wide.replace("then: reject", "then: approve").replace("reason: OFFENSIVE\n", "")
    assert await found(rules, {"narrow.yaml": narrow, "wide.yaml": milder}) == [], (
        "review is stricter"
    )


async def test_another_reason_makes_it_a_note(rules: WriteRules) -> None:
    narrow = rule("text.folded.contains('oui')", match="'oui un', 'oui deux'", passing="non")
    wide = rule("text.words >= 2", match="'un deux'", passing="un")
    for reason, level in (("SPAM", Level.NOTE), ("AD", Level.WARNING)):
        files = {
            "narrow.yaml": narrow.replace("because", "reason: AD\nbecause"),
            "wide.yaml": wide.replace("because", f"reason: {reason}\nbecause"),
        }
        linted = await lint(rules(files), by_length)
        assert [each.level for each in linted.findings if each.check == "covered"] == [level]


async def test_thresholds_that_are_nearly_the_same(rules: WriteRules) -> None:
    long = "{text: long, facts: {score.toxicity: 0.95}}"
    one = rule("text.words > 0 &&\n  score.toxicity >= 0.91", match=long, passing="court")
    two = rule("score.toxicity > 0.9 || text.length > 999", match=long, passing="court")
    near = [
        each for each in await found(rules, {"one.yaml": one, "two.yaml": two}) if "near" in each[0]
    ]
    assert near == [
        (
            "near-thresholds",
            "rules/one.yaml:5:21",
            "`score.toxicity` is held against 0.91 here and against 0.9 in rules/two.yaml:4:20",
        )
    ]
    for other in (
        "score.toxicity > 0.91",
        "score.toxicity < 0.9",
        "score.insult > 0.9",
        "score.toxicity > 0.8",
    ):
        far = rule(
            other, match=f"{{text: a, facts: {{{other.partition(' ')[0]}: 0.905}}}}", passing="b"
        )
        assert "near-thresholds" not in {
            each[0] for each in await found(rules, {"one.yaml": one, "two.yaml": far})
        }, other


async def test_rules_that_have_long_been_silent(rules: WriteRules) -> None:
    files = {
        name: rule("text.length < 3", match=f"{name}, bb", passing="abc, abcd", stage=stage)
        for name, stage in (("a.yaml", "live"), ("b.yaml", "shadow"), ("c.yaml", "draft"))
    }
    files = {name: text.replace(f"[{name}", "[a") for name, text in files.items()}
    silent = Firings(judged=2_000, by_rule={"a": 3})
    assert [each for each in await found(rules, files, silent) if each[0] == "silent"] == [
        ("silent", "rules/b.yaml:3:1", "never fired on the last 2000 comments")
    ]
    too_few = Firings(judged=999, by_rule={})
    assert "silent" not in {each[0] for each in await found(rules, files, too_few)}


async def test_an_unscored_example_fires_nothing_and_breaks_nothing(rules: WriteRules) -> None:
    files = {"a.yaml": rule("score.toxicity > 0.5", match="muet", passing="court")}
    assert await found(rules, files) == []


def test_what_a_condition_reads_and_compares(rules: WriteRules) -> None:
    when = (
        "text.folded.contains('score.threat > 0.5') && score . insult >= 0.25\n"
        "  // text.links > 7\n"
        '  && (author.approved<5 || text.folded.matches("text.words > 2")) && -1 < text.links'
    )
    directory = rules({"a.yaml": rule(when, match="a", passing="b")})
    assert load(directory).rules[0].reads == (
        "text.folded",
        "score.insult",
        "author.approved",
        "text.links",
    )
    (one,) = written(directory).values()
    assert [(each.fact, each.sign, each.number) for each in one.thresholds] == [
        ("score.insult", ">=", 0.25),
        ("author.approved", "<", 5.0),
    ]
