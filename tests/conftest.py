"""The parts that most tests need: a real store on a real file, a real engine, a scorer made of a
formula instead of a model, and a rulebook of three lines."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest

from bot.core.decide import Policy
from bot.core.effects import Outlets
from bot.core.evaluate import Evidence, Rule, Rulebook
from bot.core.model import (
    ATTRIBUTES,
    Actor,
    ActorKind,
    Author,
    FactValue,
    Outcome,
    Passage,
    Scores,
    Source,
    Stage,
    State,
    Story,
    Submission,
    Unscored,
    Words,
)
from bot.core.reasons import Reason
from bot.engine import Engine
from bot.ports import Ports
from bot.rulebook.proof import NOMINAL_LEVELS
from bot.store import SqlStore

# In CI the same examples every time: a new find belongs to whoever searches, not to who lands.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("search", deadline=None, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "search")
if os.environ.get("FUZZ"):  # how many examples; `make fuzz`
    hypothesis.settings.register_profile(
        "fuzz", max_examples=int(os.environ["FUZZ"]), deadline=None, print_blob=True
    )
    hypothesis.settings.load_profile("fuzz")

ANNA = Actor(kind=ActorKind.MODERATOR, id="test:anna", name="Anna")
BEN = Actor(kind=ActorKind.MODERATOR, id="test:ben", name="Ben")


LEVELS = dict.fromkeys(ATTRIBUTES, NOMINAL_LEVELS)


@dataclass
class WordScorer:
    """Toxicity by key words: «affreux» 0.97, «bof» 0.6, all else 0.02; «muet» stays unscored."""

    delay_s: float = 0.0
    degraded: bool = False
    seen: list[str] = field(default_factory=list)

    async def score(
        self, text: str, *, deadline_s: float, language: str | None = None
    ) -> Scores | Unscored:
        self.seen.append(text)
        await asyncio.sleep(self.delay_s)
        if "muet" in text:
            return Unscored(reason="asked to stay silent")
        toxicity = 0.97 if "affreux" in text else 0.6 if "bof" in text else 0.02
        values = dict.fromkeys(ATTRIBUTES, 0.01) | {"toxicity": toxicity, "insult": toxicity / 2}
        return Scores(
            values=values, scorer="words", version="1", levels=LEVELS, degraded=self.degraded
        )


class Bands:
    """Two conditions on the toxicity, as a compiled rulebook would answer them."""

    def __call__(self, facts: Mapping[str, FactValue]) -> list[bool | None]:
        toxicity = facts.get("score.toxicity")
        if not isinstance(toxicity, float):
            return [None, None]
        return [0.4 <= toxicity < 0.9, toxicity >= 0.9]

    def evidence(self, facts: Mapping[str, FactValue], fired: Sequence[int]) -> list[Evidence]:
        read, text = {"score.toxicity": facts["score.toxicity"]}, str(facts["text.written"])
        word = "bof" if "bof" in text else "affreux"
        at = text.index(word)
        found = Passage(start=at, end=at + len(word), function="has_word", looked_for=word)
        return [Evidence(read=read, passages=(found,)) for _ in fired]


def rule(name: str, outcome: Outcome, reason: Reason | None = None, **changes: object) -> Rule:
    made = Rule(
        id=name,
        title=name,
        stage=Stage.LIVE,
        outcome=outcome,
        reason=reason,
        because=Words(fr=f"Règle {name}.", en=f"Rule {name}."),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


RULEBOOK = Rulebook(
    version="test-1",
    rules=(
        rule("borderline", Outcome.REVIEW),
        rule("sure-toxicity", Outcome.REJECT, Reason.OFFENSIVE),
    ),
    conditions=Bands(),
)


class TestClock:
    """The real time, which a test can push forward."""

    __test__ = False

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def forward(self, *, seconds: float) -> None:
        self.offset += timedelta(seconds=seconds)


def submission(external_id: str = "1", text: str = "Merci !", **changes: object) -> Submission:
    made = Submission(
        site="site",
        source=Source.SITE,
        external_id=external_id,
        text=text,
        author=Author(id="author-1", name="Camille"),
        story=Story(id="story-1", url="https://journal.example/1", title="Budget", section="pol"),
        language="fr",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


POSTGRES = os.environ.get("TEST_POSTGRES_URL")
"""`postgresql://user@host:port`, as `make test-postgres` sets it; each test gets a database."""


@pytest.fixture
async def database_url(tmp_path: Path) -> AsyncIterator[str]:
    if POSTGRES is None:
        yield f"sqlite+aiosqlite:///{tmp_path / 'veilleur.sqlite3'}"
        return
    import asyncpg

    name = f"veilleur_test_{uuid.uuid4().hex}"
    server = await asyncpg.connect(f"{POSTGRES}/postgres")
    await server.execute(f"CREATE DATABASE {name}")
    yield f"{POSTGRES.replace('postgresql://', 'postgresql+asyncpg://')}/{name}"
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    opened = await SqlStore.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def scorer() -> WordScorer:
    return WordScorer()


@pytest.fixture
def outlets() -> Outlets:
    return Outlets(tell_site=True, show_cases=True, undo_grace_s=20.0)


@pytest.fixture
def policy() -> Policy:
    """Illegal content takes two people."""
    return Policy(two_person_reasons=frozenset({Reason.ILLEGAL_CONTENT}))


@pytest.fixture
def ports(
    store: SqlStore, scorer: WordScorer, clock: TestClock, outlets: Outlets, policy: Policy
) -> Ports:
    return Ports(
        store=store,
        scorer=scorer,
        rulebook=lambda: RULEBOOK,
        now=clock,
        policy=policy,
        outlets=outlets,
    )


@pytest.fixture
async def engine(ports: Ports) -> AsyncIterator[Engine]:
    started = Engine(ports)
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
def settled(engine: Engine) -> Callable[[], object]:
    """Waits until every comment that came in has its verdict."""

    async def wait() -> None:
        async with asyncio.timeout(60):
            while State.RECEIVED in (await engine.store.totals()).by_state:
                await asyncio.sleep(0.01)

    return wait
