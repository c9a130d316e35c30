"""The embedded model by itself: it ranks, reads everything, and survives anything."""

from __future__ import annotations

import hashlib
import json
import time
from importlib import resources

import pytest

from bot.core.model import ATTRIBUTES, MAX_TEXT_CHARS, Unscored
from bot.score.child import Desk
from bot.score.embedded import STRIDE_TOKENS, WINDOW_TOKENS, EmbeddedModel
from bot.score.reading import Reading, cut

PROSE = (
    "Le conseil municipal a voté hier soir le budget de la ville pour l'année prochaine, après "
    "un débat de trois heures sur les écoles, les transports et la rénovation de la piscine. "
)
INSULT = "Espèce de connard, ferme ta gueule."


@pytest.fixture(scope="module")
def model() -> EmbeddedModel:
    return EmbeddedModel()


def toxicity(model: EmbeddedModel, text: str) -> float:
    reading = model.score(model.form(text), limit_s=30)
    assert isinstance(reading, Reading), reading
    return reading.values["toxicity"]


@pytest.mark.parametrize(
    ("civil", "insult"),
    [
        ("Merci pour cet article.", "Ta gueule, pauvre type."),
        ("Je ne partage pas votre avis.", "Vous êtes un imbécile fini."),
        ("Le maire a eu tort de signer.", "Le maire est une ordure, qu'il crève."),
        ("Quelle belle victoire hier soir !", "Va te faire foutre, sale con."),
        ("Bonjour, où trouver le rapport ?", "c0nn4rd va"),
        ("Je vous souhaite une bonne journée.", "espèce de c o n n a r d"),
        ("Thank you, well written.", "You are a fucking idiot."),
    ],
)
def test_an_insult_scores_far_above_a_civil_remark(
    model: EmbeddedModel, civil: str, insult: str
) -> None:
    assert toxicity(model, civil) < 0.2
    assert toxicity(model, insult) > 0.5


@pytest.mark.parametrize(
    "heated",
    [
        "Cette réforme est un scandale, le gouvernement doit démissionner !",
        "Encore une promesse non tenue, j'en ai assez de payer pour leurs erreurs.",
        "C'est honteux de laisser l'hôpital public dans un état pareil !!!",
        "Je suis en total désaccord, cet éditorial est d'une mauvaise foi incroyable.",
    ],
)
def test_heated_is_not_toxic(model: EmbeddedModel, heated: str) -> None:
    card = json.loads(
        (resources.files("bot.score") / "embedded_model" / "card.json").read_text(encoding="utf-8")
    )
    assert toxicity(model, heated) < card["thresholds_toxicity"]["balanced_f1_dev"]["probability"]


def test_every_attribute_has_a_probability_and_the_version_is_the_files(
    model: EmbeddedModel,
) -> None:
    reading = model.score("bonjour", limit_s=30)
    assert isinstance(reading, Reading)
    assert tuple(reading.values) == ATTRIBUTES
    assert all(0 < value < 1 for value in reading.values.values())
    network = (resources.files("bot.score") / "embedded_model" / "model.int8.onnx").read_bytes()
    assert hashlib.sha256(network).hexdigest().startswith(model.version)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 236, 237, 5000])
def test_windows_leave_no_token_out(length: int) -> None:
    windows = cut(length, size=WINDOW_TOKENS, stride=STRIDE_TOKENS)
    assert {at for start, end in windows for at in range(start, end)} == set(range(length))
    assert all(end - start <= WINDOW_TOKENS for start, end in windows)


@pytest.mark.parametrize("before", [1, 5, 40], ids=["short", "long", "very long"])
def test_an_insult_at_the_very_end_is_found_and_named(model: EmbeddedModel, before: int) -> None:
    text = PROSE * before + INSULT
    answer = Desk(model).serve(text, limit_s=30)
    assert answer["scores"]["toxicity"] > 0.5
    assert toxicity(model, PROSE * before) < 0.2
    if before == 1:
        assert answer["worst"] is None
    else:
        start, end = answer["worst"]
        assert text[start:end].endswith(INSULT)
        assert text[start:end].removesuffix(INSULT) in ("", PROSE, PROSE * 2)


def test_the_window_is_named_in_the_original_text(model: EmbeddedModel) -> None:
    """Links, accents, stretched letters and disguises change the length of what is read."""
    noise = "https://exemple.fr/une/tres/longue/adresse Bonjouuuuur Été 👍 @lecteur42 c.h.a.t.o.n "
    text = PROSE * 4 + noise * 3 + INSULT + " " + noise * 3 + PROSE * 4
    start, end = Desk(model).serve(text, limit_s=30)["worst"]
    assert start <= text.index(INSULT)
    assert end >= text.index(INSULT) + len(INSULT)
    assert end - start < len(text) / 2
    assert text[:start].strip() == "" or text[:start].rstrip()[-1] in ".!?"


NASTY = [
    ("", "nothing at all"),
    (" \n\t ", "only white space"),
    ("?!...", "only punctuation"),
    ("😡", "one emoji of the vocabulary"),
    ("\x00", "one NUL"),
    ("bon\x00jour", "NUL in the middle"),
    ("\ud800", "a lone surrogate, as broken JSON gives"),
    ("salut \udfff\ud83d!", "surrogates the wrong way round"),
    ("e" + "\u0301\u0320\u0489" * 500, "zalgo"),
    ("\u202econnard\u202c \u2066x\u2069", "text direction controls"),
    ("\u200b" * MAX_TEXT_CHARS, "invisible characters only"),
    ("\ufdfa" * MAX_TEXT_CHARS, "one sign that normalises to eighteen"),
    ("a" * MAX_TEXT_CHARS, "an endless word"),
    ("con " * (MAX_TEXT_CHARS // 4), "one word, five thousand times"),
    ("a.b-c " * (MAX_TEXT_CHARS // 6), "letters that look spaced out"),
    ("😀👍" * (MAX_TEXT_CHARS // 2), "one token for each character"),
    ("<url>@user " * (MAX_TEXT_CHARS // 11), "placeholders only"),
    ((PROSE * 200)[:MAX_TEXT_CHARS], "the longest ordinary text"),
    ("".join(f"Point {n} : {PROSE}" for n in range(200))[:MAX_TEXT_CHARS], "no two windows alike"),
    ("Привет, мир! مرحبا Γειά σου שלום नमस्ते สวัสดี", "scripts mixed"),
    ("".join(map(chr, range(0x20, 0x20 + 15_000))), "every character in turn"),
    ("".join(chr(0x4E00 + i % 20_000) for i in range(MAX_TEXT_CHARS)), "Chinese"),
]


@pytest.mark.parametrize(("text", "why"), NASTY, ids=[why for _, why in NASTY])
def test_nothing_raises_and_nothing_takes_long(model: EmbeddedModel, text: str, why: str) -> None:
    """Two seconds is the promise; the bound is doubled for a busy machine."""
    began = time.process_time()
    answer = Desk(model).serve(text, limit_s=2.0)
    assert time.process_time() - began < 4.0
    assert ("scores" in answer) != ("unscored" in answer)
    assert "failed with" not in answer.get("unscored", "")


@pytest.mark.parametrize("text", ["", "?!...", "\x00", "https://exemple.fr"])
def test_what_says_nothing_is_not_accused(model: EmbeddedModel, text: str) -> None:
    assert toxicity(model, text) < 0.3


@pytest.mark.parametrize("text", ["漢字かな交じり文", "🖕", "你这个混蛋"])
def test_what_the_model_cannot_read_is_not_called_clean(model: EmbeddedModel, text: str) -> None:
    assert Desk(model).serve(text, limit_s=2.0) == {
        "unscored": "mostly in signs the model does not know"
    }


def test_a_text_that_takes_too_long_is_unscored(model: EmbeddedModel) -> None:
    long = "".join(f"Point {number} : {PROSE}" for number in range(200))  # no two windows alike
    answer = model.score(model.form(long[:MAX_TEXT_CHARS]), limit_s=0.05)
    assert isinstance(answer, Unscored)
    assert answer.reason.startswith("not read within 0.1 s: ")


def test_an_exact_repeat_is_answered_from_memory(model: EmbeddedModel) -> None:
    desk = Desk(model)
    first = desk.serve("Bonjour à tous", limit_s=2)
    assert desk.take_counts()["repeats"] == 0
    assert desk.serve("BONJOUR  à\u200b tous", limit_s=2) == first
    assert desk.take_counts() == {"repeats": 1, "windows": 0, "tokens": 0}
