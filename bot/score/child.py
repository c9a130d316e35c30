"""The scorer process: owns the model, reads chunks from stdin, answers on stdout.

Started as `python -m bot.score.child CHOICE MODELS_DIR`. It ends when its stdin does, however the bot ended,
and leaves signals to the bot. It never writes comment text anywhere but into an answer's score.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, BinaryIO, cast

from bot.core.model import SiteHead, Unscored
from bot.score import frames
from bot.score.choose import Choice, Chosen, ModelError, NoLevelsError, choose, with_head
from bot.score.explain import explain
from bot.score.place import place
from bot.score.reading import Model, Reading

_Asked = tuple[int, str, float, str | None]
"""A request's number, its text, the seconds it has, and the attribute to explain, if any."""

_Order = list[_Asked] | SiteHead | None
"""Texts to be scored, or the head to use from now on (None: the shipped one)."""

_REMEMBERED = 10_000
"""Exact repeats that are answered without the model: a spam wave, a re-posted comment."""


def main() -> None:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # the bot decides when; it closes stdin
    answers = _own_stdout()
    try:
        chosen = choose(cast(Choice, sys.argv[1]), models=Path(sys.argv[2]))
    except NoLevelsError as error:
        _send(answers, {"failed": str(error), "lacks_levels": True})
        sys.exit(1)
    except ModelError as error:
        _send(answers, {"failed": str(error)})
        sys.exit(1)
    orders: SimpleQueue[_Order] = SimpleQueue()
    Thread(target=_listen, args=(orders,), daemon=True).start()
    desk = Desk(chosen.model)
    try:
        _send(answers, {"ready": _introduction(chosen)})
        while True:
            order = orders.get()
            if isinstance(order, list):
                _answer(desk, order, answers)
            else:
                taught = with_head(chosen, order)
                desk = Desk(taught.model)
                _send(answers, {"ready": _introduction(taught)})
    except BrokenPipeError:
        os._exit(0)  # the bot is gone; an orderly exit would flush into the broken pipe


def _own_stdout() -> BinaryIO:
    """Keeps the pipe for answers only; whatever a library prints goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _listen(orders: SimpleQueue[_Order]) -> None:
    """Reads ahead, so that the end of the bot is noticed even in the middle of a text."""
    while (message := frames.read(sys.stdin.buffer)) is not None:
        if "chunk" in message:
            orders.put([_asked(*each) for each in message["chunk"]])
        else:
            head = message["head"]
            orders.put(SiteHead(**{**head, "weights": tuple(head["weights"])}) if head else None)
    os._exit(0)


def _asked(number: int, text: str, limit_s: float, explains: str | None) -> _Asked:
    return int(number), str(text), float(limit_s), None if explains is None else str(explains)


def _send(answers: BinaryIO, message: Mapping[str, object]) -> None:
    answers.write(frames.packed(message))
    answers.flush()


def _introduction(chosen: Chosen) -> dict[str, object]:
    model = chosen.model
    return {
        "name": model.name,
        "version": model.version,
        "degraded": chosen.degraded,
        "why": chosen.why,
        "levels": chosen.levels.as_json(),
    }


def _answer(desk: Desk, chunk: list[_Asked], answers: BinaryIO) -> None:
    """Shortest text first: more callers are served sooner."""
    began = monotonic()
    for number, text, limit_s, explains in sorted(chunk, key=lambda each: len(each[1])):
        left_s = limit_s - (monotonic() - began)
        if explains is None:
            answer = desk.serve(text, limit_s=left_s)
        else:
            answer = desk.explain(text, attribute=explains, limit_s=left_s)
        _send(answers, {"id": number, **answer})
    scored = sum(explains is None for *_, explains in chunk)
    report = {"texts": scored, **desk.take_counts(), "seconds": monotonic() - began}
    _send(answers, {"done": report})


class Desk:
    """Serves one text after the other and remembers exact repeats."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._known: OrderedDict[bytes, Reading] = OrderedDict()
        self._repeats = self._windows = self._tokens = 0

    def serve(self, text: str, *, limit_s: float) -> dict[str, Any]:
        if limit_s <= 0:
            return {"unscored": "its time was over before its turn"}
        try:
            form = self._model.form(text)
            reading = self._read(form, limit_s=min(limit_s, self._model.limit_s))
            if isinstance(reading, Unscored):
                return {"unscored": reading.reason}
            worst = None
            if reading.worst:
                window = place(text, form, reading.worst)
                worst = [window.start, window.end]
        except Exception as error:  # noqa: BLE001 - one text must not take the process down
            # the name only: a message may quote the comment
            return {"unscored": f"the scorer failed with {type(error).__name__}"}
        return {"scores": dict(reading.values), "worst": worst}

    def explain(self, text: str, *, attribute: str, limit_s: float) -> dict[str, Any]:
        if limit_s <= 0:
            return {"unscored": "its time was over before its turn"}
        try:
            limit_s = min(limit_s, self._model.limit_s)
            base = self._read(self._model.form(text), limit_s=limit_s)
            if isinstance(base, Unscored):
                return {"unscored": base.reason}
            found = explain(self._model, text, attribute=attribute, limit_s=limit_s, base=base)
        except Exception as error:  # noqa: BLE001 - as in serve()
            return {"unscored": f"the scorer failed with {type(error).__name__}"}
        if isinstance(found, Unscored):
            return {"unscored": found.reason}
        explained = {"attribute": attribute, "base": found.base, "spans": found.spans}
        return {"explained": explained}

    def take_counts(self) -> dict[str, int]:
        """What was done since the last call."""
        counts = {"repeats": self._repeats, "windows": self._windows, "tokens": self._tokens}
        self._repeats = self._windows = self._tokens = 0
        return counts

    def _read(self, form: str, *, limit_s: float) -> Reading | Unscored:
        key = hashlib.blake2b(form.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            self._repeats += 1
            return known
        reading = self._model.score(form, limit_s=limit_s)
        if isinstance(reading, Reading):
            self._windows += reading.windows
            self._tokens += reading.tokens
            self._known[key] = reading
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return reading


if __name__ == "__main__":
    main()
