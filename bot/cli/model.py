"""The model inside this process: commands score a few texts and end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.cli.terminal import warn
from bot.core import own_words
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


def comment_scored(
    chosen: Chosen,
    text: str,
    *,
    title: str | None = None,
    parent: str | None = None,
    language: str | None = None,
) -> Scores | Unscored:
    """As the bot scores a comment: the author's own words, and the whole where they quote.

    `title` and `parent` are the story's headline and the comment it answers: what repeats them is
    a quotation.
    """
    own = own_words.read(text, title=title, parent=parent)
    whole = scored(chosen, text, language)
    if not own.quotations or isinstance(whole, Unscored):
        return whole
    scores = scored(chosen, own.text.text, language)
    return scores if isinstance(scores, Unscored) else replace(scores, whole=whole.values)


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
