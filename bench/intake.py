"""What a comment costs from the door to its verdict, scoring left out: `python -m bench.intake`.

The real store on a real file, the real pipeline and the rules that are shipped; only the scorer is
replaced by one that always says the same. The same comments then go through an empty rulebook, on
a database of their own: what is added is the price of rules and of the facts they read. CPU
seconds of the whole process count, database threads included; compare the ratios of one run.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from bench.comments import comments
from bot import pipeline
from bot.core.decide import Policy
from bot.core.effects import Outlets
from bot.core.evaluate import NO_CONDITIONS, Rulebook
from bot.core.model import ATTRIBUTES, Author, Scores, Source, Story, Submission, Unscored
from bot.ports import Ports
from bot.rulebook import load
from bot.rulebook.proof import NOMINAL_LEVELS
from bot.store import SqlStore

_BEGAN = datetime(2026, 6, 1, 8, tzinfo=UTC)
_APART = timedelta(seconds=20)
_STORIES = 20
_ROUND = 100
"""Comments after which the rulebooks take turns: a machine that is busy slows both alike."""


_SAID = Scores(
    values=dict.fromkeys(ATTRIBUTES, 0.02),
    scorer="constant",
    version="1",
    levels=dict.fromkeys(ATTRIBUTES, NOMINAL_LEVELS),
)


class _Constant:
    """Says the same of every text."""

    async def score(
        self, text: str, *, deadline_s: float, language: str | None = None
    ) -> Scores | Unscored:
        return _SAID


class _Clock:
    def __init__(self) -> None:
        self.now = _BEGAN

    def __call__(self) -> datetime:
        return self.now


class _House:
    """One installation: a rulebook, a database, and what both have cost so far."""

    def __init__(self, rulebook: Rulebook, store: SqlStore) -> None:
        self._store = store
        self.name = f"{len(rulebook.rules)} rules"
        self.clock = _Clock()
        self.cpu_s = 0.0
        self.outcomes: dict[str, int] = {}
        self._ports = Ports(
            store=store,
            scorer=_Constant(),
            rulebook=lambda: rulebook,
            now=self.clock,
            policy=Policy(),
            outlets=Outlets(tell_site=True, show_cases=True),
        )

    async def take(self, submissions: Sequence[Submission]) -> None:
        began = time.process_time()
        for submission in submissions:
            self.clock.now += _APART
            receipt = await pipeline.receive(self._ports, submission)
            verdict = await pipeline.moderate(self._ports, receipt.comment_id)
            outcome = verdict.outcome.value if verdict else "none"
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        self.cpu_s += time.process_time() - began

    async def close(self) -> None:
        await self._store.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--comments", type=int, default=1_000)
    asked.add_argument("--authors", type=int, default=200)
    asked.add_argument("--rules", type=Path, default=Path(__file__).parents[1] / "rules")
    chosen = asked.parse_args()
    submissions = _submissions(chosen.comments, chosen.authors)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), chosen.rules, submissions))


async def _measure(folder: Path, rules: Path, submissions: Sequence[Submission]) -> None:
    empty = Rulebook(version="none", rules=(), conditions=NO_CONDITIONS, reads=frozenset())
    rulebooks = {"none": empty, "shipped": load(rules)}
    houses = [
        _House(rulebook, await SqlStore.open(f"sqlite+aiosqlite:///{folder / name}.sqlite3"))
        for name, rulebook in rulebooks.items()
    ]
    for start in range(0, len(submissions), _ROUND):
        for house in houses:
            await house.take(submissions[start : start + _ROUND])
    for house in houses:
        await house.close()
    _print(houses, len(submissions))


def _print(houses: Sequence[_House], number: int) -> None:
    table = Table("rulebook", "CPU ms a comment", "comments a CPU second", "ratio", "verdicts")
    for house in houses:
        verdicts = ", ".join(f"{count} {name}" for name, count in sorted(house.outcomes.items()))
        table.add_row(
            house.name,
            f"{house.cpu_s / number * 1e3:.2f}",
            f"{number / house.cpu_s:,.0f}",
            f"{house.cpu_s / houses[0].cpu_s:.2f}",
            verdicts,
        )
    Console().print(table)


def _submissions(number: int, authors: int) -> list[Submission]:
    dice = Random(3)  # noqa: S311 - made-up data
    return [
        Submission(
            site="site",
            source=Source.SITE,
            external_id=str(at),
            text=text,
            author=Author(id=str(who := dice.randrange(authors)), name=f"Lecteur {who}"),
            story=Story(
                id=str(which := dice.randrange(_STORIES)), title=f"Le budget, jour {which}"
            ),
            language="fr",
        )
        for at, text in enumerate(comments(number, seed=3))
    ]


if __name__ == "__main__":
    main()
