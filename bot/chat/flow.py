"""One case after the other, in one private message: each press decides and brings the next.

A case on screen is claimed, so that no colleague gets the same one. Nothing about the flow is
remembered here: what a press needs stands in its custom id, so the flow goes on after a restart.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self

import discord
from discord import ui

from bot.chat import texts
from bot.chat.buttons import IDS, LOOK_UP_S
from bot.chat.cards import open_card, words_card
from bot.chat.context import MoreButton
from bot.chat.errors import Interaction, language_of
from bot.chat.forms import EscalateForm, RejectForm
from bot.chat.outcomes import proposed, refusal
from bot.chat.pressing import CaseButton, CaseControl, PlainButton, open_form
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.model import Actor, Case, Outcome, Proposed, Refused, Resolution, Verdict
from bot.core.reasons import Reason, label

_AT_ONCE_S = 1.5
"""Within half of Discord's three seconds the answer itself is the next case: one request less."""

Row = ui.ActionRow[ui.LayoutView]


class FlowApprove(CaseButton, template=rf"veilleur:flow-approve:{IDS}"):
    action = "flow-approve"
    words = texts.APPROVE
    style = discord.ButtonStyle.success

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        order = Resolution(
            case_id=self.case_id, case_version=self.version, outcome=Outcome.APPROVE, actor=actor
        )
        await show(interaction, _decided(interaction, client, order))


class FlowReason(CaseControl, template=rf"veilleur:flow-reject:{IDS}"):
    """Rejects for the reason that is chosen. None is chosen beforehand: choosing it again would
    be no change, and Discord would send nothing; what the rules suggest comes first instead."""

    def __init__(
        self, case_id: int, version: int, *, language: str, suggested: Reason | None = None
    ) -> None:
        super().__init__(case_id, version, language=language)
        self.select.options.sort(key=lambda option: option.value != suggested)
        if suggested is not None:
            self.select.options[0].description = say(texts.SUGGESTED, language)

    def made(self, case_id: int, version: int, *, language: str) -> ui.Item[Any]:
        return ui.Select(
            custom_id=f"veilleur:flow-reject:{case_id}:{version}",
            placeholder=say(texts.REJECT_FOR, language),
            options=[
                discord.SelectOption(label=label(reason, language), value=reason.value)
                for reason in Reason
            ],
        )

    @property
    def select(self) -> ui.Select[Any]:
        assert isinstance(self.item, ui.Select)  # noqa: S101 - made above
        return self.item

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        order = Resolution(
            case_id=self.case_id,
            case_version=self.version,
            outcome=Outcome.REJECT,
            actor=actor,
            reason=Reason(self.select.values[0]),
        )
        await show(interaction, _decided(interaction, client, order))


class FlowRejectWithWords(CaseButton, template=rf"veilleur:flow-reject-words:{IDS}"):
    """Rejects with a word to the author."""

    action = "flow-reject-words"
    words = texts.REJECT_WITH_WORDS

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        suggested: Reason | None = None
        with suppress(TimeoutError):  # a form must be the first answer
            async with asyncio.timeout(LOOK_UP_S):
                suggested = await client.board.suggested_reason(self.case_id)
        language = language_of(interaction)
        form = FlowRejectForm(self.case_id, self.version, suggested=suggested, language=language)
        await open_form(interaction, form)


class FlowRejectForm(RejectForm):
    async def submitted(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await show(interaction, _decided(interaction, client, self.order(actor)))


class FlowEscalate(CaseButton, template=rf"veilleur:flow-escalate:{IDS}"):
    action = "flow-escalate"
    words = texts.ESCALATE

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        language = language_of(interaction)
        await open_form(
            interaction, FlowEscalateForm(self.case_id, self.version, language=language)
        )


class FlowEscalateForm(EscalateForm):
    async def submitted(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        async def escalated() -> ui.LayoutView:
            language = language_of(interaction)
            done = await self.escalated(client, actor)
            notice = say(texts.FLOW_ESCALATED, language, case=self.case_id)
            if isinstance(done, Refused):
                notice = refusal(done, language)
            return await next_view(client, actor, language=language, notice=notice)

        await show(interaction, escalated())


class FlowSkip(CaseButton, template=rf"veilleur:flow-skip:{IDS}"):
    """To the end of this moderator's own queue; colleagues may get the case at once."""

    action = "flow-skip"
    words = texts.SKIP

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        async def skipped() -> ui.LayoutView:
            await client.engine.skip(self.case_id, actor=actor)
            language = language_of(interaction)
            return await next_view(client, actor, language=language, skipped=self.case_id)

        await show(interaction, skipped())


class FlowClose(CaseButton, template=rf"veilleur:flow-close:{IDS}"):
    action = "flow-close"
    words = texts.CLOSE

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        async def closed() -> ui.LayoutView:
            await client.engine.release(self.case_id, actor=actor)
            language = language_of(interaction)
            return _pause(say(texts.FLOW_CLOSED, language), language=language)

        await show(interaction, closed())


class FlowUndo(CaseButton, template=rf"veilleur:flow-undo:{IDS}(?::(?P<current>[0-9]{{1,18}}))?"):
    """Takes the last decision back and shows its case again; the one on screen becomes free."""

    action = "flow-undo"
    words = texts.UNDO

    def __init__(self, case_id: int, version: int, *, language: str, current: int = 0) -> None:
        super().__init__(case_id, version, language=language)
        self.current = current
        self.button.label = say(texts.UNDO_LAST, language, case=case_id)
        self.button.custom_id = f"veilleur:{self.action}:{case_id}:{version}:{current}"

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


class NextButton(PlainButton, template=r"veilleur:flow-next"):
    """Begins the flow again where it stopped."""

    action = "flow-next"
    words = texts.NEXT
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await show(interaction, next_view(client, actor, language=language_of(interaction)))


FLOW_ITEMS: tuple[type[ui.DynamicItem[Any]], ...] = (
    FlowApprove,
    FlowReason,
    FlowRejectWithWords,
    FlowEscalate,
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
    taken = await client.engine.next_case(actor, left_out=skipped)
    if taken is not None:
        if taken.break_due:
            rest = say(texts.TAKE_A_BREAK, language, count=taken.severe_seen)
            notice = "\n".join(part for part in (notice, rest) if part)
        return await _flow_card(
            client, taken.case, language=language, notice=notice, decided=decided
        )
    left = skipped is not None and await _is_open(client, skipped)
    words = say(texts.FLOW_SKIPPED if left else texts.FLOW_DONE, language)
    return _pause(
        "\n".join(part for part in (notice, words) if part), language=language, decided=decided
    )


async def show(interaction: Interaction, making: Coroutine[Any, Any, ui.LayoutView]) -> None:
    """Puts the view in place of the one that was pressed; Discord hears of it in time.

    What was begun is finished even when Discord no longer takes the answer.
    """
    message = interaction.message
    if message is not None and not message.flags.ephemeral:  # the panel, which is everybody's
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(view=await making)
        return
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
    done = await client.engine.resolve(order)
    if isinstance(done, Proposed):
        notice = proposed(done, language)
        return await next_view(client, order.actor, language=language, notice=notice)
    if not isinstance(done, Refused):
        outcome = texts.DECIDED[order.outcome].in_language(language)
        number = say(texts.CASE, language, case=order.case_id)
        notice = f"✅ {number} : {outcome}"
        if done.decision.unit is not None:
            notice += f" · {say(texts.TOGETHER, language, count=done.case.alike + 1)}"
        return await next_view(
            client, order.actor, language=language, notice=notice, decided=done.case
        )
    notice = refusal(done, language)
    again = await client.engine.claim(order.case_id, actor=order.actor)
    if isinstance(again, Refused):  # decided, or with a colleague
        return await next_view(client, order.actor, language=language, notice=notice)
    return await _flow_card(client, again, language=language, notice=notice)


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
    for kind in (FlowApprove, FlowEscalate, FlowSkip, FlowClose, MoreButton):
        buttons.add_item(kind(case.id, case.version, language=language))
    suggested = verdict.reason if verdict else None
    if case.proposal is not None:
        suggested = case.proposal.reason
    reasons: Row = ui.ActionRow()
    reasons.add_item(FlowReason(case.id, case.version, suggested=suggested, language=language))
    last: Row = ui.ActionRow()
    last.add_item(FlowRejectWithWords(case.id, case.version, language=language))
    if decided is not None:
        undo = FlowUndo(decided.id, decided.version, language=language, current=case.id)
        last.add_item(undo)
    return [buttons, reasons, last]


def _pause(content: str, *, language: str, decided: Case | None = None) -> ui.LayoutView:
    view = words_card(content)
    row: Row = ui.ActionRow()
    row.add_item(NextButton(language=language))
    view.add_item(row)
    if decided is not None:
        row.add_item(FlowUndo(decided.id, decided.version, language=language))
    return view
