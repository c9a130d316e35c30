"""Which model scores: the wanted one, or the embedded one in its place, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.core.model import Unscored
from bot.score import detoxify
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
    """Why it is not the wanted one; empty when it is."""


def choose(wanted: Choice) -> Chosen:
    """Raises ModelError only when even the embedded model cannot be used."""
    if wanted == "detoxify" or (
        wanted == "auto" and detoxify.is_installed() and detoxify.checkpoint()
    ):
        try:
            return Chosen(model=_checked(_load_detoxify()))
        except Exception as error:  # noqa: BLE001 - a foreign package: anything may go wrong in it
            return Chosen(
                model=_embedded(), degraded=True, why=f"detoxify cannot be used: {_line(error)}"
            )
    return Chosen(model=_embedded())


def _load_detoxify() -> Model:
    if not detoxify.is_installed():
        raise ModelError('the package is not installed (pip install "veilleur[detoxify]")')
    return detoxify.DetoxifyModel()


def _embedded() -> Model:
    try:
        from bot.score.embedded import EmbeddedModel

        return _checked(EmbeddedModel())
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(f"the embedded model cannot be used: {_line(error)}") from error


def _checked(model: Model) -> Model:
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
    return f"{type(error).__name__}: {first}" if not isinstance(error, ModelError) else first
