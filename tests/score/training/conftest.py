"""A base network of toy size in the real file format, and labelled comments in the real one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_base import pack_base

Line = Mapping[str, Any]
WriteSet = Callable[[Path, str, Iterable[Line]], Path]


@pytest.fixture(scope="session")
def tiny_base() -> bytes:
    return pack_base(np.random.default_rng(7))


@pytest.fixture
def line() -> Callable[..., dict[str, Any]]:
    return labelled


@pytest.fixture
def write_set() -> WriteSet:
    return write


def labelled(number: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"row-{number}",
        "lang": "fr",
        "text": f"Un commentaire tout à fait ordinaire, le numéro {number}.",
        "label": 0,
        "labels": {},
        "split": "train",
        "source": "a test",
        "licence": "MIT",
    } | changes


def write(folder: Path, name: str, lines: Iterable[Line]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in lines)
    return path
