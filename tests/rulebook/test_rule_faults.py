"""What an admin reads after a slip: place, line with caret, what, fix. All faults in one run."""

from __future__ import annotations

import textwrap
from datetime import date

import pytest
from rule_texts import GOOD, with_condition, with_line

from bot.core.errors import RulesError
from bot.core.evaluate import Limits
from bot.core.model import Further, Outcome, Stage
from bot.rulebook import check, load, read


def _report(rules, text: str) -> str:
    return "\n".join(str(fault) for fault in check(rules({"r.yaml": text})))


def test_a_good_rule_has_no_faults(rules) -> None:
    assert check(rules({"r.yaml": GOOD})) == ()


def test_all_faults_of_all_files_in_one_run(rules) -> None:
    """Files in order of name, faults in order of line; nothing is loaded."""
    spoilt = textwrap.dedent("""\
        titel: Un
        stage: lve
        when: |
          score.toxicity > 0.9
          && score.insul > 0.5 && text.links > 2.5
        then: reject
        because: "Trop {score.toxicty}"
        examples:
          match: [42]
          pass:
            - text: ok
              facts: {author.aproved: 3, score.threat: 95, text.links: 1.5}
        """)
    folder = rules({"b.yaml": spoilt, "a.yaml": GOOD, "c.yaml": "- x\n", "D.yaml": GOOD})
    with pytest.raises(RulesError) as caught:
        load(folder)
    assert str(caught.value) == (
        textwrap.dedent("""\
        rules/D.yaml: the file's name is the rule's id: lower-case words joined by hyphens, then .yaml
          rename it to d.yaml
        rules/b.yaml:1:1: `title` is missing
             1 | titel: Un
               | ^
          add a line `title: …`
        rules/b.yaml:1:1: unknown key `titel`
             1 | titel: Un
               | ^
          did you mean `title`?
        rules/b.yaml:2:8: `stage` must be draft, shadow or live, got `lve`
             2 | stage: lve
               |        ^
          did you mean `live`?
        rules/b.yaml:5:6: unknown fact `score.insul`
             5 |   && score.insul > 0.5 && text.links > 2.5
               |      ^
          did you mean `score.insult`?
        rules/b.yaml:5:38: `>` mixes a whole number (int) with a fraction (double)
             5 |   && score.insul > 0.5 && text.links > 2.5
               |                                      ^
          it counts whole things: compare it with `2` or `3`
        rules/b.yaml:6:7: a rule that rejects needs a `reason`
             6 | then: reject
               |       ^
          add `reason:` with one of OFFENSIVE, ABUSIVE, SPAM, BANNED_WORD, AD, ILLEGAL_CONTENT, HARASSMENT_BULLYING, MISINFORMATION, HATE_SPEECH, IRRELEVANT_CONTENT, OTHER
        rules/b.yaml:7:17: `{score.toxicty}` names no fact
             7 | because: "Trop {score.toxicty}"
               |                 ^
          did you mean `score.toxicity`?
        rules/b.yaml:9:11: `examples.match` must be a text, got `42`
             9 |   match: [42]
               |           ^
          put it in quotes
        rules/b.yaml:12:15: unknown fact `author.aproved`
            12 |       facts: {author.aproved: 3, score.threat: 95, text.links: 1.5}
               |               ^
          did you mean `author.approved`?
        rules/b.yaml:12:48: `score.threat` must be a number from 0 to 1, got `95`
            12 |       facts: {author.aproved: 3, score.threat: 95, text.links: 1.5}
               |                                                ^
        rules/b.yaml:12:64: `text.links` must be a whole number, got `1.5`
            12 |       facts: {author.aproved: 3, score.threat: 95, text.links: 1.5}
               |                                                                ^
        rules/c.yaml:1:1: a rule file holds `name: value` lines at the top
             1 | - x
               | ^
          start with `title: …`""")
    )


@pytest.mark.parametrize(
    ("field", "line", "expected"),
    [
        ("title", "title: 42", "2:8"),
        ("title", "title: ''", "2:8"),
        ("stage", "stage: no", "`stage` must be draft, shadow or live, got `no`"),
        ("stage", "stage: true", "`stage` must be draft, shadow or live, got true"),
        ("stage", "stage:", "`stage` must be draft, shadow or live, got nothing"),
        ("then", "then: [review]", "`then` must be approve, review or reject, got a list"),
        ("then", "then: reject", "a rule that rejects needs a `reason`"),
        ("then", "then: approve\nreason: SPAM", "a rule that approves has no `reason`"),
        ("then", "then: reject\nreason: spam", "got `spam`"),
        ("because", "because: ", "`because` must be a text, got nothing"),
        ("because", "because: {fr: a, de: b}", "known here: fr, en"),
        ("because", "because: 'a {} b'", "`{}` names no fact"),
        ("because", "because: {fr: ok, en: 'a {Score.threat}'}", "did you mean `score.threat`?"),
        ("when", "when: true", "`when` must be a text, got true\n"),
        ("when", "when: ''", "`when` is empty"),
        ("when", f"when: {'x' * 4001}", "`when` is too long: at most 4,000 characters"),
        ("examples", "examples: none", "`examples` must be a mapping of `name: value`, got `none`"),
        (
            "examples",
            "remark: 1",
            "known here: title, stage, when, then, reason, because, limits, owner, expires",
        ),
    ],
)
def test_a_field_that_does_not_fit(rules, field: str, line: str, expected: str) -> None:
    """Words that YAML 1.1 takes for truth values and dates stay words."""
    spoilt = with_line(field, line).replace("title: Menace", "# c\ntitle: Menace", 1)
    if field == "title":
        spoilt = "# c\n" + with_line(field, line)
    if field == "examples":
        spoilt = "\n".join(x for x in spoilt.splitlines() if not x.startswith("  "))
    assert expected in _report(rules, spoilt)


def test_words_that_look_like_dates_or_truth_values_are_words(rules) -> None:
    text = GOOD.replace("title: Menace", "title: 2026-01-01").replace("text: a", "text: no")
    assert load(rules({"r.yaml": text})).rules[0].title == "2026-01-01"


@pytest.mark.parametrize("stage", ["live", "shadow"])
@pytest.mark.parametrize("kind", ["match", "pass"])
def test_an_acting_rule_needs_examples_of_both_kinds(rules, stage: str, kind: str) -> None:
    text = "\n".join(x for x in GOOD.splitlines() if f"  {kind}:" not in x)
    text = text.replace("stage: live", f"stage: {stage}")
    verb = "matches" if kind == "match" else "passes"
    assert f"no example that {verb}: a {stage} rule proves itself" in _report(rules, text)


def test_a_draft_may_be_without_examples(rules) -> None:
    draft = GOOD.replace("stage: live", "stage: draft").partition("examples:")[0]
    folder = rules({"a.yaml": draft, "b.yaml": GOOD})
    assert [rule.id for rule in load(folder).rules] == ["b"]


def test_drafts_alone_are_no_rulebook(rules) -> None:
    (fault,) = check(rules({"a.yaml": GOOD.replace("stage: live", "stage: draft")}))
    assert str(fault) == (
        "rules: every rule is a draft: nothing would be looked at\n"
        "  set at least one rule's stage to shadow or live"
    )


def test_one_sentence_stands_for_both_languages(rules) -> None:
    (rule,) = load(rules({"r.yaml": with_line("because", "because: Une menace")})).rules
    assert rule.because.fr == rule.because.en == "Une menace"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("score.toxicty > 0.9", "1 unknown fact `score.toxicty` / did you mean `score.toxicity`?"),
        ("toxicity > 0.9", "1 unknown fact `toxicity` / did you mean `score.toxicity`?"),
        ("score > 0.9", "1 `score` alone is not a fact / for example `score.toxicity`"),
        (
            "source == site",
            "11 unknown fact `site` / a word to compare with stands in quotes: 'site'",
        ),
        ("True", "1 unknown fact `True` / write `true`"),
        (
            "score.threat > 1",
            "14 `>` mixes a whole number (int) with a fraction (double) / write `1.0`",
        ),
        (
            "text.links > 2.0",
            "12 `>` mixes a whole number (int) with a fraction (double) / write `2`",
        ),
        (
            "score.threat > text.links",
            (
                "14 `>` mixes a whole number (int) with a fraction (double)"
                " / write whole numbers with a point (2.0) to compare them with a double"
            ),
        ),
        ("source == 3", "8 `==` cannot be used on string and int / "),
        (
            "'a' in text.folded",
            (
                "5 `in` cannot be used on string and string"
                " / to look inside a text: text.folded.contains('…')"
            ),
        ),
        (
            "text.folded.contain('a')",
            "13 unknown function `contain` / did you mean `contains`?",
        ),
        ("text.folded.contains(3)", "21 `contains` cannot be used on string and int / "),
        ("score.threat = 0.9", "14 `=` is written `==` / write `==`"),
        ("true and false", "6 `and` is written `&&` / write `&&`"),
        ("true OR false", "6 `or` is written `||` / write `||`"),
        ("true && not false", "9 `not` is written `!` / write `!`"),
        ("score.threat >", "15 the condition ends too early / "),
        ("source == 'a", "11 a text that is not closed / end it with '"),
        ("true )", "6 `)` makes no sense here / "),
        (
            "text.links",
            (
                "1 a condition is true or false; this one is of type int"
                " / compare it with something, e.g. `> 0`"
            ),
        ),
        (
            "dyn(true)",
            (
                "1 a condition is true or false; this one is of type dyn"
                " / compare it with something, e.g. `> 0`"
            ),
        ),
        (
            "(" * 50 + "true" + ")" * 50,
            (
                "1 nested too deeply: at most 32 levels of brackets, `.`, `+` or `? :`"
                " / split the rule in two, or gather words in one pattern: matches('one|two|three')"
            ),
        ),
        ("text.folded.matches('(')", "21 not a pattern (RE2): missing ): ( / "),
        (
            "text.folded.matches(source)",
            "13 the pattern of `matches` is not written out / write it in quotes",
        ),
        (
            "text.folded.contains('Élève')",
            (
                "22 never true: text.folded has no capitals, accents or curly apostrophes"
                " / write 'eleve'"
            ),
        ),
        (
            "text.folded.matches(r'\\bélève\\W')",
            (
                "21 never true: text.folded has no capitals, accents or curly apostrophes"
                " / write r'\\beleve\\W'"
            ),
        ),
        (
            "['ok', 'où'].exists(w, text.folded.contains(w))",
            (
                "8 never true: text.folded has no capitals, accents or curly apostrophes"
                " / write 'ou'"
            ),
        ),
        (
            "text.folded == 'Oui'",
            (
                "16 never true: text.folded has no capitals, accents or curly apostrophes"
                " / write 'oui'"
            ),
        ),
        ("['Où'].exists(w, story.title.contains(w)) && story.title == 'É'", ""),
        ("[1].map(x, x) == [1]", "5 `map` is not available in rules / use exists or all"),
        (
            "[1].exists(x, [1].all(y, x == y))",
            "19 `all` inside another loop / write one list",
        ),
        # a word of a comment or of a text is no call
        ("text.folded.contains('a.map(') // [1].exists(x, [1].all(", ""),
        ("[1].exists(x, x > 0) && [2].all(y, y > 0)", ""),
        ("text.folded.matches('^a\"(b|c)$') || matches(source, 'x')", ""),
    ],
)
def test_a_condition_that_does_not_compile(rules, condition: str, expected: str) -> None:
    """Column within the condition, what, and fix."""
    faults = check(rules({"r.yaml": with_condition(condition)}))
    found = []
    for fault in faults:
        line, column = fault.where.split(":")[1:]
        assert line == "4"
        found.append(f"{int(column) - 2} {fault.what} / {fault.fix}")
    assert found == ([expected] if expected else [])


def test_two_faults_in_one_condition(rules) -> None:
    report = _report(rules, with_condition("a.b > 1 &&\nscore.threta > 0.1"))
    assert "rules/r.yaml:4:3: unknown fact `a.b`" in report
    assert "rules/r.yaml:5:3: unknown fact `score.threta`" in report


def test_a_long_line_is_shown_around_the_caret(rules) -> None:
    condition = " || ".join(["score.threat > 0.5"] * 30 + ["zzz", *["score.threat > 0.5"] * 30])
    (fault,) = check(rules({"r.yaml": with_condition(condition)}))
    line, caret = fault.excerpt.splitlines()
    assert line[caret.index("^") :].startswith("zzz")
    assert len(line) < 120


FULL = GOOD.replace("stage: live", "stage: {canary: 10%}").replace(
    "then: review",
    "then: {outcome: reject, tag: [doxxing], timeout_author: 10m, notify_author: true}\n"
    "reason: ABUSIVE\n"
    "owner: Rédaction en chef\n"
    "expires: 2027-01-31\n"
    "limits: {per_hour: 5, per_day: 20}\n"
    "known_false_positives: [Citations sans guillemets]",
)


def test_every_field_of_a_rule_is_read(rules) -> None:
    (each,) = read(rules({"a.yaml": FULL})).rules
    rule = each.rule
    assert (rule.stage, rule.share, rule.outcome) == (Stage.CANARY, 0.1, Outcome.REJECT)
    assert rule.further == Further(tags=("doxxing",), timeout_s=600, notify_author=True)
    assert (rule.owner, rule.expires) == ("Rédaction en chef", date(2027, 1, 31))
    assert rule.limits == Limits(per_hour=5, per_day=20)
    assert rule.known_false_positives == ("Citations sans guillemets",)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("10%", "0%", "a share of nobody"),
        ("10%", "tout", "`stage.canary` must be a share, got `tout`"),
        ("{canary: 10%}", "{canry: 10%}", "did you mean `canary`?"),
        ("10m", "29d", "longer than Discord allows: at most 28d"),
        ("10m", "soon", "`then.timeout_author` must be a time, got `soon`"),
        ("[doxxing]", "[deux mots]", "`then.tag` must be one word"),
        ("reject,", "rejet,", "did you mean `reject`?"),
        ("2027-01-31", "2027-02-31", "`expires` must be a day"),
        ("per_hour: 5", "per_hour: -5", "`limits.per_hour` must be at least 0, got `-5`"),
        ("reject, tag: [doxxing], timeout_author: 10m", "review", "this one removes nothing"),
        ("reason: ABUSIVE\n", "", "a rule that rejects needs a `reason`"),
        ("reject, tag", "approve, tag", "a rule that approves cannot ask for `timeout_author`"),
    ],
)
def test_faults_in_the_newer_fields(rules, old: str, new: str, fault: str) -> None:
    assert old in FULL
    assert fault in _report(rules, FULL.replace(old, new))
