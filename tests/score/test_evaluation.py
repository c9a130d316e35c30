"""The figures: each held against a case that was worked out by hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from bot.core.model import ATTRIBUTES
from bot.score.embedded import EmbeddedModel
from bot.score.evaluation.civil import civil_texts
from bot.score.evaluation.levels import OfLanguage, card_with_levels, levels_from
from bot.score.evaluation.metrics import Rate, auc, average_precision, recall_at, threshold
from bot.score.evaluation.report import as_json, evaluated, reliability
from bot.score.evaluation.rows import Row, read_rows
from bot.score.levels import SHARES, Levels, LevelsError, read_levels, shipped_levels

# toxic texts score .9 .8 .5 .3, civil ones .7 .5 .2 .1
TOXIC = np.array([True, True, True, True, False, False, False, False])
SCORES = np.array([0.9, 0.8, 0.5, 0.3, 0.7, 0.5, 0.2, 0.1])
NONE = np.zeros(8, dtype=bool)


def test_auc_counts_the_pairs_in_order_and_ties_half() -> None:
    # of 16 pairs: .9 and .8 beat 4 each, .5 beats 2 and ties one, .3 beats 2
    assert auc(TOXIC, SCORES) == pytest.approx(12.5 / 16)
    assert auc(TOXIC, -SCORES) == pytest.approx(3.5 / 16)
    assert auc(TOXIC, np.ones(8)) == 0.5
    assert auc(NONE, SCORES) is None


def test_average_precision_weighs_precision_by_new_recall() -> None:
    # .9: 1/1, .8: 2/2, .7: none new, .5 (two texts at once): 3/5, .3: 4/6
    assert average_precision(TOXIC, SCORES) == pytest.approx((1 + 1 + 3 / 5 + 4 / 6) / 4)
    assert average_precision(TOXIC, np.ones(8)) == pytest.approx(0.5)
    assert average_precision(NONE, SCORES) is None


def test_recall_where_no_more_than_the_share_of_the_civil_is_flagged() -> None:
    assert recall_at(TOXIC, SCORES, share=0.0) == Rate(hits=2, of=4)  # above .7
    assert recall_at(TOXIC, SCORES, share=0.25) == Rate(hits=2, of=4)  # above .5, where one ties
    assert recall_at(TOXIC, SCORES, share=0.5) == Rate(hits=4, of=4)  # above .2
    assert recall_at(~NONE, SCORES, share=0.5) is None
    assert recall_at(NONE, SCORES, share=0.5) is None


def test_wilson_intervals_as_published() -> None:
    """Newcombe (1998), Statistics in Medicine 17:857, table I, method 3."""
    for hits, of, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert Rate(hits=hits, of=of).interval == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("share", "expected", "flagged"), [(0.02, 0.9801, 20), (0.002, 0.9981, 2)])
def test_a_threshold_is_reached_by_no_more_than_the_share(
    share: float, expected: float, flagged: int
) -> None:
    civil = np.arange(1, 1001) / 1000
    assert threshold(civil, share) == pytest.approx(expected)
    assert int((civil >= threshold(civil, share)).sum()) == flagged


def test_a_threshold_among_ties_flags_fewer_rather_than_more() -> None:
    civil = np.array([0.1] * 50 + [0.6] * 50)
    assert threshold(civil, 0.02) == pytest.approx(0.6001)
    assert threshold(np.ones(10), 0.02) > 1


def test_the_reliability_table() -> None:
    curve = reliability(
        "all",
        np.array([False, False, True, False, True, True, True]),
        np.array([0.02, 0.04, 0.55, 0.51, 0.53, 0.95, 1.0]),
    )
    low, middle, high = curve.bins
    assert (low.start, low.toxic, low.mean_score) == (0.0, Rate(hits=0, of=2), pytest.approx(0.03))
    assert (middle.start, middle.toxic) == (0.5, Rate(hits=2, of=3))
    assert middle.mean_score == pytest.approx(0.53)
    assert (high.end, high.toxic) == (1.0, Rate(hits=2, of=2))
    assert curve.error == pytest.approx((2 * 0.03 + 3 * (2 / 3 - 0.53) + 2 * 0.025) / 7)


def test_each_slice_and_language_is_counted_for_itself_at_its_own_levels() -> None:
    levels = Levels(
        by_language={
            "fr": {"toxicity": {"doubtful": 0.5, "likely": 0.6, "sure": 0.8}},
            "default": {"toxicity": {"doubtful": 0.6, "likely": 0.7, "sure": 0.9}},
        }
    )
    rows = [
        Row(text="", toxic=bool(toxic), slice=name, language=language)
        for toxic, name, language in zip(
            TOXIC, ["veiled", "direct"] * 4, ["fr"] * 6 + ["de"] * 2, strict=True
        )
    ]
    found = as_json(evaluated(rows, list(SCORES), levels))
    figures = {each["group"]: each for each in found["figures"]}
    assert list(figures) == ["all", "language de", "language fr", "slice direct", "slice veiled"]
    assert figures["all"]["auc"] == 0.7812
    assert figures["language de"]["auc"] is None
    at = figures["all"]["levels"]["doubtful"]
    assert (at["recall"]["hits"], at["recall"]["of"]) == (3, 4)
    assert (at["precision"]["hits"], at["precision"]["of"]) == (3, 5)
    assert (at["civil_flagged"]["hits"], at["civil_flagged"]["of"]) == (2, 4)
    assert figures["language de"]["levels"]["doubtful"]["precision"] is None
    assert figures["slice direct"]["levels"]["sure"]["recall"]["share"] == 0.5
    assert [each["group"] for each in found["reliability"]] == ["all", "language de", "language fr"]


def test_rows_are_read_and_all_faults_told(tmp_path: Path) -> None:
    lines = [
        '{"text": "a", "label": 1, "lang": "fr", "slice": "direct"}',
        '{"text": "b", "labels": {"toxicity": 0}, "language": "de"}',
        "",
        '{"text": "c", "label": 0.5}',
        '{"label": 1}',
        "[1]",
        "no",
    ]
    plain, packed = tmp_path / "rows.jsonl", tmp_path / "rows.jsonl.gz"
    plain.write_text("\n".join(lines), "utf-8")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    rows, faults = read_rows(plain)
    assert rows == [
        Row(text="a", toxic=True, slice="direct", language="fr"),
        Row(text="b", toxic=False, language="de"),
    ]
    assert [(each.where.rpartition(":")[2], each.what) for each in faults] == [
        ("4", "needs a label of 0 or 1, as label or labels.toxicity, got 0.5"),
        ("5", "text must be a string"),
        ("6", "is not a JSON object"),
        ("7", "is not JSON"),
    ]
    assert read_rows(packed)[0] == rows
    assert "cannot be read" in read_rows(tmp_path / "nowhere")[1][0].what
    (tmp_path / "no.gz").write_text("not packed")
    assert "cannot be read" in read_rows(tmp_path / "no.gz")[1][0].what


def test_only_what_nobody_doubts_is_civil(tmp_path: Path) -> None:
    file = tmp_path / "civil.jsonl"
    rows: list[dict[str, object]] = [
        {"text": "civil", "label": 0, "lang": "fr"},
        {"text": "toxic", "label": 1},
        {"text": "doubted", "label": 0, "labels": {"second_annotator": 0.25}},
        {"text": "civil too", "labels": {"toxicity": 0, "second_annotator": 0}, "language": "de"},
        {"text": "unlabelled"},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert list(civil_texts(file)) == [("fr", "civil"), ("de", "civil too")]


def test_levels_and_what_they_rest_on_are_written_into_the_card() -> None:
    civil = np.arange(1, 2001) / 2000
    card = card_with_levels(
        {"name": "test"},
        {
            "fr": OfLanguage(
                civil={
                    "a": {"toxicity": civil[:1000], "threat": civil[:1000] / 4},
                    "b": {"toxicity": civil[1000:], "threat": civil[1000:] / 4},
                },
                toxic={"c": {"toxicity": np.array([0.5, 0.985] * 50), "threat": civil[:49]}},
            ),
            "de": OfLanguage(civil={"few": {"toxicity": civil[:10]}}),
        },
        version="abc",
    )
    assert card["name"] == "test"
    assert card["levels"]["fr"] == {
        "toxicity": {"doubtful": 0.9801, "likely": 0.9901, "sure": 0.9981},
        "threat": {"doubtful": 0.2451, "likely": 0.2476, "sure": 0.2496},
    }
    assert card["levels"]["default"] == card["levels"]["fr"]
    assert "de" not in card["levels"]
    measured = card["levels_measured"]
    assert measured["model_version"] == "abc"
    french = measured["languages"]["fr"]
    assert french["civil_texts"] == 2000
    doubtful = french["attributes"]["toxicity"]["doubtful"]
    assert (doubtful["flagged"]["hits"], doubtful["flagged"]["of"]) == (40, 2000)
    low, high = doubtful["score_interval"]
    assert low < doubtful["score"] < high
    assert (doubtful["found"]["hits"], doubtful["found"]["of"]) == (50, 100)
    # of 1,000 texts 50 are toxic and 25 of them are found; of the 950 others 2 % are flagged
    assert doubtful["precision"]["share"] == pytest.approx(25 / (25 + 0.02 * 950), abs=1e-4)
    assert doubtful["precision"]["low"] < doubtful["precision"]["share"]
    assert doubtful["precision"]["high"] > doubtful["precision"]["share"]
    assert "precision" not in french["attributes"]["threat"]["sure"], "49 are too few"
    assert french["data"]["a"]["flagged"]["doubtful"]["hits"] == 0
    assert french["data"]["b"]["flagged"]["doubtful"]["hits"] == 40
    assert read_levels(card) == Levels(by_language=card["levels"])
    json.dumps(card)


def test_default_levels_are_the_most_cautious_of_the_measured() -> None:
    civil = np.arange(1, 1001) / 1000
    french = OfLanguage(civil={"a": {"toxicity": civil / 2, "insult": civil}})
    german = OfLanguage(civil={"b": {"toxicity": civil, "insult": civil / 2}})
    levels = card_with_levels({}, {"fr": french, "de": german}, version="")["levels"]
    assert levels["default"] == {
        "toxicity": levels["de"]["toxicity"],
        "insult": levels["fr"]["insult"],
    }
    assert levels["fr"]["toxicity"]["sure"] < levels["de"]["toxicity"]["sure"]


def test_too_few_civil_texts_give_no_level() -> None:
    with pytest.raises(ValueError, match="999 civil texts are too few, at least 1000"):
        levels_from(np.zeros(999))
    few = OfLanguage(civil={"a": {"toxicity": np.zeros(5)}})
    with pytest.raises(ValueError, match=r"no language has 1000 civil texts \(fr 5\)"):
        card_with_levels({}, {"fr": few}, version="")


RISING = {"doubtful": 0.1, "likely": 0.2, "sure": 0.3}


@pytest.mark.parametrize(
    ("levels", "wrong"),
    [
        ({"fr": {"toxicity": RISING}}, "'default'"),
        ({"default": RISING}, "must hold toxicity"),
        ({"default": {"insult": RISING}}, "must hold toxicity"),
        ({"default": {"toxicity": {"doubtful": 0.1, "sure": 0.3}}}, "doubtful, likely, sure"),
        ({"default": {"toxicity": {**RISING, "sure": 1.3}}}, "toxicity must be probabilities"),
        ({"default": {"toxicity": {**RISING, "doubtful": 0.25}}}, "rise"),
        (
            {"default": {"toxicity": RISING}, "fr": {"toxicity": RISING, "threat": RISING}},
            "different attributes",
        ),
    ],
)
def test_a_card_with_wrong_levels_is_refused(levels: dict[str, object], wrong: str) -> None:
    with pytest.raises(LevelsError, match=wrong):
        read_levels({"levels": levels})


def test_a_card_may_have_no_levels_yet() -> None:
    assert read_levels({}) is None


def test_the_shipped_levels_were_taken_with_the_shipped_network() -> None:
    """Another network needs `python -m bot.score.evaluation.levels` again."""
    levels = shipped_levels()
    assert levels is not None
    assert set(levels.of("fr")) == set(ATTRIBUTES)
    french = levels.of("fr")["toxicity"]
    assert list(french) == list(SHARES)
    assert 0.3 < french["doubtful"] < french["likely"] < french["sure"] < 1
    folder = Path(__file__).parents[2] / "bot" / "score" / "embedded_model"
    measured = json.loads((folder / "card.json").read_text("utf-8"))["levels_measured"]
    assert measured["model_version"] == EmbeddedModel().version
    for named in measured["languages"]["fr"]["attributes"].values():
        for name, share in SHARES.items():
            flagged = named[name]["flagged"]
            assert flagged["hits"] <= share * flagged["of"]
            assert flagged["of"] >= 5_000
    assert measured["languages"]["fr"]["attributes"]["toxicity"]["sure"]["precision"]["low"] > 0.5
