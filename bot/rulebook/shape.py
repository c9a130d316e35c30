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
_SHAPES = {
    "date_from_datetime_parsing": ("must be a day", "write it like 2026-12-31"),
    "date_parsing": ("must be a day", "write it like 2026-12-31"),
    "date_type": ("must be a day", "write it like 2026-12-31"),
}
_TAGS = ("word", "mapping")
"""By which the schema tells the two forms of `stage` apart; they stand in no file."""
_PATTERNS = {
    "canary": ("must be a share", "write it like 10%"),
    "timeout_author": ("must be a time", "write it like 10m, 2h or 7d"),
    "tag": ("must be one word: letters, digits, `-` and `_`, at most 40", "write it like doxxing"),
    "from": ("must be a time of day", "write it like 22:00"),
    "to": ("must be a time of day", "write it like 07:00"),
    "holidays": ("must be a day", "write it like 05-01, 2026-07-13 or easter+1"),
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
    path = _written(source, tuple(part for part in detail["loc"] if part not in _TAGS))
    name = ".".join(str(part) for part in path if isinstance(part, str))
    if detail["type"] == "extra_forbidden":
        return _unknown_key(source, path, model)
    if detail["type"] == "missing":
        at = source.key_at(path[:-1])
        return source.fault(at, f"`{name}` is missing", f"add a line `{path[-1]}: …`")
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    told = None
    if detail["type"] == "string_pattern_mismatch":
        told = _PATTERNS.get(last)
    elif path == ("then",) and detail["type"] == "model_type":
        told = ("must be approve, review or reject", "")
    if told is not None:
        got = f"{told[0]}, got {_found(detail['input'])}"
        return source.fault(source.value_at(path), f"`{name}` {got}", told[1])
    what, fix = _unfit(detail, short_form=path[:1] == ("because",) or len(path) == _EXAMPLE_DEPTH)
    return source.fault(source.value_at(path), f"`{name}` {what}", fix)


def _written(source: Source, path: Path) -> Path:
    """A short form stands in the file without the names that it stands for."""
    while path and path not in source.places and not isinstance(_at(source, path[:-1]), dict):
        path = path[:-1]
    return path


def _at(source: Source, path: Path) -> Any:
    found: Any = source.plain
    for part in path:
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def _unfit(detail: ErrorDetails, *, short_form: bool) -> tuple[str, str]:
    """What is wrong with a value, and the fix; `short_form` where a bare text would do too."""
    kind, found = detail["type"], _found(detail["input"])
    if kind in _KINDS:
        kind = "string_type" if short_form and kind == "model_type" else kind
        fix = "put it in quotes" if isinstance(detail["input"], bool | int | float) else ""
        return f"must be {_KINDS[kind]}, got {found}", fix
    if kind in ("enum", "literal_error"):
        allowed = detail["ctx"]["expected"].replace("'", "")
        fix = near(str(detail["input"]), allowed.replace(" or ", ", ").split(", "))
        return f"must be {allowed}, got {found}", fix
    if kind in _SHAPES:
        return _SHAPES[kind]
    bounds = {
        "greater_than_equal": "must be at least {ge:,}, got {found}",
        "less_than_equal": "must be at most {le:,}, got {found}",
        "string_too_short": "is empty",
        "string_too_long": "is too long: at most {max_length:,} characters",
    }
    if kind in bounds:
        return bounds[kind].format(**detail["ctx"], found=found), ""
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
