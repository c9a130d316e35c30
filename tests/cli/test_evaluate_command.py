"""`veilleur evaluate` on the comments written for the project."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

CORPUS = Path(__file__).parents[1] / "data" / "french_comments"


def write_rows(veilleur: CommandLine) -> None:
    rows = [
        {
            "text": "Espèce de connard, ferme ta gueule.",
            "label": 1,
            "lang": "fr",
            "slice": "direct",
        },
        {"text": "Va te faire foutre, sale con.", "label": 1, "lang": "fr", "slice": "direct"},
        {"text": "Merci pour cet article.", "label": 0, "lang": "fr", "slice": "calm"},
        {"text": "Le rapport est bien écrit.", "label": 0, "lang": "fr", "slice": "calm"},
        {"text": "Thank you, well written.", "label": 0, "lang": "en", "slice": "calm"},
        {"text": "字" * 300, "label": 0, "lang": "zh"},
    ]
    (veilleur.folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_the_figures_of_a_set_worked_out_by_hand(veilleur: CommandLine) -> None:
    write_rows(veilleur)
    done = veilleur("evaluate", "rows.jsonl", "--json")
    assert done.returncode == 0, done
    told = json.loads(done.stdout)
    assert (told["scorer"], told["attribute"], told["unscored"]) == ("embedded", "toxicity", 1)
    assert set(told["levels"]) >= {"fr", "default"}
    figures = {each["group"]: each for each in told["figures"]}
    assert list(figures) == ["all", "language en", "language fr", "slice calm", "slice direct"]
    whole = figures["all"]
    assert (whole["rows"], whole["toxic"]) == (5, 2)
    assert (whole["auc"], whole["average_precision"]) == (1.0, 1.0)
    assert whole["recall_at_false_positives"]["0.002"]["share"] == 1.0
    sure = whole["levels"]["sure"]
    assert (sure["recall"]["hits"], sure["civil_flagged"]["hits"]) == (2, 0)
    assert sure["precision"]["low"] == pytest.approx(0.3424, abs=1e-4)
    assert figures["slice calm"]["auc"] is None
    assert sum(each["toxic"]["of"] for each in told["reliability"][0]["bins"]) == 5


def test_the_table_shows_the_same(veilleur: CommandLine) -> None:
    write_rows(veilleur)
    done = veilleur("evaluate", "rows.jsonl")
    assert done.returncode == 0, done
    for words in ("AUC", "slice direct", "doubtful", "likely", "sure", "calibration error, all"):
        assert words in done.stdout
    assert "100.0 % (34.2 to 100.0)" in done.stdout
    assert "1 texts could not be scored" in done.stderr


@pytest.mark.skipif(not list(CORPUS.glob("*.jsonl")), reason="the corpus is not in this checkout")
def test_the_corpus_of_the_project_can_be_read(veilleur: CommandLine) -> None:
    file = min(CORPUS.glob("*.jsonl"))
    told = json.loads(veilleur("evaluate", str(file), "--json").stdout)
    assert told["figures"][0]["rows"] == len(file.read_text("utf-8").splitlines())
    assert told["figures"][0]["auc"] > 0.5


def test_all_bad_lines_of_all_files_are_told(veilleur: CommandLine) -> None:
    (veilleur.folder / "a.jsonl").write_text('{"text": "a"}\n{"text": "b", "label": 1}\n')
    (veilleur.folder / "b.jsonl").write_text("no\n")
    done = veilleur("evaluate", "a.jsonl", "b.jsonl", "nowhere.jsonl")
    assert done.returncode == 2
    for fault in (
        "a.jsonl:1: needs a label of 0 or 1",
        "b.jsonl:1: is not JSON",
        "nowhere.jsonl: cannot be read: No such file",
    ):
        assert fault in done.stderr


def test_a_plot_is_refused_before_anything_is_scored(veilleur: CommandLine) -> None:
    write_rows(veilleur)
    assert "writes .png" in veilleur("evaluate", "rows.jsonl", "--plot", "a.doc").stderr
    assert "no folder" in veilleur("evaluate", "rows.jsonl", "--plot", "no/a.png").stderr


def test_the_curves_are_drawn_or_it_is_said_what_is_missing(veilleur: CommandLine) -> None:
    write_rows(veilleur)
    done = veilleur("evaluate", "rows.jsonl", "--plot", "curve.png")
    picture = veilleur.folder / "curve.png"
    if importlib.util.find_spec("matplotlib") is None:
        assert (done.returncode, picture.exists()) == (2, False)
        assert "--plot: needs matplotlib" in done.stderr
        assert "pip install matplotlib" in done.stderr
    else:
        assert done.returncode == 0, done
        assert picture.read_bytes().startswith(b"\x89PNG")
