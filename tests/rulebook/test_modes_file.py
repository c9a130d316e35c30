"""`modes.yaml`: read beside the rules, part of their version, faults with place and fix."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from bot.rulebook import check, load
from bot.rulebook.documents import modes_schema_text
from tests.rulebook.test_shipped import SHIPPED

RULE = """\
title: Menace
stage: live
when: score.threat >= 0.6
then: review
because: x
examples: {match: [a], pass: [b]}
"""
GOOD = """\
time_zone: Europe/Paris
modes: {normal: Normal, night: {fr: Nuit, en: Night}}
calendar:
  - {mode: night, from: "22:00", to: "07:00"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "threat.yaml").write_text(RULE, encoding="utf-8")
    return tmp_path


def test_the_file_is_no_rule_but_part_of_the_version(folder: Path) -> None:
    before = load(folder)
    (folder / "modes.yaml").write_text(GOOD, encoding="utf-8")
    after = load(folder)
    assert [rule.id for rule in after.rules] == ["threat"]
    assert before.version != after.version
    assert after.modes.now(datetime(2026, 1, 5, 22, tzinfo=UTC), []).mode == "night"
    assert [mode.title.en for mode in after.modes.modes] == ["Normal", "Night"]


def test_without_the_file_there_are_normal_and_crisis(folder: Path) -> None:
    assert [mode.id for mode in load(folder).modes.modes] == ["normal", "crisis"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("Europe/Paris", "Europe/Pari"), "modes.yaml:1:12: `time_zone` names no time zone"),
        (("Europe/Paris", "../etc/passwd"), "modes.yaml:1:12: `time_zone` names no time zone"),
        (("normal: Normal, ", ""), "modes.yaml:2:8: `modes` lacks `normal`"),
        (("mode: night", "mode: nigt"), "modes.yaml:4:12: `nigt` is no mode of this file"),
        (("22:00", "25:00"), "modes.yaml:4:25: `calendar.from` must be a time of day, got `25:00`"),
        (("mode: night", "made: night"), "unknown key `made`"),
        (("calendar:", 'holidays: ["02-30"]\ncalendar:'), "there is no such day: `02-30`"),
    ],
)
def test_faults_say_where(folder: Path, change: tuple[str, str], fault: str) -> None:
    (folder / "modes.yaml").write_text(GOOD.replace(*change), encoding="utf-8")
    assert any(fault in str(found) for found in check(folder)), check(folder)


def test_an_unknown_mode_gets_a_suggestion(folder: Path) -> None:
    (folder / "modes.yaml").write_text(GOOD.replace("mode: night", "mode: nigt"), "utf-8")
    assert "did you mean `night`?" in str(check(folder)[0])


def test_the_shipped_file_fits_its_schema() -> None:
    """If this fails: `python -m bot.rulebook.documents rules/`"""
    assert (SHIPPED / "modes.schema.json").read_text(encoding="utf-8") == modes_schema_text()
    schema = YAML(typ="safe").load(modes_schema_text())
    modes = YAML(typ="safe").load((SHIPPED / "modes.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(modes)
    assert {"normal", "night", "crisis"} <= set(modes["modes"])
