"""An epoch holds what the stage asks for and nothing that must not be seen; and how it is fed."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from tokenizers import Tokenizer

from bot.score.training.base_weights import parse
from bot.score.training.batches import Feed, Position
from bot.score.training.checks import check
from bot.score.training.mixture import (
    Material,
    Portion,
    Stage,
    read_material,
    read_stages,
)
from bot.score.training.rows import DataError, read_sets
from bot.score.training.targets import JUDGES
from bot.score.training.vocabulary import tokenizer_json

PLAIN = Stage(
    name="plain", learning_rate=1e-3, pattern_share=0.0, own_times=0, written_times=0,
    sets={"forum_fr": Portion(toxic=10, harmless=20)},
)  # fmt: skip


def stage(**portion: int) -> Stage:
    return Stage(
        name="plain", learning_rate=1e-3, pattern_share=0.0, own_times=0, written_times=0,
        sets={"forum_fr": Portion(**portion)},
    )  # fmt: skip


@pytest.fixture
def folders(tmp_path, line, write_set):
    write_set(
        tmp_path / "train",
        "forum_fr",
        [line(n, label=n % 2) for n in range(100)]
        + [line(200, text="Vu ailleurs !", label=1), line(201, text="vu  AILLEURS !")]
        + [line(202, licence="CC BY-NC 4.0"), line(203, text="ok"), line(204, split="dev")],
    )
    write_set(tmp_path / "dev", "measured_fr", [line(1000, text="Vu ailleurs !", split="dev")])
    return tmp_path


def material_of(folders) -> Material:
    return read_material(train=[folders / "train"], dev=[folders / "dev"], own=None)


def test_measured_texts_and_unfree_and_tiny_ones_are_left_out(folders) -> None:
    rows = material_of(folders).sets["forum_fr"]
    assert [row.id for row in rows] == [f"row-{n}" for n in range(100)]


def test_a_stage_takes_its_portion_drawn_anew_each_epoch(folders) -> None:
    material = material_of(folders)
    first = material.epoch(PLAIN, seed=1, number=0)
    assert sum(row.targets["toxicity"] > 0.5 for row in first) == 10
    assert len(first) == 30
    assert first == material.epoch(PLAIN, seed=1, number=0)
    assert {row.text for row in first} != {
        row.text for row in material.epoch(PLAIN, seed=1, number=1)
    }


def test_a_set_can_be_seen_several_times(folders) -> None:
    rows = material_of(folders).epoch(stage(toxic=5, harmless=5, times=3), seed=1, number=0)
    assert len(rows) == 30
    assert len({row.text for row in rows}) == 10


def test_the_shipped_stages_name_only_sets_that_are_judged() -> None:
    stages = read_stages()
    assert list(stages) == ["broad", "french"]
    for each in stages.values():
        assert set(each.sets) == set(JUDGES)
        assert each.sets["toldbr_pt"].toxic == 0, "its labels are share-alike"


def test_a_stage_with_a_fault_is_named(tmp_path) -> None:
    path = tmp_path / "stages.toml"
    path.write_text("[odd]\nlearning_rate = 1e-4\npattern_share = 1\n[odd.sets]\n")
    with pytest.raises(DataError, match="stage odd: 'own_times'"):
        read_stages(path)


def test_the_check_finds_leaks_contradictions_and_faults(folders, line, write_set) -> None:
    write_set(
        folders / "more",
        "odd_fr",
        [
            line(1, labels={"insult": 1.5}, text="Encore autre chose"),
            line(1, lang="xx", text="Un autre texte"),
            line(2, split="hold"),
        ],
    )
    report = check(read_sets([folders / "train", folders / "more"]), read_sets([folders / "dev"]))
    assert report.leaks == {"forum_fr -> measured_fr": 2, "forum_fr -> odd_fr": 1}
    assert report.contradictions == 1
    text = "\n".join(report.faults)
    assert "odd_fr: row-1: insult must be between 0 and 1, got 1.5" in text
    assert "1 ids occur more than once" in text
    assert "a language the model does not know: xx" in text
    assert "no such split: hold" in text
    assert not any(fault.startswith("forum_fr") for fault in report.faults)


@pytest.fixture
def feed(folders, tiny_base):
    base = parse(tiny_base)
    tokenizer = Tokenizer.from_str(tokenizer_json(base, range(len(base.pieces))))

    def made(**changes) -> Feed:
        values = {
            "material": material_of(folders), "stage": stage(toxic=50, harmless=50),
            "tokenizer": tokenizer, "seed": 3, "batch_rows": 2, "max_tokens": 24,
        }  # fmt: skip
        return Feed(**(values | changes))

    return made


def same(first, second) -> bool:
    return (
        (first.epoch, first.number) == (second.epoch, second.number)
        and np.array_equal(first.ids, second.ids)
        and np.array_equal(first.targets, second.targets, equal_nan=True)
    )


@pytest.mark.parametrize("at", [0, 1, 31, 32, 49, 50, 77])
def test_a_feed_goes_on_exactly_where_it_stopped(feed, at) -> None:
    """100 rows in twos are 50 batches an epoch, in chunks of 32."""
    whole = list(islice(feed().batches(Position()), at + 4))
    rest = whole[at:]
    position = Position(epoch=rest[0].epoch, number=rest[0].number)
    resumed = list(islice(feed().batches(position), 4))
    assert all(same(*pair) for pair in zip(rest, resumed, strict=True))


def test_workers_share_an_epoch_without_overlap(feed) -> None:
    seen = [0, 0]
    for worker in (0, 1):
        for batch in islice(feed(worker=worker, workers=2).batches(Position()), 25):
            assert batch.epoch == 0
            seen[worker] += len(batch)
    assert seen == [50, 50]


def test_a_batch_is_padded_and_cut(feed) -> None:
    for batch in islice(feed().batches(Position()), 10):
        assert batch.ids.shape == batch.mask.shape
        assert batch.ids.shape[1] <= 24
        assert ((batch.ids == 1) == (batch.mask == 0)).all()
        assert np.isnan(batch.targets[:, 1:]).all()
        assert not np.isnan(batch.targets[:, 0]).any()
