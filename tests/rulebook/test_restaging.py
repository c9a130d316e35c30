"""A stage set by command changes that one value in the file and nothing else."""

from __future__ import annotations

import pytest

from bot.core.errors import RulesError
from bot.core.model import Stage
from bot.rulebook.files import RuleText
from bot.rulebook.restaging import restaged
from tests.rulebook.rule_texts import GOOD


def with_stage(text: str, stage: Stage, percent: float | None = None) -> str:
    file = RuleText(id="threat", shown="rules/threat.yaml", text=text)
    return restaged(file, stage, percent=percent)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("stage: live", "stage: shadow"),
        ("stage: live   # why", "stage: shadow   # why"),
        ("stage:    'live'", "stage:    shadow"),
        ('"stage": "live"', '"stage": shadow'),
        ("stage: {canary: 10%}  # a trial", "stage: shadow  # a trial"),
        ("stage: { canary: '10%' }", "stage: shadow"),
        ("stage: # a trial\n  canary: 10%", "stage: shadow  # a trial"),
        ("stage:\n    canary: 10%\n# below", "stage: shadow\n# below"),
        ("stage:\n  live", "stage:\n  shadow"),
    ],
)
def test_only_the_value_is_written_anew(before: str, after: str):
    """Comments, quotes elsewhere, order and line ends stay, byte for byte."""
    text = GOOD.replace("stage: live", before) + "# the end\n"
    assert text != GOOD
    for whole in (text, text.replace("\n", "\r\n")):
        wanted = GOOD.replace("stage: live", after) + "# the end\n"
        changed = with_stage(whole, Stage.SHADOW)
        assert changed.replace("\r\n", "\n") == wanted


def test_a_canary_names_its_share():
    assert "stage: {canary: 12.5%}\n" in with_stage(GOOD, Stage.CANARY, 12.5)


def test_a_file_without_a_stage_gets_a_line():
    """The stage may be left out of a file; where it is set it must be said."""
    text = GOOD.replace("stage: live\n", "")
    assert with_stage(text, Stage.LIVE) == GOOD


def test_what_cannot_be_replaced_safely_is_refused():
    """A block of text as the stage, and a file that is no rule."""
    with pytest.raises(RulesError, match="block of text"):
        with_stage(GOOD.replace("stage: live", "stage: |\n  live"), Stage.DRAFT)
    with pytest.raises(RulesError, match="not readable as YAML"):
        with_stage("title: [", Stage.DRAFT)
