"""Starts the scorer process: same interpreter, same import path, few variables, own session."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path

from bot.score.choose import Choice

_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
_PASSED = {"PATH", "HOME", "USER", "LANG", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "USERPROFILE"}
_PASSED_PREFIXES = ("LC_", "LD_", "DYLD_", "PYTHON", "XDG_", "TORCH_", "HF_HOME", "HF_HUB_")
"""Tokens and secrets stay out: this process runs foreign code on hostile text."""


async def spawn(choice: Choice, *, models: Path) -> Process:
    """The child starts a session of its own, so that Ctrl-C at a terminal reaches the bot only."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # the working folder is not searched, unless the bot itself does so
        "-m",
        "bot.score.child",
        choice,
        str(models),
        stdin=PIPE,
        stdout=PIPE,
        env=environment(os.environ, path=sys.path),
        start_new_session=True,
    )


def environment(own: Mapping[str, str], *, path: list[str]) -> dict[str, str]:
    passed = {
        name: value
        for name, value in own.items()
        if name in _PASSED or name.startswith(_PASSED_PREFIXES)
    }
    search = os.pathsep.join(entry or os.getcwd() for entry in path)  # noqa: PTH109 - a plain string
    return {**passed, **_ONE_THREAD, "PYTHONPATH": search}
