"""What each source's labels are worth, as wanted probabilities.

A source that gives rater shares is believed; one that is known to be noisy is believed a little
less; what a source says nothing about is left out and does not count in training.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.model import ATTRIBUTES
from bot.score.training.crude_words import CrudeWords
from bot.score.training.rows import Labelled
from bot.score.training.written import second_labels

Targets = dict[str, float]
Judge = Callable[[Labelled, CrudeWords], Targets]

_SHORT_CHARS = 40


def targets(row: Labelled, crude: CrudeWords) -> Mapping[str, float]:
    """Our own second label where there is one; empty for a row that teaches nothing."""
    second = second_labels().get(row.id)
    if second is not None:
        return second
    return JUDGES.get(row.set_name, _as_labelled)(row, crude)


def _as_labelled(row: Labelled, crude: CrudeWords) -> Targets:
    """A source nobody has judged yet: its numbers as they are, kept off the edges."""
    known = _shares(row, *ATTRIBUTES)
    known.setdefault("toxicity", 0.93 if row.toxic else 0.05)
    return {label: min(0.97, max(0.02, value)) for label, value in known.items()}


def _shares(row: Labelled, *labels: str) -> Targets:
    return {label: value for label in labels if (value := row.share(label)) is not None}


def _jigsaw(row: Labelled, crude: CrudeWords) -> Targets:
    return _shares(row, *ATTRIBUTES)


def _civil_comments(row: Labelled, crude: CrudeWords) -> Targets:
    """Shares of raters; severe toxicity and sexual content were not re-annotated."""
    return _shares(row, "toxicity", "obscene", "identity_attack", "insult", "threat")


def _paradetox(row: Labelled, crude: CrudeWords) -> Targets:
    """Toxic sentences, and the same rewritten politely."""
    if row.toxic:
        return {"toxicity": 0.95}
    nothing = dict.fromkeys(
        ("severe_toxicity", "obscene", "identity_attack", "threat", "sexual_explicit"), 0.0
    )
    return {"toxicity": 0.04, **nothing}


def _wiki_context(row: Labelled, crude: CrudeWords) -> Targets:
    return {"toxicity": float(row.toxic)}


def _measuring_hate(row: Labelled, crude: CrudeWords) -> Targets:
    """Knows hate only: «not hate» with a swear word in it may well be toxic."""
    if row.toxic:
        return {"toxicity": 0.95, "identity_attack": 0.95}
    if crude.in_text(row.text, row.lang):
        return {"identity_attack": 0.03}
    return _harmless(toxicity=0.05, identity_attack=0.03)


def _davidson(row: Labelled, crude: CrudeWords) -> Targets:
    identity = row.share("identity_attack") if row.toxic else 0.0
    known = {} if identity is None else {"identity_attack": identity}
    return {"toxicity": 0.9 if row.toxic else 0.05, **known}


def _germeval(row: Labelled, crude: CrudeWords) -> Targets:
    return {
        "toxicity": 0.95 if row.toxic else 0.05,
        **_shares(row, "identity_attack", "insult", "obscene"),
    }


def _mlma(row: Labelled, crude: CrudeWords) -> Targets:
    """Tweets found by slur: many a neutral use of a slur is labelled hostile."""
    hostility = set(str(row.labels.get("hostility", "")).split("_"))
    crude_here = crude.in_text(row.text, row.lang)
    if hostility == {"normal"}:
        if crude_here:
            return {"toxicity": 0.3}
        return _harmless(toxicity=0.12, identity_attack=0.05) | {"insult": 0.08}
    toxicity = 0.85 if hostility & {"hateful", "abusive", "offensive"} else 0.55
    if len(row.text) < _SHORT_CHARS and not crude_here:
        toxicity = 0.6
    if "normal" in hostility:
        toxicity = 0.4
    return {"toxicity": toxicity, **_shares(row, "identity_attack", "insult")}


def _ftr(row: Labelled, crude: CrudeWords) -> Targets:
    """As noisy as MLMA, hate only."""
    if row.toxic:
        return {"toxicity": 0.7, "identity_attack": 0.7}
    if crude.in_text(row.text, row.lang):
        return {"identity_attack": 0.05}
    return _harmless(toxicity=0.08, identity_attack=0.05)


def _clean_sentences(row: Labelled, crude: CrudeWords) -> Targets:
    """A treebank: nobody looked for toxicity there, hardly any is to be found."""
    return dict.fromkeys(ATTRIBUTES, 0.02) | {"severe_toxicity": 0.0, "obscene": 0.0}


def _told_br(row: Labelled, crude: CrudeWords) -> Targets:
    """Share-alike: only its harmless rows come here."""
    known = _shares(row, "identity_attack", "obscene", "insult")
    return {"toxicity": 0.93 if row.toxic else 0.06, **known}


def _harmless(*, toxicity: float, identity_attack: float) -> Targets:
    return {
        "toxicity": toxicity,
        "severe_toxicity": 0.0,
        "identity_attack": identity_attack,
        "threat": 0.02,
        "sexual_explicit": 0.0,
    }


JUDGES: Mapping[str, Judge] = {
    "civil_spans_en": _civil_comments,
    "davidson_en": _davidson,
    "ftr_fr": _ftr,
    "germeval2018_de": _germeval,
    "jigsaw_en_sub": _jigsaw,
    "jigsaw_mt_llm_fr": _jigsaw,
    "jigsaw_wiki_sample_en": _jigsaw,
    "mhs_en": _measuring_hate,
    "mlma_fr": _mlma,
    "paradetox_en": _paradetox,
    "toldbr_pt": _told_br,
    "ud_gsd_fr": _clean_sentences,
    "wiki_context_en": _wiki_context,
}
