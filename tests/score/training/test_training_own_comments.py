"""Half of our own comments is for training, half for measuring, and the halves never meet."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.core.normalise import for_model
from bot.score.training.own_comments import (
    held_out,
    held_out_half,
    read,
    training_half,
)
from bot.score.training.rows import DataError

FOLDER = Path(__file__).parents[2] / "data" / "french_comments"


def test_a_pair_stays_together_whatever_its_comments_are_called() -> None:
    for number in range(50):
        pair = f"direct-p{number:02}"
        halves = {held_out({"id": f"direct-{each}", "pair": pair}) for each in range(5)}
        assert len(halves) == 1


def test_the_split_is_the_same_for_ever() -> None:
    """These answers are written down: a change would let training see what was held out."""
    rows = [{"id": f"direct-{each:03}", "pair": None} for each in range(1, 13)]
    pattern = "".join("x" if held_out(row) else "." for row in rows)
    assert pattern == "x.xx..x..xxx"


def test_odd_pairs_are_held_out() -> None:
    """The even ones were looked at while word lists and quotations were worked on."""
    assert [held_out({"id": "x", "pair": f"threat-p{n:02}"}) for n in (1, 2, 11, 40)] == [
        True,
        False,
        True,
        False,
    ]


def test_a_comment_without_a_pair_goes_by_its_id() -> None:
    assert {held_out({"id": str(each), "pair": None}) for each in range(20)} == {True, False}
    assert held_out({"id": "a"}) is held_out({"id": "a", "pair": None})


def test_both_halves_hold_about_half_of_every_slice() -> None:
    comments = read(FOLDER)
    everything = Counter(each["slice"] for each in comments)
    measured = Counter(each["slice"] for each in comments if held_out(each))
    assert 0.45 < measured.total() / everything.total() < 0.55
    for name, count in everything.items():
        assert 0.3 < measured[name] / count < 0.7, name


def test_the_halves_together_are_all_and_share_no_text() -> None:
    training, measured = training_half(FOLDER), held_out_half(FOLDER)
    assert len(training) + len(measured) == len(read(FOLDER))
    assert not {for_model(row.text) for row in training} & {for_model(row.text) for row in measured}


def test_where_a_moderator_would_hesitate_the_target_is_softer(tmp_path) -> None:

    labels = dict.fromkeys(
        ("severe_toxicity", "obscene", "identity_attack", "insult", "threat", "sexual_explicit"), 0
    )
    lines = []
    for toxic, outcome in ((1, "reject"), (1, "review"), (0, "review"), (0, "approve")):
        comment_id = next(
            f"{outcome}-{toxic}-{n}"
            for n in range(99)
            if not held_out({"id": f"{outcome}-{toxic}-{n}"})
        )
        lines.append(
            {
                "id": comment_id,
                "slice": "direct",
                "pair": None,
                "text": comment_id,
                "labels": {"toxicity": toxic, **labels},
                "outcome": outcome,
            }
        )
    (tmp_path / "direct.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    toxicity = [row.targets["toxicity"] for row in training_half(tmp_path)]
    assert toxicity == sorted(toxicity, reverse=True)
    assert len(set(toxicity)) == 4


def test_a_missing_label_is_named_with_its_line(tmp_path) -> None:
    (tmp_path / "x.jsonl").write_text(
        '{"id": "1", "slice": "x", "text": "t", "labels": {}, "outcome": "approve"}\n'
    )
    with pytest.raises(DataError, match=r"x\.jsonl:1: labels\.toxicity must be 0 or 1"):
        read(tmp_path)
