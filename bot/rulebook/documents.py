"""Keeps what stands beside the rules in step with the code: `python -m bot.rulebook.documents rules/`.

Writes `schema.json` and `modes.schema.json` (for editors) and the tables of functions, facts and reasons in `README.md`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from bot.core.facts import DECLARED
from bot.core.reasons import Reason, label
from bot.rulebook.asking import USAGE
from bot.rulebook.modes import ModesFile
from bot.rulebook.schema import RuleFile

_BEGIN = "<!-- made by `python -m bot.rulebook.documents`: {name} -->"
_END = "<!-- end of {name} -->"


def schema_text() -> str:
    """`schema.json` as it must be, final newline included."""
    return _schema(RuleFile, "Veilleur rule")


def modes_schema_text() -> str:
    """The same for `modes.schema.json`."""
    return _schema(ModesFile, "Veilleur modes")


def _schema(model: type[BaseModel], title: str) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(),
        "title": title,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def readme_text(current: str) -> str:
    """The README with its tables brought up to date; text outside the markers stays."""
    tables = (("functions", _functions()), ("facts", _facts()), ("reasons", _reasons()))
    for name, table in tables:
        begin, end = _BEGIN.format(name=name), _END.format(name=name)
        before, found, rest = current.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"README.md lacks the marker {begin if not found else end}")
        current = f"{before}{begin}\n\n{table}\n{end}{after}"
    return current


def write(directory: Path) -> list[Path]:
    """Brings the files up to date; returns those that changed."""
    readme = directory / "README.md"
    wanted = {
        directory / "schema.json": schema_text(),
        directory / "modes.schema.json": modes_schema_text(),
        readme: readme_text(readme.read_text(encoding="utf-8")),
    }
    changed = [
        path
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in changed:
        path.write_text(wanted[path], encoding="utf-8")
    return changed


def _functions() -> str:
    rows = [f"| `{usage}` | {meaning} |" for usage, meaning in USAGE]
    return "\n".join(("| Function | True when |", "|---|---|", *rows)) + "\n"


def _facts() -> str:
    rows = [
        f"| `{fact.name}` | {fact.kind} | {fact.unit or '—'} | {fact.meaning} |"
        for fact in DECLARED
    ]
    return "\n".join(("| Fact | Type | Unit | Meaning |", "|---|---|---|---|", *rows)) + "\n"


def _reasons() -> str:
    rows = [f"| `{code}` | {label(code, 'fr')} | {label(code, 'en')} |" for code in Reason]
    return "\n".join(("| Reason | French | English |", "|---|---|---|", *rows)) + "\n"


if __name__ == "__main__":
    for changed_path in write(Path(sys.argv[1] if len(sys.argv) > 1 else "rules")):
        sys.stdout.write(f"{changed_path} brought up to date\n")
