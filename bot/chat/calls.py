"""Calls colleagues to a case: in the thread of its card, by name or by role."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import discord
from discord import ui

from bot.chat import texts
from bot.chat.errors import Interaction, language_of
from bot.chat.pressing import CaseButton
from bot.chat.safe_text import one_line
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.effects import Occasion
from bot.core.model import Actor, Case, OutboxItem
from bot.ports import Card

_THREAD_EXISTS = 160004
_KEPT_MIN: Final = 1440
"""A day without a word, then Discord folds the thread away."""


class OpenButton(
    CaseButton, template=r"veilleur:open:(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"
):
    """The case as it stands now, for whoever presses."""

    action = "open"
    words = texts.OPEN_CASE
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        view = await client.board.private_card(self.case_id, language=language_of(interaction))
        if view is not None:
            await interaction.edit_original_response(view=view)


async def call(client: Workplace, item: OutboxItem, case: Case, card: Card) -> None:
    """Says it in the thread of the card; where there may be no thread, below the card.

    A repeated call (after a crash) carries the same nonce, so that Discord posts it once.
    """
    language = client.config.language
    payload = item.effect.payload
    what = Occasion(str(payload["what"]))
    whom, allowed = _called(client, what, payload.get("of"))
    by = one_line(str(payload["by"]), limit=80)
    lines = [say(texts.CALL[what], language, who=f"**{by}**", whom=whom)]
    if payload.get("words"):
        lines.append(f"> {one_line(str(payload['words']), limit=1_200)}")
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("\n".join(lines)))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    row.add_item(OpenButton(case.id, case.version, language=language))
    view.add_item(row)
    place = await _thread(client, case, card)
    nonce = hashlib.sha256(item.delivery_id.encode()).hexdigest()[:24]
    await place.send(view=view, allowed_mentions=allowed, nonce=nonce)


def _called(client: Workplace, what: Occasion, of: object) -> tuple[str, discord.AllowedMentions]:
    """The mention, and leave for nothing but that mention."""
    kind, _, number = str(of or "").partition(":")
    if kind == "discord" and number.isdigit():
        user = discord.Object(int(number))
        return f"<@{user.id}>", discord.AllowedMentions(
            everyone=False, users=[user], roles=False, replied_user=False
        )
    config = client.config
    leads = config.lead_role_id or config.admin_role_id
    role_id = leads if what is Occasion.ESCALATION else config.moderator_role_id
    if role_id is None:
        return "", discord.AllowedMentions.none()
    role = discord.Object(role_id)
    return f"<@&{role_id}>", discord.AllowedMentions(
        everyone=False, users=False, roles=[role], replied_user=False
    )


async def _thread(client: Workplace, case: Case, card: Card) -> Any:
    """A thread that hangs on a message has the message's id, whoever began it."""
    channel = client.partial_channel(card.channel_id)
    if channel.guild is None:
        return channel
    message = channel.get_partial_message(card.message_id)
    try:
        name = say(texts.CASE, client.config.language, case=case.id)
        return await message.create_thread(name=name, auto_archive_duration=_KEPT_MIN)
    except discord.Forbidden:
        return channel
    except discord.HTTPException as error:
        if error.code != _THREAD_EXISTS:
            raise
        return client.partial_channel(card.message_id)
