"""How fast models are, measured turn by turn, so that a busy machine slows all of them alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    per_cpu_s: float
    """Comments per second of CPU time."""
    p50_s: float
    p95_s: float
    """Of the time on the clock for one comment."""


def measure(
    turns: Mapping[str, Callable[[str], object]],
    texts: Sequence[str],
    *,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> dict[str, Pace]:
    """Every model scores every text; the first three runs of each are not counted."""
    took: dict[str, list[float]] = {name: [] for name in turns}
    cpu_s = dict.fromkeys(turns, 0.0)
    for text in texts[:3]:
        for score in turns.values():
            score(text)
    for number, text in enumerate(texts):
        progress("measuring", number, len(texts))
        for name, score in turns.items():
            began, cpu_began = perf_counter(), process_time()
            score(text)
            took[name].append(perf_counter() - began)
            cpu_s[name] += process_time() - cpu_began
    return {
        name: Pace(
            per_cpu_s=len(texts) / max(cpu_s[name], 1e-9),
            p50_s=statistics.median(times),
            p95_s=sorted(times)[int(0.95 * (len(times) - 1))],
        )
        for name, times in took.items()
    }
