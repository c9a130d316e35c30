"""An epoch's rows as batches of token ids: dirtied, normalised, of similar length, shuffled."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from bot.core.model import ATTRIBUTES
from bot.core.normalise import for_model
from bot.score.training.chance import chance
from bot.score.training.crude_words import CrudeWords
from bot.score.training.disguise import dirtied
from bot.score.training.mixture import Material, Stage
from bot.score.training.rows import Row
from bot.score.training.vocabulary import PAD, Ids

_CHUNK_BATCHES = 32
_JITTER_TOKENS = 4
_LONGEST_CHARS = 900

Floats = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    epoch: int
    number: int
    """Of this worker within the epoch, from 0."""
    ids: Ids
    mask: Ids
    targets: Floats
    """NaN where nothing is known."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where to go on: the next batch of this worker."""

    epoch: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Endless batches for one of `workers`; the same ones for the same values and position."""

    material: Material
    stage: Stage
    tokenizer: Tokenizer
    seed: int
    batch_rows: int
    max_tokens: int
    worker: int = 0
    workers: int = 1

    def batches(self, start: Position) -> Iterator[Batch]:
        self.tokenizer.enable_truncation(self.max_tokens)
        epoch, skip = start.epoch, start.number
        while True:
            yield from self._epoch(epoch, skip=skip)
            epoch, skip = epoch + 1, 0

    def _epoch(self, epoch: int, *, skip: int) -> Iterator[Batch]:
        rows = self.material.epoch(self.stage, seed=self.seed, number=epoch)
        mine = rows[self.worker :: self.workers]
        chunk_rows = self.batch_rows * _CHUNK_BATCHES
        for chunk in range(skip // _CHUNK_BATCHES, math.ceil(len(mine) / chunk_rows)):
            part = mine[chunk * chunk_rows : (chunk + 1) * chunk_rows]
            rng = chance(self.seed, self.stage.name, epoch, self.worker, chunk)
            ready = self._chunk(part, rng)
            for at, rows_of_batch in enumerate(ready):
                number = chunk * _CHUNK_BATCHES + at
                if number >= skip:
                    yield _batch(rows_of_batch, epoch=epoch, number=number)

    def _chunk(self, rows: Sequence[Row], rng: Random) -> list[list[tuple[list[int], Row]]]:
        texts = [model_text(row, rng, self.material.crude) for row in rows]
        encoded = [each.ids for each in self.tokenizer.encode_batch(texts)]
        order = sorted(
            zip(encoded, rows, strict=True),
            key=lambda pair: len(pair[0]) + rng.random() * _JITTER_TOKENS,
        )
        batches = [order[at : at + self.batch_rows] for at in range(0, len(order), self.batch_rows)]
        rng.shuffle(batches)
        return batches


def model_text(row: Row, rng: Random, crude: CrudeWords) -> str:
    return for_model(dirtied(row.text[:_LONGEST_CHARS], row.lang, rng, crude))


def _batch(rows: Sequence[tuple[list[int], Row]], *, epoch: int, number: int) -> Batch:
    longest = max(len(ids) for ids, _ in rows)
    ids = np.full((len(rows), longest), PAD, dtype=np.int64)
    mask = np.zeros((len(rows), longest), dtype=np.int64)
    targets = np.full((len(rows), len(ATTRIBUTES)), np.nan, dtype=np.float32)
    for at, (tokens, row) in enumerate(rows):
        ids[at, : len(tokens)] = tokens
        mask[at, : len(tokens)] = 1
        for label, value in row.targets.items():
            targets[at, ATTRIBUTES.index(label)] = value
    return Batch(epoch=epoch, number=number, ids=ids, mask=mask, targets=targets)
