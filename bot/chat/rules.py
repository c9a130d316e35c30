"""`/rules`: everybody on the team may look and try a text; admins change and backtest."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import discord
from discord import app_commands

from bot.chat import rule_texts as t
from bot.chat import rule_views as views
from bot.chat.access import actor_of
from bot.chat.cards import words_card
from bot.chat.errors import Interaction, answer, language_of
from bot.chat.localised import choice, localised, option
from bot.chat.pressing import admitted
from bot.chat.safe_text import one_line
from bot.chat.texts import say
from bot.chat.workplace import workplace_of
from bot.core.errors import RulesError
from bot.core.model import Actor, ActorKind, Stage
from bot.learn.tryouts import BusyError
from bot.ports import KeptRulebook
from bot.rulebook.desk import Restaging, RuleDesk

_MOST_OFFERED = 25
_LONGEST_NAME = 100
_LONGEST_TEXT = 3_000

_Share = app_commands.Range[float, 0.01, 99.99]
_RuleName = app_commands.Range[str, 1, _LONGEST_NAME]
_Version = app_commands.Range[str, 4, 64]
_Work = Callable[[RuleDesk, Actor, str], Awaitable["str | _Picture"]]

_STAGES = [choice(words, stage.value) for stage, words in t.STAGES.items()]
_SPANS = [choice(words, days) for days, words in t.SPANS.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """An answer that shows a chart; `view` names the file."""

    view: discord.ui.LayoutView
    chart: bytes


def rule_commands() -> app_commands.Group:
    """Built afresh for each command tree."""
    group = app_commands.Group(name="rules", description=localised(t.COMMAND))
    for make in (_list, _show, _test, _explain, _stage, _rollback, _backtest):
        group.add_command(make())
    return group


async def work_on_rules(interaction: Interaction, work: _Work, *, admin: bool = False) -> None:
    """Checks the role, answers within the three seconds, then works; faults are told, never raised."""
    found = await admitted(interaction)
    if found is None:
        return
    client, actor = found
    language, desk = language_of(interaction), client.config.rules
    if admin and actor.kind is not ActorKind.ADMIN:
        await answer(interaction, say(t.ADMINS_ONLY, language))
        return
    if desk is None:
        await answer(interaction, say(t.NO_RULES, language))
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    try:
        said = await work(desk, actor, language)
    except RulesError as error:
        head = say(t.FAULTS, language, count=len(error.faults), version=desk.version)
        said = views.faults_page(head, error.faults)
    if isinstance(said, str):
        await interaction.followup.send(view=words_card(said), ephemeral=True)
        return
    files = [discord.File(io.BytesIO(said.chart), views.CHART_FILE)] if said.chart else []
    await interaction.followup.send(view=said.view, files=files, ephemeral=True)


# --- looking -----------------------------------------------------------------------------------


def _list() -> app_commands.Command[Any, ..., None]:
    @option("stage", called=t.OPTION_STAGE, does=t.STAGE_SHOWN)
    @app_commands.choices(stage=_STAGES)
    async def list_rules(
        interaction: Interaction, stage: app_commands.Choice[str] | None = None
    ) -> None:
        async def work(desk: RuleDesk, _: Actor, language: str) -> str:
            only = Stage(stage.value) if stage else None
            content = views.rule_list(await desk.in_force(), only, language=language)
            return _with_warning(content, desk, language=language)

        await work_on_rules(interaction, work)

    return app_commands.Command(
        name="list", description=localised(t.COMMAND_LIST), callback=list_rules
    )


def _show() -> app_commands.Command[Any, ..., None]:
    @option("rule", called=t.OPTION_RULE, does=t.RULE)
    @app_commands.autocomplete(rule=offer_rules)
    async def show(interaction: Interaction, rule: _RuleName) -> None:
        async def work(desk: RuleDesk, _: Actor, language: str) -> str:
            found = await desk.in_force()
            read = found.find(rule)
            if read is None:
                return _unknown(rule, language=language)
            return views.rule_page(found, read.rule, language=language)

        await work_on_rules(interaction, work)

    return app_commands.Command(name="show", description=localised(t.COMMAND_SHOW), callback=show)


def _test() -> app_commands.Command[Any, ..., None]:
    @option("rule", called=t.OPTION_RULE, does=t.RULE)
    @app_commands.autocomplete(rule=offer_rules)
    async def test(interaction: Interaction, rule: _RuleName | None = None) -> None:
        async def work(desk: RuleDesk, _: Actor, language: str) -> str:
            found = await desk.in_force()
            if rule is not None and found.find(rule) is None:
                return _unknown(rule, language=language)
            results = await desk.tested(rule)
            return views.test_page(found.version, results, language=language)

        await work_on_rules(interaction, work)

    return app_commands.Command(name="test", description=localised(t.COMMAND_TEST), callback=test)


def _explain() -> app_commands.Command[Any, ..., None]:
    @option("text", called=t.OPTION_TEXT, does=t.TEXT)
    async def explain(
        interaction: Interaction, text: app_commands.Range[str, 1, _LONGEST_TEXT]
    ) -> None:
        async def work(desk: RuleDesk, _: Actor, language: str) -> str:
            return views.explanation(await desk.explained(text), text, language=language)

        await work_on_rules(interaction, work)

    return app_commands.Command(
        name="explain", description=localised(t.COMMAND_EXPLAIN), callback=explain
    )


# --- changing ----------------------------------------------------------------------------------


def _stage() -> app_commands.Command[Any, ..., None]:
    @option("rule", called=t.OPTION_RULE, does=t.RULE)
    @option("stage", called=t.OPTION_STAGE, does=t.STAGE_NEW)
    @option("share", called=t.OPTION_SHARE, does=t.SHARE)
    @app_commands.choices(stage=_STAGES)
    @app_commands.autocomplete(rule=offer_rules)
    async def set_stage(
        interaction: Interaction,
        rule: _RuleName,
        stage: app_commands.Choice[str],
        share: _Share | None = None,
    ) -> None:
        async def work(desk: RuleDesk, actor: Actor, language: str) -> str:
            change = Restaging(rule=rule, stage=Stage(stage.value), percent=share)
            if not _fits(change):
                return say(t.NEEDS_SHARE, language)
            changed = await desk.stage(change, actor=actor)
            return views.staged(changed, change, language=language)

        await work_on_rules(interaction, work, admin=True)

    return app_commands.Command(
        name="stage", description=localised(t.COMMAND_STAGE), callback=set_stage
    )


def _rollback() -> app_commands.Command[Any, ..., None]:
    @option("version", called=t.OPTION_VERSION, does=t.VERSION)
    @app_commands.autocomplete(version=offer_versions)
    async def rollback(interaction: Interaction, version: _Version) -> None:
        async def work(desk: RuleDesk, actor: Actor, language: str) -> str:
            changed = await desk.roll_back(version, actor=actor)
            return views.rolled_back(changed, language=language)

        await work_on_rules(interaction, work, admin=True)

    return app_commands.Command(
        name="rollback", description=localised(t.COMMAND_ROLLBACK), callback=rollback
    )


def _backtest() -> app_commands.Command[Any, ..., None]:
    @option("since", called=t.OPTION_SINCE, does=t.SINCE)
    @option("version", called=t.OPTION_VERSION, does=t.VERSION_TRIED)
    @option("rule", called=t.OPTION_RULE, does=t.RULE)
    @option("stage", called=t.OPTION_STAGE, does=t.STAGE_TRIED)
    @option("share", called=t.OPTION_SHARE, does=t.SHARE)
    @app_commands.choices(since=_SPANS, stage=_STAGES)
    @app_commands.autocomplete(rule=offer_rules, version=offer_versions)
    async def backtest(
        interaction: Interaction,
        *,
        since: app_commands.Choice[str] | None = None,
        version: _Version | None = None,
        rule: _RuleName | None = None,
        stage: app_commands.Choice[str] | None = None,
        share: _Share | None = None,
    ) -> None:
        change = None
        if rule is not None and stage is not None:
            change = Restaging(rule=rule, stage=Stage(stage.value), percent=share)
        wrong = None
        if (rule is None) is not (stage is None):
            wrong = t.RULE_AND_STAGE
        elif (change is not None and not _fits(change)) or (share is not None and change is None):
            wrong = t.NEEDS_SHARE
        days = int(since.value) if since else 30

        async def work(desk: RuleDesk, _: Actor, language: str) -> str | _Picture:
            if wrong is not None:
                return say(wrong, language)
            return await _tried(
                interaction, desk, version=version, change=change, days=days, language=language
            )

        await work_on_rules(interaction, work, admin=True)

    return app_commands.Command(
        name="backtest", description=localised(t.COMMAND_BACKTEST), callback=backtest
    )


async def _tried(
    interaction: Interaction,
    desk: RuleDesk,
    *,
    version: str | None,
    change: Restaging | None,
    days: int,
    language: str,
) -> str | _Picture:
    rulebook = await desk.candidate(version=version, change=change)
    try:
        tried = await workplace_of(interaction).tryouts.run(
            rulebook, desk.policy, days=days, now=desk.now(), language=language
        )
    except BusyError:
        return say(t.BUSY, language)
    except TimeoutError:
        return say(t.TOO_LONG, language)
    view = views.backtest_view(tried, change, language=language)
    return _Picture(view=view, chart=tried.chart)


# --- what is offered while somebody types ------------------------------------------------------


async def offer_rules(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Rules whose name holds what was typed; nothing for whoever is not on the team."""
    desk = _desk_for(interaction)
    ids = await desk.ids() if desk else ()
    wanted = typed.casefold().strip()
    found = [each for each in ids if wanted in each and len(each) <= _LONGEST_NAME]
    return [app_commands.Choice(name=each, value=each) for each in found[:_MOST_OFFERED]]


async def offer_versions(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The newest versions that begin so, with when and by whom they came into force."""
    desk = _desk_for(interaction)
    if desk is None:
        return []
    language, wanted = language_of(interaction), typed.casefold().strip()
    return [
        app_commands.Choice(name=_version_line(each, desk, language), value=each.version)
        for each in await desk.history(limit=200)
        if each.version.startswith(wanted)
    ][:_MOST_OFFERED]


def _version_line(kept: KeptRulebook, desk: RuleDesk, language: str) -> str:
    moment = (kept.loaded_at or kept.kept_at).astimezone(UTC)
    when = f"{moment:%d/%m/%Y}" if language.startswith("fr") else f"{moment:%Y-%m-%d}"
    mark = "● " if kept.version == desk.version else ""
    by = kept.loaded_by or kept.kept_by
    return f"{mark}{kept.version} · {when} {moment:%H:%M} UTC · {by}"[:_LONGEST_NAME]


def _desk_for(interaction: Interaction) -> RuleDesk | None:
    """None for people who may not look."""
    config = workplace_of(interaction).config
    return config.rules if actor_of(interaction.user, config) is not None else None


def _fits(change: Restaging) -> bool:
    return (change.stage is Stage.CANARY) is (change.percent is not None)


def _unknown(rule: str, *, language: str) -> str:
    return say(t.NO_RULE, language, rule=one_line(rule, limit=100))


def _with_warning(content: str, desk: RuleDesk, *, language: str) -> str:
    if not desk.faults:
        return content
    warning = say(t.FOLDER_FAULTS, language, count=len(desk.faults), version=desk.version)
    return f"{warning}\n{content}"
