"""Detoxify's own package on a small checkpoint of its format: loaded, exported, served.

Needs the `detoxify` extra: `make test-detoxify`.
"""
# ruff: noqa: E402 - the whole module is passed over where the extra is not installed

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("detoxify", reason="make test-detoxify installs it")
pytestmark = pytest.mark.filterwarnings("ignore")  # what torch and transformers warn each other of

import numpy as np
import torch
import transformers
from typer.testing import CliRunner

from bot.cli.program import program
from bot.core.model import ATTRIBUTES, Unscored
from bot.score.choose import choose
from bot.score.detoxify.export import FULL, DisagreementError, export
from bot.score.detoxify.load import Loaded, _write_base, load
from bot.score.detoxify.manifest import NETWORK, read_manifest
from bot.score.detoxify.places import folder_of, source_of
from bot.score.detoxify.releases import IDENTITIES, RELEASES, RefusedError
from bot.score.detoxify.serve import ExportedModel, network
from bot.score.detoxify.torch_model import TorchModel
from bot.score.detoxify.trust import vouch
from bot.score.evaluation.rows import Row
from bot.score.process import open_scorer
from bot.score.reading import Reading
from tests.score.conftest import scored
from tests.score.small_detoxify import LABELS, PAIR, Small, build, comments, rewrite

ON = date(2026, 11, 23)
INSULT = PAIR[1][0]
ROWS = [Row(text=text, toxic=toxic) for text, toxic in comments()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    small: Small
    models: Path
    loaded: Loaded


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return build(tmp_path_factory.mktemp("small"), steps=40)


@pytest.fixture(scope="session")
def made(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Loaded, exported and served in this session; tests that change files take a copy."""
    models = tmp_path_factory.mktemp("models")
    vouch(models, small.digest, model="multilingual")
    release = RELEASES["multilingual"]
    loaded = load(release, models=models, checkpoint=small.checkpoint, base=small.base)
    folder = folder_of(models, "multilingual")
    export(loaded, folder, model="multilingual", rows=ROWS, on=ON, keep_full=True)
    return Made(small=small, models=models, loaded=loaded)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """Empty caches; whoever looks a host up is written down, and found out."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    asked: list[str] = []
    _LISTENERS.append(asked)
    yield asked
    _LISTENERS.remove(asked)
    assert asked == []


_LISTENERS: list[list[str]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        for asked in _LISTENERS:
            asked.append(str(arguments[0]))


sys.addaudithook(_hear)


def opened(small: Small, models: Path) -> Loaded:
    release = RELEASES["multilingual"]
    return load(release, models=models, checkpoint=small.checkpoint, base=small.base)


def reading(model: Any, text: str) -> Reading:
    found = model.score(model.form(text), limit_s=60)
    assert isinstance(found, Reading), found
    return found


def test_the_real_loader_loads_it_and_predict_says_the_same(made: Made) -> None:
    import detoxify

    assert isinstance(made.loaded.detoxify, detoxify.Detoxify)
    assert made.loaded.heads == (*LABELS, *IDENTITIES)
    model = TorchModel(made.loaded)
    assert model.version == made.small.digest[7:19]
    for text in ("", "😡", INSULT, *(row.text for row in ROWS[:20])):
        predicted = made.loaded.detoxify.predict(text)
        values = reading(model, text).values
        assert values == pytest.approx(predicted, abs=1e-5)


def test_what_is_not_trusted_is_not_opened(small: Small, tmp_path: Path) -> None:
    """Opening this one leaves a trace, so that it shows whether it was opened."""

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "opened",))

    bomb = rewrite(small, tmp_path / "bomb.ckpt", lambda content: content.update(extra=Bomb()))
    with pytest.raises(RefusedError, match=f"not opened: {bomb.digest} is not known"):
        opened(bomb, tmp_path)
    vouch(tmp_path, small.digest, model="multilingual")
    vouch(tmp_path, bomb.digest, model="unbiased")
    with pytest.raises(RefusedError, match="is not known"):
        opened(bomb, tmp_path)
    assert not (tmp_path / "opened").exists()
    # the operator's word is what opens it: the same file, vouched for as what it is
    vouch(tmp_path, bomb.digest, model="multilingual")
    opened(bomb, tmp_path)
    assert (tmp_path / "opened").exists()


def _without(name: str) -> Any:
    return lambda content: content["state_dict"].pop(name)


def _arguments(**changes: Any) -> Any:
    return lambda content: content["config"]["arch"]["args"].update(changes)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_without("classifier.out_proj.weight"), "1 of its weights did not arrive: classifier"),
        (_arguments(model_name="GPT2Model"), "asks for GPT2Model and XLMRobertaTokenizer"),
        (_arguments(num_classes=5), "it has 5 heads, 16 are named"),
        (lambda content: content.pop("config"), "it holds no config and state_dict"),
        (lambda content: content["config"].pop("dataset"), "not as Detoxify writes it"),
    ],
    ids=["a weight is missing", "another class", "other heads", "no config", "half a config"],
)
def test_what_is_not_a_whole_checkpoint_is_refused(
    small: Small, tmp_path: Path, change: Any, why: str
) -> None:
    """The package's own loader fills a missing head with random numbers and goes on."""
    changed = rewrite(small, tmp_path / "changed.ckpt", change)
    vouch(tmp_path, changed.digest, model="multilingual")
    with pytest.raises(RefusedError, match=why):
        opened(changed, tmp_path)


@pytest.mark.parametrize("cut", [0, 1000, -1000], ids=["empty", "a beginning", "nearly all"])
def test_half_a_file_is_refused(small: Small, tmp_path: Path, cut: int) -> None:
    half = Small(checkpoint=tmp_path / "half.ckpt", base=small.base)
    half.checkpoint.write_bytes(small.checkpoint.read_bytes()[:cut])
    vouch(tmp_path, half.digest, model="multilingual")
    with pytest.raises(RefusedError, match="it is no file of torch"):
        opened(half, tmp_path)


def test_the_base_of_another_network_is_refused(small: Small, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(small.base, base)
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps({**config, "hidden_size": 32}))
    vouch(tmp_path, small.digest, model="multilingual")
    with pytest.raises(RefusedError, match="Detoxify's loader cannot use it"):
        opened(Small(checkpoint=small.checkpoint, base=base), tmp_path)
    (base / "tokenizer.json").write_text("{")
    with pytest.raises(RefusedError, match="Detoxify's loader cannot use it"):
        opened(Small(checkpoint=small.checkpoint, base=base), tmp_path)


@pytest.mark.parametrize("model", RELEASES)
def test_the_bundled_shapes_are_those_of_the_published_files(model: str) -> None:
    """Four bytes a weight: a network of another shape would make a checkpoint of another size."""
    release = RELEASES[model]
    network_class = getattr(transformers, release.base.network)
    with torch.device("meta"):
        shape = network_class(network_class.config_class(**release.base.config, num_labels=16))
    weights = sum(each.numel() for each in shape.parameters())
    assert weights * 4 / 1e6 == pytest.approx(release.megabytes, rel=0.02)


def test_without_config_in_the_base_folder_the_bundled_one_is_written(
    small: Small, tmp_path: Path
) -> None:
    shutil.copytree(small.base, tmp_path / "base")
    (tmp_path / "base" / "config.json").unlink()
    base = RELEASES["multilingual"].base
    _write_base(tmp_path / "base", tmp_path / "written", base)
    config = transformers.XLMRobertaConfig.from_pretrained(tmp_path / "written")
    assert (config.vocab_size, config.hidden_size, config.pad_token_id) == (250_002, 768, 1)


def test_identity_heads_are_named_even_where_the_config_does_not(
    small: Small, tmp_path: Path
) -> None:
    changed = rewrite(
        small,
        tmp_path / "unnamed.ckpt",
        lambda content: content["config"]["dataset"]["args"].pop("identity_classes"),
    )
    vouch(tmp_path, changed.digest, model="multilingual")
    assert opened(changed, tmp_path).heads == (*LABELS, *IDENTITIES)


def test_the_export_agrees_and_says_how_well(made: Made) -> None:
    folder = folder_of(made.models, "multilingual")
    manifest = read_manifest(folder)
    assert manifest.source == made.small.digest
    assert (manifest.exported_on, manifest.calibration) == (ON, None)
    assert manifest.window_tokens == 510
    agreement = manifest.agreement
    assert agreement.objections() == []
    assert 0 < agreement.drift_mean < agreement.drift_p99 < 0.05
    assert agreement.auc_original > 0.85
    full = network(folder / FULL, heads=16)
    small_one = network(folder / NETWORK, heads=16)
    for length in (1, 2, 7, 64, 510):
        ids = np.random.default_rng(length).integers(4, 700, (1, length + 2))
        with torch.inference_mode():
            expected = made.loaded.detoxify.model(torch.from_numpy(ids)).logits[0].numpy()
        assert full(ids) == pytest.approx(expected, abs=1e-4)
        assert small_one(ids) == pytest.approx(expected, abs=0.3)
    assert (folder / NETWORK).stat().st_size < 0.5 * (folder / FULL).stat().st_size


@pytest.mark.parametrize("model", [name for name in RELEASES if name != "multilingual"])
def test_the_other_four_are_loaded_and_exported_too(model: str, tmp_path: Path) -> None:
    """Random weights, spread wide enough to rank."""
    small = build(tmp_path / "small", model=model, spread=0.2)
    vouch(tmp_path, small.digest, model=model)
    loaded = load(RELEASES[model], models=tmp_path, checkpoint=small.checkpoint, base=small.base)
    original = TorchModel(loaded)
    assert reading(original, INSULT).values == pytest.approx(
        loaded.detoxify.predict(INSULT), abs=1e-5
    )
    # what the network itself says is the truth here, its middle third left out as doubtful
    ordered = sorted(ROWS, key=lambda row: reading(original, row.text).values["toxicity"])
    third = len(ordered) // 3
    rows = [Row(text=row.text, toxic=False) for row in ordered[:third]]
    rows += [Row(text=row.text, toxic=True) for row in ordered[-third:]]
    folder = folder_of(tmp_path, model)
    manifest = export(loaded, folder, model=model, rows=rows, on=ON)
    served = ExportedModel(tmp_path, model)
    assert not (folder / FULL).exists()
    assert set(reading(served, INSULT).values) == set(manifest.heads) & set(ATTRIBUTES)
    long = reading(served, " ".join(row.text for row in ROWS[:60]))
    assert long.windows > 1


def test_an_export_that_disagrees_is_not_kept(made: Made, tmp_path: Path) -> None:
    """One piece that no comment holds is far larger than all others: the one scale of the whole
    table then leaves nothing of them."""
    table = "roberta.embeddings.word_embeddings.weight"

    def stretch(content: Any) -> None:
        content["state_dict"][table][-1] = 1000.0  # the mask's

    stretched = rewrite(made.small, tmp_path / "stretched.ckpt", stretch)
    vouch(tmp_path, stretched.digest, model="multilingual")
    folder = folder_of(tmp_path, "multilingual")
    with pytest.raises(DisagreementError, match=r"AUC fell from 0\.9") as refused:
        export(opened(stretched, tmp_path), folder, model="multilingual", rows=ROWS, on=ON)
    assert refused.value.agreement.auc_converted < refused.value.agreement.auc_original
    assert list(folder.iterdir()) == []


TORCH_FREE = """
import sys
from pathlib import Path
from bot.score.choose import choose
chosen = choose("detoxify", models=Path(sys.argv[1]))
reading = chosen.model.score(chosen.model.form(sys.argv[2]), limit_s=60)
heavy = {"torch", "transformers", "detoxify", "onnx"} & set(sys.modules)
print(chosen.model.name, chosen.degraded, f"{reading.values['toxicity']:.6f}", sorted(heavy))
"""


def test_serving_an_export_touches_no_torch(made: Made) -> None:
    command = [sys.executable, "-c", TORCH_FREE, str(made.models), INSULT]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    toxicity = reading(ExportedModel(made.models, "multilingual"), INSULT).values["toxicity"]
    assert done.stdout.split(maxsplit=3) == ["detoxify", "False", f"{toxicity:.6f}", "[]\n"]


async def test_the_scorer_process_serves_it(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(made.models)
    monkeypatch.chdir(tmp_path)
    scorer = await open_scorer("auto")
    try:
        assert (scorer.status.name, scorer.status.degraded) == ("detoxify", False)
        text = f"{PAIR[0][0]} " * 80 + f"{INSULT} " * 60
        scores = await scored(scorer.score(text, deadline_s=10))
        alone = await scored(scorer.score(INSULT, deadline_s=10))
    finally:
        await scorer.close()
    assert set(alone.values) == set(ATTRIBUTES)
    assert scores.worst is not None
    assert scores.worst.end > text.index(INSULT)


def _place(small: Small, models: Path) -> None:
    """As `fetch` leaves it."""
    source = source_of(models, "multilingual")
    shutil.copytree(small.base, source / "base")
    shutil.copy(small.checkpoint, source / small.checkpoint.name)


def test_without_an_export_the_trusted_checkpoint_is_served(small: Small, tmp_path: Path) -> None:
    _place(small, tmp_path)
    untrusted = choose("auto", models=tmp_path)
    assert (untrusted.model.name, untrusted.degraded) == ("embedded", False)
    asked_for = choose("detoxify", models=tmp_path)
    assert (asked_for.model.name, asked_for.degraded) == ("embedded", True)
    assert "is not known, and opening a checkpoint can run code" in asked_for.why
    vouch(tmp_path, small.digest, model="multilingual")
    trusted = choose("auto", models=tmp_path)
    assert (trusted.model.name, trusted.degraded, trusted.why) == ("detoxify", False, "")


def test_a_damaged_export_gives_way_to_the_checkpoint(made: Made, tmp_path: Path) -> None:
    shutil.copytree(made.models, tmp_path / "models")
    damaged = folder_of(tmp_path / "models", "multilingual") / NETWORK
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    _place(made.small, tmp_path / "models")
    chosen = choose("auto", models=tmp_path / "models")
    assert isinstance(chosen.model, TorchModel)
    assert not chosen.degraded
    assert "model.int8.onnx was changed" in chosen.why


def test_caches_are_looked_into(small: Small, tmp_path: Path) -> None:
    checkpoints = Path(os.environ["TORCH_HOME"]) / "hub" / "checkpoints"
    checkpoints.mkdir(parents=True)
    shutil.copy(small.checkpoint, checkpoints)
    snapshots = Path(os.environ["HF_HOME"]) / "hub" / "models--xlm-roberta-base" / "snapshots"
    shutil.copytree(small.base, snapshots / "e73636d")
    vouch(tmp_path, small.digest, model="multilingual")
    loaded = load(RELEASES["multilingual"], models=tmp_path)
    assert loaded.digest == small.digest


def test_long_and_nasty_texts(made: Made) -> None:
    served, original = ExportedModel(made.models, "multilingual"), TorchModel(made.loaded)
    for text in ("\0", "\ud800", "<pad> <s> </s> <mask>", "\u200b" * 5000, "e" + "\u0301" * 900):
        assert reading(served, text).values["toxicity"] == pytest.approx(
            reading(original, text).values["toxicity"], abs=0.1
        )
    assert isinstance(served.score(served.form("\ufdfa" * 20_000), limit_s=2), Unscored)
    hidden = reading(served, "\u200b".join(INSULT))
    assert hidden.values == reading(served, INSULT).values


def test_the_command_line_from_checkpoint_to_figures(small: Small, tmp_path: Path) -> None:
    models, labelled = tmp_path / "models", tmp_path / "labelled.jsonl"
    lines = [json.dumps({"text": row.text, "label": int(row.toxic)}) for row in ROWS]
    labelled.write_text("\n".join(lines), encoding="utf-8")

    def veilleur(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(program, ["models", *arguments, "--models", str(models)])
        return done.exit_code, " ".join(done.output.split())

    where = ("--checkpoint", str(small.checkpoint), "--base", str(small.base))
    code, said = veilleur("export", "multilingual", str(labelled), *where)
    assert (code, f"--trust-digest {small.digest}" in said) == (1, True), said
    trust = ("--trust-digest", small.digest, "--date", "2026-11-23")
    code, said = veilleur("export", "multilingual", str(labelled), *where, *trust)
    assert code == 0, said
    assert "held against the original on 210 comments, 92 of them toxic" in said
    code, said = veilleur("list")
    assert (code, "of 2026-11-23" in said) == (0, True), said
    code, said = veilleur("verify", "multilingual", str(labelled))
    assert (code, "it tells thanks from an insult" in said) == (0, True), said
    code, said = veilleur("bench", "multilingual", str(labelled), "--rows", "20", "--torch", *where)
    assert (code, "times as fast" in said) == (0, True), said
