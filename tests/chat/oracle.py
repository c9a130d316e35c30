"""Discord's published limits for what a bot sends, as far as this bot uses them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.chat.desk import walk

V2_FLAG = 1 << 15


def faults_of_message(body: dict[str, Any]) -> list[str]:
    """What Discord would refuse in a message body; empty when it would take it."""
    components = list(walk(body.get("components") or []))
    v2 = bool((body.get("flags") or 0) & V2_FLAG)
    texts = [part["content"] for part in components if part.get("type") == 10]
    checks = [
        (units(body.get("content") or "") > 2_000, "content is longer than 2,000"),
        (v2 and bool(body.get("content")), "content in a V2 message"),
        (v2 and bool(body.get("embeds")), "embeds in a V2 message"),
        (v2 and not components, "a V2 message without components"),
        (not v2 and not body.get("content"), "an empty message"),
        (any(part.get("type") == 10 for part in components) and not v2, "text display without V2"),
        (len(components) > 40, "more than 40 components"),
        (sum(map(units, texts)) > 4_000, "more than 4,000 characters over all text"),
        (any(not text for text in texts), "an empty text display"),
        (len(str(body.get("nonce") or "")) > 25, "nonce is longer than 25"),
    ]
    found = [fault for wrong, fault in checks if wrong]
    return found + list(_component_faults(components))


def faults_of_modal(modal: dict[str, Any]) -> list[str]:
    components = list(walk(modal["components"]))
    checks = [
        (units(modal["title"]) > 45, "modal title is longer than 45"),
        (len(modal["custom_id"]) > 100, "modal custom id is longer than 100"),
        (len(modal["components"]) > 5, "more than five rows in a modal"),
        (
            any(part["type"] == 18 and units(part["label"]) > 45 for part in components),
            "label is longer than 45",
        ),
    ]
    return [fault for wrong, fault in checks if wrong] + list(_component_faults(components))


def _component_faults(components: list[dict[str, Any]]) -> Iterable[str]:
    ids = [part["custom_id"] for part in components if part.get("custom_id")]
    if len(ids) != len(set(ids)):
        yield "a custom id twice"
    if any(len(one) > 100 for one in ids):
        yield "custom id is longer than 100"
    for part in components:
        yield from _part_faults(part)


def _part_faults(part: dict[str, Any]) -> Iterable[str]:
    kind = part.get("type")
    if kind == 1 and not 1 <= len(part["components"]) <= 5:
        yield "an action row holds one to five"
    if kind == 2 and not (part.get("label") or part.get("emoji")):
        yield "button without a label"
    if kind == 2 and units(part.get("label") or "") > 80:
        yield "button label is longer than 80"
    if kind == 3 and not 1 <= len(part["options"]) <= 25:
        yield "a select holds one to 25 options"
    for option in part.get("options") or []:
        if units(option["label"]) > 100 or units(option["value"]) > 100:
            yield "option is longer than 100"
    if units(part.get("placeholder") or "") > (100 if kind == 4 else 150):
        yield "placeholder is too long"


def units(text: str) -> int:
    """UTF-16 units: the strictest way to count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
