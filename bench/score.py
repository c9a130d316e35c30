"""What scoring costs: `python -m bench.score`, or `make bench`.

All contenders live at once, each in a process of its own with one thread, and take the same texts
in turns: a busy machine then slows all of them alike, and the ratios hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table
from tokenizers import Tokenizer

from bench import loop
from bench.comments import comments
from bench.contenders import CONTENDERS

_ROOT = Path(__file__).parents[1]
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}
_BASE = "embedded"


@dataclass(slots=True)
class Contender:
    name: str
    process: subprocess.Popen[str]
    ready_s: float = 0.0
    wall_s: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    mb: float = 0.0
    most_mb: float = 0.0

    def ask(self, texts: Sequence[str]) -> None:
        assert self.process.stdin is not None  # noqa: S101 - for the type checker: both are pipes
        self.process.stdin.write(json.dumps(texts) + "\n")
        self.process.stdin.flush()
        took = self.answer()
        self.wall_s += took["wall_s"]
        self.cpu_s += took["cpu_s"]
        self.mb, self.most_mb = took["mb"], took["most_mb"]

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None  # noqa: S101 - as above
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended with exit code {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def figures(self) -> dict[str, Any]:
        cuts = statistics.quantiles(self.wall_s, n=20)
        return {
            "comments": len(self.wall_s),
            "comments_per_cpu_s": round(len(self.wall_s) / max(self.cpu_s, 1e-6), 1),
            "p50_ms": round(1000 * cuts[9], 3),
            "p95_ms": round(1000 * cuts[18], 3),
            "mb": round(self.mb),
            "most_mb": round(self.most_mb),
            "ready_s": round(self.ready_s, 2),
        }


def main() -> None:
    options = _options()
    console = Console(width=None if sys.stdout.isatty() else 120, soft_wrap=True, highlight=False)
    texts = comments(options.rounds * options.texts, seed=options.seed)
    with ExitStack() as stack:
        running = _started(stack, options.python, console)
        for start in track(
            range(0, len(texts), options.texts), "rounds", console=console, transient=True
        ):
            for each in running:
                each.ask(texts[start : start + options.texts])
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "texts": _lengths(texts),
        "contenders": {each.name: each.figures() for each in running},
        "bot": asyncio.run(loop.measured(texts)),
    }
    _show(console, result)
    if options.out:
        options.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.score", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--texts", type=int, default=40, help="in each round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="also write the figures there, as JSON")
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="INTERPRETER",
        help="of another environment, for contenders whose packages are not in this one; repeatable",
    )
    return parser.parse_args()


def _started(stack: ExitStack, others: Sequence[str], console: Console) -> list[Contender]:
    """Those that can run in this environment or another; of the rest it is said why not."""
    running = []
    for name in CONTENDERS:
        told: dict[str, Any] = {}
        for python in (sys.executable, *others):
            contender = Contender(name, stack.enter_context(_process(python, name)))
            told = contender.answer()
            if "ready_s" in told:
                contender.ready_s = told["ready_s"]
                running.append(contender)
                break
        else:
            console.print(f"left out: {name} ({told['absent']})", style="dim")
    return running


def _process(python: str, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - this file's neighbour
        [python, "-m", "bench.contenders", name],
        cwd=_ROOT,
        env={**os.environ, **_ONE_THREAD},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _lengths(texts: Sequence[str]) -> dict[str, int]:
    file = _ROOT / "bot" / "score" / "embedded_model" / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(file))
    lengths = sorted(len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts)
    at = {"median": 0.5, "p90": 0.9, "most": 1.0}
    return {
        "count": len(texts),
        **{f"{k}_tokens": lengths[round(q * (len(lengths) - 1))] for k, q in at.items()},
    }


def _show(console: Console, result: dict[str, Any]) -> None:
    columns = (
        "",
        "comments per CPU s",
        "embedded is × as fast",
        "p50 ms",
        "p95 ms",
        "MB",
        "ready s",
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="left" if column == "" else "right")
    base = result["contenders"][_BASE]["comments_per_cpu_s"]
    for name, each in result["contenders"].items():
        rate = each["comments_per_cpu_s"]
        table.add_row(
            name,
            f"{rate:,.1f}",
            f"{base / rate:.3g}",
            f"{each['p50_ms']:.2f}",
            f"{each['p95_ms']:.2f}",
            str(each["mb"]),
            f"{each['ready_s']:.1f}",
        )
    texts, bot = result["texts"], result["bot"]
    console.print(
        f"{texts['count']} made-up French comments, median {texts['median_tokens']} tokens, "
        f"p90 {texts['p90_tokens']}, longest {texts['most_tokens']}; {result['machine']}"
    )
    console.print(table)
    console.print(
        f"the bot while its scorer works: {bot['comments_per_s']} comments/s, event loop late by "
        f"{bot['scoring_ms']['p50']} ms (p50), {bot['scoring_ms']['p99']} ms (p99), "
        f"{bot['scoring_ms']['most']} ms (most); idle {bot['idle_ms']['p99']} ms (p99); "
        f"scorer process {bot['process_mb']} MB"
    )


if __name__ == "__main__":
    main()
