"""What an epoch is made of: rows of the sets as the stage asks, our own comments, our patterns."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any

from bot.score.training import own_comments
from bot.score.training.chance import chance
from bot.score.training.crude_words import CrudeWords, crude_words
from bot.score.training.forms import form
from bot.score.training.licences import may_train_on
from bot.score.training.patterns import Patterns, read_patterns
from bot.score.training.rows import DataError, Labelled, Row, read_sets, split
from bot.score.training.targets import targets
from bot.score.training.written import written_comments

_SHORTEST_CHARS = 4
_CLEAN_SET = "ud_gsd_fr"
"""Its sentences surround some of the patterns; they are left alone where it is not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What a stage takes of one set per epoch."""

    toxic: int
    harmless: int
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    name: str
    learning_rate: float
    pattern_share: float
    own_times: int
    """How often an epoch sees each of our own comments."""
    written_times: int
    """The same for those that were written for training only."""
    sets: Mapping[str, Portion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that training may see, by set; already cleared of what it must not see."""

    sets: Mapping[str, tuple[Labelled, ...]]
    own: tuple[Row, ...] = ()
    written: tuple[Row, ...] = ()
    patterns: Patterns = field(default_factory=read_patterns)
    crude: CrudeWords = field(default_factory=crude_words)

    def epoch(self, stage: Stage, *, seed: int, number: int) -> list[Row]:
        """Shuffled; the same for the same stage, seed and number."""
        rng = chance(seed, stage.name, number)
        rows = [row for name, portion in stage.sets.items() for row in self._of(name, portion, rng)]
        rows += [
            row
            for row in self.patterns.rows(
                rng,
                neighbours=[each.text for each in self.sets.get(_CLEAN_SET, ())],
                share=stage.pattern_share,
            )
            if stage.pattern_share
        ]
        rows += self.own * stage.own_times + self.written * stage.written_times
        rng.shuffle(rows)
        return rows

    def _of(self, name: str, portion: Portion, rng: Random) -> list[Row]:
        rows = self.sets.get(name, ())
        chosen = [
            row
            for toxic, at_most in ((True, portion.toxic), (False, portion.harmless))
            for row in _at_most(at_most, [row for row in rows if row.toxic is toxic], rng)
        ]
        return portion.times * [
            Row(text=row.text, targets=wanted, lang=row.lang, set_name=name)
            for row in chosen
            if (wanted := targets(row, self.crude))
        ]


def read_material(*, train: Sequence[Path], dev: Sequence[Path], own: Path | None) -> Material:
    """`dev` and the held-out half of `own` are read to keep their texts out of training."""
    forbidden = {form(row.text) for rows in read_sets(dev).values() for row in rows}
    if own is not None:
        forbidden |= {form(row.text) for row in own_comments.held_out_half(own)}
    sets = read_sets(train)
    forbidden |= {form(row.text) for rows in sets.values() for row in rows if row.split != "train"}
    return Material(
        sets={name: tuple(trainable(rows, forbidden)) for name, rows in sets.items()},
        own=own_comments.training_half(own) if own is not None else (),
        written=tuple(row for row in written_comments() if form(row.text) not in forbidden),
    )


def trainable(rows: Iterable[Labelled], forbidden: set[str]) -> list[Labelled]:
    """Rows of the train split, free to use, long enough, and whose text is in no other split."""
    return [
        row
        for row in split(tuple(rows), "train")
        if len(row.text) >= _SHORTEST_CHARS
        and may_train_on(row)
        and form(row.text) not in forbidden
    ]


def read_stages(path: Path | None = None) -> dict[str, Stage]:
    """From a file laid out like the package's own `stages.toml`, which is the default."""
    source = path or resources.files("bot.score.training") / "stages.toml"
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    return {name: _stage(name, table) for name, table in raw.items()}


def _stage(name: str, raw: dict[str, Any]) -> Stage:
    try:
        return Stage(
            name=name,
            learning_rate=raw["learning_rate"],
            pattern_share=raw["pattern_share"],
            own_times=raw["own_times"],
            written_times=raw["written_times"],
            sets={each: Portion(**portion) for each, portion in raw["sets"].items()},
        )
    except (KeyError, TypeError) as error:
        raise DataError(f"stage {name}: {error}") from error


def _at_most(number: int, rows: list[Labelled], rng: Random) -> list[Labelled]:
    return rows if len(rows) <= number else rng.sample(rows, number)
