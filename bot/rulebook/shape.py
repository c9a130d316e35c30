"""Holds a parsed file against the schema and words what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.core.errors import Fault
from bot.rulebook.condition_faults import near
from bot.rulebook.source import Path, Source

_KINDS = {
    "string_type": "a text",
    "dict_type": "a mapping of `name: value`",
    "model_type": "a mapping of `name: value`",
    "list_type": "a list of lines that begin with `- `",
}
_EXAMPLE_DEPTH = 3
"""`examples`, `match` or `pass`, number."""
Shape = TypeVar("Shape", bound=BaseModel)


def shaped(source: Source, model: type[Shape]) -> Shape | tuple[Fault, ...]:
    """The file's content in its own types, or everything that does not fit."""
    try:
        return model.model_validate(source.plain)
    except ValidationError as error:
        return tuple(_fault(source, detail, model) for detail in error.errors(include_url=False))


def _fault(source: Source, detail: ErrorDetails, model: type[BaseModel]) -> Fault:
    path: Path = tuple(detail["loc"])
    name = ".".join(str(part) for part in path if isinstance(part, str))
    if detail["type"] == "extra_forbidden":
        return _unknown_key(source, path, model)
    if detail["type"] == "missing":
        at = source.key_at(path[:-1])
        return source.fault(at, f"`{name}` is missing", f"add a line `{path[-1]}: …`")
    what, fix = _unfit(detail, short_form=path[:1] == ("because",) or len(path) == _EXAMPLE_DEPTH)
    return source.fault(source.value_at(path), f"`{name}` {what}", fix)


def _unfit(detail: ErrorDetails, *, short_form: bool) -> tuple[str, str]:
    """What is wrong with a value, and the fix; `short_form` where a bare text would do too."""
    kind, found = detail["type"], _found(detail["input"])
    if kind in _KINDS:
        kind = "string_type" if short_form and kind == "model_type" else kind
        fix = "put it in quotes" if isinstance(detail["input"], bool | int | float) else ""
        return f"must be {_KINDS[kind]}, got {found}", fix
    if kind == "enum":
        allowed = detail["ctx"]["expected"].replace("'", "")
        fix = near(str(detail["input"]), allowed.replace(" or ", ", ").split(", "))
        return f"must be {allowed}, got {found}", fix
    if kind == "string_too_short":
        return "is empty", ""
    if kind == "string_too_long":
        return f"is too long: at most {detail['ctx']['max_length']:,} characters", ""
    return f"does not fit: {detail['msg'][:1].lower()}{detail['msg'][1:]}", ""


def _unknown_key(source: Source, path: Path, model: type[BaseModel]) -> Fault:
    known = [field.alias or name for name, field in _inner(model, path[:-1]).model_fields.items()]
    fix = near(str(path[-1]), known) or f"known here: {_listed(known)}"
    return source.fault(source.key_at(path), f"unknown key `{path[-1]}`", fix)


def _found(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    shown = f"`{value}`"
    return shown if len(shown) <= 60 else f"{shown[:58]}…`"  # noqa: PLR2004 - one line of a terminal


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _inner(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """The model of the mapping at `path`."""
    for part in path:
        if not isinstance(part, str):
            continue
        named = {field.alias or name: field for name, field in model.model_fields.items()}
        inner = next(_models(named[part].annotation), None) if part in named else None
        model = inner or model
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
