"""Comments and second labels that the project made for training: well-formed, mixed, never measured."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from bot.core.model import ATTRIBUTES
from bot.core.normalise import folded
from bot.score.training.crude_words import crude_words
from bot.score.training.forms import form
from bot.score.training.hand_labels import parse
from bot.score.training.own_comments import held_out_half
from bot.score.training.rows import DataError, Labelled
from bot.score.training.targets import targets
from bot.score.training.written import second_labels, written_comments

OWN = Path(__file__).parents[2] / "data" / "french_comments"
TOO_ALIKE = 0.5
"""Shared 5-character runs among all of two texts."""


def test_every_line_is_a_label_and_a_text() -> None:
    rows = written_comments()
    assert len(rows) > 5_000
    assert {row.lang for row in rows} == {"en", "es", "fr", "it", "pt", "ru", "tr"}
    assert all(tuple(row.targets) == ATTRIBUTES for row in rows)


def test_no_text_is_written_twice() -> None:
    repeated = [
        text for text, n in Counter(form(row.text) for row in written_comments()).items() if n > 1
    ]
    assert repeated == []


def test_each_file_holds_harmless_look_alikes() -> None:
    """A model that learns the topic of a file must get about half of it wrong."""
    toxic: dict[str, list[bool]] = defaultdict(list)
    for row in written_comments():
        toxic[row.set_name].append(row.targets["toxicity"] > 0.5)
    shares = {name: sum(each) / len(each) for name, each in toxic.items()}
    assert {name: share for name, share in shares.items() if not 0.3 <= share <= 0.62} == {}


def test_nothing_that_is_measured_was_written_again() -> None:
    """The half of our own comments that is held out has no near twin among those for training."""
    by_run: dict[str, list[int]] = defaultdict(list)
    measured = [_runs(row.text) for row in held_out_half(OWN)]
    for at, runs in enumerate(measured):
        for run in runs:
            by_run[run].append(at)
    for row in written_comments():
        runs = _runs(row.text)
        shared = Counter(at for run in runs for at in by_run.get(run, ()))
        for at, common in shared.items():
            assert common <= TOO_ALIKE * len(runs | measured[at]), row.text


def test_a_second_label_replaces_the_first_and_an_unclear_row_is_left_out() -> None:
    """By the row's id, whatever the set itself says."""
    second = second_labels()
    assert {each.rpartition("-")[0] for each in second} == {"mlma_fr", "ftr_fr"}
    harmless = next(key for key, wanted in second.items() if wanted and wanted["toxicity"] < 0.1)
    unclear = next(key for key, wanted in second.items() if not wanted)
    assert targets(_row(harmless), crude_words()) == second[harmless]
    assert not targets(_row(unclear), crude_words())


@pytest.mark.parametrize("code", ["", "?", "TT", "Z", "T-", "toxic"])
def test_a_code_that_is_none_is_refused_with_its_place(code: str) -> None:
    with pytest.raises(DataError, match=r"x\.tsv:3: a label is - or letters of TSOINHX"):
        parse(code, at="x.tsv:3")


def _row(row_id: str) -> Labelled:
    name = row_id.rpartition("-")[0]
    return Labelled(
        id=row_id, lang="fr", text="Un texte, quel qu'il soit.", toxic=True, labels={"hostility": "hateful"},
        split="train", source="", licence="MIT", set_name=name,
    )  # fmt: skip


def _runs(text: str) -> frozenset[str]:
    plain = folded(text)
    return frozenset(plain[n : n + 5] for n in range(len(plain) - 4))
