"""What people put in force beside the rules: modes, mutes, trust; and the alarms they close."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.model import Alarm, AlarmKind, AuthorStanding, RefusalKind, Refused, StoryRef
from bot.core.modes import ModeNow, Why
from bot.engine import Engine
from bot.ports import Ports
from tests.conftest import ANNA, BEN, TestClock, submission

STORY = StoryRef(site="site", story="story-1")


async def _audited(engine: Engine) -> list[str]:
    async with engine.store._database.reading() as connection:  # type: ignore[attr-defined]
        found = await connection.exec_driver_sql("SELECT action FROM audit ORDER BY id")
        return list(found.scalars())


async def test_a_mode_holds_until_its_end_and_everywhere_but_where_another_is_set(
    engine: Engine, clock: TestClock
) -> None:
    until = clock() + timedelta(hours=1)
    set_now = await engine.set_mode("crisis", actor=ANNA, until=until)
    assert isinstance(set_now, ModeNow)
    assert (set_now.mode, set_now.why) == ("crisis", Why.ORDER)
    await engine.set_mode("normal", actor=BEN, story=STORY)
    assert (await engine.mode(STORY)).mode == "normal"
    assert (await engine.mode(StoryRef(site="site", story="other"))).mode == "crisis"
    clock.forward(seconds=3601)
    assert (await engine.mode()).mode == "normal"
    assert await _audited(engine) == ["mode set", "mode set"]


async def test_a_second_order_takes_the_place_of_the_first_and_none_lifts_it(
    engine: Engine,
) -> None:
    await engine.set_mode("crisis", actor=ANNA)
    await engine.set_mode("normal", actor=BEN)
    now = await engine.mode()
    assert now.order is not None
    assert (now.mode, now.order.actor) == ("normal", BEN)
    lifted = await engine.set_mode(None, actor=ANNA)
    assert isinstance(lifted, ModeNow)
    assert lifted.order is None


async def test_an_unknown_mode_and_a_past_end_are_refused(engine: Engine, clock: TestClock) -> None:
    refused = Refused(kind=RefusalKind.INVALID)
    assert await engine.set_mode("siege", actor=ANNA) == refused
    assert await engine.set_mode("crisis", actor=ANNA, until=clock()) == refused
    assert (await engine.mode()).why is Why.NORMAL


@pytest.fixture
async def known(engine: Engine) -> str:
    await engine.submit(submission("1", "Merci"), wait_s=20)
    return "author-1"


async def test_a_mute_ends_by_itself_and_shows_in_the_authors_history(
    engine: Engine, ports: Ports, clock: TestClock, known: str
) -> None:
    until = clock() + timedelta(days=2)
    standing = await engine.mute_author(site="site", author_id=known, actor=ANNA, until=until)
    assert isinstance(standing, AuthorStanding)
    assert standing.is_muted(clock())
    clock.forward(seconds=2 * 86_400 + 1)
    assert not standing.is_muted(clock())
    comment = await ports.store.comments.find(site="site", external_id="1")
    assert comment is not None
    record = await ports.store.comments.record(comment.id)
    assert record is not None
    assert record.history.standing == standing
    assert (await _audited(engine))[-1] == "author muted"


async def test_trust_is_given_and_taken(engine: Engine, known: str) -> None:
    trusted = await engine.trust_author(site="site", author_id=known, actor=ANNA)
    assert trusted == AuthorStanding(trusted=True)
    taken = await engine.trust_author(site="site", author_id=known, actor=ANNA, trusted=False)
    assert taken == AuthorStanding()
    muted = await engine.mute_author(site="site", author_id=known, actor=ANNA)
    assert muted == AuthorStanding(muted=True)


async def test_an_author_nobody_has_seen_is_refused(engine: Engine) -> None:
    refused = Refused(kind=RefusalKind.UNKNOWN)
    assert await engine.mute_author(site="site", author_id="nobody", actor=ANNA) == refused
    assert await engine.trust_author(site="discord:1", author_id="author-1", actor=ANNA) == refused


async def test_an_alarm_is_sounded_once_and_closed_by_a_person(
    engine: Engine, clock: TestClock
) -> None:
    sound, now = engine.store.alarms.sound, clock()
    assert await sound(AlarmKind.RULE_CAP, rule="threat", detail={"per_hour": 5}, now=now)
    assert not await sound(AlarmKind.RULE_CAP, rule="threat", detail={"per_hour": 6}, now=clock())
    assert await sound(AlarmKind.CAP, rule=None, detail={}, now=now)
    first, second = await engine.alarms()
    assert first == Alarm(
        id=first.id,
        kind=AlarmKind.RULE_CAP,
        rule="threat",
        raised_at=now,
        detail={"per_hour": 6},
    )
    assert second.rule is None
    assert await engine.close_alarm(first.id, actor=ANNA)
    assert not await engine.close_alarm(first.id, actor=BEN)
    assert [alarm.kind for alarm in await engine.alarms()] == [AlarmKind.CAP]
    closed_since = engine.store.alarms.closed_since
    assert await closed_since(AlarmKind.RULE_CAP, rule="threat", since=now)
    assert not await closed_since(AlarmKind.RULE_CAP, rule="threat", since=clock())
