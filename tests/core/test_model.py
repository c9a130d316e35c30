"""The shape of the values: frozen, slotted, keyword-only, every one of them."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from bot import ports
from bot.core import decide, effects, errors, evaluate, facts, model

VALUES = sorted(
    {
        value
        for module in (model, decide, effects, errors, evaluate, facts, ports)
        for value in vars(module).values()
        if inspect.isclass(value) and dataclasses.is_dataclass(value)
    },
    key=lambda value: value.__name__,
)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_a_value_is_frozen_slotted_and_keyword_only(value: type) -> None:
    parameters = value.__dataclass_params__  # type: ignore[attr-defined]
    assert parameters.frozen
    assert "__slots__" in vars(value)
    assert all(field.kw_only for field in dataclasses.fields(value))


def test_there_are_values_to_look_at() -> None:
    assert len(VALUES) > 30
