"""From a checkpoint to Detoxify's own object, through Detoxify's own loader, without the hub.

The loader opens a checkpoint as a pickle, and asks the hub for config and tokenizer of the base
network. So it gets a checkpoint that was written here a moment ago, with tensors and four plain
values in it, that names a folder in place of the hub's repository.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import pickle
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from bot.score.detoxify.places import find_base, find_checkpoint, has_tokenizer, is_installed
from bot.score.detoxify.releases import IDENTITIES, RENAMED, Base, RefusedError, Release
from bot.score.detoxify.trust import digest_of, require_trusted

log = structlog.get_logger()

PACKAGES = ("detoxify", "torch", "transformers", "tokenizers", "onnx", "onnxruntime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    detoxify: Any
    """A `detoxify.Detoxify`."""
    heads: tuple[str, ...]
    """Name of each output, Detoxify's labels first, then the identities it leaves out."""
    digest: str
    """Of the checkpoint."""


def versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in PACKAGES}


def load(
    release: Release, *, models: Path, checkpoint: Path | None = None, base: Path | None = None
) -> Loaded:
    """Raises RefusedError when a part is missing, not trusted, or not what it says it is."""
    if not is_installed():
        raise RefusedError('the package is not installed (pip install "veilleur[detoxify]")')
    path = checkpoint or find_checkpoint(models, release)
    if path is None:
        raise RefusedError(
            f"its weights are not on this machine: `veilleur models fetch {release.name}`"
        )
    folder = base or find_base(models, release)
    if folder is None or not has_tokenizer(folder):
        raise RefusedError(
            f"the tokenizer of {release.base.name} is not {f'in {base}' if base else 'on this machine'}: "
            f"`veilleur models fetch {release.name}`, or name its folder with --base"
        )
    # without this an absent network costs half a minute of retries before something fails
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    importlib.import_module("transformers").logging.disable_progress_bar()
    content, digest = _open(torch, path, release=release, models=models)
    arguments, heads = _described(content, release)
    models.mkdir(parents=True, exist_ok=True)
    # beside the models: the system's own folder for such files is often in memory
    with TemporaryDirectory(dir=models, prefix=".loading-") as temporary:
        at = Path(temporary)
        _write_base(folder, at / "base", release.base)
        content["config"]["arch"]["args"] = {**arguments, "model_type": str(at / "base")}
        clean = {"config": content["config"], "state_dict": content["state_dict"]}
        torch.save(clean, at / "clean.ckpt")
        package = importlib.import_module("detoxify")
        try:
            detoxify = package.Detoxify(release.name, checkpoint=str(at / "clean.ckpt"))
        except Exception as error:
            raise RefusedError(f"Detoxify's loader cannot use it: {_line(error)}") from error
    _require_loaded(torch, detoxify.model, content["state_dict"])
    detoxify.model.eval()
    # tokenizer files of old name no longest length, and `predict` then raises for a longer text
    detoxify.tokenizer.model_max_length = room_of(detoxify.model.config)
    return Loaded(detoxify=detoxify, heads=heads, digest=digest)


def room_of(config: Any) -> int:
    """Tokens the network can take, marks included; in RoBERTa's kind, positions start behind the padding's."""
    spent = config.pad_token_id + 1 if "roberta" in config.model_type else 0
    return int(config.max_position_embeddings - spent)


def _open(torch: Any, path: Path, *, release: Release, models: Path) -> tuple[dict[str, Any], str]:
    """The checkpoint's content and digest. One handle: what is opened is what was digested."""
    try:
        with path.open("rb") as file:
            digest = digest_of(file)
            require_trusted(models, digest, model=release.name, path=path)
            content = _unpickled(torch, file, digest=digest)
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror}") from None
    if not isinstance(content, dict) or not {"config", "state_dict"} <= content.keys():
        raise RefusedError(
            f"{path} is no checkpoint of Detoxify: it holds no config and state_dict"
        )
    return content, digest


def _unpickled(torch: Any, file: BufferedReader, *, digest: str) -> Any:
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        # older than torch's restricted reader, or more in it than tensors; it is trusted
        log.warning("checkpoint is opened as a full pickle", digest=digest)
    except Exception as error:
        raise RefusedError(f"it is no file of torch: {_line(error)}") from error
    file.seek(0)
    try:
        return torch.load(file, map_location="cpu", weights_only=False)
    except Exception as error:
        raise RefusedError(f"it is no file of torch: {_line(error)}") from error


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:300]}"


def _described(
    content: Mapping[str, Any], release: Release
) -> tuple[dict[str, object], tuple[str, ...]]:
    """The loader's arguments and the names of the heads, from the checkpoint's own config."""
    try:
        arguments = content["config"]["arch"]["args"]
        data = content["config"]["dataset"]["args"]
        heads = int(arguments["num_classes"])
        classes = [RENAMED.get(name, name) for name in map(str, data["classes"])]
        identities = [str(name) for name in data.get("identity_classes", ())]
        named = {name: str(arguments[name]) for name in ("model_name", "tokenizer_name")}
    except (KeyError, TypeError, ValueError) as error:
        what = f"{type(error).__name__}: {error}"
        raise RefusedError(f"its config is not as Detoxify writes it ({what})") from None
    wanted = {"model_name": release.base.network, "tokenizer_name": release.base.tokenizer}
    if named != wanted:
        raise RefusedError(
            f"it asks for {' and '.join(named.values())}, but {release.name} is made of {' and '.join(wanted.values())}"
        )
    if not identities and heads == len(classes) + len(IDENTITIES):
        identities = list(IDENTITIES)
    if heads != len(classes) + len(identities) and heads != len(classes):
        raise RefusedError(f"it has {heads} heads, {len(classes) + len(identities)} are named")
    return {"num_classes": heads, **wanted}, tuple([*classes, *identities][:heads])


def _write_base(source: Path, to: Path, base: Base) -> None:
    """A folder as the loader wants it; the config is the bundled one where there is none."""
    to.mkdir()
    for name in base.files:
        if (source / name).is_file():
            shutil.copyfile(source / name, to / name)
    if not (to / "config.json").exists():
        (to / "config.json").write_text(json.dumps(dict(base.config)), encoding="utf-8")


def _require_loaded(torch: Any, model: Any, weights: Mapping[str, Any]) -> None:
    """The loader fills what a checkpoint lacks with random numbers, and only warns."""
    missing = [
        name
        for name, parameter in model.named_parameters()
        if name not in weights
        or not torch.equal(parameter.detach(), weights[name].to(parameter.dtype))
    ]
    if missing:
        raise RefusedError(
            f"{len(missing)} of its weights did not arrive: {', '.join(missing[:3])}"
        )
