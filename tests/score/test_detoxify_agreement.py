"""The figures that decide whether a conversion is kept, against their plain definitions."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import pytest

from bot.score.detoxify.agreement import Agreement, compare, read_labelled
from bot.score.detoxify.releases import RefusedError
from bot.score.evaluation.rows import Row


def agreement(moved: list[float]) -> Agreement:
    """Of 200 rows from 0 to 1, the upper half toxic, and the same moved by so much."""
    before = [at / 199 for at in range(200)]
    after = [value + moved[at % len(moved)] for at, value in enumerate(before)]
    return compare(before, after, [at >= 100 for at in range(200)])


def test_a_shift_of_all_keeps_every_rank() -> None:
    found = agreement([0.25])
    assert (found.auc_original, found.auc_converted) == (1.0, 1.0)
    assert found.rank_agreement == pytest.approx(1)
    assert (found.drift_mean, found.drift_p99) == pytest.approx((0.25, 0.25))
    assert found.objections() == []


def test_ranks_that_disagree_and_auc_that_falls_are_objected_to() -> None:
    found = agreement([0.3, -0.3])
    assert found.rank_agreement < 0.98
    assert found.auc_converted < 0.995
    auc_fell, ranks = found.objections()
    assert auc_fell.startswith("AUC fell from 1.0000 to 0.")
    assert ranks.startswith("ranks agree by 0.")


def test_the_rank_agreement_is_spearmans() -> None:
    """Against the textbook formula, which holds where no two are equal."""
    n = 101
    before = [float(at) for at in range(n)]
    after = [float(at * 37 % n) for at in range(n)]
    found = compare(before, after, [at % 2 == 0 for at in range(n)])
    squares = sum((a - b) ** 2 for a, b in zip(before, after, strict=True))
    assert found.rank_agreement == pytest.approx(1 - 6 * squares / (n * (n * n - 1)))


@pytest.mark.parametrize("broken", [math.nan, 0.5], ids=["no number", "one for all"])
def test_a_model_that_says_nothing_is_objected_to(broken: float) -> None:
    before = [at / 199 for at in range(200)]
    found = compare(before, [broken] * 200, [at >= 100 for at in range(200)])
    assert found.objections() != []


def test_too_little_to_compare_on_is_refused() -> None:
    with pytest.raises(RefusedError, match="at least 100 comments, toxic and other ones, got 99"):
        compare([0.1] * 99, [0.1] * 99, [True, *[False] * 98])
    with pytest.raises(RefusedError, match="got 150 with 0 toxic"):
        compare([0.1] * 150, [0.1] * 150, [False] * 150)


def test_rows_are_read_from_both_kinds_of_label_and_evenly(tmp_path: Path) -> None:
    ours = [{"text": f"n{at}", "labels": {"toxicity": at % 2}} for at in range(60)]
    plain = tmp_path / "ours.jsonl"
    plain.write_text("\n".join(map(json.dumps, ours)) + "\n\n", encoding="utf-8")
    zipped = tmp_path / "theirs.jsonl.gz"
    theirs = [*({"text": f"z{at}", "label": 1} for at in range(40)), {"text": "unlabelled"}]
    zipped.write_bytes(gzip.compress("\n".join(map(json.dumps, theirs)).encode()))
    rows = read_labelled([plain, zipped], at_most=1000)
    assert len(rows) == 100
    assert rows[1] == Row(text="n1", toxic=True)
    some = read_labelled([plain, zipped], at_most=10)
    assert [row.text for row in some] == [rows[at].text for at in range(0, 100, 10)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"label": 1}', "ours.jsonl:1: text must be a string"),
        ("[]", "ours.jsonl:1: is not a JSON object"),
        ('{"text": "a", "label": "rude"}', "ours.jsonl:1: needs a label of 0 or 1"),
        ("no json", "ours.jsonl:1: is not JSON"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, why: str) -> None:
    (tmp_path / "ours.jsonl").write_text(line)
    with pytest.raises(RefusedError) as refused:
        read_labelled([tmp_path / "ours.jsonl"], at_most=10)
    assert why in str(refused.value)
