"""Rules that were not taken up: admins read the exact faults on the queue page, others do not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.console import health_routes
from bot.core.errors import Fault
from bot.core.model import AlarmKind
from bot.engine import Engine
from tests.console.conftest import House, Moderator, Served
from tests.console.test_health import config

FAULT = Fault(
    where="rules/threat.yaml:4:3",
    what="unknown fact `score.thraet` <script>",
    fix="did you mean `score.threat`?",
    excerpt="     4 | when: score.thraet\n       |   ^",
)


@pytest.fixture
def faults() -> list[Fault]:
    return []


@pytest.fixture
async def house(house: House, faults: list[Fault]) -> AsyncIterator[House]:
    """The console's config is frozen, what it asks is not."""
    object.__setattr__(house.config, "rules_faults", lambda: tuple(faults))
    return house


async def test_admins_see_the_exact_faults_until_they_are_mended(
    ada: Moderator, faults: list[Fault]
) -> None:
    assert "rules-faults" not in await ada.page("/console/")
    faults.append(FAULT)
    page = await ada.page("/console/")
    assert "1 erreur dans les fichiers de règles" in page
    assert "rules/threat.yaml:4:3: unknown fact `score.thraet` &lt;script&gt;" in page
    assert "did you mean `score.threat`?" in page
    assert "2 faults in the rule files" not in await ada.page("/console/?lang=en")
    faults.append(FAULT)
    assert "2 faults in the rule files" in await ada.page("/console/?lang=en")
    faults.clear()
    assert "rules-faults" not in await ada.page("/console/")


async def test_a_flood_of_faults_does_not_flood_the_page(
    ada: Moderator, faults: list[Fault]
) -> None:
    faults.extend(replace(FAULT, where=f"rules/r{number}.yaml:1:1") for number in range(300))
    page = await ada.page("/console/")
    assert page.count("unknown fact") == 20
    assert "… +280" in page


async def test_moderators_are_not_shown_them(anna: Moderator, faults: list[Fault]) -> None:
    faults.append(FAULT)
    assert "threat.yaml" not in await anna.page("/console/")


async def test_faults_do_not_make_it_unready(engine: Engine, served: Served) -> None:
    browser = await served(health_routes(engine, config(rules_faults=lambda: 3)))
    answer = await browser.get("/readyz")
    assert (answer.status, (await answer.json())["rules_faults"]) == (200, 3)


async def test_a_model_in_trouble_is_told_to_all_and_its_cause_to_admins(
    anna: Moderator, ada: Moderator, house: House
) -> None:
    """Everybody must know why nothing is refused; paths and versions are the operator's business."""
    assert "scorer-trouble" not in await anna.page("/console/")
    object.__setattr__(house.config, "scorer_trouble", lambda: "detoxify cannot be used: <gone>")
    page = await anna.page("/console/")
    assert "évalue pas les commentaires" in page
    assert "gone" not in page
    assert "detoxify cannot be used: &lt;gone&gt;" in await ada.page("/console/")


async def test_open_alarms_are_named_to_admins_and_counted_for_machines(
    ada: Moderator, anna: Moderator, engine: Engine, served: Served
) -> None:
    now = engine._ports.now()
    await engine.store.alarms.sound(AlarmKind.RULE_CAP, rule="threat", detail={}, now=now)
    page = await ada.page("/console/")
    assert "Règle à sa limite : <code>threat</code>" in page
    assert "rules-alarms" not in await anna.page("/console/")
    browser = await served(health_routes(engine, config()))
    answer = await (await browser.get("/readyz")).json()
    assert (answer["status"], answer["alarms"]) == ("ready", {"rule_cap": 1})
    assert "threat" not in str(answer)
