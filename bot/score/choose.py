"""Which model scores: the wanted one, or the embedded one in its place, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bot.core.model import SiteHead, Unscored
from bot.score.detoxify.places import find_checkpoint, is_exported, is_installed
from bot.score.detoxify.releases import RELEASES, RefusedError
from bot.score.detoxify.trust import digest_of_path, is_trusted
from bot.score.levels import Levels, LevelsError
from bot.score.reading import Model

Choice = Literal["auto", "embedded", "detoxify"]

_CIVIL = "Merci pour cet article, très clair et bien documenté."
_INSULT = "Ferme ta gueule, espèce de connard."


_HOW_TO_LEVEL = "take them with `veilleur models levels multilingual CIVIL.jsonl`"


class ModelError(Exception):
    """A model cannot be used; the message is for the operator."""


class NoLevelsError(ModelError):
    """A sound model whose levels were never taken: rules that name them could not be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    model: Model
    levels: Levels
    """Of this very model, for every attribute it scores."""
    degraded: bool = False
    why: str = ""
    """Why it is not the wanted one, or not in its best form; else empty."""


MODELS = Path("data/models")
"""Where exported models and fetched checkpoints lie, below the folder the bot runs in."""


def choose(wanted: Choice, *, models: Path = MODELS, detoxify: str = "multilingual") -> Chosen:
    """Raises ModelError when even the embedded model cannot be used, and NoLevelsError when the one
    that would serve has no levels: for that the operator has the remedy, and another model has none.
    """
    if wanted == "embedded":
        return _chosen(_embedded())
    opened, why = _opened_export(models, detoxify), ""
    if isinstance(opened, Exception):
        why = f"the exported detoxify cannot be used: {_line(opened)}"
    if opened is None or why:
        is_last_hope = wanted == "detoxify" and not why
        if is_last_hope or _is_ready_for_torch(models, detoxify):
            opened = _opened_torch(models, detoxify)
    if opened is None:
        return _chosen(_embedded())
    if isinstance(opened, Exception):
        why = why or f"detoxify cannot be used: {_line(opened)}"
        return _chosen(_embedded(), degraded=True, why=why)
    return _chosen(opened, why=why)


def _chosen(model: Model, *, degraded: bool = False, why: str = "") -> Chosen:
    named = f"{model.name}, version {model.version},"
    try:
        levels = model.levels
    except LevelsError as error:
        raise NoLevelsError(f"{named} has wrong levels ({error}): {_HOW_TO_LEVEL}") from None
    if levels is None:
        raise NoLevelsError(f"{named} has no levels: {_HOW_TO_LEVEL}")
    return Chosen(model=model, levels=levels, degraded=degraded, why=why)


def with_head(chosen: Chosen, head: SiteHead | None) -> Chosen:
    """The chosen model with what the site's decisions taught; as it was, where that does not fit it."""
    from bot.score.embedded import EmbeddedModel

    if head is None or not isinstance(chosen.model, EmbeddedModel):
        return chosen
    try:
        return replace(chosen, model=checked(chosen.model.corrected(head)))
    except (ModelError, ValueError) as error:
        return replace(chosen, why=f"what was learnt is not used: {error}")


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
