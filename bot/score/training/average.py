"""The mean of several trainings' weights: often better than each, and never slower."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from bot.score.training import network as networks
from bot.score.training.rows import DataError


def average(paths: Sequence[Path], shares: Sequence[float], *, out: Path) -> None:
    """`shares` are scaled to a sum of one; all must be of one shape."""
    if len(paths) != len(shares) or not paths or min(shares) < 0 or sum(shares) <= 0:
        raise DataError("give one share, not below 0, for each file")
    saved = [networks.read(path) for path in paths]
    if any(each["shape"] != saved[0]["shape"] for each in saved):
        raise DataError("these networks differ in shape")
    total = sum(shares)
    state = {
        name: torch.stack(
            [
                each["state"][name] * (share / total)
                for each, share in zip(saved, shares, strict=True)
            ]
        ).sum(0)
        for name in saved[0]["state"]
    }
    about: dict[str, Any] = {
        "mean_of": [
            {"share": share / total, **each["about"]}
            for each, share in zip(saved, shares, strict=True)
        ]
    }
    networks.write(out, {"shape": saved[0]["shape"], "state": state, "about": about})
