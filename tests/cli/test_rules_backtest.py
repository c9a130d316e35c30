"""`rules backtest` on the database of a bot that is open at the same time."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from selectolax.lexbor import LexborHTMLParser

from bot.cli.span import moment
from bot.core.model import Outcome, Resolution, Resolved
from bot.core.reasons import Reason
from bot.engine import Engine
from tests.cli.conftest import CommandLine
from tests.conftest import ANNA, TestClock, submission

Settled = Callable[[], Awaitable[None]]
Backtest = Callable[..., Awaitable[CompletedProcess[str]]]
RULE = """\
title: Le mot bof
stage: live
when: text.folded.contains('bof') && score.toxicity > 0.5
then: reject
reason: OFFENSIVE
because: Bof.
examples:
  match: [{text: bof, facts: {score.toxicity: 0.6}}]
  pass: [{text: bof, facts: {score.toxicity: 0.4}}]
"""


@pytest.fixture
def backtest(veilleur: CommandLine, database_url: str) -> Backtest:
    folder = veilleur.folder / "other"
    folder.mkdir()
    (folder / "word-bof.yaml").write_text(RULE)

    async def run(*arguments: str) -> CompletedProcess[str]:
        return await asyncio.to_thread(
            veilleur, "rules", "backtest", *arguments, DATABASE_URL=database_url
        )

    return run


async def test_other_rules_on_the_comments_of_the_past(
    backtest: Backtest, engine: Engine, settled: Settled, tmp_path: Path
) -> None:
    for text in ("bof, \x1b[31mrouge\x1b[0m <b>", "bof, grossier", "affreux", "Merci"):
        await engine.submit(submission(text[:9], text))
    await settled()
    for case in await engine.store.cases.queue():
        approve = "rouge" in case.comment.text
        order = Resolution(
            case_id=case.id,
            case_version=case.version,
            outcome=Outcome.APPROVE if approve else Outcome.REJECT,
            reason=None if approve else Reason.OFFENSIVE,
            actor=ANNA,
        )
        assert isinstance(await engine.resolve(order), Resolved)
    before = await engine.store.totals()
    done = await backtest("--rules", "other", "--html", "report.html")
    assert done.returncode == 0, done
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0].startswith("other, on 4 comments judged since ")
    assert "review 0 0 2 2" in lines
    assert "reject 1 0 0 1" in lines
    assert "reviews per day: 2.0 then, 0.0 with these rules" in lines
    assert "precision of refusals — 50 % (9 to 91) of 2" in lines
    assert "recall of refusals 0 % (0 to 79) of 1 100 % (21 to 100) of 1" in lines
    assert (
        "word-bof live 0 2 0 review → reject 2 50 % (9 to 91) of 2 100 % (21 to 100) of 1" in lines
    )
    assert any("new disagreements: 1, mended: 0" in line for line in lines)
    place = lines.index("review → reject, a person: approve (word-bof)")
    assert lines[place + 1] == "bof, �[31mrouge�[0m <b>"
    assert "reject → approve" in lines
    assert "\x1b" not in done.stdout

    assert stat.S_IMODE((tmp_path / "report.html").stat().st_mode) == 0o600
    page = LexborHTMLParser((tmp_path / "report.html").read_text("utf-8"))
    assert page.css("blockquote b") == []
    assert {each.text()[:7] for each in page.css("blockquote")} == {"bof, \x1b[", "affreux"}
    assert await engine.store.totals() == before


async def test_nothing_of_late(
    backtest: Backtest, engine: Engine, settled: Settled, clock: TestClock
) -> None:
    clock.forward(seconds=-3 * 86_400)
    await engine.submit(submission("1", "bof"))
    await settled()
    done = await backtest("--since", "2d")
    assert (done.returncode, done.stdout.startswith("Nothing was judged since ")) == (0, True), done
    assert ", on 1 comments judged since " in (await backtest("--since", "96h")).stdout


async def test_what_cannot_be_tried(backtest: Backtest, engine: Engine, tmp_path: Path) -> None:
    done = await backtest("--since", "yesterday")
    assert (done.returncode, "12h, 30d, 4w or a date" in done.stderr) == (2, True), done
    done = await backtest("--html", "nowhere/report.html")
    assert (done.returncode, "nowhere/report.html: cannot be written" in done.stderr) == (2, True)
    (tmp_path / "other" / "bad.yaml").write_text("title: x\n")
    done = await backtest("--rules", "other")
    assert (done.returncode, "other/bad.yaml:1:1" in done.stderr) == (1, True), done


def test_moments() -> None:
    for span, hours in (("12h", 12), ("30d", 720), ("2w", 336)):
        passed = datetime.now(UTC) - moment(span)
        assert abs(passed - timedelta(hours=hours)) < timedelta(minutes=1)
    assert moment("2026-05-31") == datetime(2026, 5, 31, tzinfo=UTC)
    assert moment("2026-05-31T12:00+02:00") == datetime(2026, 5, 31, 10, tzinfo=UTC)
