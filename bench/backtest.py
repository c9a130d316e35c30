"""What a backtest costs: `python -m bench.backtest [--comments 20000] [--rules 20]`.

A SQLite file is filled with made-up comments, then read and judged again as `veilleur rules
backtest` does. Reading and judging are measured apart and together. CPU seconds count as well as
the clock's: on a busy machine only they say what one core can do.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.comments import comments
from bot.core.decide import Policy
from bot.core.evaluate import Rulebook
from bot.core.facts import text_facts
from bot.core.model import ATTRIBUTES
from bot.learn.backtest import Backtest
from bot.ports import Judged
from bot.rulebook import load
from bot.store import SqlStore
from bot.store import tables as t

_GOAL_PER_S = 20_000
_NOW = datetime(2026, 6, 1, tzinfo=UTC)
_CONDITIONS = (
    "score.{attribute} >= 0.9 && author.approved < 5",
    "score.{attribute} >= 0.5 && score.{attribute} < 0.9",
    "text.links > 1 && author.known_for_days < 1.0",
    "text.caps_ratio > 0.7 && text.words > 5",
    "text.folded.contains('mot{number}') || text.folded.contains('autre{number}')",
)
_RULE = """\
title: Rule {number}
stage: live
when: {when}
then: review
because: Rule {number} fired.
examples:
  match: [unused]
  pass: [unused]
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--comments", type=int, default=20_000)
    asked.add_argument("--rules", type=int, default=20)
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rulebook = _rulebook(Path(folder) / "rules", chosen.rules)
        asyncio.run(_measure(Path(folder), rulebook, chosen.comments))


async def _measure(folder: Path, rulebook: Rulebook, number: int) -> None:
    url = f"sqlite+aiosqlite:///{folder / 'past.sqlite3'}"
    await (await SqlStore.open(url)).close()
    _fill(folder / "past.sqlite3", number)
    table = Table("step", "comments/s by the clock", "comments/s of CPU", title=_title(rulebook))

    @contextmanager
    def measured(step: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        table.add_row(step, f"{number / wall:,.0f}", f"{number / cpu:,.0f}")

    past: list[Judged] = []
    store = await SqlStore.open(url)
    with measured("read"):
        async for portion in store.past.judged(since=_NOW - timedelta(days=60)):
            past.extend(portion)
    assert len(past) == number  # noqa: S101 - a measurement of something else is worse than none
    with measured("facts from the text"):
        for judged in past:
            text_facts(judged.text)
    conditions = rulebook.conditions
    with measured("facts and conditions"):
        for judged in past:
            conditions({**judged.facts, **text_facts(judged.text)})
    with measured("judge (all of the pure part)"):
        _judge(Backtest(rulebook, Policy()).add, past)
    with measured("the whole backtest"):
        test = Backtest(rulebook, Policy())
        async for portion in store.past.judged(since=_NOW - timedelta(days=60)):
            _judge(test.add, portion)
        test.report()
    await store.close()
    Console().print(table)
    Console().print(f"goal: {_GOAL_PER_S:,} comments/s and core for 20 rules")


def _judge(add: Callable[[Judged], None], past: Sequence[Judged]) -> None:
    for judged in past:
        add(judged)


def _title(rulebook: Rulebook) -> str:
    return f"{len(rulebook.rules)} rules, Python {platform.python_version()}"


def _rulebook(folder: Path, number: int) -> Rulebook:
    folder.mkdir()
    for each in range(number):
        when = _CONDITIONS[each % len(_CONDITIONS)].format(
            attribute=ATTRIBUTES[each % len(ATTRIBUTES)], number=each
        )
        text = _RULE.format(number=each, when=f"|-\n  {when}")
        (folder / f"rule-{each}.yaml").write_text(text, "utf-8")
    return load(folder)


def _fill(file: Path, number: int) -> None:
    dice = Random(7)  # noqa: S311 - made-up data
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(t.sites.insert().values(name="site", source="site", first_seen_at=_NOW))
        of_site = {"id": 1, "site": "site", "external_id": "1", "first_seen_at": _NOW}
        connection.execute(t.stories.insert().values(**of_site))
        connection.execute(t.authors.insert().values(**of_site, name="Camille"))
        for table, rows in _rows(dice, number).items():
            connection.execute(table.insert(), rows)
    engine.dispose()


def _rows(dice: Random, number: int) -> dict[sa.Table, list[dict[str, object]]]:
    rows: dict[sa.Table, list[dict[str, object]]] = {
        table: [] for table in (t.comments, t.text_versions, t.verdicts, t.rule_hits, t.decisions)
    }
    for text in comments(number, seed=7):
        comment_id = f"{dice.getrandbits(128):032x}"
        at = _NOW - timedelta(minutes=dice.randrange(30 * 24 * 60))
        scores = {f"score.{name}": dice.random() ** 4 for name in ATTRIBUTES}
        outcome = "review" if scores["score.toxicity"] > 0.5 else "approve"  # noqa: PLR2004 - made-up
        facts = text_facts(text)
        stored = {
            name: facts[name] for name in facts if name not in ("text.folded", "text.written")
        }
        of_version = {"comment_id": comment_id, "version": 1}
        rows[t.comments].append(
            {
                "id": comment_id,
                "site": "site",
                "external_id": comment_id,
                "source": "site",
                "story_id": 1,
                "author_id": 1,
                "version": 1,
                "state": "approved",
                "received_at": at,
                "reports": 0,
            }
        )
        rows[t.text_versions].append(
            {**of_version, "text": text, "format": "plain", "received_at": at}
        )
        rows[t.verdicts].append(
            {
                **of_version,
                "outcome": outcome,
                "basis": "rule",
                "because_fr": "",
                "because_en": "",
                "rulebook": "then",
                "not_applied": [],
                "judged_at": at,
                "facts": {
                    **stored,
                    **scores,
                    "score.unscored": False,
                    "author.approved": 3,
                    "author.rejected": 0,
                    "author.known_for_days": 9.5,
                    "source": "site",
                    "reports.count": 0,
                    "text.language": "fr",
                },
            }
        )
        if outcome == "review":
            rows[t.rule_hits].append(
                {
                    **of_version,
                    "rule": "rule-1",
                    "stage": "live",
                    "outcome": "review",
                    "because_fr": "",
                    "because_en": "",
                }
            )
            rows[t.decisions].append(
                {
                    "comment_id": comment_id,
                    "text_version": 1,
                    "decided_at": at,
                    "outcome": dice.choice(("approve", "reject")),
                    "previous_state": "in_review",
                    "actor_kind": "moderator",
                    "actor_id": "anna",
                    "actor_name": "Anna",
                }
            )
    return rows


if __name__ == "__main__":
    main()
