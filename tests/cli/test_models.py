"""`veilleur models`, the part that needs no torch: what is here, what is sound, what is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.score.detoxify.manifest import NETWORK
from bot.score.detoxify.releases import RELEASES
from tests.cli.conftest import CommandLine
from tests.score.made_detoxify import make


@pytest.fixture
def models(veilleur: CommandLine) -> Path:
    return veilleur.folder / "data" / "models"


@pytest.fixture
def labelled(veilleur: CommandLine) -> Path:
    rows = [
        {"text": "bonjour connard" if at % 2 else "merci pour cet article", "label": at % 2}
        for at in range(120)
    ]
    file = veilleur.folder / "labelled.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return file


def test_the_list_tells_what_is_here(veilleur: CommandLine, models: Path, tmp_path: Path) -> None:
    make(models)
    checkpoints = tmp_path / "torch" / "hub" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / RELEASES["unbiased"].file).write_bytes(b"never opened")
    listed = veilleur("models", "list", TORCH_HOME=str(tmp_path / "torch"), HF_HOME=str(tmp_path))
    assert listed.returncode == 0
    lines = {line.split()[0]: " ".join(line.split()) for line in listed.stdout.splitlines()}
    assert set(RELEASES) < set(lines)
    assert "to fetch, 1110 MB" in lines["multilingual"]
    assert "of 2026-11-23" in lines["multilingual"]
    assert "not trusted" in lines["unbiased"]
    assert lines["original"].endswith("none")


def test_a_sound_export_is_verified_and_measured(
    veilleur: CommandLine, models: Path, labelled: Path
) -> None:
    make(models)
    verified = veilleur("models", "verify", "multilingual", str(labelled))
    assert verified.returncode == 0
    assert "its files are as they were written" in verified.stdout
    assert "it tells thanks from an insult" in verified.stdout
    assert "AUC on 120 of these 120 comments: 1.0000" in verified.stdout
    measured = veilleur("models", "bench", "multilingual", str(labelled))
    assert measured.returncode == 0
    assert "ONNX int8" in measured.stdout


def test_levels_are_taken(veilleur: CommandLine, models: Path, labelled: Path) -> None:
    make(models, with_levels=False)
    few = veilleur("models", "levels", "multilingual", str(labelled))
    assert few.returncode == 1
    assert "no language has 1000 civil texts (fr 60)" in few.stderr
    civil = veilleur.folder / "civil.jsonl"
    civil.write_text('{"text": "bonjour", "label": 0}\n' * 1000)
    taken = veilleur("models", "levels", "multilingual", str(civil))
    assert taken.returncode == 0
    assert taken.stdout.startswith("fr, toxicity: doubtful from 0.")
    assert veilleur("models", "verify", "multilingual").returncode == 0


def test_a_changed_export_is_found(veilleur: CommandLine, models: Path) -> None:
    network = make(models) / NETWORK
    network.write_bytes(network.read_bytes() + b"!")
    verified = veilleur("models", "verify", "multilingual")
    assert verified.returncode == 1
    assert f"{NETWORK} was changed: sha256:" in verified.stderr


def test_an_export_that_ranks_the_wrong_way_round_is_found(
    veilleur: CommandLine, models: Path
) -> None:
    make(models, rude={"connard": -9.0, "gueule": -9.0, "ferme": -9.0})
    verified = veilleur("models", "verify", "multilingual")
    assert verified.returncode == 1
    assert "wrong way round" in verified.stderr


def test_a_model_elsewhere_is_named(veilleur: CommandLine, tmp_path: Path) -> None:
    make(tmp_path / "elsewhere")
    there = ("--models", str(tmp_path / "elsewhere"))
    assert veilleur("models", "verify", "multilingual", *there).returncode == 0
    here = veilleur("models", "verify", "multilingual")
    assert here.returncode == 1
    assert "data/models/detoxify-multilingual/manifest.json cannot be read" in here.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("fetch", "french"), 2, "Invalid value for 'MODEL'"),
        (("fetch", "multilingual", "--trust-digest", "0b549669"), 1, "64 hexadecimal signs"),
        (("export", "multilingual"), 2, "Missing argument 'FILE...'"),
        (("export", "multilingual", "nowhere.jsonl"), 2, "does not exist"),
        (("verify", "original"), 1, "cannot be read: No such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage(
    veilleur: CommandLine, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = veilleur("models", *arguments)
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done


def test_comments_without_labels_cannot_be_compared_on(veilleur: CommandLine, models: Path) -> None:
    make(models)
    (veilleur.folder / "broken.jsonl").write_text('{"text": "bonjour", "label": 0}\nno json\n')
    done = veilleur("models", "verify", "multilingual", "broken.jsonl")
    assert done.returncode == 1
    assert "broken.jsonl:2: is not JSON" in done.stderr


def test_models_dir_is_where_the_command_and_the_bot_look(veilleur: CommandLine) -> None:
    elsewhere = veilleur.folder / "elsewhere"
    make(elsewhere)
    assert "cannot be read" in veilleur("models", "verify", "multilingual").stderr
    verified = veilleur("models", "verify", "multilingual", MODELS_DIR=str(elsewhere))
    assert verified.returncode == 0, verified.stderr
    assert "its files are as they were written" in verified.stdout
    scored = veilleur("score", "bonjour", "--json", MODELS_DIR=str(elsewhere))
    assert json.loads(scored.stdout)["scorer"] == "detoxify"
