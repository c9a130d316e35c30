"""`veilleur score`: one text with its reasons, or a file line by line, whatever the lines hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli.scored_file import score_file
from bot.core.errors import SettingsError
from bot.core.model import ATTRIBUTES, Scores, Unscored
from tests.cli.conftest import CommandLine

INSULT = "Espèce de connard, ferme ta gueule."


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_each_line_gets_scores_and_keeps_all_else(veilleur: CommandLine) -> None:
    rows: list[dict[str, Any]] = [
        {"id": 7, "text": INSULT, "author": {"id": "a"}, "label": 1, "π": [1.5, None]},
        {"text": "Merci pour cet article.", "scores": "old"},
        {"text": "字" * 300},
        {"text": "x" * 20_001},
        {"text": "\ud800 bonjour à tous"},
    ]
    source, target = veilleur.folder / "in.jsonl", veilleur.folder / "out.jsonl"
    source.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    done = veilleur("score", "--file", "in.jsonl", "--out", "out.jsonl", "--json")
    assert done.returncode == 0, done
    got = lines_of(target)
    assert len(got) == len(rows)
    assert {k: v for k, v in got[0].items() if k != "scores"} == rows[0]
    assert set(got[0]["scores"]) == set(ATTRIBUTES)
    assert got[0]["scores"]["toxicity"] > 0.5 > got[1]["scores"]["toxicity"]
    assert got[2]["scores"] is None
    assert got[2]["unscored"] == "mostly in signs the model does not know"
    assert got[3]["unscored"] == "longer than 20000 characters"
    assert got[4]["text"] == rows[4]["text"]
    told = json.loads(done.stdout)
    assert (told["scored"], told["unscored"], told["bad_lines"]) == (3, 2, 0)
    assert not (veilleur.folder / "out.jsonl.part").exists()


def test_bad_lines_are_told_together_and_the_others_scored(veilleur: CommandLine) -> None:
    (veilleur.folder / "in.jsonl").write_bytes(
        b'{"text": "Bonjour"}\nnot json\n\n{"id": 1}\n{"text": 5}\n[]\n{"text": "\xff"}\n'
        b'{"text": "Au revoir"}\n'
    )
    done = veilleur("score", "--file", "in.jsonl", "--out", "out.jsonl")
    assert done.returncode == 1
    for fault in (
        "in.jsonl:2: is not JSON",
        "in.jsonl:4: lacks text",
        "in.jsonl:5: text must be a string",
        "in.jsonl:6: is not a JSON object",
        "in.jsonl:7: is not UTF-8",
    ):
        assert fault in done.stderr
    assert "2 texts scored, 0 not, 5 bad lines: out.jsonl" in done.stdout
    assert [row["text"] for row in lines_of(veilleur.folder / "out.jsonl")] == [
        "Bonjour",
        "Au revoir",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--file", "in.jsonl"), "--file IN and --out OUT go together"),
        (("--out", "out.jsonl"), "--file IN and --out OUT go together"),
        (("text", "--file", "in.jsonl", "--out", "o"), "--file takes neither a TEXT"),
        (("--explain", "--file", "in.jsonl", "--out", "o"), "--file takes neither a TEXT"),
        (("--file", "in.jsonl", "--out", "in.jsonl"), "--out: must be another file"),
        (("--file", "nowhere.jsonl", "--out", "o"), "nowhere.jsonl: cannot be used: No such file"),
        (("--file", "in.jsonl", "--out", "no/o"), "no/o.part: cannot be used: No such file"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_wrong_usage(veilleur: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    (veilleur.folder / "in.jsonl").write_text('{"text": "a"}\n')
    done = veilleur("score", *arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done
    assert (veilleur.folder / "in.jsonl").read_text() == '{"text": "a"}\n'


def same(text: str, *_: object) -> Scores | Unscored:
    return Scores(values={"toxicity": 0.123456789}, scorer="same", version="1")


def test_an_endless_line_costs_no_memory_and_one_fault(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(b'{"text": "' + b"a" * 9_000_000 + b'"}\n{"text": "b"}\n')
    seen: list[int] = []
    tally = score_file(source, target, same, on_bytes=seen.append)
    assert [(each.where, each.what) for each in tally.all_faults()] == [
        (f"{source}:1", "is longer than 4194304 bytes")
    ]
    assert lines_of(target) == [{"text": "b", "scores": {"toxicity": 0.123457}}]
    assert max(seen) < 5_000_000


def test_of_many_bad_lines_the_first_hundred_are_named(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.write_text("no\n" * 250)
    tally = score_file(source, tmp_path / "out", same, on_bytes=len_of)
    faults = tally.all_faults()
    assert len(faults) == 101
    assert str(faults[-1]) == f"{source}: 150 more lines are wrong"


def len_of(count: int) -> None:
    assert count > 0


def test_what_stops_half_way_leaves_no_output(tmp_path: Path) -> None:
    def failing(text: str, *_: object) -> Scores | Unscored:
        raise OSError(28, "No space left on device")

    source, target = tmp_path / "in", tmp_path / "out"
    source.write_text('{"text": "a"}\n')
    with pytest.raises(SettingsError, match="No space left"):
        score_file(source, target, failing, on_bytes=len_of)
    assert list(tmp_path.iterdir()) == [source]


def test_the_words_that_drive_a_text_are_shown(veilleur: CommandLine) -> None:
    done = veilleur("score", "--explain", INSULT)
    assert done.returncode == 0
    assert "what drives the toxicity:" in done.stdout
    assert "de connard" in done.stdout.partition("what drives")[2]
    told = json.loads(veilleur("score", "--explain", "--json", INSULT).stdout)["explanation"]
    assert told["attribute"] == "toxicity"
    for span in told["spans"]:
        assert INSULT[span["start"] : span["end"]] == span["text"]
    calm = veilleur("score", "--explain", "Merci pour cet article, très clair et bien documenté.")
    assert "no word alone drives the toxicity" in calm.stdout


def test_hostile_text_does_not_reach_the_terminal(veilleur: CommandLine) -> None:
    done = veilleur("score", "--explain", "ferme ta gueule \x1b]0;owned\x07 connard \u202e")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


def test_a_quoted_insult_is_not_its_quoters_and_the_whole_is_told_too(
    veilleur: CommandLine,
) -> None:
    """As the bot scores a comment; the headline helps to tell what is quoted."""
    rows = [
        {"text": "Le ministre l'a traité de « sale connard » devant tout le monde, quelle honte."},
        {"text": "Ta gueule, sale connard."},
        {"text": "Espèce de gros porc au conseil municipal, et personne ne réagit ?",
         "story": {"title": "« Espèce de gros porc au conseil municipal » : la plainte du maire"}},
    ]  # fmt: skip
    (veilleur.folder / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert veilleur("score", "--file", "in.jsonl", "--out", "out.jsonl").returncode == 0
    quoting, insulting, repeating = lines_of(veilleur.folder / "out.jsonl")
    assert quoting["whole"]["toxicity"] > quoting["scores"]["toxicity"]
    assert "whole" not in insulting
    assert insulting["scores"]["toxicity"] > 0.5 > quoting["scores"]["toxicity"]
    assert "whole" in repeating
