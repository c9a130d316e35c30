"""Which files of a folder are rules, and their text: nothing that is read here is trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.core.errors import Fault

MAX_BYTES = 64 * 1024
"""Largest rule file; a rule is a page of text, never a list of thousands."""

BESIDE_RULES = frozenset({"modes.yaml"})
"""Files of the folder that are no rules."""
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """One rule file as it was found."""

    id: str
    shown: str
    """Path for people, as the folder was named by the caller."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What a rules folder holds. With faults, `texts` is only what could be read."""

    texts: tuple[RuleText, ...]
    version: str
    """Hash of names and contents, shortened to 12 hex digits."""
    faults: tuple[Fault, ...]


def read_folder(directory: Path) -> Folder:
    """Every `*.yaml` directly in `directory`, in order of name; hidden and other files are left."""
    digest = sha256()
    texts: list[RuleText] = []
    faults: list[Fault] = []
    try:
        paths = sorted(directory.iterdir())
    except OSError as error:
        return Folder(texts=(), version="", faults=(_no_folder(directory, error),))
    for path in paths:
        found = _read(path, directory)
        if isinstance(found, Fault):
            faults.append(found)
        elif found is not None:
            texts.append(found)
            digest.update(f"{found.id}\0{len(found.text)}\0{found.text}".encode())
    if not texts and not faults:
        what = "no rules: an empty rulebook would let everything through"
        fix = "put at least one rule file, e.g. threat.yaml, into the folder"
        faults.append(Fault(where=shown(directory), what=what, fix=fix))
    return Folder(texts=tuple(texts), version=digest.hexdigest()[:12], faults=tuple(faults))


def shown(path: Path) -> str:
    """The path as it can be printed: odd bytes and control characters escaped."""
    printable = str(path).encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in printable)


def _no_folder(directory: Path, error: OSError) -> Fault:
    what = {
        FileNotFoundError: "no such folder",
        NotADirectoryError: "not a folder",
        PermissionError: "this user may not read the folder",
    }.get(type(error), f"cannot be listed: {error.strerror}")
    return Fault(where=shown(directory), what=what, fix="RULES_DIR names the folder of rule files")


def _read(path: Path, directory: Path) -> RuleText | Fault | None:
    """The file's text, what is wrong with it, or None where it is no rule file."""
    if path.name.startswith(".") or path.name in BESIDE_RULES:
        return None
    if path.suffix not in {".yaml", ".yml"}:
        return _strays(path)
    return read_text(path, directory)


def read_text(path: Path, directory: Path) -> RuleText | Fault:
    """The text of one YAML file of the rules folder."""
    fault = _unsuitable(path, directory)
    if fault:
        return fault
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        return Fault(where=shown(path), what=f"cannot be read: {error.strerror}")
    return _decoded(path, content)


def _strays(path: Path) -> Fault | None:
    if not path.is_dir() or not any((*path.glob("*.yaml"), *path.glob("*.yml"))):
        return None
    return Fault(
        where=shown(path),
        what="holds rule files, but subfolders are not read",
        fix="move them up, directly into the rules folder",
    )


def _unsuitable(path: Path, directory: Path) -> Fault | None:
    """Why the file is not even opened. A named pipe, for one, would make the reader wait for ever."""
    where = shown(path)
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return Fault(where=where, what="a link that leads nowhere", fix="remove or mend the link")
    if not real.is_relative_to(directory.resolve()):
        return Fault(
            where=where,
            what="a link that leads out of the rules folder",
            fix="copy the file into the folder",
        )
    if not real.is_file():
        return Fault(where=where, what="not a file", fix="only files may be called .yaml here")
    if not _NAME.fullmatch(path.name):
        words = re.findall(r"[a-z0-9]+", path.stem.lower()) or ["my", "rule"]
        return Fault(
            where=where,
            what="the file's name is the rule's id: lower-case words joined by hyphens, then .yaml",
            fix=f"rename it to {'-'.join(words)}.yaml",
        )
    return None


def _decoded(path: Path, content: bytes) -> RuleText | Fault:
    where = shown(path)
    if len(content) > MAX_BYTES:
        return Fault(
            where=where, what=f"too big: a rule file has at most {MAX_BYTES // 1024} KiB", fix=""
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        return Fault(
            where=f"{where}:{line}:{column}",
            what=f"not UTF-8 text: byte 0x{content[error.start]:02x}",
            fix="save the file in the encoding UTF-8",
        )
    return RuleText(id=path.stem, shown=where, text=text)
