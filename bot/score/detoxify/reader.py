"""Reads a text of any length with a network that takes some 510 tokens at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from time import thread_time
from typing import Any

import numpy as np
from tokenizers import Encoding, Tokenizer

from bot.core.model import ATTRIBUTES, MAX_TEXT_CHARS, Unscored
from bot.score.detoxify.manifest import Calibration
from bot.score.detoxify.releases import RefusedError
from bot.score.reading import Reading
from bot.score.windows import windows

_OVERLAP_TOKENS = 64
"""Longest sentence that two windows share, and what they share of a longer one."""
_MOST_SIGNS = 3 * MAX_TEXT_CHARS
"""Single signs can stand for whole phrases; no honest text grows so."""
_MOST_UNKNOWN = 0.5

Ids = np.ndarray[Any, np.dtype[np.int64]]
Logits = np.ndarray[Any, np.dtype[np.float32]]
Network = Callable[[Ids], Logits]
"""One row of token ids, marks included, to the logits of all heads."""


def plain(text: str) -> str:
    """The text as Detoxify reads it: as written, without what cannot be seen or encoded."""
    signs = ("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in text)
    return "".join(
        " " if sign.isspace() or sign == "\0" else sign
        for sign in signs
        if sign.isspace() or sign == "\0" or unicodedata.category(sign) not in ("Cc", "Cf")
    )


class Reader:
    """Each window is a run of its own, without padding: its score depends on nothing else."""

    def __init__(
        self,
        network: Network,
        tokenizer: Tokenizer,
        *,
        heads: Sequence[str],
        window_tokens: int,
        calibration: Mapping[str, Calibration] | None = None,
    ) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        # a reader who writes <pad> has written five signs, and no mark for the network
        tokenizer.encode_special_tokens = True
        marks = tokenizer.encode("", add_special_tokens=True).ids
        if len(marks) != 2:  # noqa: PLR2004 - one before, one behind
            raise RefusedError(f"its tokenizer puts {len(marks)} marks around a text, 2 are known")
        self._begin, self._end = marks
        self._network, self._tokenizer, self._window = network, tokenizer, window_tokens
        self._unknown = {
            piece for name in ("<unk>", "[UNK]") if (piece := tokenizer.token_to_id(name))
        }
        self._served = [(at, head) for at, head in enumerate(heads) if head in ATTRIBUTES]
        if "toxicity" not in heads:
            raise RefusedError(f"it has no label toxicity, only {', '.join(heads)}")
        neutral = Calibration()
        found = [(calibration or {}).get(label, neutral) for _, label in self._served]
        self._scale = np.array([each.scale for each in found])
        self._offset = np.array([each.offset for each in found])

    def score(self, form: str, *, limit_s: float) -> Reading | Unscored:
        """`limit_s` is CPU time, so that the answer does not depend on how busy the machine is."""
        ends_at = thread_time() + limit_s
        if (signs := len(unicodedata.normalize("NFKC", form))) > _MOST_SIGNS:
            return Unscored(reason=f"{signs} characters once written out")
        encoding = self._tokenizer.encode(form, add_special_tokens=False)
        unknown = sum(piece in self._unknown for piece in encoding.ids)
        if unknown > _MOST_UNKNOWN * len(encoding.ids):
            return Unscored(reason="mostly in signs the model does not know")
        cover = windows(
            form,
            encoding.offsets,
            size=self._window,
            stride=max(1, self._window - _OVERLAP_TOKENS),
            overlap=_OVERLAP_TOKENS,
        )
        runs: dict[tuple[int, ...], Logits] = {}
        rows, longest_s = [], 0.0
        for number, (start, end) in enumerate(cover):
            piece = tuple(encoding.ids[start:end])
            if piece not in runs:
                began = thread_time()
                if number and began + longest_s > ends_at:
                    return Unscored(
                        reason=f"not read within {limit_s:.1f} s: {number} of {len(cover)} windows"
                    )
                runs[piece] = self._network(
                    np.array([[self._begin, *piece, self._end]], dtype=np.int64)
                )
                longest_s = max(longest_s, thread_time() - began)
            rows.append(runs[piece])
        logits = np.stack(rows)
        if not np.isfinite(logits).all():
            return Unscored(reason="the model gave no number")
        return self._reading(logits, cover, encoding, tokens=sum(len(each) + 2 for each in runs))

    def _reading(
        self, logits: Logits, cover: list[tuple[int, int]], encoding: Encoding, *, tokens: int
    ) -> Reading:
        served = logits[:, [at for at, _ in self._served]].astype(np.float64)
        # clipped where a probability is 0 or 1 anyway, so that exp does not overflow
        exponent = np.clip(served * self._scale + self._offset, -60, 60)
        probabilities = 1 / (1 + np.exp(-exponent))
        labels = [label for _, label in self._served]
        worst = None
        if len(cover) > 1:
            start, end = cover[int(probabilities[:, labels.index("toxicity")].argmax())]
            worst = (encoding.offsets[start][0], encoding.offsets[end - 1][1])
        highest = probabilities.max(axis=0)
        return Reading(
            values={label: float(value) for label, value in zip(labels, highest, strict=True)},
            worst=worst,
            windows=len(cover),
            tokens=tokens,
        )
