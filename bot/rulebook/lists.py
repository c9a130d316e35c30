"""Word lists: `rules/lists/*.txt` -> entries with their inflections, or every fault of every file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from itertools import product
from pathlib import Path

from bot.core.errors import Fault
from bot.core.normalise import folded
from bot.rulebook.condition_faults import near
from bot.rulebook.files import RuleText, shown
from bot.rulebook.inflections import inflected
from bot.rulebook.source import fault_at

FOLDER = "lists"
MAX_BYTES = 1024 * 1024
MAX_ENTRIES = 20_000
"""Of all lists together: so many are still loaded within a second."""
MAX_WORDS = 8
MAX_FORMS = 256
"""Inflected forms of one entry: `~` on each of many words multiplies."""
HIGHEST_SEVERITY = 3

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.txt")
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")
_WORD = re.compile(r"[^\W_]+")
_DOMAINS = "domains"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """Words that make an entry inside them harmless."""

    words: tuple[str, ...]
    written: str | None
    """The very spelling that is exempt, where it has capitals; else None: any spelling is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """One line of a list."""

    source: str
    """The list's name; for a word inside a condition, the condition's own call."""
    written: str
    forms: frozenset[tuple[str, ...]]
    """Every inflected form, folded, word by word; a domain is one word."""
    category: str | None = None
    severity: int = 1
    exempt: tuple[Exemption, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordList:
    name: str
    entries: tuple[Entry, ...]

    @property
    def is_domains(self) -> bool:
        return holds_domains(self.name)

    @property
    def categories(self) -> frozenset[str]:
        return frozenset(entry.category for entry in self.entries if entry.category)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLists:
    """What a lists folder holds. With faults, `lists` is only what could be read."""

    lists: Mapping[str, WordList] = field(default_factory=dict)
    version: str = ""
    """Hash of names and contents; empty when there are no lists."""
    faults: tuple[Fault, ...] = ()


def holds_domains(name: str) -> bool:
    """The name tells the kind: `domains` or `…-domains`."""
    return name.rpartition("-")[2] == _DOMAINS


def read_lists(directory: Path) -> ReadLists:
    """Every `*.txt` in `directory`, which may be missing; other and hidden files are left alone."""
    if not directory.is_dir():
        return ReadLists()
    if not directory.resolve().is_relative_to(directory.parent.resolve()):
        what, fix = "a link that leads out of the rules folder", "copy the lists into the folder"
        return ReadLists(faults=(Fault(where=shown(directory), what=what, fix=fix),))
    digest, lists, faults = sha256(), dict[str, WordList](), list[Fault]()
    for path in sorted(directory.glob("*.txt")):
        text = _text(path, directory)
        if isinstance(text, Fault):
            faults.append(text)
            continue
        digest.update(f"{text.id}\0{len(text.text)}\0{text.text}".encode())
        outcome = parse_list(text)
        if isinstance(outcome, WordList):
            lists[outcome.name] = outcome
        else:
            faults.extend(outcome)
    number = sum(len(each.entries) for each in lists.values())
    if number > MAX_ENTRIES:
        what = f"{number:,} entries in all lists together: at most {MAX_ENTRIES:,}"
        faults.append(Fault(where=shown(directory), what=what))
    version = digest.hexdigest()[:12] if lists or faults else ""
    return ReadLists(lists=lists, version=version, faults=tuple(faults))


@lru_cache(maxsize=64)
def parse_list(file: RuleText) -> WordList | tuple[Fault, ...]:
    """The list in a file, or everything that is wrong with it; the same file is read once."""
    reader = _Reader(file)
    offset = 0
    for line in file.text.splitlines(keepends=True):
        reader.line(line, offset)
        offset += len(line)
    if not reader.entries and not reader.faults:
        what = "an empty list would never match anything"
        reader.faults.append(fault_at(file, 0, what, "write at least one entry, one a line"))
    if reader.faults:
        return tuple(reader.faults)
    return WordList(name=file.id, entries=reader.finished())


def entry_of(written: str, *, source: str) -> Entry | str:
    """A word or phrase with its forms, or what is wrong with it."""
    words = written.split()
    if any("~" in word[:-1] for word in words) or "~" in words:
        return "`~` stands at the end of a word: `connard~`"
    cut = [_cut(word) for word in words]
    if sum(len(pieces) for pieces in cut) > MAX_WORDS:
        return f"too long: at most {MAX_WORDS} words"
    if not any(cut):
        return "no letter or digit in it: nothing could match"
    choices = [_forms(word, pieces) for word, pieces in zip(words, cut, strict=True) if pieces]
    number = 1
    for choice in choices:
        number *= len(choice)
    if number > MAX_FORMS:
        return f"`~` on so many words makes {number:,} forms: at most {MAX_FORMS}"
    forms = frozenset(sum(several, ()) for several in product(*choices))
    return Entry(source=source, written=written, forms=forms)


def _cut(word: str) -> tuple[str, ...]:
    """`l'idiot` is two words, as it is in a comment."""
    return tuple(_WORD.findall(folded(word.rstrip("~"))))


def _forms(word: str, pieces: tuple[str, ...]) -> list[tuple[str, ...]]:
    if not word.endswith("~"):
        return [pieces]
    before = pieces[:-1]
    raw = re.split(r"[\W_]+", word.rstrip("~"))[-1] or pieces[-1]
    return sorted((*before, form) for form in inflected(raw) if form)


class _Reader:
    """Reads one file line by line."""

    def __init__(self, file: RuleText) -> None:
        self.file = file
        self.entries: list[Entry] = []
        self.faults: list[Fault] = []
        self.for_all: list[Exemption] = []
        self._lines: dict[tuple[str, ...], tuple[int, str]] = {}
        self._number = 0

    def line(self, line: str, offset: int) -> None:
        self._number += 1
        kept = line.partition("#")[0].rstrip()
        if not kept.strip():
            return
        at = offset + len(kept) - len(kept.lstrip())
        if kept.lstrip().startswith("!"):
            self._exemption(kept, at, inner=kept[0].isspace())
        else:
            self._entry(kept.strip(), at)

    def finished(self) -> tuple[Entry, ...]:
        shared = tuple(self.for_all)
        return tuple(replace(entry, exempt=entry.exempt + shared) for entry in self.entries)

    def _fault(self, at: int, what: str, fix: str = "") -> None:
        self.faults.append(fault_at(self.file, at, what, fix))

    def _exemption(self, kept: str, at: int, *, inner: bool) -> None:
        written = kept.strip().removeprefix("!").strip()
        words = _cut(written)
        if not words or len(words) > MAX_WORDS:
            self._fault(at, f"an exemption is 1 to {MAX_WORDS} words", "write `! Le Con`")
            return
        as_written = written if written != written.lower() else None
        exemption = Exemption(words=words, written=as_written)
        if not inner:
            self.for_all.append(exemption)
        elif not self.entries:
            what = "an indented exemption belongs to the entry above it; there is none"
            self._fault(at, what, "without the indentation it holds for the whole list")
        else:
            last = self.entries[-1]
            self.entries[-1] = replace(last, exempt=(*last.exempt, exemption))

    def _entry(self, kept: str, at: int) -> None:
        written, *fields = kept.split("|")
        written = written.strip()
        entry = self._domain(written) if holds_domains(self.file.id) else self._words(written)
        if isinstance(entry, str):
            self._fault(at, entry)
            return
        if self._repeats(entry, at):
            return
        category = severity = None
        end = at + kept.index("|") if fields else at
        for each in fields:
            part, place = each.strip(), end + 1 + len(each) - len(each.lstrip())
            end += 1 + len(each)
            if part.isdecimal() and severity is None:
                severity = int(part)
                if not 1 <= severity <= HIGHEST_SEVERITY:
                    what = f"severity goes from 1 to {HIGHEST_SEVERITY}, got {part}"
                    self._fault(place, what)
            elif _CATEGORY.fullmatch(part) and category is None:
                category = part
            else:
                what = f"`{part}` is neither a category (lower-case words) nor a severity (1 to 3)"
                self._fault(place, what, "an entry reads `connard~ | insult | 2`")
        self.entries.append(replace(entry, category=category, severity=severity or 1))

    def _words(self, written: str) -> Entry | str:
        return entry_of(written, source=self.file.id)

    def _domain(self, written: str) -> Entry | str:
        domain = folded(written).removeprefix("*.").removeprefix("www.")
        if not _DOMAIN.fullmatch(domain):
            return f"not a domain: `{written[:60]}`; write it as `casino.example`"
        return Entry(source=self.file.id, written=written, forms=frozenset({(domain,)}))

    def _repeats(self, entry: Entry, at: int) -> bool:
        """An entry that adds nothing, because the lines above have all of it."""
        earlier = {self._lines[form] for form in entry.forms if form in self._lines}
        new = [form for form in entry.forms if form not in self._lines]
        self._lines |= dict.fromkeys(new, (self._number, entry.written))
        if new or not earlier:
            return False
        line, written = min(earlier)
        what = f"`{entry.written}` stands here twice: line {line} (`{written}`) has it already"
        self._fault(at, what, "remove one of them")
        return True


def unknown_list(name: str, lists: Mapping[str, WordList]) -> tuple[str, str]:
    """What to say, and the fix, about a list that is not there."""
    fix = near(name, lists) or (
        f"lists here: {', '.join(sorted(lists))}" if lists else f"write {FOLDER}/{name}.txt"
    )
    return f"no list is called `{name}`", fix


def _text(path: Path, directory: Path) -> RuleText | Fault:
    where = shown(path)
    fault = _unsuitable(path, directory)
    if fault:
        return fault
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        return Fault(where=where, what=f"cannot be read: {error.strerror}")
    if len(content) > MAX_BYTES:
        return Fault(where=where, what=f"too big: a list has at most {MAX_BYTES // 1024} KiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        what = f"not UTF-8 text: byte 0x{content[error.start]:02x}"
        return Fault(
            where=f"{where}:{line}:{column}", what=what, fix="save the file in the encoding UTF-8"
        )
    return RuleText(id=path.stem, shown=where, text=text)


def _unsuitable(path: Path, directory: Path) -> Fault | None:
    """Why the file is not even opened."""
    where = shown(path)
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return Fault(where=where, what="a link that leads nowhere", fix="remove or mend the link")
    if not real.is_relative_to(directory.resolve()):
        what, fix = "a link that leads out of the lists folder", "copy the file into the folder"
        return Fault(where=where, what=what, fix=fix)
    if not real.is_file():
        return Fault(where=where, what="not a file", fix="only files may be called .txt here")
    if not _NAME.fullmatch(path.name):
        what = "the file's name is the list's name: lower-case words joined by hyphens, then .txt"
        words = re.findall(r"[a-z0-9]+", path.stem.lower()) or ["my", "list"]
        return Fault(where=where, what=what, fix=f"rename it to {'-'.join(words)}.txt")
    return None
