"""One case after the other, in one private message: each press decides and brings the next.

A case on screen is claimed, so that no colleague gets the same one. Nothing about the flow is
remembered here: what a press needs stands in its custom id, so the flow goes on after a restart.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.chat import texts
from bot.chat.access import actor_of
from bot.chat.buttons import CaseButton, refusal
from bot.chat.cards import open_card, words_card
from bot.chat.errors import Interaction, answer, answered, language_of
from bot.chat.texts import say
from bot.chat.workplace import Workplace, workplace_of
from bot.core.model import Actor, Case, Outcome, Refused, Resolution, Resolved, Verdict, Words
from bot.core.reasons import Reason, label

_AT_ONCE_S = 1.5
"""Within half of Discord's three seconds the answer itself is the next case: one request less."""
_LOOKED_AT = 20
"""Cases read at once while looking for one that nobody is on."""
_IDS = r"(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"

Row = ui.ActionRow[ui.LayoutView]


class FlowApprove(CaseButton, template=rf"veilleur:flow-approve:{_IDS}"):
    action = "flow-approve"
    words = texts.APPROVE
    style = discord.ButtonStyle.success

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        order = Resolution(
            case_id=self.case_id, case_version=self.version, outcome=Outcome.APPROVE, actor=actor
        )
        await show(interaction, _decided(interaction, client, order))


class FlowReason(ui.DynamicItem[ui.Select[Any]], template=rf"veilleur:flow-reject:{_IDS}"):
    """Rejects for the reason that is chosen. None is chosen beforehand: choosing it again would
    be no change, and Discord would send nothing; what the rules suggest comes first instead."""

    def __init__(
        self, case_id: int, version: int, *, suggested: Reason | None, language: str
    ) -> None:
        reasons = sorted(Reason, key=lambda reason: reason is not suggested)
        options = [
            discord.SelectOption(
                label=label(reason, language),
                value=reason.value,
                description=say(texts.SUGGESTED, language) if reason is suggested else None,
            )
            for reason in reasons
        ]
        super().__init__(
            ui.Select(
                custom_id=f"veilleur:flow-reject:{case_id}:{version}",
                placeholder=say(texts.REJECT_FOR, language),
                options=options,
            )
        )
        self.case_id = case_id
        self.version = version

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],  # noqa: ARG003 - given by discord.py
        match: re.Match[str],
        /,
    ) -> Self:
        language = language_of(interaction)
        return cls(int(match["case"]), int(match["version"]), suggested=None, language=language)

    @answered
    async def callback(self, interaction: Interaction) -> None:
        client = workplace_of(interaction)
        client.handlers.note()
        actor = actor_of(interaction.user, client.config)
        if actor is None:
            await answer(interaction, say(texts.NOT_ALLOWED, language_of(interaction)))
            return
        order = Resolution(
            case_id=self.case_id,
            case_version=self.version,
            outcome=Outcome.REJECT,
            actor=actor,
            reason=Reason(self.item.values[0]),
        )
        await show(interaction, _decided(interaction, client, order))


class FlowSkip(CaseButton, template=rf"veilleur:flow-skip:{_IDS}"):
    """To the end of this moderator's own queue; colleagues may get the case at once."""

    action = "flow-skip"
    words = texts.SKIP
    style = discord.ButtonStyle.secondary

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        async def skipped() -> ui.LayoutView:
            await client.engine.skip(self.case_id, actor=actor)
            language = language_of(interaction)
            return await next_view(client, actor, language=language, skipped=self.case_id)

        await show(interaction, skipped())


class FlowClose(CaseButton, template=rf"veilleur:flow-close:{_IDS}"):
    action = "flow-close"
    words = texts.CLOSE
    style = discord.ButtonStyle.secondary

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        async def closed() -> ui.LayoutView:
            await client.engine.release(self.case_id, actor=actor)
            language = language_of(interaction)
            return _pause(say(texts.FLOW_CLOSED, language), language=language)

        await show(interaction, closed())


class FlowUndo(CaseButton, template=rf"veilleur:flow-undo:{_IDS}(?::(?P<current>[0-9]{{1,18}}))?"):
    """Takes the last decision back and shows its case again; the one on screen becomes free."""

    action = "flow-undo"
    words = texts.UNDO
    style = discord.ButtonStyle.secondary

    def __init__(self, case_id: int, version: int, *, language: str, current: int = 0) -> None:
        super().__init__(case_id, version, language=language)
        self.current = current
        self.item.label = say(texts.UNDO_LAST, language, case=case_id)
        self.item.custom_id = f"veilleur:{self.action}:{case_id}:{version}:{current}"

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],  # noqa: ARG003 - given by discord.py
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(
            int(match["case"]),
            int(match["version"]),
            language=language_of(interaction),
            current=int(match["current"] or 0),
        )

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await show(interaction, self._taken_back(interaction, client, actor))

    async def _taken_back(
        self, interaction: Interaction, client: Workplace, actor: Actor
    ) -> ui.LayoutView:
        language = language_of(interaction)
        case = await client.engine.store.cases.get(self.case_id)
        last = await client.engine.store.cases.last_decision(self.case_id)
        if case is None or case.version != self.version or last is None:
            return await next_view(
                client, actor, language=language, notice=say(texts.FLOW_NOT_UNDONE, language)
            )
        undone = await client.engine.undo(self.case_id, actor=actor)
        if isinstance(undone, Refused):
            notice = refusal(undone, language)
            return await next_view(client, actor, language=language, notice=notice)
        if self.current:
            await client.engine.release(self.current, actor=actor)
        told = texts.UNDONE_TOLD if undone.site_had_been_told else texts.UNDONE
        notice = say(told, language, case=self.case_id)
        claimed = await client.engine.claim(self.case_id, actor=actor)
        if isinstance(claimed, Refused):  # a colleague was quicker
            return await next_view(client, actor, language=language, notice=notice)
        return await _flow_card(client, claimed, language=language, notice=notice)


class NextButton(ui.DynamicItem[ui.Button[Any]], template=r"veilleur:flow-next"):
    """Begins the flow again where it stopped."""

    words: ClassVar[Words] = texts.NEXT

    def __init__(self, *, language: str) -> None:
        super().__init__(
            ui.Button(
                label=say(self.words, language),
                style=discord.ButtonStyle.primary,
                custom_id="veilleur:flow-next",
            )
        )

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: ui.Item[Any],  # noqa: ARG003 - given by discord.py
        match: re.Match[str],  # noqa: ARG003 - given by discord.py
        /,
    ) -> Self:
        return cls(language=language_of(interaction))

    @answered
    async def callback(self, interaction: Interaction) -> None:
        client = workplace_of(interaction)
        client.handlers.note()
        actor = actor_of(interaction.user, client.config)
        language = language_of(interaction)
        if actor is None:
            await answer(interaction, say(texts.NOT_ALLOWED, language))
            return
        await show(interaction, next_view(client, actor, language=language))


FLOW_ITEMS: tuple[type[ui.DynamicItem[Any]], ...] = (
    FlowApprove,
    FlowReason,
    FlowSkip,
    FlowClose,
    FlowUndo,
    NextButton,
)


async def next_view(
    client: Workplace,
    actor: Actor,
    *,
    language: str,
    notice: str | None = None,
    decided: Case | None = None,
    skipped: int | None = None,
) -> ui.LayoutView:
    """The next case nobody else is on, claimed for this actor; `skipped` is left out."""
    case = await _claimed(client, actor, left_out=skipped)
    if case is not None:
        return await _flow_card(client, case, language=language, notice=notice, decided=decided)
    left = skipped is not None and await _is_open(client, skipped)
    words = say(texts.FLOW_SKIPPED if left else texts.FLOW_DONE, language)
    return _pause(
        "\n".join(part for part in (notice, words) if part), language=language, decided=decided
    )


async def show(interaction: Interaction, making: Coroutine[Any, Any, ui.LayoutView]) -> None:
    """Puts the view in place of the one that was pressed; Discord hears of it in time.

    What was begun is finished even when Discord no longer takes the answer.
    """
    task = asyncio.ensure_future(making)
    done, _ = await asyncio.wait({task}, timeout=_AT_ONCE_S)
    if done:
        await interaction.response.edit_message(view=task.result())
        return
    try:
        await interaction.response.defer()
    finally:
        view = await task
    await interaction.edit_original_response(view=view)


async def _decided(interaction: Interaction, client: Workplace, order: Resolution) -> ui.LayoutView:
    """Carries the order out. A text that changed meanwhile is shown again, not passed over."""
    language = language_of(interaction)
    done: Resolved | Refused = await client.engine.resolve(order)
    if not isinstance(done, Refused):
        outcome = texts.DECIDED[order.outcome].in_language(language)
        number = say(texts.CASE, language, case=order.case_id)
        notice = f"✅ {number} : {outcome}"
        return await next_view(
            client, order.actor, language=language, notice=notice, decided=done.case
        )
    notice = refusal(done, language)
    again = await client.engine.claim(order.case_id, actor=order.actor)
    if isinstance(again, Refused):  # decided, or with a colleague
        return await next_view(client, order.actor, language=language, notice=notice)
    return await _flow_card(client, again, language=language, notice=notice)


async def _claimed(client: Workplace, actor: Actor, *, left_out: int | None) -> Case | None:
    offset = 0
    while True:
        found = await client.engine.store.search.next_for(actor, limit=_LOOKED_AT, offset=offset)
        for case in found:
            if case.id == left_out:
                continue
            claimed = await client.engine.claim(case.id, actor=actor)
            if not isinstance(claimed, Refused):
                return claimed
        if len(found) < _LOOKED_AT:
            return None
        offset += _LOOKED_AT


async def _is_open(client: Workplace, case_id: int) -> bool:
    case = await client.engine.store.cases.get(case_id)
    return case is not None and case.is_open


async def _flow_card(
    client: Workplace,
    case: Case,
    *,
    language: str,
    notice: str | None = None,
    decided: Case | None = None,
) -> ui.LayoutView:
    record = await client.engine.store.comments.record(case.comment.id)
    if record is None:  # erased in this very moment
        return words_card(say(texts.NO_CASE, language, case=case.id))
    rows = flow_rows(case, record.verdict, language=language, decided=decided)
    return open_card(case, record, language=language, rows=rows, notice=notice)


def flow_rows(
    case: Case, verdict: Verdict | None, *, language: str, decided: Case | None
) -> list[Row]:
    buttons: Row = ui.ActionRow()
    for kind in (FlowApprove, FlowSkip, FlowClose):
        buttons.add_item(kind(case.id, case.version, language=language))
    suggested = verdict.reason if verdict else None
    reasons: Row = ui.ActionRow()
    reasons.add_item(FlowReason(case.id, case.version, suggested=suggested, language=language))
    rows = [buttons, reasons]
    if decided is not None:
        rows.append(_undo_row(decided, current=case.id, language=language))
    return rows


def _undo_row(decided: Case, *, current: int, language: str) -> Row:
    row: Row = ui.ActionRow()
    row.add_item(FlowUndo(decided.id, decided.version, language=language, current=current))
    return row


def _pause(content: str, *, language: str, decided: Case | None = None) -> ui.LayoutView:
    view = words_card(content)
    row: Row = ui.ActionRow()
    row.add_item(NextButton(language=language))
    view.add_item(row)
    if decided is not None:
        view.add_item(_undo_row(decided, current=0, language=language))
    return view
