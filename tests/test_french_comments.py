"""The French comments written for the project: whole, balanced, and no two alike."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from bot.core.model import ATTRIBUTES, Outcome
from bot.core.normalise import folded

FOLDER = Path(__file__).parent / "data" / "french_comments"
SLICES = (
    "ambiguous-word",
    "counter-speech",
    "direct",
    "doxxing",
    "heated-civil",
    "identity-mention",
    "incitement",
    "obfuscated",
    "quoted",
    "sexist",
    "spam",
    "threat",
    "veiled",
)
KEYS = ("id", "slice", "pair", "text", "story", "section", "labels", "outcome", "why")
TOO_ALIKE = 0.35
"""Shared 5-character runs among all of two texts; the closest two stand at 0.27."""


def rows_of(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [row for name in SLICES for row in rows_of(name)]


def test_there_are_all_slices_and_no_other_file() -> None:
    assert tuple(sorted(file.stem for file in FOLDER.iterdir())) == SLICES


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_is_well_formed(name: str) -> None:
    rows = rows_of(name)
    assert [row["id"] for row in rows] == [f"{name}-{n:03}" for n in range(1, len(rows) + 1)]
    for row in rows:
        assert tuple(row) == KEYS, row["id"]
        assert row["slice"] == name
        assert tuple(row["labels"]) == ATTRIBUTES, row["id"]
        assert set(row["labels"].values()) <= {0, 1}, row["id"]
        assert row["outcome"] in list(Outcome), row["id"]
        assert row["text"].strip(), row["id"]
        assert row["why"].strip(), row["id"]


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_cannot_be_solved_by_its_subject(name: str) -> None:
    """About half of each slice is harmless."""
    outcomes = Counter(row["outcome"] for row in rows_of(name))
    share = outcomes["approve"] / outcomes.total()
    assert 0.45 <= share <= 0.6, outcomes


def test_pairs_stay_together_and_contrast(rows: list[dict[str, Any]]) -> None:
    pairs = defaultdict(list)
    for row in rows:
        if row["pair"]:
            pairs[row["pair"]].append(row)
    assert sum(len(members) for members in pairs.values()) >= 0.4 * len(rows)
    for name, members in pairs.items():
        assert 2 <= len(members) <= 3, name
        assert len({member["slice"] for member in members}) == 1, name
        assert len({member["outcome"] for member in members}) > 1, name


def test_there_are_enough_and_no_toxic_one_is_published(rows: list[dict[str, Any]]) -> None:
    assert len(rows) >= 1_200
    assert [
        row["id"] for row in rows if row["labels"]["toxicity"] and row["outcome"] == "approve"
    ] == []


def test_no_two_are_alike(rows: list[dict[str, Any]]) -> None:
    grams = [(row["id"], _grams(row["text"])) for row in rows]
    alike = [
        (one, other)
        for (one, a), (other, b) in combinations(grams, 2)
        if min(len(a), len(b)) > TOO_ALIKE * max(len(a), len(b))  # spares most of the counting
        and len(a & b) > TOO_ALIKE * len(a | b)
    ]
    assert alike == []


def _grams(text: str) -> frozenset[str]:
    plain = folded(text)
    return frozenset(plain[n : n + 5] for n in range(len(plain) - 4))
