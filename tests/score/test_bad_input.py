"""What no honest reader writes, through the real scorer process: an answer for each, and no harm."""

from __future__ import annotations

import asyncio

from bot.core.model import MAX_TEXT_CHARS, Scores, Unscored
from bot.score.embedded import EmbeddedModel
from bot.score.process import ScorerProcess
from tests.score.conftest import scored

INSULT = "Espèce de connard, ferme ta gueule."

SCORED = {
    "nothing at all": "",
    "only white space": " \n\t\r\x0b\u00a0\u3000 ",
    "only punctuation": "?!... ;;; --- \u00bf\u2026\u2049",
    "a lone NUL": "\x00",
    "NUL inside": "bon\x00jour à\x00 tous",
    "surrogates the wrong way round": "salut \udfff\ud83d !",
    "zalgo": "c\u0301\u0320\u0489o\u0334n\u0337n\u0338a\u0489r\u0336d " * 50,
    "one letter, 3,000 accents": "e" + "\u0301" * 3_000,
    "a change of direction": "\u202egueule ta ferme\u202c \u2066x\u2069",
    "invisible signs only": "\u200b\u00ad\ufeff" * 5_000,
    "20,000 times one letter": "a" * MAX_TEXT_CHARS,
    "20,000 signs of one word": "con " * (MAX_TEXT_CHARS // 4),
}
"""They hold nothing that the model would not know, once what cannot be seen is taken away."""

ANSWERED = {
    "a lone surrogate": "\ud800",
    "one emoji": "🖕",
    "emoji joined and tinted": "👩🏽‍🚒👨‍👩‍👧‍👦🏴‍☠️🇫🇷",
    "one sign that stands for eighteen letters": "\ufdfa" * MAX_TEXT_CHARS,
    "scripts mixed in one word": "c\u043en\u0578\u0430rd \u13a2\u13a2 \U0001d41c\U0001d428\U0001d427",
    "the endless ordinary comment": "".join(
        f"Point {at} : le budget numéro {at * 7} a été voté hier soir. " for at in range(400)
    )[:MAX_TEXT_CHARS],
    "private signs and such that mean nothing": "\ue000\U000f0000\uffff\U0010ffff" * 100,
}
"""A score or Unscored: both are right."""

_LAST_SCRIPT = 0x1FB00
_SAMPLE = 24
LANGUAGES = {
    f"signs from U+{start:04X}": " ".join(
        chr(sign) for sign in range(start, start + 0x80, 0x80 // _SAMPLE)
    )
    for start in range(0x80, _LAST_SCRIPT, 0x100)
    if not 0xD800 <= start < 0xE000
}
"""Some of every other block of 128 signs: the writing of every language, and more than 400 texts."""


async def test_every_bad_input_gets_an_answer_and_harms_nobody(scorer: ScorerProcess) -> None:
    """One process for all. A text that ran into the deadline, failed or fell would say so."""
    texts = {**SCORED, **ANSWERED, **LANGUAGES}
    answers = dict(
        zip(
            texts,
            await asyncio.gather(*(scorer.score(each, deadline_s=120) for each in texts.values())),
            strict=True,
        )
    )
    known = ("mostly in signs the model does not know", "not read within", "characters once")
    for name, answer in answers.items():
        if isinstance(answer, Unscored):
            assert any(reason in answer.reason for reason in known), (name, answer)
        else:
            assert all(0 <= value <= 1 for value in answer.values.values()), (name, answer)
    wrongly = {name: answers[name] for name in SCORED if not isinstance(answers[name], Scores)}
    assert wrongly == {}
    assert scorer.status.restarts == 0
    assert (await scored(scorer.score(INSULT, deadline_s=60))).values["toxicity"] > 0.5


async def test_one_sign_too_many_is_refused_not_cut(scorer: ScorerProcess) -> None:
    answer = await scorer.score("a" * (MAX_TEXT_CHARS + 1), deadline_s=10)
    assert answer == Unscored(reason="longer than 20000 characters")


def test_no_text_is_given_more_than_two_seconds() -> None:
    """CPU time, which `test_embedded` shows to be kept."""
    assert EmbeddedModel.limit_s <= 2.0
