"""The model inside this process: commands score a few texts and end."""

from __future__ import annotations

from pathlib import Path

from bot.cli.terminal import warn
from bot.core.errors import Fault, SettingsError
from bot.core.model import Scores, Unscored
from bot.score.choose import Choice, Chosen, ModelError, NoLevelsError, choose

_LIMIT_S = 60.0


def loaded(choice: Choice, models: Path) -> Chosen:
    """Says so when it is not the wanted model; raises SettingsError when there is none at all."""
    try:
        chosen = choose(choice, models=models)
    except NoLevelsError as error:
        what, _, fix = str(error).partition(": ")
        raise SettingsError((Fault(where="SCORER", what=what, fix=fix),)) from error
    except ModelError as error:
        fix = "install veilleur again; the model comes with it"
        raise SettingsError((Fault(where="SCORER", what=str(error), fix=fix),)) from error
    if chosen.why:
        warn(chosen.why)
    return chosen


def scored(chosen: Chosen, text: str, language: str | None = None) -> Scores | Unscored:
    """`language` is whose levels are told with the scores."""
    model = chosen.model
    reading = model.score(model.form(text), limit_s=_LIMIT_S)
    if isinstance(reading, Unscored):
        return reading
    return Scores(
        values=reading.values,
        scorer=model.name,
        version=model.version,
        levels=chosen.levels.of(language),
        degraded=chosen.degraded,
    )
