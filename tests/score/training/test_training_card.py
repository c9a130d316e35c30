"""Calibration, levels, figures and both cards, from scores whose truth is known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bot.core.model import ATTRIBUTES
from bot.score.training.calibrate import ANY_LANGUAGE, balanced, fit, levels, threshold
from bot.score.training.card import Made, Source, card_json, model_card
from bot.score.training.evaluate import evaluate, level_scores
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
    toxicity = fit(sets)["toxicity"]
    found = {(each.language, each.name): each for each in levels(sets, toxicity)}
    assert {language for language, _ in found} == {"fr", ANY_LANGUAGE}
    for name, share in (("doubtful", 0.02), ("likely", 0.01), ("sure", 0.002)):
        level = found["fr", name]
        assert level.civil_flagged <= share * 5_000
        assert level.civil_flagged >= 0.8 * share * 5_000
        assert level.civil_interval[0] < level.civil_flagged / 5_000 < level.civil_interval[1]
        assert level.precision_interval[0] < level.precision < level.precision_interval[1]
        assert SET_NAME not in level.measured_on, "what is held out tunes nothing"
        assert found[ANY_LANGUAGE, name].score == level.score
    scores = [found["fr", name].score for name in ("doubtful", "likely", "sure")]
    assert scores == sorted(scores)
    assert 0 < scores[0] < scores[-1] < 1


def test_too_few_civil_comments_make_no_level() -> None:
    few = [scored("civil_fr", 300, toxic_share=0), scored("forum_fr", 200, toxic_share=0.5)]
    names = [each.name for each in levels(few, fit(few)["toxicity"]) if each.language == "fr"]
    assert names == ["doubtful"]


def test_a_threshold_with_ties_still_keeps_its_promise() -> None:
    civil = np.array([0.5] * 10 + [0.1] * 90)
    at = threshold(civil, 0.05)
    assert (civil >= at).mean() <= 0.05
    assert threshold(np.full(100, 1.0), 0.02) == 1.0


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
    toxicity = fit(sets)["toxicity"]
    steps = levels(sets, toxicity)
    measured = evaluate(sets, toxicity, steps)
    by_name = {each.name: each for each in measured.sets}
    assert by_name["civil_fr"].auc is None
    assert by_name["civil_fr"].found == {}
    assert by_name["forum_fr"].auc == pytest.approx(0.963, abs=0.02)
    assert by_name["civil_fr"].flagged["likely"] <= 0.01
    assert by_name["talk_tr"].flagged, "levels for any language are used"
    assert [each.name for each in measured.slices] == ["direct", "quoted"]
    assert {each.language for each in measured.reliability} == {"fr", "tr"}
    assert set(level_scores(steps, "tr")) == {"doubtful", "likely", "sure"}


def test_an_unscored_comment_is_counted_and_spoils_nothing(sets) -> None:
    sets[1].logits[0] = np.nan
    toxicity = fit(sets)["toxicity"]
    measured = evaluate(sets, toxicity, levels(sets, toxicity))
    forum = next(each for each in measured.sets if each.name == "forum_fr")
    assert forum.unscored == 1
    assert forum.auc is not None
    assert np.isfinite(forum.auc)


def test_both_cards_say_what_was_measured(sets) -> None:
    calibration = fit(sets)
    steps = levels(sets, calibration["toxicity"])
    measured = evaluate(sets, calibration["toxicity"], steps)
    threshold_f1 = balanced(sets, calibration["toxicity"])
    card = card_json(
        made=MADE, calibration=calibration, levels=steps, balanced=threshold_f1,
        max_tokens=128, version="0123456789ab",
    )  # fmt: skip
    card = json.loads(json.dumps(card))
    assert card["labels"] == list(ATTRIBUTES)
    assert card["calibration"]["threat"]["fitted_on"] == "not calibrated"
    assert 0 < card["thresholds_toxicity"]["balanced_f1_dev"]["probability"] < 1
    assert card["thresholds_toxicity"]["fpr_1pct_clean_dev"]["probability"] == next(
        each["score"]
        for each in card["levels_measured"]
        if (each["language"], each["name"]) == ("fr", "likely")
    )
    text = model_card(
        made=MADE, calibration=calibration, levels=steps, measured=measured, version="0123456789ab"
    )
    likely = next(each for each in steps if (each.language, each.name) == ("fr", "likely"))
    forum = next(each for each in measured.sets if each.name == "forum_fr")
    for expected in (
        "Version `0123456789ab`, 19.4 MB",
        "bottom 6 layers with 36,000 word pieces",
        "| forum_fr | 1,234 | fr | MIT | a / forum |",
        f"| fr | `level.likely` | {likely.score:.4f} | {likely.civil_flagged} of 5,000",
        f"| forum_fr | fr | 1,000 | {forum.toxic:,} | {forum.auc:.3f} |",
        "| quoted | fr | 150 |",
        "`threat` is not calibrated: 0 comments",
    ):
        assert expected in text
