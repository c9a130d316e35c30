"""What was found in rule files, for people, for programs, and for code hosting (SARIF)."""

from __future__ import annotations

import importlib.metadata
import json
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rich.text import Text

from bot.cli.terminal import harmless, out, tell
from bot.core.errors import Fault

if TYPE_CHECKING:  # CEL and YAML take their time to load
    from bot.rulebook import ReadFolder

CHECKS = {
    "expired": "The rule's last day is past: it acts no longer.",
    "fault": "The rule file cannot be used as it is.",
    "contradiction": "Live rules ask to approve and to reject the same comment.",
    "covered": "Wherever the rule fires, another one that is at least as strict fires too.",
    "few-examples": "The rule has too few examples to prove it.",
    "near-thresholds": "Two rules hold one fact against nearly the same number.",
    "silent": "The rule has not fired for a long time.",
}
"""Every check and what it means; SARIF calls these rules."""

_STYLES = {"error": "red", "warning": "yellow", "note": "cyan"}


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One finding; `level` is `error`, `warning` or `note`."""

    check: str
    level: str
    fault: Fault


def remarks_of(faults: tuple[Fault, ...]) -> tuple[Remark, ...]:
    return tuple(Remark(check="fault", level="error", fault=fault) for fault in faults)


def warnings_of(check: str, faults: tuple[Fault, ...]) -> tuple[Remark, ...]:
    return tuple(Remark(check=check, level="warning", fault=fault) for fault in faults)


def summary(folder: ReadFolder) -> str:
    """`9 rules (8 live, 1 shadow), version 0123456789ab`"""
    stages = Counter(each.rule.stage.value for each in folder.rules)
    counts = ", ".join(f"{count} {stage}" for stage, count in sorted(stages.items()))
    return f"{len(folder.rules)} rules ({counts}), version {folder.version}"


def tell_remarks(remarks: tuple[Remark, ...]) -> None:
    """One line each, the place first, and the fix below."""
    for remark in remarks:
        fault = remark.fault
        level = (f"{remark.level}: ", _STYLES[remark.level])
        out().print(Text.assemble((f"{fault.where}: ", "bold"), level, harmless(fault.what)))
        if fault.fix:
            out().print(Text(f"  {harmless(fault.fix)}", style="dim"))
    counts = Counter(remark.level for remark in remarks)
    told = ", ".join(f"{counts[level]} {level}s" for level in _STYLES if counts[level])
    tell(told or "nothing to remark")


def tell_json(folder: Path, read: ReadFolder | None, remarks: tuple[Remark, ...]) -> None:
    stages = Counter(each.rule.stage.value for each in read.rules) if read else Counter[str]()
    document = {
        "folder": str(folder),
        "version": read.version if read else None,
        "rules": dict(sorted(stages.items())),
        "findings": [
            {
                "check": remark.check,
                "level": remark.level,
                **_place(remark.fault.where),
                "what": remark.fault.what,
                "fix": remark.fault.fix,
            }
            for remark in remarks
        ],
    }
    print(json.dumps(document, indent=2))


def tell_sarif(remarks: tuple[Remark, ...]) -> None:
    print(json.dumps(sarif(remarks), indent=2))


def sarif(remarks: tuple[Remark, ...]) -> dict[str, Any]:
    """A SARIF 2.1.0 log: one run, one result a remark, places counted in characters from 1."""
    driver = {
        "name": "veilleur",
        "version": importlib.metadata.version("veilleur"),
        "rules": [
            {"id": check, "shortDescription": {"text": meaning}}
            for check, meaning in CHECKS.items()
        ],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(remark) for remark in remarks],
            }
        ],
    }


def _result(remark: Remark) -> dict[str, Any]:
    place = _place(remark.fault.where)
    fix = f" ({remark.fault.fix})" if remark.fault.fix else ""
    where: dict[str, Any] = {"artifactLocation": {"uri": _uri(str(place["file"]))}}
    if place["line"]:
        where["region"] = {"startLine": place["line"], "startColumn": place["column"]}
    return {
        "ruleId": remark.check,
        "level": remark.level,
        "message": {"text": remark.fault.what + fix},
        "locations": [{"physicalLocation": where}],
    }


def _place(where: str) -> dict[str, str | int | None]:
    """`rules/threat.yaml:7:13` in its parts; a fault of a whole file has no line."""
    path, *numbers = where.rsplit(":", 2)
    if len(numbers) == len(("line", "column")) and all(part.isdecimal() for part in numbers):
        return {"file": path, "line": int(numbers[0]), "column": int(numbers[1])}
    return {"file": where, "line": None, "column": None}


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
