"""Sets a rule's stage in its file: that one value is written anew, every other byte stays."""

from __future__ import annotations

from ruamel.yaml.nodes import MappingNode, ScalarNode

from bot.core.errors import Fault, RulesError
from bot.core.model import Stage
from bot.rulebook.files import RuleText
from bot.rulebook.source import Source, parse

_PATH = ("stage",)


def restaged(file: RuleText, stage: Stage, *, percent: float | None = None) -> str:
    """The file's text with this stage; `percent` of the authors, for a canary.

    Raises RulesError where the text is no rule file or the stage is written in a form that cannot
    be replaced safely, such as a block scalar. Whether the result is a sound rule is for the
    reader of the whole folder to say.
    """
    source = parse(file)
    if not isinstance(source, Source):
        raise RulesError(source)
    written = f"{{canary: {percent or 0:g}%}}" if stage is Stage.CANARY else stage.value
    place = source.places.get(_PATH)
    if place is None:
        return _with_stage(source, written)
    node = place.node
    if isinstance(node, MappingNode) and file.text[place.value] != "{":
        start, end = _block(source)
        changed = f"{file.text[:start]} {written}{_line_end(file.text, start)}{file.text[end:]}"
    elif isinstance(node, ScalarNode) and node.style in {"|", ">"}:
        fix = f"write `stage: {written}` in the file"
        raise RulesError((source.fault(place.value, "the stage stands in a block of text", fix),))
    else:
        start, end = node.start_mark.index, node.end_mark.index
        changed = file.text[:start] + written + file.text[end:]
    return _proven(source, changed)


def _proven(before: Source, changed: str) -> str:
    """Read again: nothing but the stage may have become another."""
    after = parse(RuleText(id=before.file.id, shown=before.file.shown, text=changed))
    rest = {name: value for name, value in before.plain.items() if name != "stage"}
    if isinstance(after, Source):
        found = {name: value for name, value in after.plain.items() if name != "stage"}
        if found == rest and "stage" in after.plain:
            return changed
    where, fix = before.file.shown, "set the stage in the file"
    raise RulesError((Fault(where=where, what="cannot be changed safely", fix=fix),))


def _with_stage(source: Source, written: str) -> str:
    """For a file that leaves the stage out: a line of its own before the condition."""
    at = source.key_at(("when",))
    line = source.file.text.rfind("\n", 0, at) + 1
    text = source.file.text
    return _proven(source, f"{text[:line]}stage: {written}\n{text[line:]}")


def _block(source: Source) -> tuple[int, int]:
    """From behind the colon of `stage:` to the end of the last line of the mapping below it."""
    text = source.file.text
    inner = source.places[(*_PATH, "canary")].node if (*_PATH, "canary") in source.places else None
    start = text.index(":", source.key_at(_PATH)) + 1
    end = inner.end_mark.index if inner is not None else source.places[_PATH].node.end_mark.index
    return start, end


def _line_end(text: str, start: int) -> str:
    """A comment behind `stage:` is kept."""
    line = text[start : text.find("\n", start)]
    return f"  {line.strip()}" if line.strip().startswith("#") else ""
