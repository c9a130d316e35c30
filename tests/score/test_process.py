"""The scorer process as the bot uses it: real process, real model, real signals."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace

from bot.core.model import Scores, SiteHead, Unscored
from bot.score.levels import shipped_levels
from bot.score.process import BatchReport, ScorerLimits, ScorerProcess, open_scorer
from tests.score.conftest import is_running, scored, until

INSULT = "Espèce de connard, ferme ta gueule."
TEXTS = [f"Commentaire numéro {n} : merci pour l'article" + ", très clair" * n for n in range(60)]


async def stopped_with(scorer: ScorerProcess, *texts: str) -> list[asyncio.Task[Scores | Unscored]]:
    """Freezes the process and has it hold these texts: a crash can now be timed exactly."""
    assert scorer.status.pid
    os.kill(scorer.status.pid, signal.SIGSTOP)
    tasks = [asyncio.create_task(scorer.score(text, deadline_s=30)) for text in texts]
    await asyncio.sleep(0)
    await until(lambda: scorer.queue_length == 0)
    return tasks


async def test_ready_after_opening_and_gone_after_closing() -> None:
    scorer = await open_scorer("embedded")
    status = scorer.status
    assert status.ready
    assert (status.name, status.wanted, status.degraded, status.why) == (
        "embedded",
        "embedded",
        False,
        "",
    )
    assert status.version
    assert status.pid
    assert is_running(status.pid)
    await scorer.close()
    assert not is_running(status.pid)
    assert not scorer.status.ready
    assert await scorer.score("bonjour", deadline_s=1) == Unscored(reason="scorer is closed")


async def test_scores_say_who_gave_them(scorer: ScorerProcess) -> None:
    scores = await scored(scorer.score(INSULT, deadline_s=10, language="fr"))
    assert scores.values["toxicity"] > 0.5
    assert (scores.scorer, scores.version) == ("embedded", scorer.status.version)
    assert not scores.degraded
    assert scores.worst is None


async def test_scores_come_with_the_levels_of_their_language(scorer: ScorerProcess) -> None:
    levels = shipped_levels()
    assert levels is not None
    for language in ("fr", "fr-CA", "eo", None):
        scores = await scored(scorer.score(INSULT, deadline_s=10, language=language))
        assert scores.levels == levels.of(language)


async def test_the_worst_window_reaches_the_caller(scorer: ScorerProcess) -> None:
    text = "Le budget de la ville a été voté hier soir après un long débat. " * 15 + INSULT
    scores = await scored(scorer.score(text, deadline_s=10))
    assert scores.worst is not None
    assert scores.worst.end == len(text)


async def test_a_score_does_not_depend_on_the_neighbours(
    scorer: ScorerProcess, batches: list[BatchReport]
) -> None:
    """Exact, not approximate: a fresh process scores each text alone, this one all at once."""
    together = await asyncio.gather(*(scorer.score(text, deadline_s=30) for text in TEXTS))
    assert max(report.texts for report in batches) > 1
    alone = await open_scorer("embedded")
    try:
        one_by_one = [await alone.score(text, deadline_s=30) for text in TEXTS]
    finally:
        await alone.close()
    assert together == one_by_one


async def test_every_text_is_counted_in_a_report(
    scorer: ScorerProcess, batches: list[BatchReport]
) -> None:
    await asyncio.gather(*(scorer.score(text, deadline_s=30) for text in [*TEXTS, TEXTS[0]]))
    await until(lambda: sum(report.texts for report in batches) == len(TEXTS) + 1)
    assert sum(report.repeats for report in batches) == 1
    assert sum(report.windows for report in batches) >= len(TEXTS)
    assert all(report.seconds > 0 for report in batches)
    assert sum(report.tokens for report in batches) > 5 * len(TEXTS)


async def test_a_killed_process_costs_nobody_the_answer(scorer: ScorerProcess) -> None:
    first = scorer.status.pid
    tasks = await stopped_with(scorer, *TEXTS[:20])
    later = asyncio.create_task(scorer.score(INSULT, deadline_s=30))
    assert first
    os.kill(first, signal.SIGKILL)
    answers = await asyncio.gather(*tasks, later)
    assert all(isinstance(answer, Scores) for answer in answers)
    assert scorer.status.restarts == 1
    assert scorer.status.ready
    assert scorer.status.pid != first
    assert scorer.status.why == ""


async def test_a_fall_is_noticed_while_there_is_nothing_to_do(scorer: ScorerProcess) -> None:
    assert scorer.status.pid
    os.kill(scorer.status.pid, signal.SIGKILL)
    await until(lambda: scorer.status.restarts == 1 and scorer.status.ready)


async def test_a_text_that_was_there_at_two_crashes_goes_to_people(scorer: ScorerProcess) -> None:
    """And its neighbour, which was there at the first crash only, is scored after all."""
    heavy = " ".join(f"mot{n}" for n in range(2_500))  # a second of work: time to strike
    guilty, neighbour = await stopped_with(scorer, heavy, "le voisin")
    for fall in (1, 2):
        assert scorer.status.pid
        os.kill(scorer.status.pid, signal.SIGKILL)
        if fall == 1:
            await until(lambda: scorer.status.restarts == 1 and scorer.status.ready)
            await until(lambda: scorer.queue_length == 1)
            assert not guilty.done()
    assert await guilty == Unscored(reason="scorer crashed twice on this text")
    assert isinstance(await neighbour, Scores)
    assert scorer.status.restarts == 2


async def test_a_hanging_process_is_replaced() -> None:
    scorer = await open_scorer(
        "embedded", limits=ScorerLimits(hang_after_s=0.5, first_pause_s=0.05)
    )
    try:
        first = scorer.status.pid
        (task,) = await stopped_with(scorer, INSULT)
        assert (await scored(task)).values["toxicity"] > 0.5
        assert scorer.status.restarts == 1
        assert first
        assert not is_running(first)
    finally:
        await scorer.close()


async def test_a_deadline_is_kept_even_by_a_frozen_process(scorer: ScorerProcess) -> None:
    assert scorer.status.pid
    os.kill(scorer.status.pid, signal.SIGSTOP)
    loop = asyncio.get_running_loop()
    began = loop.time()
    answer = await scorer.score("bonjour", deadline_s=0.2)
    assert answer == Unscored(reason="timed out after 0.2 s")
    assert loop.time() - began < 2
    os.kill(scorer.status.pid, signal.SIGCONT)
    await scored(scorer.score("bonjour", deadline_s=10))


async def test_too_many_waiting_texts_are_refused_at_once() -> None:
    scorer = await open_scorer("embedded", limits=ScorerLimits(max_waiting=3, texts_at_once=1))
    try:
        held = await stopped_with(scorer, "tenu")
        waiting = [asyncio.create_task(scorer.score(text, deadline_s=30)) for text in TEXTS[:3]]
        await asyncio.sleep(0)
        assert scorer.queue_length == 3
        assert await scorer.score("de trop", deadline_s=30) == Unscored(
            reason="scorer is overloaded"
        )
        assert scorer.status.pid
        os.kill(scorer.status.pid, signal.SIGCONT)
        answers = await asyncio.gather(*held, *waiting)
        assert all(isinstance(answer, Scores) for answer in answers)
    finally:
        await scorer.close()


async def test_whoever_waits_is_answered_when_the_scorer_closes(scorer: ScorerProcess) -> None:
    (held,) = await stopped_with(scorer, "tenu")
    waiting = asyncio.create_task(scorer.score("en attente", deadline_s=30))
    await asyncio.sleep(0)
    pid = scorer.status.pid
    await scorer.close()
    assert await held == await waiting == Unscored(reason="scorer is closed")
    assert pid
    assert not is_running(pid)


async def test_a_caller_who_gives_up_leaves_nothing_behind(scorer: ScorerProcess) -> None:
    (held,) = await stopped_with(scorer, "tenu")
    waiting = asyncio.create_task(scorer.score("en attente", deadline_s=30))
    await asyncio.sleep(0)
    for task in (held, waiting):
        task.cancel()
    await asyncio.gather(held, waiting, return_exceptions=True)
    assert scorer.queue_length == 0
    assert scorer.status.pid
    os.kill(scorer.status.pid, signal.SIGCONT)
    await scored(scorer.score("bonjour", deadline_s=10))
    assert scorer.status.restarts == 0


async def test_signals_for_the_bot_do_not_end_the_process(scorer: ScorerProcess) -> None:
    """Ctrl-C and `systemctl stop` reach the whole group; the bot closes the process in order."""
    assert scorer.status.pid
    for signum in (signal.SIGINT, signal.SIGTERM):
        os.kill(scorer.status.pid, signum)
    await scored(scorer.score("bonjour", deadline_s=10))
    assert scorer.status.restarts == 0


async def test_the_event_loop_stays_free_while_200_texts_are_scored(scorer: ScorerProcess) -> None:
    """The bound is generous, for busy machines; scoring in the loop would take 300 ms at a time."""
    loop = asyncio.get_running_loop()
    late_s: list[float] = []

    async def tick() -> None:
        while True:
            due = loop.time() + 0.005
            await asyncio.sleep(0.005)
            late_s.append(loop.time() - due)

    ticker = asyncio.create_task(tick())
    texts = [f"{n} fois merci pour cet article, très clair et utile" for n in range(200)]
    answers = await asyncio.gather(*(scorer.score(text, deadline_s=60) for text in texts))
    ticker.cancel()
    assert all(isinstance(answer, Scores) for answer in answers)
    late_s.sort()
    assert late_s[len(late_s) // 2] < 0.05


async def test_what_was_learnt_holds_across_a_crash_and_never_fits_another_network(
    scorer: ScorerProcess,
) -> None:
    """A head moves scores from the next text on; one of another network is left unused, visibly."""
    before = await scored(scorer.score("bonjour", deadline_s=10))
    head = SiteHead(version="abc", base=before.version, weights=(0.0,) * 768, scale=1.0, shift=1.0)
    scorer.use_head(head)
    learnt = await scored(scorer.score("bonjour", deadline_s=10))
    assert learnt.version == f"{before.version}+abc"
    assert learnt.values["toxicity"] > before.values["toxicity"]
    assert learnt.values["insult"] == before.values["insult"]
    assert scorer.status.pid
    os.kill(scorer.status.pid, signal.SIGKILL)
    assert await scored(scorer.score("bonjour", deadline_s=30)) == learnt
    scorer.use_head(replace(head, base="another"))
    assert await scored(scorer.score("bonjour", deadline_s=10)) == before
    assert "another" in scorer.status.why
    assert scorer.status.ready
    assert not scorer.status.degraded
    scorer.use_head(None)
    assert await scored(scorer.score("bonjour", deadline_s=10)) == before
    assert not scorer.status.why
