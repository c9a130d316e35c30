"""`veilleur rules new` and `schema`: a first draft, and what editors check it against."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.surroundings import surroundings
from bot.cli.terminal import tell
from bot.core.errors import Fault, SettingsError

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST = 100
_DRAFT = """\
# yaml-language-server: $schema=schema.json
title: {title}
# draft: only checked. Then shadow: recorded, acts on nothing. Then live: acts.
stage: draft
# The facts a condition may read are listed in README.md.
when: score.toxicity >= level.likely
then: review
reason: OFFENSIVE
because:
  fr: "À compléter : pourquoi regarder ce commentaire (toxicité {{score.toxicity}})."
  en: "To be completed: why to look at this comment (toxicity {{score.toxicity}})."
examples:
  # Comments the rule must catch, as readers write them; without `facts` the model scores them.
  match:
    - text: Remplacez-moi par un commentaire que la règle doit attraper
      facts: {{score.toxicity: 0.95}}
  # Comments it must leave alone: near misses, quotations, irony.
  pass:
    - text: Remplacez-moi par un commentaire voisin, mais acceptable
      facts: {{score.toxicity: 0.65}}
"""

_Directory = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Folder of rules; by default as the settings say.",
        show_default=False,
    ),
]


def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Words joined by hyphens.")],
    rules: _Directory = None,
) -> None:
    """Write a draft rule to fill in; nothing is ever overwritten."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        near = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:_LONGEST].strip("-") or "my-rule"
        raise typer.BadParameter(
            f"NAME: lower-case words joined by hyphens, e.g. {near}, got {name!r}"
        )
    file = (rules or surroundings(context).settings().rules_folder) / f"{name}.yaml"
    title = name.replace("-", " ").capitalize()
    _write_new(file, _DRAFT.format(title=f'"{title}"'))
    tell(f"{file}: written, a draft. Fill it in, then: veilleur rules check, veilleur rules test")


def schema(
    context: typer.Context,
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            exists=True,
            file_okay=False,
            help="Folder of rules; by default as the settings say.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write schema.json, for editors to check rule files as one types."""
    from bot.rulebook.documents import schema_text

    file = (directory or surroundings(context).settings().rules_folder) / "schema.json"
    wanted = schema_text()
    if file.is_file() and file.read_text("utf-8", "replace") == wanted:
        tell(f"{file}: up to date")
        return
    try:
        file.write_text(wanted, "utf-8")
    except OSError as error:
        raise unwritable(file, error) from error
    tell(f"{file}: written")


def _write_new(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as draft:
            draft.write(text)
    except OSError as error:
        raise unwritable(file, error) from error


def unwritable(file: Path, error: OSError) -> SettingsError:
    """Why a file that was asked for cannot be made."""
    if isinstance(error, FileExistsError):
        what = "exists already: ids of rules are never reused"
        return SettingsError((Fault(where=str(file), what=what, fix="take another name"),))
    fault = Fault(where=str(file), what=f"cannot be written: {error.strerror}", fix="")
    return SettingsError((fault,))
