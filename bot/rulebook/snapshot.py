"""The files that make up a rulebook, as they lie in the folder, and the way back into it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

Signature = tuple[tuple[str, int, int, int, int], ...]
"""Name, inode, size and times of every file; differs as soon as one of them was written to."""

MAX_BYTES = 8 * 1024 * 1024
"""What is larger is no rule and no word list; it is left out."""

_IN_FOLDER = (".yaml", ".yml")
_IN_SUBFOLDER = (".yaml", ".yml", ".txt")
_NAME = re.compile(r"[^./\\\0][^/\\\0]*(?:/[^./\\\0][^/\\\0]*)?")
_PUTTING_BACK = ".putting-back-"


def signature(directory: Path) -> Signature:
    """Empty where there is no such folder. Costs one `stat` a file, no reading."""
    found = []
    for name, entry in _parts(directory):
        try:
            status = entry.stat()
        except OSError:  # a link that leads nowhere, or gone in this very moment
            found.append((name, 0, 0, 0, 0))
            continue
        times = (status.st_mtime_ns, status.st_ctime_ns)
        found.append((name, status.st_ino, status.st_size, *times))
    return tuple(found)


def folders(directory: Path) -> list[Path]:
    """Those directly in `directory` that are looked into."""
    return [Path(entry.path) for entry in _listed(directory) if _is_inner(entry, directory)]


def texts(directory: Path) -> dict[str, str]:
    """Every file by its name (`threat.yaml`, `lists/words.txt`), byte for byte: what is not UTF-8
    stands as lone surrogates. Raises OSError when a file cannot be read."""
    found = {}
    for name, entry in _parts(directory):
        # a named pipe would make the reader wait for ever
        if entry.is_file() and entry.stat().st_size <= MAX_BYTES:
            found[name] = Path(entry.path).read_bytes().decode("utf-8", "surrogateescape")
    return found


def put_back(directory: Path, files: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Makes the folder hold exactly `files`; what is no rule and no list is left alone.

    Everything is written aside first, then each file is moved into its place in one step. Returns
    the names that were written and those that were removed. Raises OSError.
    """
    strange = [name for name in files if not _NAME.fullmatch(name)]
    if strange:
        raise ValueError(f"no name of a rule file: {strange[0]!r}")
    directory.mkdir(parents=True, exist_ok=True)
    now = texts(directory)
    written = sorted(name for name, text in files.items() if now.get(name) != text)
    removed = sorted(name for name, _ in _parts(directory) if name not in files)
    aside = Path(tempfile.mkdtemp(prefix=_PUTTING_BACK, dir=directory))
    try:
        for number, name in enumerate(written):
            _write(aside / str(number), files[name], like=directory / name)
        for number, name in enumerate(written):
            (directory / name).parent.mkdir(exist_ok=True)
            (aside / str(number)).replace(directory / name)
        for name in removed:
            (directory / name).unlink(missing_ok=True)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return written, removed


def put_one(directory: Path, name: str, text: str) -> None:
    """Moves one file into its place in one step; all others stay as they are. Raises OSError."""
    aside = Path(tempfile.mkdtemp(prefix=_PUTTING_BACK, dir=directory))
    try:
        _write(aside / "0", text, like=directory / name)
        (aside / "0").replace(directory / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_all(directory: Path, files: Mapping[str, str]) -> None:
    """A copy of `files` in a folder that nobody watches."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_bytes(text))


def _write(path: Path, text: str, *, like: Path) -> None:
    with path.open("wb") as file:
        file.write(_bytes(text))
        file.flush()
        os.fsync(file.fileno())
    if like.is_file():
        shutil.copymode(like, path)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _parts(directory: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Rule files, and lists and strays in the folders below; in order of name, without hidden ones."""
    for entry in _listed(directory):
        if _is_folder(entry):
            for inner in _listed(entry.path) if _is_inner(entry, directory) else ():
                if inner.name.endswith(_IN_SUBFOLDER) and not _is_folder(inner):
                    yield f"{entry.name}/{inner.name}", inner
        elif entry.name.endswith(_IN_FOLDER):
            yield entry.name, entry


def _is_inner(entry: os.DirEntry[str], directory: Path) -> bool:
    """False for a link that leads out of the rules folder."""
    if not _is_folder(entry):
        return False
    return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(directory.resolve())


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, or into a place this user may not see
        return False


def _listed(directory: str | Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return sorted((each for each in entries if each.name[0] != "."), key=lambda e: e.name)
    except OSError:
        return []
