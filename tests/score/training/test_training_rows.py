"""Labelled comments are read whole, and what is wrong in a file is named with its line."""

from __future__ import annotations

import gzip
import json

import pytest

from bot.score.training.licences import Use, may_train_on, use
from bot.score.training.rows import DataError, read_set, read_sets, split


def test_a_set_is_read_with_its_name(tmp_path, line, write_set) -> None:
    path = write_set(tmp_path, "forum_fr", [line(1, label=1, labels={"insult": 0.5, "note": "x"})])
    (row,) = read_set(path)
    assert (row.set_name, row.toxic, row.share("insult")) == ("forum_fr", True, 0.5)
    assert row.share("note") is None, "a word is no share"
    assert row.share("threat") is None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        (json.dumps({"id": "a"}), "lang must be str, got None"),
    ],
)
def test_a_broken_line_is_named(tmp_path, line, content, fault) -> None:
    path = tmp_path / "broken.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(json.dumps(line(1)) + "\n" + content + "\n")
    with pytest.raises(DataError, match=rf"broken\.jsonl\.gz:2: {fault}"):
        read_set(path)


def test_a_label_is_yes_or_no(tmp_path, line, write_set) -> None:
    path = write_set(tmp_path, "odd", [line(1, label=2)])
    with pytest.raises(DataError, match="label must be 0 or 1, got 2"):
        read_set(path)


def test_an_empty_folder_and_a_repeated_name_are_errors(tmp_path, line, write_set) -> None:
    with pytest.raises(DataError, match=r"no \.jsonl\.gz file"):
        read_sets([tmp_path])
    write_set(tmp_path / "a", "same", [line(1)])
    write_set(tmp_path / "b", "same", [line(2)])
    with pytest.raises(DataError, match="there is a set same already"):
        read_sets([tmp_path / "a", tmp_path / "b"])


def test_splits_are_kept_apart(tmp_path, line, write_set) -> None:
    rows = read_set(write_set(tmp_path, "s", [line(1), line(2, split="dev"), line(3)]))
    assert [row.id for row in split(rows, "train")] == ["row-1", "row-3"]


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", Use.ALL),
        ("CC0-1.0", Use.ALL),
        ("CC BY 4.0 (upstream data card)", Use.ALL),
        ("CC0-1.0 (LICENSE file in the repository)", Use.ALL),
        ("CC0-1.0 (labels); text CC BY-SA 3.0 (Wikipedia)", Use.ALL),
        ("CC0-1.0 (labels); text CC BY-SA 3.0 (Wikipedia); repositories Apache-2.0", Use.ALL),
        (
            "MIT (translation, repository); CC0-1.0 (labels); source text CC BY-SA 3.0 (Wikipedia)",
            Use.ALL,
        ),
        ("CC BY-SA 4.0", Use.HARMLESS),
        (
            "CC BY-SA 4.0 (annotations; Google asserts no rights over the sentences)",
            Use.HARMLESS,
        ),
        ("MIT; labels CC BY-SA 4.0", Use.HARMLESS),
        ("CC BY-NC 4.0", Use.NONE),
        ("CC BY-NC-SA 4.0", Use.NONE),
        ("CC BY-SA 4.0; CC BY-NC 4.0", Use.NONE),
        ("none stated", Use.NONE),
        ("MIT; re-posting repository states no licence", Use.NONE),
        ("openrail++", Use.NONE),
        ("LGPL-LR", Use.NONE),
        ("NOT-MIT-LIKE", Use.NONE),
        ("", Use.NONE),
    ],
)
def test_only_what_is_known_to_be_free_is_used(licence, allowed) -> None:
    assert use(licence) is allowed


@pytest.mark.parametrize(("label", "used"), [(0, True), (1, False)])
def test_share_alike_labels_serve_as_harmless_examples_only(
    tmp_path, line, write_set, label, used
) -> None:
    (row,) = read_set(write_set(tmp_path, "s", [line(1, label=label, licence="CC BY-SA 4.0")]))
    assert may_train_on(row) is used
