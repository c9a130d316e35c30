"""Looks the data over before hours are spent on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.core.model import ATTRIBUTES
from bot.score.training.forms import form
from bot.score.training.licences import Use, use
from bot.score.training.rows import Labelled

_LANGUAGES = ("de", "en", "es", "fr", "it", "pt", "ru", "tr")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReport:
    name: str
    rows: int
    toxic: int
    by_split: Mapping[str, int]
    languages: Mapping[str, int]
    licences: Mapping[str, int]
    use: str
    """What training may take of it; `mixed` where the rows differ."""
    repeated: int
    """Rows whose normalised text stood in the set before."""
    empty: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReport:
    sets: tuple[SetReport, ...]
    leaks: Mapping[str, int]
    """`train set -> measured set`: train rows whose text occurs there; training leaves them out."""
    contradictions: int
    """Texts that train sets label both ways."""

    @property
    def faults(self) -> tuple[str, ...]:
        return tuple(fault for each in self.sets for fault in each.faults)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def check(
    train: Mapping[str, Sequence[Labelled]], measured: Mapping[str, Sequence[Labelled]]
) -> DataReport:
    """`measured` are the sets, or halves of sets, that figures are taken on."""
    everything = {**train, **measured}
    seen = {
        name: {form(row.text) for row in rows if row.split != "train" or name in measured}
        for name, rows in everything.items()
    }
    leaks: Counter[str] = Counter()
    labels: dict[str, set[bool]] = {}
    for name, rows in train.items():
        for row in rows:
            if row.split != "train":
                continue
            text = form(row.text)
            labels.setdefault(text, set()).add(row.toxic)
            leaks.update(f"{name} -> {other}" for other, forms in seen.items() if text in forms)
    return DataReport(
        sets=tuple(_report(name, rows) for name, rows in everything.items()),
        leaks=dict(leaks),
        contradictions=sum(len(both) > 1 for both in labels.values()),
    )


def _report(name: str, rows: Sequence[Labelled]) -> SetReport:
    forms = [form(row.text) for row in rows]
    uses = {use(row.licence) for row in rows}
    return SetReport(
        name=name,
        rows=len(rows),
        toxic=sum(row.toxic for row in rows),
        by_split=dict(Counter(row.split for row in rows)),
        languages=dict(Counter(row.lang for row in rows)),
        licences=dict(Counter(row.licence for row in rows)),
        use=next(iter(uses)) if len(uses) == 1 else "mixed" if uses else Use.NONE,
        repeated=len(forms) - len(set(forms)),
        empty=sum(not each for each in forms),
        faults=tuple(_faults(name, rows)),
    )


def _faults(name: str, rows: Sequence[Labelled]) -> list[str]:
    faults = []
    ids = Counter(row.id for row in rows)
    repeated = [each for each, times in ids.items() if times > 1]
    if repeated:
        faults.append(f"{name}: {len(repeated)} ids occur more than once, such as {repeated[0]}")
    for row in rows:
        for label in ATTRIBUTES:
            value = row.share(label)
            if value is not None and not 0 <= value <= 1:
                faults.append(f"{name}: {row.id}: {label} must be between 0 and 1, got {value}")
        if row.lang not in _LANGUAGES:
            faults.append(f"{name}: {row.id}: a language the model does not know: {row.lang}")
        if row.split not in ("train", "dev", "test"):
            faults.append(f"{name}: {row.id}: no such split: {row.split}")
    return faults
