"""`rules check|lint|explain|new|schema`: what an admin meets while writing a rule."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from bot.cli.program import program
from bot.rulebook.documents import schema_text
from tests.cli.conftest import CommandLine

SARIF = {
    # what Veilleur writes of SARIF 2.1.0: every property here is the standard's, none is extra
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://json.schemastore.org/sarif-2.1.0.json"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "columnKind", "results"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"const": "unicodeCodePoints"},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "additionalProperties": False,
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "version", "rules"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"const": "veilleur"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "items": {
                                            "type": "object",
                                            "required": ["id", "shortDescription"],
                                            "additionalProperties": False,
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": {"$ref": "#/$defs/message"},
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
                },
            },
        },
    },
    "$defs": {
        "message": {
            "type": "object",
            "required": ["text"],
            "additionalProperties": False,
            "properties": {"text": {"type": "string", "minLength": 1}},
        },
        "result": {
            "type": "object",
            "required": ["ruleId", "level", "message", "locations"],
            "additionalProperties": False,
            "properties": {
                "ruleId": {"type": "string"},
                "level": {"enum": ["error", "warning", "note"]},
                "message": {"$ref": "#/$defs/message"},
                "locations": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["physicalLocation"],
                        "additionalProperties": False,
                        "properties": {
                            "physicalLocation": {
                                "type": "object",
                                "required": ["artifactLocation"],
                                "additionalProperties": False,
                                "properties": {
                                    "artifactLocation": {
                                        "type": "object",
                                        "required": ["uri"],
                                        "additionalProperties": False,
                                        "properties": {
                                            "uri": {"type": "string", "pattern": "^[!-~]+$"}
                                        },
                                    },
                                    "region": {
                                        "type": "object",
                                        "required": ["startLine", "startColumn"],
                                        "additionalProperties": False,
                                        "properties": {
                                            "startLine": {"type": "integer", "minimum": 1},
                                            "startColumn": {"type": "integer", "minimum": 1},
                                        },
                                    },
                                },
                            }
                        },
                    },
                },
            },
        },
    },
}
LINKS = """\
title: Liens
stage: live
when: text.links > 0
then: reject
reason: SPAM
because: Un lien.
examples:
  match: [Voir www.a.example, Ou bien www.b.example]
  pass: [Merci, Bien vu]
"""
TRUSTED = """\
title: Lecteurs connus
stage: live
when: author.approved > 50 || text.links == 1
then: approve
because: Un lecteur connu.
examples:
  match: [{text: Bonjour, facts: {author.approved: 60}}, {text: Oui, facts: {author.approved: 51}}]
  pass: [Merci, Bien vu]
"""


@pytest.fixture
def folder(veilleur: CommandLine) -> Path:
    made = veilleur.folder / "mes règles"
    made.mkdir()
    (made / "links.yaml").write_text(LINKS)
    return made


def log_of(veilleur: CommandLine, *arguments: str, code: int) -> list[dict[str, object]]:
    done = veilleur(*arguments, "--format", "sarif")
    assert done.returncode == code, done
    document = json.loads(done.stdout)
    jsonschema.Draft202012Validator(SARIF).validate(document)
    run = document["runs"][0]
    known = {each["id"] for each in run["tool"]["driver"]["rules"]}
    assert {each["ruleId"] for each in run["results"]} <= known
    return run["results"]  # type: ignore[no-any-return]


def test_faults_as_sarif(veilleur: CommandLine, folder: Path) -> None:
    assert log_of(veilleur, "rules", "check", "mes règles", code=0) == []
    (folder / "b.yaml").write_text(LINKS.replace("text.links", "text.lnks"))
    (folder / "C.yaml").write_text("title: x\n")
    whole, inside = log_of(veilleur, "rules", "check", "mes règles", code=1)
    assert whole["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "mes%20r%C3%A8gles/C.yaml"}}}
    ]
    assert inside["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "mes%20r%C3%A8gles/b.yaml"},
                "region": {"startLine": 3, "startColumn": 7},
            }
        }
    ]
    assert inside["message"] == {"text": "unknown fact `text.lnks` (did you mean `text.links`?)"}
    (absolute, _) = log_of(veilleur, "rules", "check", str(folder), code=1)
    assert str(absolute["locations"]).count("'file:///") == 1


def test_faults_as_json(veilleur: CommandLine, folder: Path) -> None:
    done = veilleur("rules", "check", "mes règles", "--format", "json")
    sound = json.loads(done.stdout)
    assert (done.returncode, sound["rules"], sound["findings"]) == (0, {"live": 1}, [])
    assert len(sound["version"]) == 12
    (folder / "links.yaml").write_text(LINKS.replace("live", "alive"))
    done = veilleur("rules", "check", "mes règles", "--format", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "folder": "mes règles",
        "version": None,
        "rules": {},
        "findings": [
            {
                "check": "fault",
                "level": "error",
                "file": "mes règles/links.yaml",
                "line": 2,
                "column": 8,
                "what": "`stage` must be draft, shadow or live, got `alive`",
                "fix": "did you mean `live`?",
            }
        ],
    }


def test_lint_ends_with_1_only_for_errors(veilleur: CommandLine, folder: Path) -> None:
    done = veilleur("rules", "lint", "mes règles")
    assert done.returncode == 0
    assert "mes règles: 1 rules (1 live), version " in done.stdout
    assert "tried on 4 texts; there is no database to look back on" in done.stdout
    assert done.stdout.endswith("nothing to remark\n")
    (folder / "trusted.yaml").write_text(TRUSTED)
    done = veilleur("rules", "lint", "mes règles")
    assert done.returncode == 1
    assert "mes règles/links.yaml:3:1: error: contradicts `trusted`" in done.stdout
    assert "1 errors" in done.stdout
    (result,) = log_of(veilleur, "rules", "lint", "mes règles", code=1)
    assert (result["ruleId"], result["level"]) == ("contradiction", "error")
    assert list(veilleur.folder.glob("data/*")) == [], "no database is made by looking"


def test_the_shipped_rules_have_no_errors(veilleur: CommandLine) -> None:
    assert veilleur("rules", "lint").returncode == 0


def test_explain_shows_every_rule_and_what_it_read(veilleur: CommandLine, folder: Path) -> None:
    (folder / "trusted.yaml").write_text(TRUSTED)
    (folder / "rude.yaml").write_text(
        LINKS.replace("text.links > 0", "score.insult > 0.5 && story.section == 'sport'").replace(
            "stage: live", "stage: shadow"
        )
    )
    command = ("rules", "explain", "--rules", "mes règles", "--json")
    told = json.loads(veilleur(*command, "Tu es un sale connard www.a.example").stdout)
    assert (told["outcome"], told["basis"]) == ("review", "conflict")
    links, rude, trusted = told["rules"]
    assert links == {
        "rule": "links",
        "stage": "live",
        "then": "reject",
        "fired": True,
        "expired": False,
        "read": {"text.links": 1},
        "passages": [],
    }
    assert told["without"] == {"links": "approve", "trusted": "reject"}
    assert (rude["fired"], rude["read"]["story.section"]) == (None, None)
    assert rude["read"]["score.insult"] > 0.8
    assert (trusted["fired"], trusted["read"]) == (True, {"author.approved": 0, "text.links": 1})

    stated = ("--fact", "story.section=sport", "--fact", "score.insult=0.25")
    told = json.loads(veilleur(*command, *stated, "-", stdin="Merci").stdout)
    assert told["outcome"] == "approve"
    assert [each["fired"] for each in told["rules"]] == [False, False, False]
    assert told["rules"][1]["read"] == {"score.insult": 0.25, "story.section": "sport"}


def test_explain_for_people(veilleur: CommandLine, folder: Path) -> None:
    done = veilleur("rules", "explain", "--rules", "mes règles", "\x1b[31m www.a.example")
    assert done.returncode == 0
    assert "links  live   reject    fired   text.links 1" in done.stdout
    assert "reject (rule): Un lien." in done.stdout
    assert "\x1b" not in done.stdout


def test_explain_points_at_the_words(veilleur: CommandLine, folder: Path) -> None:
    """In the text as it was written, disguises and all; and what changes without the rule."""
    rude = LINKS.replace("text.links > 0", "'has_word(\"crétin~\")'")
    (folder / "rude.yaml").write_text(rude, encoding="utf-8")
    command = ("rules", "explain", "--rules", "mes règles")
    done = veilleur(*command, "Quels C.R.É.T.I.N.S !")
    assert "rude: «C.R.É.T.I.N.S» (characters 7 to 19) by crétin~" in done.stdout
    assert "without rude: approve" in done.stdout
    done = veilleur(*command, "Quels crétins www.a.example")
    assert "no single rule, taken away, would change this" in done.stdout
    told = json.loads(veilleur(*command, "--json", "Crétin").stdout)
    assert told["rules"][1]["passages"] == [
        {
            "start": 0,
            "end": 6,
            "text": "Crétin",
            "function": "has_word",
            "looked_for": "crétin~",
            "entry": None,
        }
    ]


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("score.toxcity=1", "did you mean `score.toxicity`?"),
        ("text.links", "must be NAME=VALUE"),
        ("text.links=many", "text.links is of type int, got 'many'"),
        ("score.unscored=perhaps", "score.unscored is of type bool"),
    ],
)
def test_a_fact_that_is_none(fact: str, said: str) -> None:
    done = CliRunner().invoke(program, ["rules", "explain", "Merci", "--fact", fact])
    assert (done.exit_code, said in " ".join(done.output.split())) == (2, True), done.output


def test_a_new_rule_is_sound_and_never_overwrites(veilleur: CommandLine, folder: Path) -> None:
    done = veilleur("rules", "new", "no-insults", "--rules", "mes règles")
    assert done.returncode == 0, done
    text = (folder / "no-insults.yaml").read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=schema.json\n")
    assert "(1 draft, 1 live)" in veilleur("rules", "check", "mes règles").stdout
    assert "6 of 6 examples" in veilleur("rules", "test", "mes règles").stdout

    (folder / "no-insults.yaml").write_text("mine")
    done = veilleur("rules", "new", "no-insults", "--rules", "mes règles")
    assert (done.returncode, "exists already" in done.stderr) == (2, True)
    assert (folder / "no-insults.yaml").read_text() == "mine"


@pytest.mark.parametrize("name", ["Été", "../escape", "a_b", "-a", "true--false", "a" * 101])
def test_a_name_that_is_none(folder: Path, name: str) -> None:
    done = CliRunner().invoke(program, ["rules", "new", "--rules", str(folder), "--", name])
    assert (done.exit_code, "lower-case words joined by" in done.output) == (2, True), done.output
    assert [file.name for file in folder.parent.rglob("*.yaml")] == ["links.yaml"]


def test_a_rule_named_like_a_truth_value_is_still_a_text(
    veilleur: CommandLine, folder: Path
) -> None:
    veilleur("rules", "new", "true", "--rules", "mes règles")
    assert veilleur("rules", "check", "mes règles").returncode == 0


def test_the_schema_is_written_once(veilleur: CommandLine, folder: Path) -> None:
    assert "schema.json: written" in veilleur("rules", "schema", "mes règles").stdout
    assert (folder / "schema.json").read_text("utf-8") == schema_text()
    assert "schema.json: up to date" in veilleur("rules", "schema", "mes règles").stdout


def test_the_help_names_every_command_in_full() -> None:
    told = CliRunner().invoke(program, ["rules", "--help"]).output.partition("Commands:")[2]
    for command in ("check", "test", "lint", "explain", "new", "schema", "backtest"):
        (line,) = [line for line in told.splitlines() if line.startswith(f"  {command} ")]
        assert line.endswith("."), line
        assert "..." not in line


def test_an_expired_rule_is_a_warning_and_explained(veilleur: CommandLine, folder: Path) -> None:
    file = next(folder.glob("*.yaml"))
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\nexpires: 2020-01-31\n", encoding="utf-8")
    done = veilleur("rules", "check", str(folder))
    assert done.returncode == 0, done
    assert "warning: expired on 2020-01-31: the rule acts no longer" in done.stdout
    assert "no faults" in done.stdout
    found = json.loads(veilleur("rules", "check", str(folder), "--format", "json").stdout)
    assert [each["check"] for each in found["findings"]] == ["expired"]
