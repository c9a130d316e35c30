"""Which of the base's 250,000 word pieces the small model keeps, and its tokenizer.

The tokenizer file is the only record of the choice: which rows of the base's embeddings belong to
it is found again by the pieces' names.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from bot.core.normalise import for_model
from bot.score.training.base_weights import BaseWeights
from bot.score.training.rows import DataError

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
BEGIN, PAD, END, UNKNOWN = range(4)
_MASK = "<mask>"
_WORD_START = "▁"
_LANGUAGE_WEIGHT = {"fr": 4}
_FEWEST = 3
"""Occurrences (weighted) that make a piece worth keeping for its own sake."""
_LONGEST_CHARS = 600
_BATCH = 4096

Ids = np.ndarray[Any, np.dtype[np.int64]]


def choose_pieces(
    base: BaseWeights, texts: Iterable[tuple[str, str]], *, size: int
) -> tuple[int, ...]:
    """Ids of the base's pieces to keep, ascending; `texts` are (language, text).

    First every single sign we can meet, then the pieces in use, by frequency, then the base's own
    most frequent Latin ones.
    """
    counts = _counted(base, texts)
    pieces = base.pieces
    lower = [at for at, piece in enumerate(pieces) if piece == piece.lower() and piece != _MASK]
    kept = set(range(len(SPECIAL)))
    kept |= {at for at in lower if _is_single(pieces[at]) and (_ours(pieces[at]) or counts[at])}
    in_use = sorted((at for at in lower if counts[at] >= _FEWEST), key=lambda at: (-counts[at], at))
    by_base = sorted(
        (at for at in lower if _scripts(pieces[at]) == {"LATIN"}),
        key=lambda at: (-float(base.scores[at]), at),
    )
    for at in (*in_use, *by_base):
        if len(kept) >= size:
            break
        kept.add(at)
    return tuple(sorted(kept))


def tokenizer_json(base: BaseWeights, kept: Sequence[int]) -> str:
    """A `tokenizers` file of these pieces, with the base's own scores."""
    vocabulary = [[base.pieces[at], float(base.scores[at])] for at in kept]
    if tuple(piece for piece, _ in vocabulary[: len(SPECIAL)]) != SPECIAL:
        raise DataError(f"a vocabulary must begin with {' '.join(SPECIAL)}")
    metaspace = {
        "type": "Metaspace", "replacement": _WORD_START, "prepend_scheme": "always", "split": True,
    }  # fmt: skip
    marks = {name: {"id": name, "ids": [at], "tokens": [name]} for at, name in _MARKS}
    return json.dumps(
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [_special(at, name) for at, name in enumerate(SPECIAL)],
            "normalizer": {
                "type": "Sequence",
                "normalizers": [
                    {"type": "NFKC"},
                    {"type": "Lowercase"},
                    {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "},
                ],
            },
            "pre_tokenizer": metaspace,
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [_mark("<s>"), _sequence("A", 0), _mark("</s>")],
                "pair": [_sequence("A", 0), _sequence("B", 1)],
                "special_tokens": marks,
            },
            "decoder": metaspace,
            "model": {
                "type": "Unigram", "unk_id": UNKNOWN, "vocab": vocabulary, "byte_fallback": False,
            },
        },
        ensure_ascii=False,
    )  # fmt: skip


def kept_ids(base: BaseWeights, tokenizer: Path) -> Ids:
    """The base's ids of a tokenizer file's pieces, in the file's order."""
    places: dict[str, int] = {}
    for at, piece in enumerate(base.pieces):
        places.setdefault(piece, at)
    vocabulary = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    missing = [piece for piece, _ in vocabulary if piece not in places]
    if missing:
        raise DataError(f"{tokenizer}: the base does not know {missing[0]!r}")
    return np.array([places[piece] for piece, _ in vocabulary], dtype=np.int64)


_MARKS = ((BEGIN, "<s>"), (END, "</s>"))


def _counted(base: BaseWeights, texts: Iterable[tuple[str, str]]) -> Counter[int]:
    full = Tokenizer.from_str(tokenizer_json(base, range(len(base.pieces))))
    counts: Counter[int] = Counter()
    waiting: dict[int, list[str]] = {}

    def count(weight: int) -> None:
        for encoding in full.encode_batch(waiting.pop(weight), add_special_tokens=False):
            for piece in encoding.ids:
                counts[piece] += weight

    for language, text in texts:
        weight = _LANGUAGE_WEIGHT.get(language, 1)
        waiting.setdefault(weight, []).append(for_model(text)[:_LONGEST_CHARS])
        if len(waiting[weight]) >= _BATCH:
            count(weight)
    for weight in tuple(waiting):
        count(weight)
    return counts


def _is_single(piece: str) -> bool:
    return len(piece.replace(_WORD_START, "")) <= 1


def _ours(piece: str) -> bool:
    return _scripts(piece) <= {"LATIN", "CYRILLIC"}


def _scripts(piece: str) -> set[str]:
    """First words of the letters' Unicode names; empty for digits, punctuation and emoji."""
    return {unicodedata.name(c, "UNNAMED").split(" ")[0] for c in piece if c.isalpha()}


def _special(at: int, name: str) -> dict[str, Any]:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {"id": at, "content": name, **flags, "special": True}


def _mark(name: str) -> dict[str, Any]:
    return {"SpecialToken": {"id": name, "type_id": 0}}


def _sequence(name: str, kind: int) -> dict[str, Any]:
    return {"Sequence": {"id": name, "type_id": kind}}
