"""A rule file's YAML with the place of everything in it, so that each fault says line and column."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.resolver import VersionedResolver

from bot.core.errors import Fault
from bot.rulebook.files import RuleText

MAX_DEPTH = 8
"""Levels of nesting; a rule needs four."""

Path = tuple[str | int, ...]
"""Keys and list indexes (from 0) from the top of the file to a value."""

_EXCERPT_CHARS = 100
_BRACKET = re.compile(r"[\[\]{}]")
_MOST_OPEN = 200
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n|.)", re.DOTALL)
_QUOTES_HELP = "a value with `: ` or ` #` in it, or one that begins with a quote, `!`, `[` or `{`, goes under `|`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands, as offsets into the file's text."""

    key: int
    """Its key, or the value itself inside a list."""
    value: int
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file, parsed. `plain` holds texts, numbers, truth values, None, lists and mappings."""

    file: RuleText
    plain: dict[str, Any] = field(default_factory=dict)
    places: Mapping[Path, Place] = field(default_factory=dict)

    def fault(self, offset: int, what: str, fix: str = "") -> Fault:
        return fault_at(self.file, offset, what, fix)

    def key_at(self, path: Path) -> int:
        """Offset of the key; of the nearest thing around it that stands in the file."""
        return self._nearest(path).key

    def value_at(self, path: Path) -> int:
        return self._nearest(path).value

    def inside(self, path: Path, offset: int) -> int:
        """Offset in the file of the `offset`-th character of a text value."""
        place = self._nearest(path)
        if not isinstance(place.node, ScalarNode):
            return place.value
        return _inside(self.file.text, place.node, offset)

    def _nearest(self, path: Path) -> Place:
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path]


def fault_at(file: RuleText, offset: int, what: str, fix: str = "") -> Fault:
    """A fault with line and column (both from 1, in characters) and the line itself."""
    offset = min(offset, len(file.text))
    start = file.text.rfind("\n", 0, offset) + 1
    line = file.text.count("\n", 0, offset) + 1
    end = file.text.find("\n", offset)
    whole = file.text[start : end if end >= 0 else len(file.text)]
    return Fault(
        where=f"{file.shown}:{line}:{offset - start + 1}",
        what=_printable(what),
        fix=_printable(fix),
        excerpt=_excerpt(whole, offset - start, line),
    )


def _printable(words: str) -> str:
    """What is quoted from the file may hold signs that a terminal obeys."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words)


def _excerpt(whole: str, column: int, line: int) -> str:
    first = max(0, column - _EXCERPT_CHARS // 2) if len(whole) > _EXCERPT_CHARS else 0
    seen = whole[first : first + _EXCERPT_CHARS].rstrip()
    seen = "".join(c if c.isprintable() else " " for c in seen)
    return f"  {line:>4} | {seen}\n       | {' ' * (column - first)}^"


def parse(file: RuleText) -> Source | tuple[Fault, ...]:
    """The file as plain values with their places, or everything that is wrong with its YAML."""
    node = _composed(file)
    if isinstance(node, tuple):
        return node
    if node is None:
        return (fault_at(file, 0, "empty: a rule has at least title, stage, when, then, because"),)
    if not isinstance(node, MappingNode):
        what = "a rule file holds `name: value` lines at the top"
        return (fault_at(file, node.start_mark.index, what, "start with `title: …`"),)
    reader = _Reader(file)
    plain = reader.mapping(node, ())
    reader.places[()] = Place(key=node.start_mark.index, value=node.start_mark.index, node=node)
    if reader.faults:
        return tuple(reader.faults)
    return Source(file=file, plain=plain, places=reader.places)


def _composed(file: RuleText) -> Node | tuple[Fault, ...] | None:
    at = _never_closed(file.text)
    if at is not None:
        return (fault_at(file, at, f"nested too deeply: at most {MAX_DEPTH} levels"),)
    yaml = YAML(typ="safe", pure=True)
    try:
        events: list[Event] = []
        faults = tuple(_forbidden(file, _noted(yaml.parse(file.text), events)))
        return faults or _node_of(events, yaml.resolver)
    except ReaderError as error:
        code = error.character if isinstance(error.character, int) else ord(error.character)
        return (fault_at(file, error.position, f"a character that text cannot hold: U+{code:04X}"),)
    except MarkedYAMLError as error:
        return (_unreadable(file, error),)
    except (
        YAMLError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
    ) as error:
        # the parser's own slips over garbage, e.g. an absurd %YAML version
        return (fault_at(file, 0, f"not readable as YAML ({type(error).__name__})"),)


def _never_closed(text: str) -> int | None:
    """Where more brackets are open than any rule needs, texts and patterns in it included: on
    thousands of them the scanner itself would take minutes."""
    depth = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match.group() in "[{" else -1
        if depth > _MOST_OPEN:
            return match.start()
    return None


def _noted(events: Iterator[Event], into: list[Event]) -> Iterator[Event]:
    for event in events:
        into.append(event)
        yield event


def _node_of(events: Sequence[Event], resolver: VersionedResolver) -> Node | None:
    """The one document, made from events that hold nothing forbidden: scanning is what costs, so
    it is done once."""
    open_nodes: list[CollectionNode] = []
    top: Node | None = None
    for event in events:
        if isinstance(event, CollectionEndEvent):
            open_nodes.pop().end_mark = event.end_mark
            continue
        node = _made(event, resolver)
        if node is None:
            continue
        if open_nodes:
            open_nodes[-1].value.append(node)
        else:
            top = node
        if isinstance(node, CollectionNode):
            open_nodes.append(node)
    _pair(top)
    return top


def _made(event: Event, resolver: VersionedResolver) -> Node | None:
    start, end = event.start_mark, event.end_mark
    if isinstance(event, ScalarEvent):
        tag = resolver.resolve(ScalarNode, event.value, event.implicit)
        return ScalarNode(tag, event.value, start, end, style=event.style)
    if isinstance(event, SequenceStartEvent):
        return SequenceNode("", [], start, end)
    if isinstance(event, MappingStartEvent):
        return MappingNode("", [], start, end)
    return None


def _pair(node: Node | None) -> None:
    """What came one after the other in a mapping: keys and their values."""
    if isinstance(node, CollectionNode):
        for each in node.value:
            _pair(each)
        if isinstance(node, MappingNode):
            node.value = list(zip(node.value[::2], node.value[1::2], strict=True))


def _forbidden(file: RuleText, events: Iterator[Event]) -> Iterator[Fault]:
    """What YAML can do and a rule must not; stops at the first too deep level or second document."""
    depth = documents = 0
    for event in events:
        at = event.start_mark.index
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                yield fault_at(file, at, "a second document", "one rule a file, without `---`")
                return
            if event.version or event.tags:
                yield fault_at(file, at, "directives (`%…`) are not used in rules", "remove it")
        elif isinstance(event, NodeEvent):
            yield from _decorated(file, event)
        depth += isinstance(event, CollectionStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            yield fault_at(file, at, f"nested too deeply: at most {MAX_DEPTH} levels")
            return


def _decorated(file: RuleText, event: NodeEvent) -> Iterator[Fault]:
    at = event.start_mark.index
    if isinstance(event, AliasEvent):
        yield fault_at(file, at, "aliases (`*name`) are not used in rules", "write the value out")
    elif event.anchor:
        yield fault_at(file, at, "anchors (`&name`) are not used in rules", "remove it")
    elif getattr(event, "tag", None) is not None:
        what = "a value that begins with `!` is a YAML tag, which rules do not use"
        yield fault_at(file, at, what, _QUOTES_HELP)


def _unreadable(file: RuleText, error: MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    problem = (error.problem or "not readable").splitlines()[0]
    fix = _QUOTES_HELP
    if "'\\t'" in problem:
        problem, fix = "a tab where YAML wants spaces", "indent with spaces"
    return fault_at(file, mark.index if mark else 0, f"not readable as YAML: {problem}", fix)


class _Reader:
    """Turns nodes into plain values; depth is bounded by `_forbidden`."""

    def __init__(self, file: RuleText) -> None:
        self.file = file
        self.places: dict[Path, Place] = {}
        self.faults: list[Fault] = []

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key_node, value_node in node.value:
            at = key_node.start_mark.index
            if not isinstance(key_node, ScalarNode):
                self.faults.append(fault_at(self.file, at, "a key must be a plain word"))
                continue
            key = str(key_node.value)
            if key in plain:
                first = self.file.text.count("\n", 0, self.places[(*path, key)].key) + 1
                what = f"`{key}` stands twice, first on line {first}"
                self.faults.append(fault_at(self.file, at, what, "keep one of them"))
                continue
            plain[key] = self.value(value_node, (*path, key), key=at)
        return plain

    def value(self, node: Node, path: Path, *, key: int) -> Any:
        self.places[path] = Place(key=key, value=node.start_mark.index, node=node)
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [
                self.value(item, (*path, index), key=item.start_mark.index)
                for index, item in enumerate(node.value)
            ]
        return _scalar(str(node.value), str(node.tag).rpartition(":")[2])


def _scalar(text: str, kind: str) -> Any:
    """YAML 1.2: `no`, `on` and dates stay words. What only looks like a number stays a text."""
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind in {"int", "float"}:
        bare = text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan")
        try:
            return int(bare) if kind == "int" else float(bare)
        except ValueError:
            return text
    return text


def _inside(text: str, node: ScalarNode, offset: int) -> int:
    """Folding and indentation only touch white space: the n-th other character stays the n-th."""
    value = str(node.value)
    before = sum(not c.isspace() for c in value[:offset])
    places = list(_solid(text, node))
    here = offset < len(value) and not value[offset].isspace()
    if here and before < len(places):
        return places[before]
    if places[:before]:
        return places[:before][-1] + 1
    return int(node.start_mark.index)


def _solid(text: str, node: ScalarNode) -> Iterator[int]:
    """Offsets in the file of the value's characters that are not white space, in order."""
    at, end = int(node.start_mark.index), int(node.end_mark.index)
    if node.style in {"|", ">"}:
        at = text.find("\n", at, end) + 1 or end
    elif node.style in {"'", '"'}:
        at, end = at + 1, end - 1
    while at < end:
        escape = _ESCAPE.match(text, at, end) if node.style == '"' else None
        width = len(escape.group()) if escape else 1
        if node.style == "'" and text.startswith("''", at):
            width = 2
        if not (_blank(escape.group()) if escape else text[at].isspace()):
            yield at
        at += width


def _blank(escape: str) -> bool:
    """Whether a double-quoted escape stands for white space, or for nothing (an escaped line end)."""
    if escape[1] in "xuU":
        code = int(escape[2:] or "0", 16)
        return code <= sys.maxunicode and chr(code).isspace()
    return escape[1] in " tnvfrN_LP\t\r\n"
