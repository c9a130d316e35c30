"""How the process comes to be and how it ends: models that are missing, parents that die."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from bot.core.model import Unscored
from bot.score.process import ScorerLimits, open_scorer
from bot.score.spawn import environment
from tests.score.conftest import is_running, scored, until

STAND_IN = '''
"""Stands in for the real package: same class, same quirks (a bare float for one text)."""
import pathlib

class _Tokenizer:
    model_max_length = 10**30

    def __call__(self, text):
        return {"input_ids": [0, *range(len(text.split())), 2]}

class Detoxify:
    def __init__(self, model_type):
        assert model_type == "multilingual"
        print("a library that prints to stdout")
        self.tokenizer = _Tokenizer()

    def predict(self, text):
        assert isinstance(text, str)
        assert self.tokenizer.model_max_length == 512
        assert len(self.tokenizer(text)["input_ids"]) <= 512
        rude = "connard" in text
        return {"toxicity": 0.9 if rude else 0.01, "insult": 0.8 if rude else 0.02}
'''
BROKEN = "raise OSError('cannot reach the hub\\nsecond line')"


@pytest.fixture
def detoxify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the import path with the stand-in, torch's one call, and a checkpoint."""
    packages = tmp_path / "packages"
    packages.mkdir()
    (packages / "detoxify.py").write_text(STAND_IN, encoding="utf-8")
    (packages / "torch.py").write_text("def set_num_threads(n): assert n == 1", encoding="utf-8")
    checkpoints = tmp_path / "torch" / "hub" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "multilingual_debiased-0b549669.ckpt").write_bytes(b"weights")
    monkeypatch.syspath_prepend(packages)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return packages


@pytest.mark.parametrize("choice", ["auto", "detoxify"])
@pytest.mark.usefixtures("detoxify")
async def test_detoxify_is_used_where_it_is_present(choice: str) -> None:
    scorer = await open_scorer(choice)
    try:
        assert (scorer.status.name, scorer.status.degraded) == ("detoxify", False)
        civil = await scored(scorer.score("bonjour", deadline_s=10))
        text = "bonjour à tous " * 1000 + "connard " + "bonne journée " * 300
        rude = await scored(scorer.score(text[:20_000], deadline_s=10))
    finally:
        await scorer.close()
    assert civil.values == {"toxicity": 0.01, "insult": 0.02}
    assert civil.version == hashlib.sha256(b"weights").hexdigest()[:12]
    assert rude.values["toxicity"] == 0.9
    assert rude.worst is not None
    assert "connard" in text[rude.worst.start : rude.worst.end]


async def test_auto_without_detoxify_is_the_embedded_model_and_no_lesser(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    scorer = await open_scorer("auto")
    try:
        assert (scorer.status.name, scorer.status.degraded) == ("embedded", False)
    finally:
        await scorer.close()


async def test_detoxify_wanted_but_without_weights_is_degraded(
    detoxify: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "empty"))
    scorer = await open_scorer("detoxify")
    try:
        scores = await scored(scorer.score("bonjour", deadline_s=10))
    finally:
        await scorer.close()
    assert (scores.scorer, scores.degraded) == ("embedded", True)
    assert scorer.status.degraded
    assert "weights are not in torch's cache" in scorer.status.why


@pytest.mark.parametrize("choice", ["auto", "detoxify"])
@pytest.mark.parametrize(
    ("package", "why"),
    [
        (BROKEN, "detoxify cannot be used: OSError: cannot reach the hub"),
        (
            STAND_IN.replace("0.9 if rude", "0.001 if rude"),
            "detoxify cannot be used: thanks score 0.01, an insult 0.00: wrong way round",
        ),
        (
            STAND_IN.replace("0.9 if rude", 'float("nan") if rude'),
            "detoxify cannot be used: the model gave no number",
        ),
    ],
    ids=["does not load", "ranks the wrong way round", "gives no number"],
)
async def test_detoxify_that_does_not_work_is_degraded(
    detoxify: Path, choice: str, package: str, why: str
) -> None:
    (detoxify / "detoxify.py").write_text(package, encoding="utf-8")
    scorer = await open_scorer(choice)
    try:
        assert (scorer.status.name, scorer.status.degraded) == ("embedded", True)
        assert scorer.status.why == why
    finally:
        await scorer.close()


async def test_without_any_model_comments_go_to_people(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An onnxruntime that does not load, as on a processor it was not built for."""
    (tmp_path / "onnxruntime.py").write_text(BROKEN, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    scorer = await open_scorer("embedded", limits=ScorerLimits(first_pause_s=0.05))
    try:
        assert not scorer.status.ready
        assert scorer.status.why == (
            "the embedded model cannot be used: OSError: cannot reach the hub"
        )
        assert await scorer.score("bonjour", deadline_s=0.2) == Unscored(
            reason="timed out after 0.2 s"
        )
        await until(lambda: scorer.status.restarts >= 2)
        (tmp_path / "onnxruntime.py").unlink()
        await scored(scorer.score("bonjour", deadline_s=20))
    finally:
        await scorer.close()


PARENT = """
import asyncio, sys
from bot.score.process import open_scorer

async def main():
    scorer = await open_scorer("embedded")
    print(scorer.status.pid, flush=True)
    await asyncio.gather(*(scorer.score(f"mot {n} " * 3000, deadline_s=60) for n in range(50)))

asyncio.run(main())
"""


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
async def test_the_process_ends_with_its_parent_even_at_work(signum: int) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, stdout=PIPE, stderr=DEVNULL, env=env
    )
    assert parent.stdout
    while not (line := (await parent.stdout.readline()).decode()).strip().isdigit():
        assert line, "the parent ended before its scorer was ready"
    child = int(line)
    assert is_running(child)
    parent.send_signal(signum)
    await parent.communicate()
    await until(lambda: not is_running(child), within_s=5)


def test_secrets_of_the_bot_do_not_reach_the_process() -> None:
    own = {"PATH": "/bin", "DISCORD_TOKEN": "x", "SITE_SECRET": "y", "HF_TOKEN": "z", "LC_ALL": "C"}
    passed = environment(own, path=["/a", "/b"])
    assert passed["PATH"] == "/bin"
    assert passed["LC_ALL"] == "C"
    assert passed["PYTHONPATH"] == f"/a{os.pathsep}/b"
    assert passed["OMP_NUM_THREADS"] == "1"
    assert not {"DISCORD_TOKEN", "SITE_SECRET", "HF_TOKEN"} & set(passed)
