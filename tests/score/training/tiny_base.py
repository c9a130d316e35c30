"""A base network of toy size, packed as the real file is."""

from __future__ import annotations

import string
import struct
from collections.abc import Iterable

import numpy as np

HIDDEN, LAYERS, HEADS, INNER, PLACES = 64, 3, 4, 128, 256
WORDS = ("▁merci", "▁pour", "▁article", "▁espèce", "▁de", "▁connard", "▁gueule", "▁bon", "ment")
SIGNS = string.ascii_lowercase + string.digits + "éèàçùêâîôûëïœ.,!?'-«»€@àбпривет"
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", *dict.fromkeys(SIGNS), *WORDS, "Majuscule", "稣")


def quantised(weights: np.ndarray) -> bytes:
    """As the format says: per 32 weights one fp16 scale and 16 bytes, low nibbles first."""
    blocks = weights.reshape(-1, 32)
    scale = np.maximum(np.abs(blocks).max(axis=1, keepdims=True) / 7, 1e-4).astype("<f2")
    levels = (np.clip(np.round(blocks / scale.astype(np.float32)), -8, 7) + 8).astype(np.uint8)
    packed = levels[:, :16] | (levels[:, 16:] << 4)
    return np.concatenate([scale.view(np.uint8), packed], axis=1).tobytes()


def pack_base(rng: np.random.Generator) -> bytes:
    blob = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, blob)]).astype("<u4")
    scores = np.array([-3 if piece in WORDS else -8 for piece in PIECES], dtype="<f4")
    header = b"E5S1" + struct.pack("<i", 1)
    header += struct.pack("<7i", HIDDEN, LAYERS, HEADS, INNER, len(PIECES), PLACES, 1)
    header += struct.pack("<fi", 1e-12, 32) + struct.pack("<5i", len(PIECES), 0, 2, 1, 3)
    header += struct.pack("<Q", sum(map(len, blob))) + offsets.tobytes() + scores.tobytes()
    header += b"".join(blob) + struct.pack("<iI", 0, 0)
    tensors = list(_tensors(rng))
    directory_bytes = 4 + sum(2 + len(name) + 1 + 4 + 16 for name, *_ in tensors)
    at = len(header) + directory_bytes
    directory = struct.pack("<i", len(tensors))
    for name, kind, count, data in tensors:
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, at, len(data))
        at += len(data)
    return header + directory + b"".join(data for *_, data in tensors)


def _tensors(rng: np.random.Generator) -> Iterable[tuple[str, int, int, bytes]]:
    def matrix(name: str, rows: int, columns: int) -> tuple[str, int, int, bytes]:
        weights = rng.normal(0, 0.08, (rows, columns)).astype(np.float32)
        return name, 1, rows * columns, quantised(weights)

    def floats(name: str, *shape: int, around: float = 0.0) -> tuple[str, int, int, bytes]:
        values = rng.normal(around, 0.02, shape).astype("<f4")
        return name, 0, values.size, values.tobytes()

    yield matrix("emb.word", len(PIECES), HIDDEN)
    yield floats("emb.pos", PLACES, HIDDEN)
    yield floats("emb.type", HIDDEN)
    yield floats("emb.ln.w", HIDDEN, around=1)
    yield floats("emb.ln.b", HIDDEN)
    for at in range(LAYERS):
        for part in ("q", "k", "v", "ao"):
            yield matrix(f"l{at}.{part}.w", HIDDEN, HIDDEN)
            yield floats(f"l{at}.{part}.b", HIDDEN)
        for norm in ("aln", "oln"):
            yield floats(f"l{at}.{norm}.w", HIDDEN, around=1)
            yield floats(f"l{at}.{norm}.b", HIDDEN)
        yield matrix(f"l{at}.fi.w", INNER, HIDDEN)
        yield floats(f"l{at}.fi.b", INNER)
        yield matrix(f"l{at}.fo.w", HIDDEN, INNER)
        yield floats(f"l{at}.fo.b", HIDDEN)
