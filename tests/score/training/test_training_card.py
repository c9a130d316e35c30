"""Calibration, levels, figures and both cards, from scores whose truth is known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bot.core.model import ATTRIBUTES
from bot.score.evaluation.levels import take
from bot.score.levels import SHARES, read_levels
from bot.score.training.calibrate import balanced, fit, material
from bot.score.training.card import Made, Source, card_json, model_card
from bot.score.training.evaluate import evaluate
from bot.score.training.own_comments import SET_NAME
from bot.score.training.rows import Labelled
from bot.score.training.scored import ScoredSet

MADE = Made(
    network={"layers": 6, "pieces": 36_000},
    training={"stage": "french", "seed": 4},
    parity={
        "megabytes": 19.4, "texts": 200, "served_mean": 0.02, "served_p99": 0.15,
        "served_rank": 0.993,
    },
    sources=(
        Source(name="forum_fr", rows=1234, language="fr", licence="MIT", origin="a | forum"),
    ),
)  # fmt: skip


def scored(name: str, count: int, *, toxic_share: float, lang: str = "fr", seed: int = 1, **extra):
    """Toxicity logits drawn at N(-3, 1) for harmless ones and N(1, 2) for toxic ones."""
    rng = np.random.default_rng(seed)
    toxic = rng.random(count) < toxic_share
    logits = rng.normal(-4, 0.5, (count, len(ATTRIBUTES)))
    logits[:, 0] = np.where(toxic, rng.normal(1, 2, count), rng.normal(-3, 1, count))
    logits[:, ATTRIBUTES.index("insult")] = logits[:, 0] + rng.normal(0, 1, count)
    rows = tuple(
        Labelled(
            id=str(at), lang=lang, text=f"texte {at}", toxic=bool(bad),
            labels={"insult": float(bad), **{k: v[at % len(v)] for k, v in extra.items()}},
            split="dev", source="", licence="MIT", set_name=name,
        )
        for at, bad in enumerate(toxic)
    )  # fmt: skip
    return ScoredSet(name=name, rows=rows, logits=logits)


@pytest.fixture
def sets() -> list[ScoredSet]:
    own = scored(SET_NAME, 300, toxic_share=0.5, seed=4, slice=["direct", "quoted"])
    return [
        scored("civil_fr", 5_000, toxic_share=0, seed=1),
        scored("forum_fr", 1_000, toxic_share=0.5, seed=2),
        scored("talk_tr", 300, toxic_share=0.3, lang="tr", seed=3),
        own,
    ]


def test_a_level_flags_no_more_than_its_share_and_no_less_than_it_may(sets) -> None:
    taken_from = material(sets, fit(sets))
    assert SET_NAME not in {*taken_from["fr"].civil, *taken_from["fr"].toxic}
    found = take(taken_from)
    assert set(found) == {"fr"}, "of Turkish there are too few"
    assert set(found["fr"]) == set(ATTRIBUTES)
    for name, share in SHARES.items():
        level = found["fr"]["toxicity"][name]
        assert level.flagged.hits <= share * 5_000
        assert level.flagged.hits >= 0.8 * share * 5_000
        assert level.found is not None
        assert level.precision is not None
        assert level.precision[1] < level.precision[0] < level.precision[2]
    assert found["fr"]["insult"]["sure"].found is not None
    assert found["fr"]["threat"]["sure"].found is None, "no set labels threats"
    scores = [found["fr"]["toxicity"][name].score for name in SHARES]
    assert scores == sorted(scores)
    assert 0 < scores[0] < scores[-1] < 1


def test_a_language_without_a_civil_set_is_measured_on_what_nobody_doubts() -> None:
    doubted = [0, 0.5]
    mixed = scored("talk_de", 3_000, toxic_share=0.2, lang="de", second_annotator=doubted)
    taken_from = material([mixed], fit([mixed]))["de"]
    harmless = sum(not row.toxic for row in mixed.rows)
    assert harmless / 3 < taken_from.civil_texts < 2 * harmless / 3
    assert len(taken_from.pooled("toxicity")[1]) == 3_000 - harmless


def test_too_few_civil_comments_make_no_level(sets) -> None:
    few = [scored("civil_fr", 300, toxic_share=0), scored("forum_fr", 200, toxic_share=0.5)]
    calibration = fit(few)
    assert take(material(few, calibration)) == {}
    assert evaluate(few, calibration["toxicity"], {}).sets[0].flagged == {}


def test_what_cannot_be_calibrated_says_so(sets) -> None:
    fitted = fit(sets)
    assert fitted["toxicity"].fitted_on
    assert fitted["insult"].fitted_on == ("forum_fr", "talk_tr")
    assert fitted["threat"].fitted_on == ()
    assert (fitted["threat"].scale, fitted["threat"].offset) == (1, 0)
    truth = np.mean([row.toxic for each in sets[:3] for row in each.rows])
    mean = fitted["toxicity"].probability(
        np.concatenate([each.of("toxicity") for each in sets[:3]])
    )
    assert mean.mean() < truth + 0.1


def test_figures_by_set_language_and_slice(sets) -> None:
    calibration = fit(sets)
    measured = evaluate(sets, calibration["toxicity"], take(material(sets, calibration)))
    by_name = {each.name: each for each in measured.sets}
    assert by_name["civil_fr"].auc is None
    assert by_name["civil_fr"].found == {}
    assert by_name["forum_fr"].auc == pytest.approx(0.963, abs=0.02)
    assert by_name["civil_fr"].flagged["likely"] <= 0.01
    assert by_name["talk_tr"].flagged, "levels for any language are used"
    assert [each.name for each in measured.slices] == ["direct", "quoted"]
    assert {each.group for each in measured.reliability} == {"fr", "tr"}


def test_an_unscored_comment_is_counted_and_spoils_nothing(sets) -> None:
    sets[1].logits[0] = np.nan
    calibration = fit(sets)
    measured = evaluate(sets, calibration["toxicity"], take(material(sets, calibration)))
    forum = next(each for each in measured.sets if each.name == "forum_fr")
    assert forum.unscored == 1
    assert forum.auc is not None
    assert np.isfinite(forum.auc)


def test_both_cards_say_what_was_measured(sets) -> None:
    calibration = fit(sets)
    taken_from = material(sets, calibration)
    steps = take(taken_from)
    measured = evaluate(sets, calibration["toxicity"], steps)
    threshold_f1 = balanced(sets, calibration["toxicity"])
    card = card_json(
        made=MADE, calibration=calibration, material=taken_from, balanced=threshold_f1,
        max_tokens=128, version="0123456789ab",
    )  # fmt: skip
    card = json.loads(json.dumps(card))
    assert card["labels"] == list(ATTRIBUTES)
    assert card["calibration"]["threat"]["fitted_on"] == "not calibrated"
    assert 0 < card["thresholds_toxicity"]["balanced_f1_dev"]["probability"] < 1
    levels = read_levels(card)
    assert levels is not None
    assert levels.of("tr") == levels.of("fr") == card["levels"]["fr"]
    text = model_card(
        made=MADE, calibration=calibration, levels=steps, measured=measured, version="0123456789ab"
    )
    likely = steps["fr"]["toxicity"]["likely"]
    forum = next(each for each in measured.sets if each.name == "forum_fr")
    for expected in (
        "Version `0123456789ab`, 19.4 MB",
        "bottom 6 layers with 36,000 word pieces",
        "| forum_fr | 1,234 | fr | MIT | a / forum |",
        f"| fr | `level.likely` | {likely.score:.4f} (",
        f"| {likely.flagged.hits} of 5,000",
        "| fr | `level.threat.sure` |",
        f"| forum_fr | fr | 1,000 | {forum.toxic:,} | {forum.auc:.3f} |",
        "| quoted | fr | 150 |",
        "`threat` is not calibrated: 0 comments",
    ):
        assert expected in text
