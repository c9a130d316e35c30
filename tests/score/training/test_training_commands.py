"""The command line as a person uses it, without torch."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.score.training.commands import STEPS, main, parser

OWN = str(Path(__file__).parents[2] / "data" / "french_comments")


def test_every_step_has_a_command_of_its_own() -> None:
    help_text = parser().format_help()
    assert all(step in help_text for step in STEPS)


def test_data_reports_and_refuses(tmp_path, line, write_set, capsys) -> None:
    write_set(
        tmp_path / "train", "jigsaw_en_sub", [line(n, lang="en", label=n % 2) for n in range(8)]
    )
    write_set(tmp_path / "dev", "measured_fr", [line(99, split="dev")])
    arguments = ["data", "--train", f"{tmp_path}/train", "--dev", f"{tmp_path}/dev", "--own", OWN]
    arguments += ["--work", f"{tmp_path}/work"]
    assert main(arguments) == 0
    report = json.loads((tmp_path / "work" / "data_report.json").read_text(encoding="utf-8"))
    assert {each["name"] for each in report["sets"]} == {
        "jigsaw_en_sub", "measured_fr", "own_comments_fr",
    }  # fmt: skip
    assert report["epochs"]["french"] > 5_000
    write_set(tmp_path / "train", "odd_fr", [line(1, labels={"threat": 7})])
    capsys.readouterr()
    assert main(arguments) == 1
    assert "threat must be between 0 and 1, got 7" in capsys.readouterr().out


def test_templates_can_be_read(tmp_path) -> None:
    out = tmp_path / "sentences.jsonl"
    assert main(["templates", "--out", str(out)]) == 0
    lines = out.read_text(encoding="utf-8").splitlines()
    assert len(lines) > 5_000
    assert set(json.loads(lines[0])) == {"text", "targets", "lang", "set_name"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["data", "--work", "w", "--train", "/no/such/folder"],
            "--train: /no/such/folder is no folder",
        ),
        (["vocabulary", "--work", "/no/such/work"], "base.bin is missing|No such file"),
    ],
)
def test_what_is_missing_is_named(arguments, message, capsys) -> None:
    assert main(arguments) == 2

    assert re.search(message, capsys.readouterr().err)


def test_base_and_vocabulary_need_no_torch(tmp_path, tiny_base, line, write_set) -> None:
    """In a process of its own, in which torch cannot be imported."""
    (tmp_path / "base.bin").write_bytes(tiny_base)
    write_set(tmp_path / "train", "jigsaw_en_sub", [line(1)])
    write_set(tmp_path / "dev", "dev_fr", [line(2)])
    work = str(tmp_path / "work")
    folders = ["--train", f"{tmp_path}/train", "--dev", f"{tmp_path}/dev"]
    steps = [
        ["base", f"{tmp_path}/base.bin", "--work", work],
        ["vocabulary", "--work", work, "--size", "64", *folders],
    ]
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from bot.score.training.commands import main\n"
        f"sys.exit(max(main(step) for step in {steps!r}))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "work" / "tokenizer.json").exists()


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="torch is installed here")
def test_without_torch_training_says_what_to_install(capsys, tmp_path) -> None:
    arguments = [
        "train",
        "--work",
        str(tmp_path),
        "--name",
        "a",
        "--stage",
        "broad",
        "--steps",
        "1",
    ]
    assert main(arguments) == 2
    assert "torch is not installed" in capsys.readouterr().err
