"""Finds a stretch of the form again in the text it was made from."""

from __future__ import annotations

from bot.core.model import Window
from bot.core.normalise import Traced, trace_for_model


def place(text: str, form: str, span: tuple[int, int]) -> Window:
    """The characters of `text` that became `form[span]`, without white space at its ends.

    Raises ValueError for a form that is neither `for_model`'s nor as long as the text: nobody
    could say where in the text that stands.
    """
    made = trace_for_model(text)
    if made.text != form:
        made = Traced.of(text)
    if len(made.text) != len(form):
        raise ValueError("the form was not made from this text")
    read = form[slice(*span)]
    lead = len(read) - len(read.lstrip())  # a token begins with the space before its word
    start, end = made.span_in_original(
        span[0] + lead, max(span[0] + lead, span[0] + len(read.rstrip()))
    )
    return Window(start=start, end=end)
