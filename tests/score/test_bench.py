"""The benchmark runs, and its made-up comments are as long as real ones."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

from tokenizers import Tokenizer

from bench.comments import comments

ROOT = Path(__file__).parents[2]


def test_the_comments_are_always_the_same_and_as_long_as_real_ones() -> None:
    texts = comments(1_000, seed=1)
    assert texts == comments(1_000, seed=1)
    assert texts != comments(1_000, seed=2)
    tokenizer = Tokenizer.from_file(str(ROOT / "bot/score/embedded_model/tokenizer.json"))
    lengths = sorted(len(tokenizer.encode(text).ids) for text in texts)
    assert 24 <= statistics.median(lengths) <= 36
    assert 250 <= lengths[-1] <= 500


def test_a_short_run_measures_and_says_what_it_left_out(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bench.score", "--rounds", "2", "--texts", "5", "--out", out],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    figures = json.loads(out.read_text("utf-8"))
    assert figures["texts"]["count"] == 10
    assert figures["contenders"]["embedded"]["comments"] == 10
    assert figures["contenders"]["embedded"]["comments_per_cpu_s"] > 1
    assert 20 < figures["contenders"]["embedded"]["mb"] < 400
    assert figures["bot"]["scoring_ms"]["p99"] > 0
    for name in ("alt-profanity-check", "Detoxify's shape, torch"):
        assert name in figures["contenders"] or f"left out: {name}" in done.stdout
