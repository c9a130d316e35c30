"""How the process comes to be and how it ends: models that are missing, parents that die."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from typing import Any

import pytest

from bot.core.model import Unscored
from bot.score.process import ScorerLimits, open_scorer
from bot.score.spawn import environment
from tests.score.conftest import is_running, scored, until

BROKEN = "raise OSError('cannot reach the hub\\nsecond line')"


@pytest.mark.parametrize(("choice", "is_degraded"), [("auto", False), ("detoxify", True)])
async def test_where_detoxify_is_not_the_embedded_model_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, choice: Any, is_degraded: bool
) -> None:
    """No lesser than wanted, unless Detoxify itself was."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    scorer = await open_scorer(choice)
    try:
        scores = await scored(scorer.score("bonjour", deadline_s=10))
    finally:
        await scorer.close()
    assert (scores.scorer, scores.degraded) == ("embedded", is_degraded)
    assert scorer.status.degraded == is_degraded
    assert ("detoxify cannot be used: " in scorer.status.why) == is_degraded
    assert ("detoxify cannot be used: " in scorer.status.trouble) == is_degraded
    assert scorer.changed.is_set()


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
        await until(lambda: scorer.status.trouble != "")
        (tmp_path / "onnxruntime.py").unlink()
        await scored(scorer.score("bonjour", deadline_s=20))
        assert scorer.status.trouble == ""
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
