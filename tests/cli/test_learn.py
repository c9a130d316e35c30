"""`veilleur learn`, from decisions in a real store to a scorer that has learnt, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random
from subprocess import CompletedProcess

import pytest

from bot.core.model import (
    ATTRIBUTES,
    RULEBOOK,
    Basis,
    Outcome,
    Resolution,
    Scores,
    Unscored,
    Verdict,
    Words,
)
from bot.core.reasons import Reason
from bot.learn.following import following
from bot.score.process import ScorerLimits, ScorerProcess, open_scorer
from bot.score.training.own_comments import training_half
from bot.store import SqlStore
from tests.cli.conftest import CommandLine
from tests.conftest import ANNA, submission

Learn = Callable[..., CompletedProcess[str]]

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


async def filled(url: str, *, teach: bool = True) -> None:
    """Every comment went to people, who decided them one after the other; 30 needed nobody."""
    store = await SqlStore.open(url)
    try:
        begin = datetime.now(UTC) - timedelta(days=2)
        draw = Random(4)  # noqa: S311 - the same each time
        for number, (text, refused) in enumerate(comments(draw)):
            at = begin + timedelta(minutes=number)
            await decided(store, f"c{number}", text, refused=refused and teach, at=at)
        for number, (who, verb, where) in enumerate(
            draw.sample([*product(PEOPLE, VERBS, PLACES)], 30)
        ):
            await judged(store, f"p{number}", f"{who} {verb} {where}.", Outcome.APPROVE, at=begin)
    finally:
        await store.close()


async def judged(store: SqlStore, name: str, text: str, outcome: Outcome, *, at: datetime) -> str:
    receipt = await store.comments.receive(
        submission(name, text), on_case_change=lambda _: (), now=at
    )
    pending = await store.comments.pending(receipt.comment_id)
    assert pending is not None
    verdict = Verdict(
        outcome=outcome, basis=Basis.RULE, rulebook="r", because=Words(fr="?", en="?")
    )
    await store.comments.judge(
        pending.comment,
        scores=Scores(values=dict.fromkeys(ATTRIBUTES, 0.5), scorer="s", version="1"),
        verdict=verdict, priority=1.0, effects=(), now=at,
    )  # fmt: skip
    return receipt.comment_id


async def decided(store: SqlStore, name: str, text: str, *, refused: bool, at: datetime) -> None:
    comment_id = await judged(store, name, text, Outcome.REVIEW, at=at)
    case = await store.cases.for_comment(comment_id)
    assert case is not None
    order = Resolution(
        case_id=case.id, case_version=case.version, actor=ANNA,
        outcome=Outcome.REJECT if refused else Outcome.APPROVE,
        reason=Reason.OFFENSIVE if refused else None,
    )  # fmt: skip
    await store.cases.resolve(order, effects=lambda _: (), if_first_of_two=None, now=at)


@pytest.fixture
def learn(veilleur: CommandLine, database_url: str) -> Learn:
    return lambda *arguments: veilleur("learn", *arguments, DATABASE_URL=database_url)


def test_a_site_teaches_what_it_refuses_and_takes_it_back(learn: Learn, database_url: str) -> None:
    """Measured first, then kept and used by a running scorer, then given up again."""
    asyncio.run(filled(database_url))
    tried = learn("--dry-run")
    assert tried.returncode == 0, tried.stderr + tried.stdout
    assert "nothing was kept" in tried.stdout
    done = learn()
    assert done.returncode == 0, done.stderr
    version = done.stdout.rpartition("Head ")[2].split()[0]
    assert "in use" in learn("history").stdout
    asyncio.run(_scores_change(database_url, version))
    unknown = learn("use", "nonsense")
    assert unknown.returncode == 2
    assert "no head nonsense" in unknown.stderr
    assert learn("use", version).returncode == 0


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


def test_without_refusals_there_is_nothing_to_learn(learn: Learn, database_url: str) -> None:
    asyncio.run(filled(database_url, teach=False))
    told = learn()
    assert told.returncode == 1
    assert "0 refused and 390 approved comments" in told.stderr
    assert "Nothing was learnt yet" in learn("history").stdout
