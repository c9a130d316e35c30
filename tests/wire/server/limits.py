"""Discord's limits on what is sent, found all at once and told in its nested form (50035)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import cast

from .errors import ApiError, Refusal
from .state import COMPONENTS_V2, JsonObject, walk

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, SECTION, TEXT, THUMBNAIL = 1, 2, 3, 4, 9, 10, 11
GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 12, 13, 14, 17, 18
SELECTS = frozenset({3, 5, 6, 7, 8})
IN_CONTAINER = frozenset({ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR})
ON_TOP_V2 = IN_CONTAINER | {CONTAINER}
LINK_STYLE, PREMIUM_STYLE = 5, 6

Path = tuple[str | int, ...]


class _Faults:
    """Collects `path: code, sentence` and nests them as Discord does."""

    def __init__(self) -> None:
        self._tree: JsonObject = {}

    def add(self, path: Path, code: str, message: str) -> None:
        node = self._tree
        for step in path:
            node = cast("JsonObject", node.setdefault(str(step), {}))
        errors = cast("list[JsonObject]", node.setdefault("_errors", []))
        errors.append({"code": code, "message": message})

    def length(self, path: Path, value: object, *, low: int = 0, high: int) -> None:
        if not low <= len(str(value)) <= high:
            said = f"Must be between {low} and {high} in length."
            self.add(path, "BASE_TYPE_BAD_LENGTH", said)

    def count(self, path: Path, value: list[object], *, low: int = 1, high: int) -> None:
        if not low <= len(value) <= high:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must have {low} to {high} items.")

    def raise_any(self) -> None:
        if self._tree:
            raise ApiError(Refusal.INVALID_FORM_BODY, self._tree)


def check_message(body: Mapping[str, object], *, files: int, was_v2: bool = False) -> None:
    """What is to be posted or the whole of what a message would be after an edit."""
    faults = _Faults()
    flags = cast("int", body.get("flags") or 0)
    faults.length(("content",), body.get("content") or "", high=2000)
    _embeds(faults, cast("list[JsonObject]", body.get("embeds") or []))
    parts = cast("list[JsonObject]", body.get("components") or [])
    if was_v2 or flags & COMPONENTS_V2:
        _legacy_fields(faults, body)
        _v2(faults, parts)
    else:
        faults.count(("components",), cast("list[object]", parts), low=0, high=5)
        _each(faults, ("components",), parts, allowed=frozenset({ROW}))
    _custom_ids(faults, parts)
    faults.raise_any()
    if not (body.get("content") or body.get("embeds") or parts or files):
        raise ApiError(Refusal.EMPTY_MESSAGE)


def check_modal(body: Mapping[str, object]) -> None:
    faults = _Faults()
    faults.length(("title",), body.get("title") or "", low=1, high=45)
    faults.length(("custom_id",), body.get("custom_id") or "", low=1, high=100)
    parts = cast("list[JsonObject]", body.get("components") or [])
    faults.count(("components",), cast("list[object]", parts), high=5)
    _each(faults, ("components",), parts, allowed=frozenset({ROW, LABEL, TEXT}))
    _custom_ids(faults, parts)
    faults.raise_any()


def check_commands(commands: list[JsonObject]) -> None:
    faults = _Faults()
    for place, command in enumerate(commands):
        chat_input = command.get("type", 1) == 1
        faults.length((place, "name"), command.get("name") or "", low=1, high=32)
        low, high = (1, 100) if chat_input else (0, 0)
        said = command.get("description") or ""
        faults.length((place, "description"), said, low=low, high=high)
        options = cast("list[object]", command.get("options") or [])
        faults.count((place, "options"), options, low=0, high=25)
    names = Counter((command.get("type", 1), command.get("name")) for command in commands)
    for place, command in enumerate(commands):
        if names[(command.get("type", 1), command.get("name"))] > 1:
            said = "Application command names must be unique"
            faults.add((place, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", said)
    faults.raise_any()


def _legacy_fields(faults: _Faults, body: Mapping[str, object]) -> None:
    for name in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(name):
            said = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            faults.add((name,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", said)


def _v2(faults: _Faults, parts: list[JsonObject]) -> None:
    everything = list(walk(parts))
    if not everything:
        faults.add(("components",), "BASE_TYPE_REQUIRED", "This field is required")
    if len(everything) > 40:
        said = "The maximum number of components in this message is 40."
        faults.add(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", said)
    shown = sum(len(str(part.get("content") or "")) for part in everything if part["type"] == TEXT)
    if shown > 4000:
        said = "The total displayable text of all components must be 4000 or fewer characters."
        faults.add(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", said)
    _each(faults, ("components",), parts, allowed=ON_TOP_V2)


def _custom_ids(faults: _Faults, parts: list[JsonObject]) -> None:
    seen = Counter(part["custom_id"] for part in walk(parts) if part.get("custom_id"))
    if any(times > 1 for times in seen.values()):
        said = "Component custom id cannot be duplicated"
        faults.add(("components",), "COMPONENT_CUSTOM_ID_DUPLICATED", said)


def _each(faults: _Faults, path: Path, parts: list[JsonObject], *, allowed: frozenset[int]) -> None:
    for place, part in enumerate(parts):
        where = (*path, place)
        kind = cast("int", part.get("type"))
        if kind not in allowed:
            said = f"Value of field 'type' must be one of {sorted(allowed)}."
            faults.add((*where, "type"), "UNION_TYPE_CHOICES", said)
        elif kind in _CHECKS:
            _CHECKS[kind](faults, where, part)


def _inner(part: JsonObject) -> list[JsonObject]:
    return cast("list[JsonObject]", part.get("components") or [])


def _row(faults: _Faults, where: Path, part: JsonObject) -> None:
    inside = _inner(part)
    kinds = {cast("int", one.get("type")) for one in inside}
    path = (*where, "components")
    faults.count(path, cast("list[object]", inside), high=5)
    if kinds - {BUTTON} and len(inside) > 1:
        said = "The specified component exceeds the maximum width"
        faults.add(path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", said)
    _each(faults, path, inside, allowed=frozenset({BUTTON, TEXT_INPUT, *SELECTS}))


def _section(faults: _Faults, where: Path, part: JsonObject) -> None:
    inside = _inner(part)
    faults.count((*where, "components"), cast("list[object]", inside), high=3)
    _each(faults, (*where, "components"), inside, allowed=frozenset({TEXT}))
    accessory = part.get("accessory")
    if not isinstance(accessory, dict):
        faults.add((*where, "accessory"), "BASE_TYPE_REQUIRED", "This field is required")
    else:
        allowed = frozenset({BUTTON, THUMBNAIL})
        _each(faults, (*where, "accessory"), [accessory], allowed=allowed)


def _container(faults: _Faults, where: Path, part: JsonObject) -> None:
    inside = _inner(part)
    faults.count((*where, "components"), cast("list[object]", inside), high=40)
    _each(faults, (*where, "components"), inside, allowed=IN_CONTAINER)


def _text(faults: _Faults, where: Path, part: JsonObject) -> None:
    faults.length((*where, "content"), part.get("content") or "", low=1, high=4000)


def _button(faults: _Faults, where: Path, part: JsonObject) -> None:
    style, custom_id, url = part.get("style"), part.get("custom_id"), part.get("url")
    if style == LINK_STYLE:
        if custom_id or not url:
            said = "A link button has a url and no custom id"
            faults.add((*where, "url"), "BUTTON_COMPONENT_INVALID_URL_SCHEME", said)
    elif style != PREMIUM_STYLE:
        faults.length((*where, "custom_id"), custom_id or "", low=1, high=100)
        if url:
            faults.add((*where, "url"), "BUTTON_COMPONENT_URL_NOT_ALLOWED", "No url here")
    faults.length((*where, "label"), part.get("label") or "", high=80)
    if not part.get("label") and not part.get("emoji") and style != PREMIUM_STYLE:
        said = "A button must have a label or an emoji"
        faults.add((*where, "label"), "BUTTON_COMPONENT_LABEL_REQUIRED", said)


def _select(faults: _Faults, where: Path, part: JsonObject) -> None:
    faults.length((*where, "custom_id"), part.get("custom_id") or "", low=1, high=100)
    faults.length((*where, "placeholder"), part.get("placeholder") or "", high=150)
    if part["type"] != STRING_SELECT:
        return
    options = cast("list[JsonObject]", part.get("options") or [])
    faults.count((*where, "options"), cast("list[object]", options), high=25)
    for place, option in enumerate(options):
        spot = (*where, "options", place)
        faults.length((*spot, "label"), option.get("label") or "", low=1, high=100)
        faults.length((*spot, "value"), option.get("value") or "", low=1, high=100)
        faults.length((*spot, "description"), option.get("description") or "", high=100)
    if len({option.get("value") for option in options}) < len(options):
        said = "The specified option value is already used"
        faults.add((*where, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", said)
    if cast("int", part.get("max_values") or 1) > len(options):
        faults.add((*where, "max_values"), "BASE_TYPE_BAD_INTEGER", "More than there are options")


def _label(faults: _Faults, where: Path, part: JsonObject) -> None:
    faults.length((*where, "label"), part.get("label") or "", low=1, high=45)
    faults.length((*where, "description"), part.get("description") or "", high=100)
    inner = part.get("component")
    if not isinstance(inner, dict):
        faults.add((*where, "component"), "BASE_TYPE_REQUIRED", "This field is required")
    elif inner.get("type") in SELECTS:
        _select(faults, (*where, "component"), inner)
    elif inner.get("type") == TEXT_INPUT:
        _text_input(faults, (*where, "component"), inner)


def _text_input(faults: _Faults, where: Path, part: JsonObject) -> None:
    faults.length((*where, "custom_id"), part.get("custom_id") or "", low=1, high=100)
    faults.length((*where, "placeholder"), part.get("placeholder") or "", high=100)
    faults.length((*where, "value"), part.get("value") or "", high=4000)


_CHECKS: dict[int, Callable[[_Faults, Path, JsonObject], None]] = {
    ROW: _row,
    BUTTON: _button,
    SECTION: _section,
    TEXT: _text,
    CONTAINER: _container,
    LABEL: _label,
    TEXT_INPUT: _text_input,
    **dict.fromkeys(SELECTS, _select),
}

_EMBED_LENGTHS = {"title": 256, "description": 4096}


def _embeds(faults: _Faults, embeds: list[JsonObject]) -> None:
    faults.count(("embeds",), cast("list[object]", embeds), low=0, high=10)
    total = 0
    for place, embed in enumerate(embeds):
        for name, high in _EMBED_LENGTHS.items():
            total += len(str(embed.get(name) or ""))
            faults.length(("embeds", place, name), embed.get(name) or "", high=high)
        total += _embed_fields(faults, ("embeds", place), embed)
    if total > 6000:
        faults.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum of 6000")


def _embed_fields(faults: _Faults, where: Path, embed: JsonObject) -> int:
    fields = cast("list[JsonObject]", embed.get("fields") or [])
    faults.count((*where, "fields"), cast("list[object]", fields), low=0, high=25)
    total = 0
    for place, one in enumerate(fields):
        name, value = str(one.get("name") or ""), str(one.get("value") or "")
        faults.length((*where, "fields", place, "name"), name, low=1, high=256)
        faults.length((*where, "fields", place, "value"), value, low=1, high=1024)
        total += len(name) + len(value)
    footer = cast("JsonObject", embed.get("footer") or {}).get("text") or ""
    faults.length((*where, "footer", "text"), footer, high=2048)
    return total + len(str(footer))
