"""A site's own head: it learns what moderators refuse, keeps the levels' meaning, and steps back
where it is no better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.learn.head import FEWEST_OF_A_KIND, Examples, TooFewError, learn, site_head

LEVELS = {"doubtful": 0.5, "likely": 0.6, "sure": 0.8}
WIDTH = 12


def made(*, comments: int, taught: float, seed: int = 1, refused: float = 0.4) -> Examples:
    """Comments whose refusal the shipped log-odds tell in part; `taught` is what a feature adds."""
    draw = np.random.default_rng(seed)
    features = draw.normal(0, 0.3, (comments, WIDTH))
    flags = draw.random(comments) < refused
    features[:, 0] += np.where(flags, taught, -taught)
    odds = draw.normal(np.where(flags, -0.2, -1.5), 1.5)
    return Examples(log_odds=odds, features=features, refused=flags)


def published(comments: int = 2_000) -> Examples:
    everything = made(comments=comments, taught=0.0, seed=9, refused=0.0)
    return replace(everything, log_odds=everything.log_odds - 2)


def test_what_a_feature_tells_is_learnt_and_proved_on_later_decisions() -> None:
    trial = learn(made(comments=800, taught=0.3), published=published(), levels=LEVELS, base="net")
    assert trial.why_not is None
    assert trial.learnt.auc > trial.shipped.auc + 0.05
    assert trial.learnt.found > trial.shipped.found
    assert trial.learnt.accused <= trial.shipped.accused
    assert (trial.fitted_on, trial.held_back) == (600, 200)
    assert trial.head.base == "net"


@pytest.mark.parametrize("seed", range(4))
def test_where_there_is_nothing_to_learn_the_shipped_head_stays(seed: int) -> None:
    trial = learn(
        made(comments=600, taught=0.0, seed=seed), published=published(), levels=LEVELS, base="net"
    )
    assert trial.why_not is not None


def test_decisions_that_later_ones_contradict_are_not_taken_over() -> None:
    """Moderators changed their minds: what the old decisions teach is wrong on the newest."""
    old, new = made(comments=450, taught=0.3), made(comments=150, taught=-0.3, seed=2)
    mixed = Examples(
        log_odds=np.concatenate([old.log_odds, new.log_odds]),
        features=np.concatenate([old.features, new.features]),
        refused=np.concatenate([old.refused, new.refused]),
    )
    trial = learn(mixed, published=published(), levels=LEVELS, base="net")
    assert trial.why_not == "it does not rank the held-back decisions reliably better"


def test_no_level_flags_more_published_comments_than_its_name_allows() -> None:
    rest = published()
    trial = learn(made(comments=800, taught=0.3), published=rest, levels=LEVELS, base="net")
    head = trial.head
    after = head.scale * (rest.log_odds + rest.features @ np.array(head.weights)) + head.shift
    for name, share in (("doubtful", 0.02), ("likely", 0.01), ("sure", 0.002)):
        line = np.log(LEVELS[name] / (1 - LEVELS[name]))
        assert (after >= line).mean() <= max((rest.log_odds >= line).mean(), share), name


def test_few_decisions_teach_nothing_and_are_counted() -> None:
    few = made(comments=150, taught=0.3)
    refused = int(few.refused.sum())
    with pytest.raises(
        TooFewError, match=f"^{refused} refused and {150 - refused} approved"
    ) as told:
        learn(few, published=published(), levels=LEVELS, base="net")
    assert f"{FEWEST_OF_A_KIND} of each" in str(told.value)


def test_a_head_is_named_after_what_is_in_it() -> None:
    weights = np.linspace(-1, 1, WIDTH)
    head = site_head(weights, scale=1.0, shift=0.5, base="net")
    assert head == site_head(weights, scale=1.0, shift=0.5, base="net")
    others = (
        site_head(weights, scale=1.0, shift=0.6, base="net"),
        site_head(weights, scale=1.0, shift=0.5, base="other"),
    )
    assert len({head.version, *(each.version for each in others)}) == 3
