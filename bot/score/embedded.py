"""The model that is always there: a small multilingual network, int8, on onnxruntime.

One window is one run of the network. Its activations are quantised by the range of the whole
tensor, so a text that shares a run with others gets another score than alone: measured on 1,000
French comments, toxicity moved by 0.016 on average and by up to 0.27, for 8 % more speed. A score
that depends on the neighbours is not worth that.
"""

from __future__ import annotations

import hashlib
import json
from copy import copy
from importlib import resources
from importlib.resources.abc import Traversable
from time import thread_time
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from bot.core.model import MAX_TEXT_CHARS, SiteHead, Unscored
from bot.core.normalise import for_model
from bot.score.levels import Levels, read_levels
from bot.score.reading import Reading
from bot.score.windows import windows

WINDOW_TOKENS = 126
"""With the two marks around them 128, the most the model was trained to read."""
STRIDE_TOKENS = 110
"""Within a sentence that is longer than a window."""
OVERLAP_TOKENS = 32
"""Longest sentence that two windows share; more would cost too much time on long texts."""
_BEGIN, _UNKNOWN, _END = 0, 3, 2
_MAX_FORM_CHARS = 3 * MAX_TEXT_CHARS
"""Single signs can stand for whole phrases (U+FDFA: eighteen letters); no honest text grows so."""
_READABLE = 0.5
"""Least share of the letters (of all signs, where there are no letters) the model must know."""

_Logits = np.ndarray[Any, np.dtype[np.float32]]
_Features = np.ndarray[Any, np.dtype[np.float32]]
_Run = tuple[_Logits, _Features]
"""Of one window: a logit per attribute, and what the head saw."""


class EmbeddedModel:
    """Loads from the package in 0.3 s; about 120 MB resident, one thread."""

    name = "embedded"
    limit_s = 1.7

    def __init__(self, folder: Traversable | None = None) -> None:
        """`folder` holds another network, tokenizer and card than the package's own."""
        self._head: SiteHead | None = None
        folder = folder or resources.files("bot.score") / "embedded_model"
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        self._labels: tuple[str, ...] = tuple(card["labels"])
        self._card = card
        calibration = [card["calibration"][label] for label in self._labels]
        self._scale = np.array([each["scale"] for each in calibration])
        self._offset = np.array([each["offset"] for each in calibration])
        self._tokenizer = Tokenizer.from_buffer((folder / "tokenizer.json").read_bytes())
        with resources.as_file(folder / "model.int8.onnx") as network:
            self.version = hashlib.sha256(network.read_bytes()).hexdigest()[:12]
            # by path: from bytes, the process would keep a second copy of them (19 MB)
            self._session = onnxruntime.InferenceSession(
                network, _one_thread(), providers=["CPUExecutionProvider"]
            )

    @property
    def levels(self) -> Levels | None:
        """Raises LevelsError for a card with wrong ones."""
        return read_levels(self._card)

    @property
    def feature_count(self) -> int:
        """How long `Reading.features` is."""
        return int(self._session.get_outputs()[1].shape[1])

    def corrected(self, head: SiteHead) -> EmbeddedModel:
        """The same network with what the site's decisions taught.

        Raises ValueError for a head that was fitted on another network.
        """
        if head.base != self.version:
            raise ValueError(f"the head belongs to network {head.base}, this is {self.version}")
        model = copy(self)
        model.version = f"{self.version}+{head.version}"
        model._head = head  # noqa: SLF001 - its own kind
        return model

    def form(self, text: str) -> str:
        return for_model(text)

    def score(self, form: str, *, limit_s: float) -> Reading | Unscored:
        """Every token is read in some window; a text that would take longer is Unscored.

        `limit_s` is CPU time, so that the answer does not depend on how busy the machine is.
        """
        if len(form) > _MAX_FORM_CHARS:
            return Unscored(reason=f"{len(form)} characters once written out")
        ends_at = thread_time() + limit_s
        encoding = self._tokenizer.encode(form, add_special_tokens=False)
        if not _readable(form, encoding):
            return Unscored(reason="mostly in signs the model does not know")
        cover = windows(
            form,
            encoding.offsets,
            size=WINDOW_TOKENS,
            stride=STRIDE_TOKENS,
            overlap=OVERLAP_TOKENS,
        )
        runs: dict[tuple[int, ...], _Run] = {}
        rows = []
        for number, (start, end) in enumerate(cover):
            if thread_time() > ends_at:
                return Unscored(
                    reason=f"not read within {limit_s:.1f} s: {number} of {len(cover)} windows"
                )
            piece = tuple(encoding.ids[start:end])
            if piece not in runs:
                runs[piece] = self._run(piece)
            rows.append(runs[piece])
        logits = np.stack([logits for logits, _ in rows])
        features = np.stack([features for _, features in rows])
        if not (np.isfinite(logits).all() and np.isfinite(features).all()):
            return Unscored(reason="the model gave no number")
        return self._reading(
            logits, features, cover, encoding, tokens=sum(len(piece) + 2 for piece in runs)
        )

    def _reading(
        self,
        logits: _Logits,
        features: _Features,
        cover: list[tuple[int, int]],
        encoding: Encoding,
        *,
        tokens: int,
    ) -> Reading:
        log_odds = logits * self._scale + self._offset
        toxicity = self._labels.index("toxicity")
        if self._head is not None:
            head = self._head
            learnt = log_odds[:, toxicity] + features @ np.array(head.weights)
            log_odds[:, toxicity] = head.scale * learnt + head.shift
        probabilities = 1 / (1 + np.exp(-log_odds))
        at = int(log_odds[:, toxicity].argmax())
        worst = None
        if len(cover) > 1:
            start, end = cover[at]
            worst = (encoding.offsets[start][0], encoding.offsets[end - 1][1])
        highest = probabilities.max(axis=0)
        return Reading(
            values={
                label: float(value) for label, value in zip(self._labels, highest, strict=True)
            },
            worst=worst,
            windows=len(cover),
            tokens=tokens,
            features=features[at],
        )

    def _run(self, piece: tuple[int, ...]) -> _Run:
        ids = np.array([[_BEGIN, *piece, _END]], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        logits, features = self._session.run(["logits", "features"], inputs)
        return logits[0], features[0]


def _one_thread() -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors; its warnings are about the machine, not about us
    return options


def _readable(form: str, encoding: Encoding) -> bool:
    """False when most of the text is outside the vocabulary: a score would be of nothing."""
    if _UNKNOWN not in encoding.ids:
        return True
    pieces = zip(encoding.ids, encoding.offsets, strict=True)
    unknown = "".join(form[start:end] for piece, (start, end) in pieces if piece == _UNKNOWN)
    letters = sum(sign.isalpha() for sign in form)
    if letters:
        return sum(sign.isalpha() for sign in unknown) <= (1 - _READABLE) * letters
    signs = sum(not sign.isspace() for sign in form)
    return sum(not sign.isspace() for sign in unknown) <= (1 - _READABLE) * signs
