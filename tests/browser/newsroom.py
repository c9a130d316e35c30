"""A fictional newsroom in the middle of a busy afternoon: stories, readers and their comments.

Nobody here exists; scores are written down instead of computed, so that pictures and tests always
show the same cases.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from aiohttp import web

from bot.console import ConsoleConfig, console_routes, issue_link
from bot.core.evaluate import Evidence, Rulebook
from bot.core.model import (
    ATTRIBUTES,
    Actor,
    ActorKind,
    Author,
    FactValue,
    Outcome,
    Parent,
    Report,
    Scores,
    Source,
    Stage,
    Story,
    Submission,
    Unscored,
    Words,
)
from bot.core.reasons import Reason
from bot.engine import Engine
from tests.conftest import TestClock, rule

LEA = Actor(kind=ActorKind.ADMIN, id="discord:1", name="Léa Fontanel")
NOUR = Actor(kind=ActorKind.MODERATOR, id="discord:2", name="Nour Belkacem")

TRAM = Story(
    id="tram",
    url="https://journal.example/metropole/tram-ligne-e",
    title="Ligne E du tramway : le chantier reprend en janvier, deux stations supprimées",
    section="Métropole",
)
BUDGET = Story(
    id="budget",
    url="https://journal.example/politique/budget",
    title="Budget : le conseil municipal se déchire sur la taxe foncière",
    section="Politique",
)
DERBY = Story(
    id="derby",
    url="https://journal.example/sport/derby",
    title="Derby : l'arbitre au cœur de la polémique après le but refusé",
    section="Sport",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One comment, the scores it gets, and how long it has been waiting."""

    id: str
    text: str
    author: str
    story: Story
    waited_min: float
    scores: Mapping[str, float] | None = None
    parent: Parent | None = None
    reports: int = 0


SAID = (
    Said(
        id="c-1",
        text="Encore un article payé par la mairie. Le journaliste est un vendu et ceux qui le "
        "croient sont des moutons. Qu'il vienne donc sur le chantier, on lui expliquera la vie.",
        author="Riverain_du_quai",
        story=TRAM,
        waited_min=31,
        scores={"toxicity": 0.84, "insult": 0.79, "threat": 0.46},
        reports=2,
    ),
    Said(
        id="c-2",
        text="Cette adjointe ne comprend rien aux finances, comme d'habitude. Quelle incapable !\n"
        "Deux hausses en trois ans, et toujours pas un euro pour les écoles.",
        author="Odile M.",
        story=BUDGET,
        waited_min=24,
        scores={"toxicity": 0.71, "insult": 0.68, "obscene": 0.12},
    ),
    Said(
        id="c-3",
        text="Vous avez traité mon commentaire de « discours de haine » alors que je citais le "
        "tract : « dehors les assistés ». Je trouve cette phrase honteuse, justement.",
        author="Bastien",
        story=BUDGET,
        waited_min=17,
        scores={"toxicity": 0.58, "identity_attack": 0.41, "insult": 0.22},
        parent=Parent(id="c-0", author="Odile M.", text="Et ce tract, vous en pensez quoi ?"),
    ),
    Said(
        id="c-4",
        text="L'arbitre avait ses lunettes au vestiaire, c'est pas possible autrement. "
        "Bande de bras cassés, rendez-nous le match !!!",
        author="Kop Sud 1987",
        story=DERBY,
        waited_min=9,
        scores={"toxicity": 0.52, "insult": 0.44},
    ),
    Said(
        id="c-5",
        text="שלום, bonjour à tous les lecteurs. Merci pour le reportage \u202eetrev engil\u202c.",
        author="Noam",
        story=TRAM,
        waited_min=4,
    ),
)
"""Five cases, in the order of the queue when nobody has reported anything."""


class WrittenScores:
    """Gives each text the scores written down for it, with its quotations or without; a text
    without any stays unscored."""

    async def score(
        self, text: str, *, deadline_s: float, language: str | None = None
    ) -> Scores | Unscored:
        said = next((said for said in SAID if said.text[:20] == text[:20]), None)
        if said is None:
            return Scores(
                values=dict.fromkeys(ATTRIBUTES, 0.01), scorer="embedded", version="9f2c41"
            )
        if said.scores is None:
            return Unscored(reason="timed out after 10 s")
        values = dict.fromkeys(ATTRIBUTES, 0.02) | dict(said.scores)
        return Scores(values=values, scorer="embedded", version="9f2c41")


def _between(low: float, high: float, facts: Mapping[str, FactValue], name: str) -> bool | None:
    value = facts.get(f"score.{name}")
    return low <= value < high if isinstance(value, float) else None


class _Conditions:
    def __call__(self, facts: Mapping[str, FactValue]) -> list[bool | None]:
        return [
            _between(0.4, 1.01, facts, "toxicity"),
            _between(0.4, 1.01, facts, "identity_attack"),
            _between(0.6, 1.01, facts, "insult"),
        ]

    def evidence(self, facts: Mapping[str, FactValue], fired: Sequence[int]) -> list[Evidence]:
        names = ("score.toxicity", "score.identity_attack", "score.insult")
        return [Evidence(read={names[each]: facts[names[each]]}) for each in fired]


RULEBOOK = Rulebook(
    version="b41d7e02",
    rules=(
        rule(
            "borderline",
            Outcome.REVIEW,
            because=Words(
                fr="Ton agressif, le modèle hésite (toxicité {score.toxicity}).",
                en="Aggressive tone, the model is unsure (toxicity {score.toxicity}).",
            ),
        ),
        rule(
            "identity-attack",
            Outcome.REVIEW,
            Reason.HATE_SPEECH,
            because=Words(
                fr="Vise peut-être un groupe de personnes.", en="May aim at a group of people."
            ),
        ),
        rule(
            "insult-in-politics",
            Outcome.REJECT,
            Reason.OFFENSIVE,
            stage=Stage.SHADOW,
            because=Words(fr="Insulte une personne nommée.", en="Insults a named person."),
        ),
    ),
    conditions=_Conditions(),
)


def handed_in(said: Said) -> Submission:
    return Submission(
        site="site",
        source=Source.SITE,
        external_id=said.id,
        text=said.text,
        author=Author(id=said.author, name=said.author),
        story=said.story,
        parent=said.parent,
        language="fr",
    )


PAST = {"Odile M.": 14, "Bastien": 3, "Kop Sud 1987": 41}
"""Harmless comments that readers wrote in the weeks before."""


async def hand_in_the_past(engine: Engine, clock: TestClock) -> None:
    """Gives the regulars their history."""
    clock.offset = -timedelta(days=40)
    for author, times in PAST.items():
        for n in range(times):
            earlier = replace(
                handed_in(SAID[0]),
                external_id=f"past-{author}-{n}",
                text=f"Merci pour cet article ({n}).",
                author=Author(id=author, name=author),
            )
            await engine.submit(earlier, wait_s=10)


async def hand_in(engine: Engine, clock: TestClock) -> None:
    """Brings the five comments in, each at its time, so that their waits differ."""
    for said in SAID:
        clock.offset = -timedelta(minutes=said.waited_min)
        await engine.submit(handed_in(said), wait_s=10)
        for n in range(said.reports):
            complaint = Report(
                site="site", external_id=said.id, delivery_id=f"report-{said.id}-{n}"
            )
            await engine.report(complaint)
    clock.offset = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """A console that runs on a real socket."""

    engine: Engine
    config: ConsoleConfig
    clock: TestClock

    @property
    def url(self) -> str:
        return self.config.public_url

    async def link(self, actor: Actor) -> str:
        return await issue_link(self.engine.store, actor, self.config, self.clock())


@asynccontextmanager
async def running_console(
    engine: Engine, clock: TestClock, *, undo_grace_s: float = 20.0, poll_s: float = 0.3
) -> AsyncIterator[Console]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = ConsoleConfig(
        public_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
        undo_grace_s=undo_grace_s,
        poll_s=poll_s,
    )
    app = web.Application()
    app.add_routes(console_routes(engine, config, now=clock))
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield Console(engine=engine, config=config, clock=clock)
    finally:
        await runner.cleanup()


def edited(said: Said, text: str) -> Submission:
    """The same comment with another text, as its author changed it."""
    return replace(handed_in(said), text=text)
