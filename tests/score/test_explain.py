"""Why a text scored as it did: the words are named, in the original, quickly, always the same."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from bot.core.model import MAX_TEXT_CHARS, Scores, Unscored
from bot.score.embedded import EmbeddedModel
from bot.score.explain import Explanation, explain
from bot.score.process import BatchReport, ScorerProcess
from bot.score.reading import Reading
from bot.score.requests import Waiting
from bot.score.units import clauses
from tests.score.conftest import until

PROSE = "Le budget de la ville a été voté hier soir après un long débat. "
INSULT = "Espèce de connard, ferme ta gueule."
SIXTY_WORDS = (
    "Franchement monsieur le ministre, vous nous prenez pour des imbéciles depuis trois ans avec "
    "vos promesses jamais tenues, et pendant ce temps les hôpitaux ferment, les professeurs "
    "partent, les agriculteurs crèvent la dalle, alors arrêtez un peu votre cirque et "
    "démissionnez, espèce de sale connard, personne ne vous regrettera dans ce pays, sauf "
    "peut-être vos copains du conseil qui se gavent ensemble."
)


@pytest.fixture(scope="module")
def model() -> EmbeddedModel:
    return EmbeddedModel()


def explained(model: EmbeddedModel, text: str, attribute: str = "toxicity") -> Explanation:
    found = explain(model, text, attribute=attribute, limit_s=30)
    assert isinstance(found, Explanation), found
    return found


def strongest(text: str, found: Explanation) -> str:
    start, end, _ = max(found.spans, key=lambda span: span[2])
    return text[start:end]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Le maire est une ordure, et je le dis.", "ordure"),
        ("Merci pour rien, pauvre CONNARD !!", "CONNARD"),
        ("c0nn4rd va", "c0nn4rd"),
        ("Cet élu est un c o n n a r d fini", "c o n n a r d"),
        ("Bonjour à tous. Bravo à l'équipe. Ferme ta gueule.", "gueule"),
        (SIXTY_WORDS, "connard"),
        ("Quelle c\u200bonn\u200basse cette ministre", "c\u200bonn\u200basse"),
    ],
)
def test_the_insult_is_named_as_it_was_written(model: EmbeddedModel, text: str, word: str) -> None:
    found = explained(model, text)
    shown = [text[start:end] for start, end, _ in found.spans]
    assert any(word in each for each in shown), shown


def test_a_repeated_insult_is_named_each_time(model: EmbeddedModel) -> None:
    found = explained(model, "connard connard connard")
    assert [(start, end) for start, end, _ in found.spans] == [(0, 7), (8, 15), (16, 23)]


def test_a_single_word_is_all_there_is(model: EmbeddedModel) -> None:
    assert explained(model, " connard !").spans == ((1, 8, 1.0),)


@pytest.mark.parametrize("text", ["", " \n", "...", "https://journal.example/", "\x00", "\ud800"])
def test_where_there_are_no_words_nothing_is_named(model: EmbeddedModel, text: str) -> None:
    found = explain(model, text, attribute="toxicity", limit_s=30)
    assert isinstance(found, Unscored) or len(found.spans) <= 1


def test_the_base_is_the_score_itself(model: EmbeddedModel) -> None:
    reading = model.score(model.form(INSULT), limit_s=30)
    assert isinstance(reading, Reading)
    assert explained(model, INSULT).base == reading.values["toxicity"]
    assert explained(model, INSULT, "insult").base == reading.values["insult"]


def test_in_a_long_text_the_worst_stretch_is_looked_into(model: EmbeddedModel) -> None:
    text = PROSE * 30 + INSULT + " " + PROSE * 10
    found = explained(model, text)
    assert strongest(text, found) in INSULT
    assert found.base > 0.5


def corpus() -> list[str]:
    folder = Path(__file__).parents[1] / "data" / "french_comments"
    rows = [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()[:40:4]
    ]
    return [row["text"] for row in rows]


def test_spans_lie_in_the_text_in_order_and_share_one_whole(model: EmbeddedModel) -> None:
    texts = corpus()
    assert len(texts) >= 50
    for text in texts:
        found = explained(model, text)
        assert explained(model, text) == found
        end = 0
        for span in found.spans:
            assert end <= span[0] < span[1] <= len(text)
            assert 0 < span[2] <= 1
            assert text[span[0] : span[1]].strip() == text[span[0] : span[1]]
            end = span[1]
        if found.spans:
            assert sum(weight for *_, weight in found.spans) == pytest.approx(1, abs=0.01)


def test_leaving_the_named_words_out_lowers_the_score(model: EmbeddedModel) -> None:
    """The point of it all, on every insult of the corpus that the model finds."""
    fell = held = 0
    for text in corpus():
        found = explained(model, text)
        if found.base < 0.6:
            continue
        left = text
        for start, end, _ in reversed(found.spans):
            left = left[:start] + left[end:]
        reading = model.score(model.form(left), limit_s=30)
        assert isinstance(reading, Reading)
        if reading.values["toxicity"] < found.base / 2:
            fell += 1
        else:
            held += 1
    assert fell >= 10
    assert fell >= 3 * held, (fell, held)


def test_sixty_words_cost_no_more_than_a_tenth_of_a_second(model: EmbeddedModel) -> None:
    """CPU time in runs of the same text: how many characters the model reads decides."""
    assert 58 <= len(SIXTY_WORDS.split()) <= 62
    form = model.form(SIXTY_WORDS)
    once, whole = [], []
    for _ in range(5):
        began = time.thread_time()
        model.score(form, limit_s=30)
        scored = time.thread_time()
        explained(model, SIXTY_WORDS)
        once.append(scored - began)
        whole.append(time.thread_time() - scored)
    assert min(whole) <= 6 * min(once), (min(whole), min(once))


def test_the_longest_texts_are_explained_or_said_to_take_too_long(model: EmbeddedModel) -> None:
    for text in ("a" * MAX_TEXT_CHARS, "a " * (MAX_TEXT_CHARS // 2), "。字" * 5_000, INSULT * 500):
        began = time.thread_time()
        found = explain(model, text, attribute="toxicity", limit_s=2.0)
        assert isinstance(found, Explanation | Unscored)
        assert time.thread_time() - began < 3.0


def test_no_time_and_no_such_attribute_are_said(model: EmbeddedModel) -> None:
    base = model.score(model.form(INSULT), limit_s=30)
    assert isinstance(base, Reading)
    assert explain(model, INSULT, attribute="toxicity", limit_s=0, base=base) == Unscored(
        reason="not explained within 0.0 s"
    )
    assert explain(model, INSULT, attribute="rudeness", limit_s=9) == Unscored(
        reason="the model has no such attribute"
    )


def test_units_keep_articles_with_their_words_and_cut_endless_ones() -> None:
    text = "Regarde la photo, c o n n a r d ! " + "x" * 90
    found = [
        [text[unit.start : unit.end] for unit in part.units]
        for part in clauses(text, make_form=str)
    ]
    assert found == [["Regarde", "la photo"], ["c o n n a r d", "x" * 40, "x" * 40, "x" * 10]]


async def test_the_process_explains_what_it_scored(
    scorer: ScorerProcess, batches: list[BatchReport]
) -> None:
    scores = await scorer.score(INSULT, deadline_s=20)
    found = await scorer.explain(INSULT, deadline_s=20)
    assert isinstance(scores, Scores)
    assert isinstance(found, Explanation)
    assert (found.attribute, found.base) == ("toxicity", scores.values["toxicity"])
    assert found.spans
    await until(lambda: len(batches) == 2)
    assert [(batch.texts, batch.repeats) for batch in batches] == [(1, 0), (0, 1)]
    assert await scorer.explain(INSULT, attribute="rudeness", deadline_s=20) == Unscored(
        reason="the model has no such attribute"
    )


async def test_scores_go_before_explanations(scorer: ScorerProcess) -> None:
    order: list[str] = []

    async def ask(name: str, text: str) -> None:
        if name == "explanation":
            assert isinstance(await scorer.explain(text, deadline_s=30), Explanation)
        else:
            assert isinstance(await scorer.score(text, deadline_s=30), Scores)
        order.append(name)

    first = asyncio.create_task(ask("busy", PROSE * 20))
    await asyncio.sleep(0)
    await until(lambda: scorer.queue_length == 0)
    explaining = asyncio.create_task(ask("explanation", INSULT))
    await asyncio.sleep(0)
    await asyncio.gather(first, explaining, *(ask("score", f"{PROSE} {n}") for n in range(40)))
    assert order[-1] == "explanation"


async def test_an_explanation_goes_alone_and_last(waiting: Waiting) -> None:
    waiting.add("why?", deadline=0.1, explains="toxicity")
    waiting.add("why too?", deadline=0.1, explains="insult")
    waiting.add("score", deadline=9.0)
    taken = [[each.text for each in waiting.take(texts=9, chars=999)] for _ in range(4)]
    assert taken == [["score"], ["why?"], ["why too?"], []]
