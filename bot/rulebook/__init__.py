"""Rule files in, a rulebook out: `load` it, `check` it, and `run_examples` to prove it."""

from __future__ import annotations

from bot.rulebook.proof import ExampleResult, Score, run_example, run_examples
from bot.rulebook.reading import Example, ReadFolder, ReadRule, check, load, read

__all__ = [
    "Example",
    "ExampleResult",
    "ReadFolder",
    "ReadRule",
    "Score",
    "check",
    "load",
    "read",
    "run_example",
    "run_examples",
]
