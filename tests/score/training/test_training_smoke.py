"""The whole way at toy size: base, vocabulary, training, averaging, export, serving, cards.

Runs where torch can be imported (`make train-smoke`); everywhere else it is skipped.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from bot.core.model import ATTRIBUTES
from bot.score.embedded import EmbeddedModel
from bot.score.reading import Reading
from bot.score.training.commands import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("torch", "onnx")),
        reason="torch and onnx are not installed; `make train-smoke` runs this",
    ),
]

CIVIL = "Merci pour cet article, numéro {}, bon travail."
RUDE = "Ferme ta gueule, espèce de connard numéro {}."
STAGES = """
[tiny]
learning_rate = 3e-3
pattern_share = 0.0
own_times = 0
written_times = 0
[tiny.sets]
jigsaw_en_sub = { toxic = 100, harmless = 100 }
"""


def rows(line, count: int, *, start: int = 0, **changes):
    labels = dict.fromkeys(ATTRIBUTES, 0)
    for at in range(start, start + count):
        rude = at % 2
        shares = labels | {"toxicity": rude, "insult": rude}
        text = (RUDE if rude else CIVIL).format(at)
        yield line(at, text=text, label=rude, labels=shares) | changes


@pytest.fixture(scope="module")
def work(tmp_path_factory, tiny_base):
    """A work folder with base and vocabulary, and 200 texts to train on."""
    from conftest import labelled, write

    folder = tmp_path_factory.mktemp("training")
    write(folder / "train", "jigsaw_en_sub", rows(labelled, 200))
    write(folder / "dev", "mixed_fr", rows(labelled, 120, start=1000, split="dev"))
    civil = [labelled(at, text=CIVIL.format(at), split="dev") for at in range(2000, 3000)]
    write(folder / "dev", "civil_fr", civil)
    (folder / "base.raw").write_bytes(tiny_base)
    (folder / "stages.toml").write_text(STAGES, encoding="utf-8")
    assert main(["base", f"{folder}/base.raw", "--work", f"{folder}/work"]) == 0
    sets = ["--train", f"{folder}/train", "--dev", f"{folder}/dev"]
    assert main(["vocabulary", "--work", f"{folder}/work", "--size", "80", *sets]) == 0
    return folder


def train(work: Path, name: str, *more: str) -> int:
    return main(
        [
            "train", "--work", f"{work}/work", "--name", name, "--stage", "tiny",
            "--stages", f"{work}/stages.toml", "--train", f"{work}/train", "--dev", f"{work}/dev",
            "--layers", "2", "--batch-rows", "10", "--precision", "fp32", *more,
        ]
    )  # fmt: skip


def state(work: Path, name: str):
    from bot.score.training import network

    return network.read(work / "work" / f"{name}.pt")["state"]


@pytest.fixture(scope="module")
def trained(work) -> Path:
    assert train(work, "first", "--steps", "160") == 0
    return work


@pytest.fixture(scope="module")
def exported(trained) -> Path:
    assert main(["export", "first", "--work", f"{trained}/work", "--exact"]) == 0
    return trained / "work" / "first"


def test_the_export_is_what_torch_gives_and_serving_loads_it(exported) -> None:
    made = json.loads((exported / "made.json").read_text(encoding="utf-8"))
    assert made["parity"]["exact_worst_logit"] < 1e-4
    assert made["parity"]["served_rank"] > 0.9
    assert made["network"]["layers"] == 2
    assert (exported / "model.fp32.onnx").exists()
    model = EmbeddedModel(exported)
    scores = []
    for text in (CIVIL.format(7), RUDE.format(7)):
        reading = model.score(model.form(text), limit_s=30)
        assert isinstance(reading, Reading)
        scores.append(reading.values["toxicity"])
    assert scores[0] < 0.3
    assert scores[1] > 0.7, "200 texts are enough to learn two sentences"


def test_calibration_figures_and_cards_are_written(exported, trained) -> None:
    sets = ["--train", f"{trained}/train", "--dev", f"{trained}/dev"]
    assert main(["calibrate", str(exported), *sets]) == 0
    card = json.loads((exported / "card.json").read_text(encoding="utf-8"))
    assert card["calibration"]["toxicity"]["fitted_on"] != "not calibrated"
    assert set(card["levels"]) == {"fr", "default"}
    assert set(card["levels"]["fr"]) == set(ATTRIBUTES)
    french = card["levels_measured"]["languages"]["fr"]
    assert french["civil_texts"] == 1000
    assert french["attributes"]["toxicity"]["sure"]["precision"]["share"] > 0.9
    before = (exported / "scored" / "mixed_fr.npz").stat().st_mtime_ns
    assert main(["evaluate", str(exported), *sets]) == 0
    measured = json.loads((exported / "measured.json").read_text(encoding="utf-8"))
    (mixed,) = [each for each in measured["sets"] if each["name"] == "mixed_fr"]
    assert mixed["auc"] > 0.99
    assert (exported / "scored" / "mixed_fr.npz").stat().st_mtime_ns == before, "scored once"
    stages = ["--stages", f"{trained}/stages.toml"]
    assert main(["card", str(exported), *sets, *stages]) == 0
    text = (exported / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "| jigsaw_en_sub | 200 | fr | MIT | a test |" in text
    finished = EmbeddedModel(exported)
    assert finished.score("merci", limit_s=30), "the finished card still serves"
    assert finished.levels is not None


def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(work) -> None:
    import torch

    assert train(work, "whole", "--steps", "30") == 0
    assert train(work, "halves", "--steps", "30", "--stop-after", "13") == 0
    assert not (work / "work" / "halves.pt").exists()
    assert train(work, "halves", "--steps", "30", "--resume") == 0
    whole, halves = state(work, "whole"), state(work, "halves")
    assert all(torch.equal(whole[name], halves[name]) for name in whole)
    left = {path.name for path in (work / "work").iterdir() if "halves" in path.name}
    assert left == {"halves.pt"}


def test_two_workers_share_weights_and_a_teacher_is_heard(trained) -> None:
    assert train(trained, "taught", "--steps", "40", "--teacher", "first", "--workers", "2") == 0
    assert train(trained, "alone", "--steps", "40", "--seed", "5", "--init", "first") == 0
    taught, alone = state(trained, "taught"), state(trained, "alone")
    assert all(np.isfinite(taught[name].numpy()).all() for name in taught)
    assert any((taught[name] != alone[name]).any() for name in taught)


def test_an_average_lies_between_and_a_result_is_never_overwritten(trained, capsys) -> None:
    import torch

    assert train(trained, "second", "--steps", "20", "--seed", "9") == 0
    assert (
        main(
            [
                "average",
                "first",
                "second",
                "--shares",
                "1",
                "3",
                "--name",
                "mean",
                "--work",
                f"{trained}/work",
            ]
        )
        == 0
    )
    first, second, mean = (state(trained, name) for name in ("first", "second", "mean"))
    for name in mean:
        assert torch.allclose(mean[name], 0.25 * first[name] + 0.75 * second[name], atol=1e-6)
    assert train(trained, "first", "--steps", "1") == 2
    assert "exists already" in capsys.readouterr().err
    assert train(trained, "other", "--layers", "9", "--steps", "1") == 2
    assert "the base has 3 layers, not 9" in capsys.readouterr().err


def test_changed_embeddings_are_not_packed(exported, trained, tiny_base) -> None:
    import onnx

    from bot.score.training.base_weights import parse
    from bot.score.training.pack import pack_embeddings
    from bot.score.training.rows import DataError

    base = parse(tiny_base)
    table = onnx.numpy_helper.from_array(np.zeros((4, 64), np.float32), "words")
    ids = onnx.helper.make_tensor_value_info("ids", onnx.TensorProto.INT64, ["b", "s"])
    out = onnx.helper.make_tensor_value_info("out", onnx.TensorProto.FLOAT, ["b", "s", 64])
    lookup = onnx.helper.make_node("Gather", ["words", "ids"], ["out"])
    graph = onnx.helper.make_graph([lookup], "g", [ids], [out], [table])
    with pytest.raises(DataError, match="the embeddings were changed"):
        pack_embeddings(onnx.helper.make_model(graph), base.nibbles[:4], base.scales[:4])
