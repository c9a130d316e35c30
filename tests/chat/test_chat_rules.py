"""/rules in both languages: the team looks, admins change, faults are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import scoring
from bot.chat.rules_notice import RulesNotice
from bot.core.decide import Policy
from bot.core.evaluate import NO_CONDITIONS, Rulebook
from bot.learn.backtest import Backtest
from bot.learn.picture import png
from bot.learn.tryouts import BusyError
from bot.rulebook.desk import RuleDesk
from bot.rulebook.shelf import Shelf
from bot.settings import Settings
from bot.store import SqlStore
from bot.store import tables as t
from tests.chat.desk import Desk, read
from tests.chat.oracle import faults_of_message
from tests.conftest import WordScorer, submission

HESITANT = """\
# yaml-language-server: $schema=schema.json
title: Insulte hésitante
stage: live  # since May, see the minutes
when: score.toxicity >= 0.4 && score.toxicity < 0.9
then: review
because: {fr: "Peut-être une insulte ({score.toxicity}).", en: "Maybe an insult ({score.toxicity})."}
examples:
  match:
    - bof, ce ministre   # the classic
  pass:
    - Merci !
"""
SURE = """\
title: Insulte certaine
stage: live
when: score.toxicity >= 0.9
then: reject
reason: OFFENSIVE
because: {fr: Une insulte., en: An insult.}
examples:
  match: [affreux bonhomme, "||@everyone|| est doux"]
  pass: [Merci !]
"""
IDEA = """\
title: Une idée
stage: draft
when: text.links > 3
then: review
because: {fr: Beaucoup de liens., en: Many links.}
examples: {match: [], pass: []}
"""
CHANGES = (
    ("rules stage", {"rule": "sure", "stage": "shadow"}),
    ("rules rollback", {"version": "0000"}),
    ("rules backtest", {}),
)
LOOKS = (
    ("rules list", {}),
    ("rules show", {"rule": "sure"}),
    ("rules test", {"rule": "hesitant"}),
    ("rules explain", {"text": "bof"}),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "rules"
    made.mkdir()
    for name, text in (("hesitant", HESITANT), ("sure", SURE), ("idea", IDEA)):
        (made / f"{name}.yaml").write_text(text, encoding="utf-8")
    return made


@pytest.fixture
async def rules(desk: Desk, folder: Path, store: SqlStore, policy) -> AsyncIterator[RuleDesk]:
    """The desk's rules, on a folder of their own; `desk` has `/rules` from here on."""
    score = scoring(Settings(), WordScorer())
    shelf = await Shelf.open(folder, rulebooks=store.rulebooks, now=desk.clock)
    made = RuleDesk(shelf, rulebooks=store.rulebooks, score=score, policy=policy, now=desk.clock)
    await desk.restart(rules=made)
    return made


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def ask(desk: Desk, who, name: str, **options) -> str:
    """What is read in the private answer, which Discord would have taken."""
    result = await who.slash(desk.review, name, **options)
    assert result.response.ephemeral
    body = {"components": result.response.components, "flags": result.response.flags.value}
    if result.response.components:
        assert faults_of_message(body) == []
    return read(result.response)


async def test_members_are_turned_away_and_offered_nothing(desk: Desk, rules: RuleDesk):
    for name, options in (*LOOKS, *CHANGES):
        assert await ask(desk, desk.member, name, **options) == "⛔ For the moderation team only."
    assert await desk.member.autocomplete(desk.review, "rules show", "rule", "") == []
    assert await desk.member.autocomplete(desk.review, "rules rollback", "version", "") == []


async def test_moderators_look_and_do_not_change(desk: Desk, rules: RuleDesk, folder: Path):
    for name, options in LOOKS:
        assert "⛔" not in await ask(desk, desk.moderator, name, **options)
    for name, options in CHANGES:
        for locale, words in (("en-GB", "Only admins"), ("fr", "Seuls les administrateurs")):
            desk.speak(locale)
            assert words in await ask(desk, desk.moderator, name, **options)
    assert (folder / "sure.yaml").read_text(encoding="utf-8") == SURE


async def test_list_and_show(desk: Desk, rules: RuleDesk):
    text = await ask(desk, desk.moderator, "rules list")
    assert f"Rules: 3 · version `{rules.version}`" in text
    assert "hesitant\u2069** → review" in text
    assert "idea" in text, "drafts are rules, too"
    assert "idea" not in await ask(desk, desk.moderator, "rules list", stage="live")

    shown = await ask(desk, desk.moderator, "rules show", rule="hesitant")
    assert "stage: live  # since May" in shown
    assert "no rule \u2068nobody" in await ask(desk, desk.moderator, "rules show", rule="nobody")

    desk.speak("fr")
    text = await ask(desk, desk.moderator, "rules list", stage="draft")
    assert "Règles : 1" in text
    assert "→ examiner" in text
    assert "brouillon" in text
    assert "pas de règle" in await ask(desk, desk.moderator, "rules show", rule="nobody")


async def test_names_and_versions_are_offered(desk: Desk, rules: RuleDesk):
    found = await desk.moderator.autocomplete(desk.review, "rules show", "rule", "E")
    assert [each["value"] for each in found] == ["hesitant", "idea", "sure"]
    found = await desk.admin.autocomplete(desk.review, "rules rollback", "version", "")
    assert [each["value"] for each in found] == [rules.version]
    assert found[0]["name"].startswith(f"● {rules.version} · ")


async def test_examples_are_proved_with_the_scorer_in_use(desk: Desk, rules: RuleDesk):
    assert "Examples: 2 right of 2" in await ask(
        desk, desk.moderator, "rules test", rule="hesitant"
    )
    text = await ask(desk, desk.moderator, "rules test")
    assert "Examples: 4 right of 5" in text
    assert "sure\u2069** had to fire on example 2" in text
    assert "||@everyone||" not in text, "an example cannot break out of its mask"
    desk.speak("fr")
    assert "devait s'appliquer à l'exemple 2" in await ask(desk, desk.moderator, "rules test")


async def test_a_text_is_explained(desk: Desk, rules: RuleDesk):
    text = await ask(desk, desk.moderator, "rules explain", text="bof, ce ministre")
    assert "Review — \u2068Maybe an insult (0.60)." in text
    assert "Without **\u2068hesitant\u2069**: approve" in text or "hesitant" in text
    assert "🔴 **\u2068hesitant" in text
    assert "⚪ **\u2068sure" in text
    assert "score.toxicity 0.6" in text
    desk.speak("fr")
    text = await ask(desk, desk.moderator, "rules explain", text="bof, ce ministre")
    assert "Examiner — \u2068Peut-être une insulte (0,60)." in text
    assert "ne s'applique pas" in text
    assert "score.toxicity 0,6" in text


async def test_a_quoted_insult_is_not_its_quoters(desk: Desk, rules: RuleDesk, folder: Path):
    """Explained and proved are the author's own words, as a comment would be judged."""
    quoting = "Le ministre l'a traité de « affreux bonhomme » devant tout le monde, quelle honte."
    text = await ask(desk, desk.moderator, "rules explain", text=quoting)
    assert "⚪ **\u2068sure" in text
    assert "score.toxicity 0.02" in text
    insulting = quoting.replace("« affreux bonhomme »", "affreux bonhomme")
    text = await ask(desk, desk.moderator, "rules explain", text=insulting)
    assert "🔴 **\u2068sure" in text

    (folder / "sure.yaml").write_text(
        SURE.replace("pass: [Merci !]", f'pass: ["{quoting}"]'), encoding="utf-8"
    )
    await rules.take_up(by="test")
    text = await ask(desk, desk.moderator, "rules test", rule="sure")
    assert "Examples: 2 right of 3" in text
    assert "had to leave alone" not in text


async def test_a_stage_is_written_and_in_force(
    desk: Desk, rules: RuleDesk, folder: Path, store: SqlStore
):
    """Only the one value changes in the file; history and audit say whose doing it was."""
    before = rules.version
    text = await ask(desk, desk.admin, "rules stage", rule="hesitant", stage="shadow")
    assert "hesitant\u2069**: shadow" in text
    assert f"In force: version `{rules.version}`, acting rules: 2 (before: `{before}`)" in text
    written = (folder / "hesitant.yaml").read_text(encoding="utf-8")
    assert written == HESITANT.replace("stage: live ", "stage: shadow ")
    assert names_in(folder) == ["hesitant.yaml", "idea.yaml", "sure.yaml"], "nothing is left aside"
    kept = (await store.rulebooks.history())[0]
    assert kept.version == rules.version != before
    assert kept.loaded_by == "stage shadow for hesitant by Chloé"
    query = sa.select(t.audit.c.actor_id).where(t.audit.c.action == "rules asked for")
    async with store._database.reading() as connection:
        assert list((await connection.execute(query)).scalars()) == [f"discord:{desk.admin.id}"]

    desk.speak("fr")
    text = await ask(desk, desk.admin, "rules stage", rule="hesitant", stage="canary", share=12.5)
    assert "sur une part des auteurs : 12,5 %" in text
    assert "stage: {canary: 12.5%}  # since May" in (folder / "hesitant.yaml").read_text(
        encoding="utf-8"
    )
    assert "Un canari demande une part" in await ask(
        desk, desk.admin, "rules stage", rule="hesitant", stage="canary"
    )
    same = await ask(desk, desk.admin, "rules stage", rule="sure", stage="live")
    assert "Rien à changer" in same
    assert "there is no such rule" in await ask(
        desk, desk.admin, "rules stage", rule="nobody", stage="live"
    )


async def test_a_rollback_after_a_restart(desk: Desk, rules: RuleDesk, folder: Path):
    """The versions are in the database: a fresh client takes back what an earlier one did."""
    first = rules.version
    await ask(desk, desk.admin, "rules stage", rule="sure", stage="shadow")
    assert rules.version != first
    await desk.restart()

    offered = await desk.admin.autocomplete(desk.review, "rules rollback", "version", first[:4])
    assert [each["value"] for each in offered] == [first]
    text = await ask(desk, desk.admin, "rules rollback", version=first)
    assert f"Back to version `{first}`: 1 files written, 0 removed" in text
    assert rules.version == first
    assert (folder / "sure.yaml").read_text(encoding="utf-8") == SURE
    desk.speak("fr")
    assert "Rien à changer" in await ask(desk, desk.admin, "rules rollback", version=first)
    assert "no version begins so" in await ask(desk, desk.admin, "rules rollback", version="zzzz")


async def test_faults_stop_a_change_and_are_told_in_discord(
    desk: Desk, rules: RuleDesk, folder: Path
):
    """Once, with the admins called, for the first fault; then the message follows what is saved."""
    notice = RulesNotice(desk.current, rules)
    before = rules.version
    await notice.tell()
    assert list(desk.review.history()) == []

    (folder / "sure.yaml").write_text(SURE.replace("0.9", "0.9 &&"), encoding="utf-8")
    await rules.take_up(by="test")
    await notice.tell()
    await notice.tell()
    (message,) = desk.review.history()
    text = read(message)
    assert "Le dossier des règles contient des erreurs (1)" in text
    assert f"`{before}` reste en vigueur" in text
    assert "sure.yaml:3:" in text
    assert f"<@&{desk.config.admin_role_id}>" in text

    text = await ask(desk, desk.admin, "rules stage", rule="hesitant", stage="shadow")
    assert "Nothing was changed" in text
    assert "sure.yaml:3:" in text
    assert (folder / "hesitant.yaml").read_text(encoding="utf-8") == HESITANT
    assert "The rules folder holds faults (1)" in await ask(desk, desk.moderator, "rules list")

    (folder / "sure.yaml").write_text(SURE, encoding="utf-8")
    await rules.take_up(by="test")
    await notice.tell()
    (message,) = desk.review.history()
    assert "sont corrigées" in read(message)


async def test_the_notice_waits_for_a_client_and_survives_deletion(
    desk: Desk, rules: RuleDesk, folder: Path
):
    notice = RulesNotice(desk.current, rules)
    (folder / "sure.yaml").write_text("title: [", encoding="utf-8")
    await rules.take_up(by="test")
    await desk.stop()
    await notice.tell()
    await desk.restart()
    await notice.tell()
    (message,) = desk.review.history()
    await desk.client.partial_channel(desk.review.id).get_partial_message(message.id).delete()
    (folder / "sure.yaml").write_text("title: ]", encoding="utf-8")
    await rules.take_up(by="test")
    await notice.tell()
    assert "sure.yaml:1:8" in read(next(iter(desk.review.history())))


async def test_a_backtest_answers_with_a_picture_and_the_most_telling(
    desk: Desk, rules: RuleDesk, folder: Path
):
    """Eleven comments would come out otherwise without the rule; ten are shown, masked and safe."""
    for n in range(11):
        await desk.engine.submit(submission(str(n), f"bof {n} @everyone ||x|| " + "z" * 300))
    await desk.engine.submit(submission("calm", "Merci !"))
    await desk.quiet()
    await drawing_is_loaded()
    result = await desk.admin.slash(
        desk.review, "rules backtest", rule="hesitant", stage="shadow", since="7"
    )
    text = read(result.response)
    assert result.response.ephemeral
    assert "On 12 comments judged since <t:" in text
    assert "With **\u2068hesitant\u2069** at stage: shadow" in text
    assert "Changed outcomes: 11" in text
    assert text.count("review → approve") == 10
    assert "@everyone" not in text
    (picture,) = result.response.attachments
    assert picture.filename == "backtest.png"
    assert (folder / "hesitant.yaml").read_text(encoding="utf-8") == HESITANT, "nothing is written"

    desk.speak("fr")
    text = await ask(desk, desk.admin, "rules backtest")
    assert "Sur 12 commentaires" in text
    assert "Issues changées : 0" in text
    assert "indiquez la règle et l'étape" in await ask(
        desk, desk.admin, "rules backtest", rule="sure"
    )
    desk.clock.forward(seconds=3 * 86_400)
    assert "Rien n'a été évalué depuis <t:" in await ask(
        desk, desk.admin, "rules backtest", since="1"
    )


async def drawing_is_loaded() -> None:
    """The first picture of a process takes seconds on a busy machine, the simulator waits five."""
    empty = Backtest(Rulebook(version="", rules=(), conditions=NO_CONDITIONS), Policy()).report()
    await asyncio.to_thread(png, empty, language="en")


async def test_one_backtest_at_a_time(desk: Desk, rules: RuleDesk, policy):
    """The second is told at once; the first goes on."""
    rulebook = await rules.candidate()

    async def run() -> None:
        await desk.client.tryouts.run(rulebook, policy, days=1, now=desk.clock(), language="en")

    first = asyncio.create_task(run())
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await run()
    await first


async def test_without_rules(desk: Desk):
    assert "cannot be reached" in await ask(desk, desk.admin, "rules list")
    desk.speak("fr")
    assert "ne sont pas accessibles" in await ask(desk, desk.admin, "rules list")
