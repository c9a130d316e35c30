"""`veilleur models`: Detoxify's checkpoints and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.cli.desk import now
from bot.cli.surroundings import surroundings
from bot.cli.terminal import err, out, tell

if TYPE_CHECKING:  # what they need is loaded only by the commands that use it
    from bot.score.detoxify.agreement import Agreement
    from bot.score.detoxify.serve import ExportedModel

commands = typer.Typer(
    help="Get Detoxify, convert it once, prove the result.", no_args_is_help=True
)


class Name(StrEnum):
    """Detoxify's own names; `multilingual` is the one that reads French."""

    MULTILINGUAL = "multilingual"
    UNBIASED = "unbiased"
    ORIGINAL = "original"
    UNBIASED_SMALL = "unbiased-small"
    ORIGINAL_SMALL = "original-small"


_Model = Annotated[Name, typer.Argument(metavar="MODEL", help=", ".join(Name))]


_FOLDER = Path("data/models")


def _named_or_set(context: typer.Context, models: Path) -> Path:
    """As the settings say, unless the command line names a folder."""
    source = context.get_parameter_source("models")
    if source is None or source.name == "DEFAULT":
        return surroundings(context).settings().models_dir
    return models


_Models = Annotated[
    Path,
    typer.Option(
        "--models",
        metavar="DIR",
        callback=_named_or_set,
        help="Folder of the models; by default MODELS_DIR.",
        show_default=False,
    ),
]
_Trust = Annotated[
    str | None,
    typer.Option(
        "--trust-digest",
        metavar="sha256:…",
        help="The SHA-256 of the checkpoint you mean. Opening one can run code: take the digest "
        "from a source you trust, not from the file.",
        show_default=False,
    ),
]
_Checkpoint = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="The checkpoint; else the fetched one, or the one in torch's cache.",
        show_default=False,
    ),
]
_Base = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        file_okay=False,
        help="Folder with the base network's tokenizer; else the fetched one, or the hub's cache.",
        show_default=False,
    ),
]
_Rows = Annotated[int, typer.Option("--rows", min=1, help="Most comments taken from the files.")]


@commands.command("list")
def list_models(models: _Models = _FOLDER) -> None:
    """List the models, and what of them is on this machine."""
    from bot.score.detoxify.releases import RELEASES

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("model", "languages", "checkpoint", "tokenizer", "export"):
        table.add_column(name)
    with _refusals():
        for release in RELEASES.values():
            table.add_row(release.name, release.languages, *_standing(models, release.name))
    out().print(table)


def _standing(models: Path, model: str) -> tuple[str, str, str]:
    """What of a model is here; the checkpoint is named with its digest, never opened."""
    from bot.score.detoxify.manifest import read_manifest
    from bot.score.detoxify.places import find_base, find_checkpoint, folder_of, is_exported
    from bot.score.detoxify.releases import RELEASES
    from bot.score.detoxify.trust import digest_of_path, is_trusted

    release = RELEASES[model]
    checkpoint = find_checkpoint(models, release)
    weights = f"to fetch, {release.megabytes} MB"
    if checkpoint is not None:
        digest = digest_of_path(checkpoint)
        trusted = "trusted" if is_trusted(models, digest, model=model) else "not trusted"
        weights = f"{digest[:19]}…, {trusted}"
    export = "none"
    if is_exported(models, model):
        manifest = read_manifest(folder_of(models, model))
        export = f"version {manifest.version} of {manifest.exported_on}"
    return weights, "here" if find_base(models, release) else "to fetch", export


@commands.command()
def fetch(
    model: _Model,
    trust_digest: _Trust = None,
    models: _Models = _FOLDER,
) -> None:
    """Download a checkpoint and its tokenizer, without opening them."""
    from bot.score.detoxify.fetch import fetch as get
    from bot.score.detoxify.trust import parse_digest

    with _refusals(), _progress("MB") as on_bytes:
        trust = parse_digest(trust_digest) if trust_digest else None

        def show(received: int, total: int) -> None:
            on_bytes("fetching", received // 1_000_000, total // 1_000_000)

        fetched = get(model.value, models=models, trust=trust, on_bytes=show)
    tell(f"{fetched.checkpoint}: {fetched.digest}")
    if not fetched.is_trusted:
        err().print(
            "It will not be opened: its digest is not known to this version. Compare it with "
            "one from a source you trust, then fetch again with --trust-digest."
        )
        raise typer.Exit(1)


@commands.command()
def export(  # noqa: PLR0917 - typer reads options from the signature
    model: _Model,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            exists=True,
            dir_okay=False,
            help="Labelled comments to compare on: JSON lines with text and label.",
        ),
    ],
    checkpoint: _Checkpoint = None,
    base: _Base = None,
    trust_digest: _Trust = None,
    rows: _Rows = 500,
    on: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Date to write down; today by default."),
    ] = None,
    keep_full: Annotated[
        bool, typer.Option("--keep-full", help="Keep the full precision network beside it.")
    ] = False,
    models: _Models = _FOLDER,
) -> None:
    """Convert a checkpoint to int8 ONNX, to be served without torch.

    Needs the detoxify extra, here and once. What does not agree with the original is not kept.
    """
    from bot.score.detoxify.agreement import read_labelled
    from bot.score.detoxify.export import DisagreementError
    from bot.score.detoxify.export import export as convert
    from bot.score.detoxify.load import load
    from bot.score.detoxify.places import folder_of
    from bot.score.detoxify.releases import RELEASES
    from bot.score.detoxify.trust import parse_digest, vouch

    name = model.value
    with _refusals(), _progress() as progress:
        compared = read_labelled(files, at_most=rows)
        if trust_digest:
            vouch(models, parse_digest(trust_digest), model=name)
        progress("loading the checkpoint", 0, 1)
        loaded = load(RELEASES[name], models=models, checkpoint=checkpoint, base=base)
        try:
            manifest = convert(
                loaded,
                folder_of(models, name),
                model=name,
                rows=compared,
                on=(on or now()).date(),
                keep_full=keep_full,
                progress=progress,
            )
        except DisagreementError as error:
            _tell_agreement(error.agreement)
            raise
    _tell_agreement(manifest.agreement)
    tell(f"{folder_of(models, name)}: exported from {manifest.source}")


@commands.command()
def verify(
    model: _Model,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE...]",
            exists=True,
            dir_okay=False,
            help="Labelled comments to score: JSON lines with text and label.",
        ),
    ] = None,
    rows: _Rows = 500,
    models: _Models = _FOLDER,
) -> None:
    """Check an exported model.

    Its files, a known pair of texts, and how it ranks the comments in FILEs.
    """
    import numpy as np

    from bot.score.choose import ModelError, checked
    from bot.score.detoxify.agreement import read_labelled
    from bot.score.detoxify.serve import ExportedModel
    from bot.score.evaluation.metrics import auc

    with _refusals():
        served = ExportedModel(models, model.value)
        tell(f"its files are as they were written; version {served.version}")
        try:
            checked(served)
        except ModelError as error:
            err().print(str(error), style="red")
            raise typer.Exit(1) from None
        tell("it tells thanks from an insult")
        _tell_agreement(served.manifest.agreement)
        if not files:
            return
        compared = read_labelled(files, at_most=rows)
        scored = [(_toxicity(served, row.text), row.toxic) for row in compared]
        found = [(value, toxic) for value, toxic in scored if value is not None]
        ranks = auc(np.array([mark for _, mark in found]), np.array([value for value, _ in found]))
        if ranks is None:
            err().print("toxic comments and other ones are needed to tell how it ranks")
            raise typer.Exit(2)
    tell(f"AUC on {len(found)} of these {len(compared)} comments: {ranks:.4f}")


@commands.command()
def levels(
    model: _Model,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            exists=True,
            dir_okay=False,
            help="Labelled comments, at least 1000 civil ones of a language.",
        ),
    ],
    models: _Models = _FOLDER,
) -> None:
    """Take an exported model's levels from civil texts.

    The scores that 2 %, 1 % and 0.2 % of them reach, which rules call doubtful, likely and sure.
    """
    from bot.score.detoxify.civil import take_levels

    with _refusals(), _progress() as progress:
        manifest = take_levels(models, model.value, files, progress=progress)
    for language, of in manifest.card["levels"].items():
        for attribute, scores in of.items():
            told = ", ".join(f"{name} from {score:.3f}" for name, score in scores.items())
            tell(f"{language}, {attribute}: {told}")


@commands.command()
def bench(  # noqa: PLR0917 - typer reads options from the signature
    model: _Model,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", exists=True, dir_okay=False, help="Labelled comments."),
    ],
    with_torch: Annotated[
        bool, typer.Option("--torch", help="Measure Detoxify itself beside it, turn by turn.")
    ] = False,
    checkpoint: _Checkpoint = None,
    base: _Base = None,
    rows: _Rows = 200,
    models: _Models = _FOLDER,
) -> None:
    """Measure how fast an exported model is, one comment at a time."""
    from bot.score.detoxify.agreement import read_labelled
    from bot.score.detoxify.pace import measure
    from bot.score.detoxify.serve import ExportedModel

    with _refusals(), _progress() as progress:
        texts = [row.text for row in read_labelled(files, at_most=rows)]
        served = ExportedModel(models, model.value)
        turns: dict[str, Callable[[str], object]] = {
            "ONNX int8": lambda text: served.score(served.form(text), limit_s=60)
        }
        if with_torch:
            from bot.score.detoxify.load import load
            from bot.score.detoxify.releases import RELEASES

            release = RELEASES[model.value]
            loaded = load(release, models=models, checkpoint=checkpoint, base=base)
            turns["Detoxify.predict"] = loaded.detoxify.predict
        paces = measure(turns, texts, progress=progress)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "comments/s of CPU", "p50 ms", "p95 ms"):
        table.add_column(name, justify="right" if name else "left")
    for name, pace in paces.items():
        table.add_row(
            name, f"{pace.per_cpu_s:.1f}", f"{pace.p50_s * 1000:.1f}", f"{pace.p95_s * 1000:.1f}"
        )
    out().print(table)
    if with_torch:
        faster = paces["ONNX int8"].per_cpu_s / paces["Detoxify.predict"].per_cpu_s
        tell(f"{faster:.1f} times as fast")


def _toxicity(served: ExportedModel, text: str) -> float | None:
    from bot.core.model import Unscored

    reading = served.score(served.form(text), limit_s=60)
    return None if isinstance(reading, Unscored) else reading.values["toxicity"]


def _tell_agreement(agreement: Agreement) -> None:
    tell(
        f"held against the original on {agreement.rows} comments, {agreement.toxic_rows} of them "
        f"toxic: AUC {agreement.auc_original:.4f} before, {agreement.auc_converted:.4f} after; "
        f"ranks agree by {agreement.rank_agreement:.4f}; toxicity moves by "
        f"{agreement.drift_mean:.4f} on average, {agreement.drift_p99:.4f} for one in a hundred, "
        f"{agreement.drift_max:.4f} at worst"
    )


@contextmanager
def _refusals() -> Iterator[None]:
    """What is refused is told in a sentence; exit code 1."""
    from bot.score.detoxify.releases import RefusedError

    try:
        yield
    except RefusedError as error:
        err().print(str(error), style="red")
        raise typer.Exit(1) from None


@contextmanager
def _progress(unit: str = "") -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal; nothing in a file."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err(), transient=True, disable=not err().is_terminal) as bar:
        task = bar.add_task("", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        yield show
