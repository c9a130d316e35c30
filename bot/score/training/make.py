"""The steps that make a network, all with torch: train, average, export."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from bot.score.training import average as averages
from bot.score.training import network as networks
from bot.score.training.base_weights import BaseWeights, read_base
from bot.score.training.chance import chance
from bot.score.training.export import export as export_network
from bot.score.training.mixture import read_material, read_stages
from bot.score.training.network import Network
from bot.score.training.patterns import read_patterns
from bot.score.training.prepare import BASE_FILE, TOKENIZER_FILE, work_file
from bot.score.training.progress import Bar
from bot.score.training.rows import DataError
from bot.score.training.say import say
from bot.score.training.train import Plan, Progress
from bot.score.training.train import train as train_network
from bot.score.training.vocabulary import Ids, kept_ids
from bot.score.training.written import written_comments

MADE_FILE = "made.json"
_PARITY_TEXTS = 200
_USUAL_TEXTS = 150
"""Of the patterns, and as many written comments."""


def train(options: Namespace) -> int:
    """Trains one stage."""
    stages = read_stages(options.stages)
    if options.stage not in stages:
        raise DataError(f"no stage {options.stage}; there are {', '.join(stages)}")
    if options.workers > 1:
        os.environ["TOKENIZERS_PARALLELISM"] = "false"  # each worker has one core
        os.environ["OMP_NUM_THREADS"] = "1"
    base, kept = _base_and_kept(options)
    plan = Plan(
        stage=stages[options.stage],
        out=_weights(options, options.name),
        seed=options.seed,
        steps=options.steps,
        minutes=options.minutes,
        stop_after=options.stop_after,
        learning_rate=options.learning_rate,
        batch_rows=options.batch_rows,
        max_tokens=options.max_tokens,
        workers=options.workers,
        device=options.device,
        bf16=_bf16(options.precision, options.device),
        checkpoint_minutes=options.checkpoint_minutes,
        teacher_share=options.teacher_share,
    )
    with Bar(f"train {options.name}") as bar:
        done = train_network(
            plan,
            network=_start(options, base, kept),
            material=read_material(train=options.train, dev=options.dev, own=options.own),
            tokenizer=work_file(options, TOKENIZER_FILE),
            teacher=_saved(options, options.teacher, base, kept) if options.teacher else None,
            resume=options.resume,
            report=_Reporter(bar),
        )
    say(f"{plan.out} is ready" if done else "stopped; go on with --resume")
    return 0


def average(options: Namespace) -> int:
    """Averages trained networks of one shape."""
    shares = options.shares or [1.0] * len(options.names)
    out = _weights(options, options.name)
    averages.average([_weights(options, each) for each in options.names], shares, out=out)
    say(f"{out} is ready")
    return 0


def export(options: Namespace) -> int:
    """Writes a folder that the bot can load, and proves that it gives what torch gives."""
    base, kept = _base_and_kept(options)
    path = _weights(options, options.name)
    folder = options.out or options.work / options.name
    network = networks.load(path, base, kept)
    pieces = len(kept)
    shape = {**asdict(network.shape), "pieces": pieces}
    texts = [
        row.text
        for row in chance("parity").sample(read_patterns().rows(chance("parity")), _PARITY_TEXTS)
    ]
    parity = export_network(
        network, base, kept,
        tokenizer=work_file(options, TOKENIZER_FILE), folder=folder, texts=texts,
        usual=_usual_texts(), keep_exact=options.exact,
    )  # fmt: skip
    made = {"network": shape, "training": networks.read(path)["about"], "parity": asdict(parity)}
    (folder / MADE_FILE).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    say(f"{folder}: {parity}")
    return 0


def _usual_texts() -> list[str]:
    """What the project wrote itself, so that an export needs no data folder."""
    draw = chance("usual")
    patterns = draw.sample(read_patterns().rows(draw), _USUAL_TEXTS)
    comments = written_comments()
    written = draw.sample(comments, min(len(comments), _USUAL_TEXTS))
    return [row.text for row in (*patterns, *written)]


class _Reporter:
    """Goes to a worker process with its bar."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar

    def __call__(self, now: Progress) -> None:
        note = (
            f"step {now.step:,}, epoch {now.epoch}, {now.rows:,} texts, "
            f"{now.rows_per_s:.0f}/s, toxicity loss {now.loss:.4f}"
        )
        self._bar.show(now.share, note)


def _base_and_kept(options: Namespace) -> tuple[BaseWeights, Ids]:
    base = read_base(work_file(options, BASE_FILE))
    return base, kept_ids(base, work_file(options, TOKENIZER_FILE))


def _start(options: Namespace, base: BaseWeights, kept: Ids) -> Network:
    if options.init:
        return networks.load(_weights(options, options.init), base, kept, layers=options.layers)
    layers = options.layers or min(6, base.shape.layers)
    return networks.from_base(base, kept, layers=layers, seed=options.seed)


def _saved(options: Namespace, name: str, base: BaseWeights, kept: Ids) -> Network:
    network = networks.load(_weights(options, name), base, kept)
    for parameter in network.parameters():
        parameter.requires_grad_(requires_grad=False)
    return network


def _weights(options: Namespace, name: str) -> Path:
    path: Path = options.work / f"{name}.pt"
    return path


def _bf16(precision: str, device: str) -> bool:
    """A processor without it emulates it: measured 17 times slower than fp32."""
    if precision != "auto":
        return precision == "bf16"
    if not device.startswith("cpu"):
        return True
    processor = Path("/proc/cpuinfo")
    return processor.exists() and "avx512_bf16" in processor.read_text(encoding="ascii")
