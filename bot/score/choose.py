"""Which model scores: the wanted one, or the embedded one in its place, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.core.model import Unscored
from bot.score.detoxify.places import find_checkpoint, is_exported, is_installed
from bot.score.detoxify.releases import RELEASES, RefusedError
from bot.score.detoxify.trust import digest_of_path, is_trusted
from bot.score.reading import Model

Choice = Literal["auto", "embedded", "detoxify"]

_CIVIL = "Merci pour cet article, très clair et bien documenté."
_INSULT = "Ferme ta gueule, espèce de connard."


class ModelError(Exception):
    """A model cannot be used; the message is for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    model: Model
    degraded: bool = False
    why: str = ""
    """Why it is not the wanted one, or not in its best form; else empty."""


MODELS = Path("data/models")
"""Where exported models and fetched checkpoints lie, below the folder the bot runs in."""


def choose(wanted: Choice, *, models: Path = MODELS, detoxify: str = "multilingual") -> Chosen:
    """Raises ModelError only when even the embedded model cannot be used."""
    if wanted == "embedded":
        return Chosen(model=_embedded())
    opened, why = _opened_export(models, detoxify), ""
    if isinstance(opened, Exception):
        why = f"the exported detoxify cannot be used: {_line(opened)}"
    if opened is None or why:
        is_last_hope = wanted == "detoxify" and not why
        if is_last_hope or _is_ready_for_torch(models, detoxify):
            opened = _opened_torch(models, detoxify)
    if opened is None:
        return Chosen(model=_embedded())
    if isinstance(opened, Exception):
        why = why or f"detoxify cannot be used: {_line(opened)}"
        return Chosen(model=_embedded(), degraded=True, why=why)
    return Chosen(model=opened, why=why)


def _opened_export(models: Path, detoxify: str) -> Model | Exception | None:
    """None when there is none."""
    if not is_exported(models, detoxify):
        return None
    try:
        from bot.score.detoxify.serve import ExportedModel

        return checked(ExportedModel(models, detoxify))
    except Exception as error:  # noqa: BLE001 - a file from elsewhere: anything may be wrong in it
        return error


def _opened_torch(models: Path, detoxify: str) -> Model | Exception:
    try:
        from bot.score.detoxify.torch_model import TorchModel

        return checked(TorchModel.open(models, detoxify))
    except Exception as error:  # noqa: BLE001 - a foreign package: anything may go wrong in it
        return error


def _is_ready_for_torch(models: Path, detoxify: str) -> bool:
    """Package and weights are here, and the weights may be opened."""
    weights = find_checkpoint(models, RELEASES[detoxify]) if is_installed() else None
    try:
        return weights is not None and is_trusted(models, digest_of_path(weights), model=detoxify)
    except (RefusedError, OSError):
        return False  # who asks for Detoxify by name is told why when it is opened


def _embedded() -> Model:
    try:
        from bot.score.embedded import EmbeddedModel

        return checked(EmbeddedModel())
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(f"the embedded model cannot be used: {_line(error)}") from error


def checked(model: Model) -> Model:
    """Warms the model up, and proves that it tells thanks from an insult."""
    civil, insult = (_toxicity(model, text) for text in (_CIVIL, _INSULT))
    if not civil < insult:
        raise ModelError(f"thanks score {civil:.2f}, an insult {insult:.2f}: wrong way round")
    return model


def _toxicity(model: Model, text: str) -> float:
    # generous: the first run of a network allocates, and the machine may be busy starting
    reading = model.score(model.form(text), limit_s=30.0)
    if isinstance(reading, Unscored):
        raise ModelError(reading.reason)
    return reading.values["toxicity"]


def _line(error: Exception) -> str:
    first = str(error).strip().partition("\n")[0][:300]
    return (
        first
        if isinstance(error, ModelError | RefusedError)
        else f"{type(error).__name__}: {first}"
    )
