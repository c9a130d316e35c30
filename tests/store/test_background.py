"""What the store remembers around a comment, counted in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import pipeline
from bot.core.background import Background, Group, Rate, Stretch, Thread
from bot.core.evaluate import Evidence, Rulebook
from bot.core.model import Author, Outcome, Parent, Report, Resolution, Story, StoryRef
from bot.core.reasons import Reason
from bot.ports import Ports
from tests.conftest import ANNA, RULEBOOK, TestClock, submission

LONG = (
    "Encore une fois le gouvernement promet des baisses d'impôts qu'il ne tiendra pas, et les "
    "retraités paieront l'addition."
)


async def send(ports: Ports, external_id: str, text: str, **changes: object) -> str:
    receipt = await pipeline.receive(ports, submission(external_id, text, **changes))
    return receipt.comment_id


async def judged(ports: Ports, external_id: str, text: str, **changes: object) -> str:
    comment_id = await send(ports, external_id, text, **changes)
    await pipeline.moderate(ports, comment_id)
    return comment_id


async def around(ports: Ports, comment_id: str, *groups: Group) -> Background:
    pending = await ports.store.comments.pending(
        comment_id, groups or tuple(Group), now=ports.now()
    )
    assert pending is not None
    return pending.background


async def test_an_authors_past_by_state_and_time(ports: Ports, clock: TestClock) -> None:
    await judged(ports, "1", "Merci")
    clock.forward(seconds=40 * 86_400)
    await judged(ports, "2", "affreux")
    clock.forward(seconds=2 * 86_400)
    await judged(ports, "3", "bof")
    clock.forward(seconds=7_200)
    await judged(ports, "4", "affreux")
    clock.forward(seconds=120)
    await judged(ports, "5", "Merci bien")
    await pipeline.report(ports, Report(site="site", external_id="5"))
    clock.forward(seconds=30)
    past = (await around(ports, await send(ports, "6", "Bonjour"))).author
    assert past is not None
    approved, rejected, waiting = past.approved, past.rejected, past.in_review
    assert (approved.ever, approved.last_30d, approved.last_24h) == (2, 1, 1)
    assert (rejected.ever, rejected.last_30d, rejected.last_24h, rejected.last_1h) == (2, 2, 1, 1)
    assert (waiting.ever, waiting.last_24h, waiting.last_1h) == (1, 1, 0)
    assert past.rate == Rate(last_1m=1, last_10m=2, last_1h=2)
    assert past.reports_30d == 1
    assert past.first_seen_at is not None


async def test_another_authors_comments_do_not_count(ports: Ports) -> None:
    await judged(ports, "1", "affreux", author=Author(id="other", name="Autre"))
    past = (await around(ports, await send(ports, "2", "Bonjour"))).author
    assert past is not None
    assert past.rejected.ever == 0


async def test_a_storys_last_day(ports: Ports, clock: TestClock) -> None:
    await judged(ports, "0", "Merci", story=Story(id="elsewhere"))
    await judged(ports, "1", "Merci")
    clock.forward(seconds=2 * 86_400)
    for number, text in enumerate(("Merci", "affreux", "bof"), start=2):
        author = Author(id=f"new-{number}", name="Nouveau")
        await judged(ports, str(number), text, author=author)
        clock.forward(seconds=300)
    story = (await around(ports, await send(ports, "9", "Bonjour"))).story
    assert story is not None
    assert story.last_24h == Stretch(comments=3, decided=2, rejected=1)
    assert story.last_1h == Stretch(comments=3, decided=2, rejected=1)
    assert story.last_10m == Stretch(comments=1)
    assert (story.comments_1m, story.newcomers_10m) == (0, 1)


async def test_a_thread_upwards(ports: Ports) -> None:
    await judged(ports, "1", "affreux")
    for number in (2, 3):
        await judged(ports, str(number), "Merci", parent=Parent(id=str(number - 1)))
    answer = await send(ports, "4", "Bonjour", parent=Parent(id="1"))
    assert (await around(ports, answer)).thread == Thread(
        depth=1, parent_toxicity=0.97, parent_rejected=True
    )
    deep = await send(ports, "5", "Bonjour", parent=Parent(id="3"))
    thread = (await around(ports, deep)).thread
    assert thread is not None
    assert (thread.depth, thread.parent_rejected) == (3, False)
    unknown = await send(ports, "6", "Bonjour", parent=Parent(id="nowhere"))
    assert (await around(ports, unknown)).thread == Thread(depth=1)
    assert (await around(ports, await send(ports, "7", "Bonjour"))).thread == Thread()


async def test_a_circle_of_answers_ends(ports: Ports) -> None:
    await judged(ports, "1", "Merci", parent=Parent(id="2"))
    await judged(ports, "2", "Merci", parent=Parent(id="1"))
    thread = (await around(ports, await send(ports, "3", "Bonjour", parent=Parent(id="2")))).thread
    assert thread is not None
    assert thread.depth == 50


async def test_the_same_and_nearly_the_same(ports: Ports, clock: TestClock) -> None:
    other = Author(id="other", name="Autre")
    await judged(ports, "1", LONG)
    await judged(ports, "2", f"{LONG} Honte à eux !", author=other)
    await judged(ports, "3", "affreux", author=other)
    await judged(ports, "4", f"affreux, {LONG}")
    found = (await around(ports, await send(ports, "5", LONG.upper()))).duplicates
    assert found is not None
    assert (found.same_by_author, found.same_by_others) == (1, 0)
    assert (found.near_by_author, found.near_by_others) == (2, 1)
    assert (found.rejected, found.rejected_by_author) == (1, 1)
    clock.forward(seconds=31 * 86_400)
    later = (await around(ports, await send(ports, "6", LONG))).duplicates
    assert later is not None
    assert later.near_by_author == 0


async def test_an_edit_takes_its_fingerprint_along(ports: Ports) -> None:
    await judged(ports, "1", LONG)
    await judged(ports, "1", "Tout autre chose, finalement, dont personne ne parle ici.")
    found = (await around(ports, await send(ports, "2", LONG))).duplicates
    assert found is not None
    assert found.near_by_author == 0


async def test_only_the_groups_that_rules_read_are_asked_for(ports: Ports) -> None:
    comment_id = await send(ports, "1", "Merci")
    background = await around(ports, comment_id, Group.STORY)
    assert background.story is not None
    assert (background.author, background.duplicates, background.modes) == (None, None, None)
    sparing = replace(
        ports, rulebook=lambda: replace(RULEBOOK, reads=frozenset({"score.toxicity"}))
    )
    await pipeline.moderate(sparing, comment_id)
    record = await ports.store.comments.record(comment_id)
    assert record is not None
    assert record.verdict is not None
    assert "author.approved" not in record.verdict.facts
    assert "score.toxicity" in record.verdict.facts


class Reads:
    """One condition on one fact, as a compiled rulebook would answer it."""

    def __init__(self, name: str, value: object) -> None:
        self.name, self.value = name, value

    def __call__(self, facts):
        return [facts[self.name] == self.value if self.name in facts else None]

    def evidence(self, facts, rules):
        return [Evidence(read={self.name: facts[self.name]}) for _ in rules]


@pytest.mark.parametrize(("mode", "outcome"), [("crisis", Outcome.REVIEW), (None, Outcome.APPROVE)])
async def test_a_mode_is_a_fact_of_the_very_next_comment(
    ports: Ports, mode: str | None, outcome: Outcome
) -> None:
    rules = (replace(RULEBOOK.rules[0], id="hold"),)
    book = Rulebook(version="m", rules=rules, conditions=Reads("mode", "crisis"))
    bound = replace(ports, rulebook=lambda: book)
    from bot.engine import Engine

    if mode:
        story = StoryRef(site="site", story="story-1")
        until = ports.now() + timedelta(hours=1)
        await Engine(bound).set_mode(mode, actor=ANNA, story=story, until=until)
    comment_id = await judged(bound, "1", "Merci")
    record = await ports.store.comments.record(comment_id)
    assert record is not None
    assert record.verdict is not None
    assert record.verdict.outcome is outcome
    assert record.verdict.facts["mode"] == (mode or "normal")


async def test_facts_are_stored_with_the_verdict_lists_included(ports: Ports) -> None:
    story = Story(id="s", tags=("sport", "une"), published_at=ports.now())
    comment_id = await judged(ports, "1", "Merci www.a.fr", story=story)
    record = await ports.store.comments.record(comment_id)
    assert record is not None
    assert record.verdict is not None
    assert list(record.verdict.facts["story.tags"]) == ["sport", "une"]  # type: ignore[arg-type]
    assert record.comment.story.tags == ("sport", "une")
    assert record.verdict.facts["duplicates.same_by_author"] == 0


async def test_what_a_person_decided_counts_in_the_authors_past(ports: Ports) -> None:
    comment_id = await judged(ports, "1", "bof")
    case = await ports.store.cases.for_comment(comment_id)
    assert case is not None
    await pipeline.resolve(
        ports,
        Resolution(
            case_id=case.id,
            case_version=case.version,
            outcome=Outcome.REJECT,
            actor=ANNA,
            reason=Reason.OFFENSIVE,
        ),
    )
    past = (await around(ports, await send(ports, "2", "Bonjour"))).author
    assert past is not None
    assert (past.in_review.ever, past.rejected.ever) == (0, 1)
