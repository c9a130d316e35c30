"""`veilleur learn`, from decisions in a real store to a scorer that has learnt, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random
from subprocess import CompletedProcess

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import RULEBOOK, Unscored
from bot.learn.following import following
from bot.score.process import ScorerLimits, ScorerProcess, open_scorer
from bot.score.training.own_comments import training_half
from bot.store import SqlStore
from bot.store import tables as t
from bot.store.rows import actor_columns
from tests.cli.conftest import CommandLine
from tests.conftest import ANNA, submission

Learn = Callable[..., Awaitable[CompletedProcess[str]]]

OWN = Path(__file__).parents[1] / "data" / "french_comments"
PEOPLE = (
    "Les touristes",
    "Ces cyclistes",
    "Les automobilistes",
    "Nos voisins",
    "Les retraités du coin",
)
VERBS = ("arrivent", "reviennent", "repartent", "s'installent", "circulent", "manifestent")
PLACES = ("place du marché", "près de la gare", "devant la mairie", "sur les quais", "au port")
PRAISE = (
    "et c'est très bien", "comme chaque année", "dans le calme", "je les salue", "rien à redire",
    "par tous les temps",
)  # fmt: skip
SCORN = (
    "qu'ils restent donc chez eux", "on s'en passerait bien", "quel intérêt pour nous",
    "personne ne les a invités", "le quartier était mieux avant eux", "on ne les regrettera pas",
)  # fmt: skip
"""What this site refuses and the shipped model lets pass."""


QUIET = [f"{who} {verb} {where}." for who, verb, where in product(PEOPLE, VERBS, PLACES)][::5]


def comments(draw: Random) -> list[tuple[str, bool]]:
    """What people decided: 120 of each kind that the site cares about, and 150 of all sorts."""
    places = list(product(PEOPLE, VERBS, PLACES))
    found = [
        (f"{who} {verb} {where}, {end}.", refused)
        for who, verb, where in draw.sample(places, 120)
        for end, refused in ((draw.choice(PRAISE), False), (draw.choice(SCORN), True))
    ]
    found += [
        (row.text, row.targets["toxicity"] > 0.5) for row in draw.sample(training_half(OWN), 150)
    ]
    draw.shuffle(found)
    return found


Fill = Callable[..., Awaitable[None]]


@pytest.fixture
def fill(store: SqlStore) -> Fill:
    """Every comment was decided by a person, one after the other; 30 by the rules.

    The decisions are written as rows: decided through the queue, comments so alike would be one lot.
    """

    async def work(*, teach: bool = True) -> None:
        begin = datetime.now(UTC) - timedelta(days=2)
        rows: list[dict[str, object]] = []
        said = [(text, False, RULEBOOK) for text in QUIET]
        draw = Random(4)  # noqa: S311 - the same each time
        said += [(text, bad and teach, ANNA) for text, bad in comments(draw)]
        for number, (text, refused, actor) in enumerate(said):
            at = begin + timedelta(minutes=number)
            receipt = await store.comments.receive(
                submission(f"c{number}", text), on_case_change=lambda _: (), now=at
            )
            rows.append(
                {
                    "comment_id": receipt.comment_id,
                    "text_version": 1,
                    "outcome": "reject" if refused else "approve",
                    "reason": "OFFENSIVE" if refused else None,
                    "previous_state": "in_review",
                    "decided_at": at,
                    **actor_columns("actor", actor),
                }
            )

        async def decide(connection: AsyncConnection) -> None:
            await connection.execute(t.comments.update().values(state="approved"))
            await connection.execute(t.decisions.insert(), rows)

        await store._database.write(decide)

    return work


@pytest.fixture
def learn(veilleur: CommandLine, database_url: str) -> Learn:
    async def run(*arguments: str) -> CompletedProcess[str]:
        return await asyncio.to_thread(veilleur, "learn", *arguments, DATABASE_URL=database_url)

    return run


async def test_a_site_teaches_what_it_refuses_and_takes_it_back(
    fill: Fill, learn: Learn, database_url: str
) -> None:
    """Measured first, then kept and used by a running scorer, then given up again."""
    await fill()
    tried = await learn("--dry-run")
    assert tried.returncode == 0, tried.stderr + tried.stdout
    assert "nothing was kept" in tried.stdout
    done = await learn()
    assert done.returncode == 0, done.stderr
    version = done.stdout.rpartition("Head ")[2].split()[0]
    assert "in use" in (await learn("history")).stdout
    await _scores_change(database_url, version)
    unknown = await learn("use", "nonsense")
    assert unknown.returncode == 2
    assert "no head nonsense" in unknown.stderr
    assert (await learn("use", version)).returncode == 0


async def _scores_change(database_url: str, version: str) -> None:
    text = "Ces cyclistes attendent près de la gare, personne ne les a invités."
    async with AsyncExitStack() as opened:
        store = await SqlStore.open(database_url)
        opened.push_async_callback(store.close)
        scorer = await open_scorer("embedded", limits=ScorerLimits(first_pause_s=0.05))
        opened.push_async_callback(scorer.close)
        shipped = await _toxicity(scorer, text)
        async with following(store.heads, scorer.use_head, look_every_s=0.05):
            learnt = await _toxicity(scorer, text)
            assert str(scorer.status.version).endswith(f"+{version}"), scorer.status.why
            assert learnt > shipped + 0.1
            await store.heads.use(None, actor=RULEBOOK, now=datetime.now(UTC))
            async with asyncio.timeout(20):
                while await _toxicity(scorer, text) != shipped:
                    await asyncio.sleep(0.05)


async def _toxicity(scorer: ScorerProcess, text: str) -> float:
    got = await scorer.score(text, deadline_s=30)
    assert not isinstance(got, Unscored), got
    return got.values["toxicity"]


async def test_without_refusals_there_is_nothing_to_learn(fill: Fill, learn: Learn) -> None:
    await fill(teach=False)
    told = await learn()
    assert told.returncode == 1
    assert "0 refused and 390 approved comments" in told.stderr
    assert "Nothing was learnt yet" in (await learn("history")).stdout
