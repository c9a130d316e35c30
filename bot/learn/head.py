"""Fits a site's own head on what its moderators decided, and says whether it is any better.

The network stays as it is; learnt is a correction of its toxicity, a weighted sum of the features
its own head sees. All zeros is the shipped head, and the ridge pulls towards it: few
decisions move little. Moderators see the doubtful comments only, half of which may be refused, so
what was fitted says too much about the share of bad ones. The result is therefore stretched and
shifted until no level (`bot.score.levels`) flags more of the comments that were approved than it
did before, or than its name allows: a rule that says `score.toxicity >= level.sure` keeps its meaning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.core.model import SiteHead
from bot.score.evaluation.metrics import auc
from bot.score.levels import SHARES

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

FEWEST_OF_A_KIND = 100
"""Refused and approved comments, each, before anything is learnt."""
_HELD_BACK = 0.25
"""The newest decisions; the head must prove itself on what came after what it learnt from."""
_RIDGES = (10.0, 30.0, 100.0, 300.0)
_FOLDS = 4
_NEWTON_STEPS = 30
_HALVINGS = 30
_SETTLED = 1e-3
_FLAT, _FREE = 1e-6, 1e-6
_DRAWS = 1_000
_SURE = 0.05
"""Of redrawn held-back comments, at most this share may rank better with the shipped head."""
_SEED = 20261124
_NO_WORSE = 1e-9
_JUST_BELOW = 1e-6
_NARROWEST = 0.1
_FEWEST_PUBLISHED = 500
"""Two in a thousand of fewer is none at all, and one odd comment would set the scale."""
_JUDGED_AT = "likely"
"""The level at which found and falsely accused comments are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Comments as the shipped model read them, the oldest first."""

    log_odds: Numbers
    """Of toxicity: [comments]."""
    features: Numbers
    """[comments, features]"""
    refused: Flags

    def __len__(self) -> int:
        return len(self.refused)

    def part(self, which: slice | Flags | np.ndarray[Any, np.dtype[np.intp]]) -> Examples:
        return Examples(
            log_odds=self.log_odds[which],
            features=self.features[which],
            refused=self.refused[which],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How one head does on the held-back comments; shares in [0, 1]."""

    auc: float
    """Chance that a refused comment scores above an approved one."""
    found: float
    """Refused comments at or above `level.likely`."""
    accused: float
    """Approved comments at or above `level.likely`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A fitted head and what it was worth on decisions that came later."""

    head: SiteHead
    ridge: float
    fitted_on: int
    held_back: int
    shipped: Figures
    learnt: Figures
    chance_of_worse: float
    """Share of redrawn held-back sets on which the shipped head ranks at least as well."""

    @property
    def why_not(self) -> str | None:
        """Why the head is not to be used; None when it is better."""
        if self.chance_of_worse > _SURE:
            return "it does not rank the held-back decisions reliably better"
        if self.learnt.accused > self.shipped.accused + _NO_WORSE:
            return "it would accuse more of the comments that people approved"
        if self.learnt.found < self.shipped.found - _NO_WORSE:
            return "it would find fewer of the comments that people refused"
        return None

    def as_json(self) -> dict[str, Any]:
        return {
            "ridge": self.ridge,
            "fitted_on": self.fitted_on,
            "held_back": self.held_back,
            "chance_of_worse": self.chance_of_worse,
            "shipped": _plain(self.shipped),
            "learnt": _plain(self.learnt),
        }


class TooFewError(Exception):
    """There are not enough decisions; the message counts them."""


def learn(
    examples: Examples, *, published: Examples, levels: Mapping[str, float], base: str
) -> Trial:
    """`published` are comments the rules approved and nobody complained about; they only help to
    keep the levels' meaning. `levels` are the scores of the site's language, by name."""
    refused = int(examples.refused.sum())
    approved = len(examples) - refused
    if min(refused, approved) < FEWEST_OF_A_KIND:
        raise TooFewError(
            f"{refused} refused and {approved} approved comments were decided by people; "
            f"{FEWEST_OF_A_KIND} of each are needed"
        )
    cut = round(len(examples) * (1 - _HELD_BACK))
    past, later = examples.part(slice(0, cut)), examples.part(slice(cut, None))
    if not 0 < later.refused.sum() < len(later) or not 0 < past.refused.sum() < len(past):
        raise TooFewError("the newest decisions all say the same; there is nothing to compare with")
    ridge, unseen = _best_ridge(past)
    weights, bias = _fitted(past, ridge)
    kinds = [(past.log_odds[~past.refused], unseen[~past.refused])]
    if len(published) >= _FEWEST_PUBLISHED:
        kinds.append((published.log_odds, _with(published, weights, bias)))
    scale, shift = _kept_levels(kinds, levels)
    head = site_head(weights, scale=scale, shift=scale * bias + shift, base=base)
    before, after = later.log_odds, scale * _with(later, weights, bias) + shift
    line = _log_odds(levels[_JUDGED_AT])
    return Trial(
        head=head,
        ridge=ridge,
        fitted_on=len(past),
        held_back=len(later),
        shipped=_figures(before, later.refused, line),
        learnt=_figures(after, later.refused, line),
        chance_of_worse=_chance_of_worse(before, after, later.refused),
    )


def site_head(weights: Numbers, *, scale: float, shift: float, base: str) -> SiteHead:
    kept = tuple(float(each) for each in weights.astype(np.float32))
    digest = hashlib.sha256(base.encode())
    digest.update(np.array([*kept, scale, shift], dtype=np.float64).tobytes())
    return SiteHead(
        version=digest.hexdigest()[:8], base=base, weights=kept, scale=scale, shift=shift
    )


def _best_ridge(past: Examples) -> tuple[float, Numbers]:
    """By what was left out of four fits, every fourth comment each time; and the log-odds that each
    comment has by the fit that left it out."""
    fold = np.arange(len(past)) % _FOLDS
    tried: list[tuple[float, float, Numbers]] = []
    for ridge in _RIDGES:
        loss, unseen = 0.0, np.empty(len(past))
        for out in range(_FOLDS):
            weights, bias = _fitted(past.part(fold != out), ridge)
            rest = past.part(fold == out)
            unseen[fold == out] = odds = _with(rest, weights, bias)
            loss += float(np.logaddexp(0, np.where(rest.refused, -odds, odds)).sum())
        tried.append((loss, ridge, unseen))
    _, best, unseen = min(tried, key=lambda each: each[0])
    return best, unseen


def _fitted(examples: Examples, ridge: float) -> tuple[Numbers, float]:
    """Weights and bias; the bias is not pulled anywhere, each weight by the feature's own spread."""
    spread = examples.features.std(axis=0) + _FLAT
    columns = np.column_stack([examples.features / spread, np.ones(len(examples))])
    pull = np.full(columns.shape[1], ridge)
    pull[-1] = _FREE
    fit = np.zeros(columns.shape[1])
    loss = _loss(examples, columns @ fit, pull, fit)
    for _ in range(_NEWTON_STEPS):
        predicted = _sigmoid(examples.log_odds + columns @ fit)
        slope = columns.T @ (predicted - examples.refused) + pull * fit
        bend = (columns * (predicted * (1 - predicted))[:, None]).T @ columns + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        for _ in range(_HALVINGS):  # far from the goal a whole step may overshoot
            trial = fit - step
            better = _loss(examples, columns @ trial, pull, trial)
            if better <= loss:
                break
            step /= 2
        settled = loss - better < _SETTLED
        fit, loss = trial, better
        if settled:
            break
    return fit[:-1] / spread, float(fit[-1])


def _with(examples: Examples, weights: Numbers, bias: float) -> Numbers:
    return examples.log_odds + examples.features @ weights + bias


def _loss(examples: Examples, correction: Numbers, pull: Numbers, fit: Numbers) -> float:
    odds = examples.log_odds + correction
    wrong = np.logaddexp(0, np.where(examples.refused, -odds, odds))
    return float(wrong.sum() + (pull * fit**2).sum() / 2)


def _sigmoid(odds: Numbers) -> Numbers:
    probabilities: Numbers = 1 / (1 + np.exp(-np.clip(odds, -60, 60)))
    return probabilities


def _kept_levels(
    approved: Sequence[tuple[Numbers, Numbers]], levels: Mapping[str, float]
) -> tuple[float, float]:
    """Scale and shift with which no level flags more of the approved than before, or than its name
    allows: of each kind by itself. They come as log-odds before, and by a fit that has not seen
    them."""
    lines = [_log_odds(levels[name]) for name in SHARES]
    reached = [
        max(_reached(before, after, line, share) for before, after in approved)
        for line, share in zip(lines, SHARES.values(), strict=True)
    ]
    apart = reached[-1] - reached[0]
    scale = (lines[-1] - lines[0]) / apart if apart > _FLAT else 1.0
    scale = min(max(scale, _NARROWEST), 1.0)
    shift = min(line - scale * most for line, most in zip(lines, reached, strict=True))
    return scale, shift - _JUST_BELOW


def _reached(before: Numbers, after: Numbers, line: float, share: float) -> float:
    """The highest log-odds that must stay below the level's line."""
    flagged = int((before >= line).sum())
    allowed = min(max(flagged, int(share * len(after))), len(after) - 1)
    return float(np.sort(after)[::-1][allowed])


def _figures(odds: Numbers, refused: Flags, line: float) -> Figures:
    return Figures(
        auc=_auc(odds, refused),
        found=float((odds[refused] >= line).mean()),
        accused=float((odds[~refused] >= line).mean()),
    )


def _chance_of_worse(before: Numbers, after: Numbers, refused: Flags) -> float:
    draw = np.random.default_rng(_SEED)
    worse = 0
    for _ in range(_DRAWS):
        which = draw.integers(0, len(refused), len(refused))
        flags = refused[which]
        if flags.all() or not flags.any():
            worse += 1
        else:
            worse += _auc(after[which], flags) <= _auc(before[which], flags)
    return worse / _DRAWS


def _auc(odds: Numbers, refused: Flags) -> float:
    found = auc(refused, odds)
    assert found is not None  # noqa: S101 - for the type checker: both kinds are there
    return found


def _log_odds(probability: float) -> float:
    kept = min(max(probability, 1e-9), 1 - 1e-9)
    return float(np.log(kept / (1 - kept)))


def _plain(figures: Figures) -> dict[str, float]:
    return {"auc": figures.auc, "found": figures.found, "accused": figures.accused}
