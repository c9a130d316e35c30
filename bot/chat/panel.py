"""The pinned panel: what waits, in numbers, with a button to begin; and the call when time is short."""

from __future__ import annotations

import hashlib
from datetime import datetime

import discord
import structlog
from discord import ui

from bot.chat import texts
from bot.chat.config import ChatConfig
from bot.chat.errors import DiscordError, said
from bot.chat.flow import NextButton
from bot.chat.safe_text import one_line
from bot.chat.severity import mark
from bot.chat.texts import say
from bot.core.model import Severity
from bot.engine import Engine
from bot.ports import Bulletin, Headline

log = structlog.get_logger()

_PANEL, _DUTY = "panel", "duty"
_UNKNOWN = {10003, 10008}
"""Unknown channel, unknown message."""


class Panel:
    """One message; edited only when it would read otherwise, so that a flood costs no requests."""

    def __init__(self, client: discord.Client, *, config: ChatConfig, engine: Engine) -> None:
        self._client = client
        self._config = config
        self._engine = engine

    def use(self, config: ChatConfig) -> None:
        """An admin has chosen other channels or roles."""
        self._config = config

    async def refresh(self) -> None:
        """Brings the panel in line and calls whoever is on duty; Discord's refusals are logged."""
        if self._config.review_channel_id is None:
            return
        found = await self._engine.headline()
        try:
            await self._show(found)
            await self._call_duty(found)
        except DiscordError as error:
            log.warning("panel not updated", why=said(error))

    async def heal(self, message_ids: set[int]) -> None:
        """Somebody deleted messages in the review channel: the panel comes back."""
        known = await self._engine.store.bulletins.get(_PANEL)
        if known is not None and known.message_id in message_ids:
            await self._engine.store.bulletins.remove(_PANEL)
            await self.refresh()

    async def _show(self, found: Headline) -> None:
        config, bulletins = self._config, self._engine.store.bulletins
        content = panel_text(found, cards=config.max_open_cards, language=config.language)
        digest = hashlib.sha256(content.encode()).hexdigest()[:32]
        known = await bulletins.get(_PANEL)
        here = known is not None and known.channel_id == config.review_channel_id
        if known is not None and here:
            if known.digest == digest:
                return
            try:
                await self._channel.get_partial_message(known.message_id).edit(
                    view=panel_view(content, language=config.language)
                )
            except discord.NotFound as error:
                if error.code not in _UNKNOWN:
                    raise
            else:
                await self._keep(_PANEL, known.message_id, digest)
                return
        message = await self._channel.send(
            view=panel_view(content, language=config.language),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        await self._keep(_PANEL, message.id, digest)
        await self._channel.get_partial_message(message.id).pin()

    async def _call_duty(self, found: Headline) -> None:
        """Once for each time that cases run late; not at night, but first thing after it."""
        config, bulletins = self._config, self._engine.store.bulletins
        called = await bulletins.get(_DUTY)
        if found.overdue + found.at_risk == 0:
            if called is not None:
                await bulletins.remove(_DUTY)
            return
        role_id = config.duty_role_id
        if called is not None or role_id is None or self._is_quiet(self._engine.now()):
            return
        content = say(
            texts.DUTY,
            config.language,
            role=f"<@&{role_id}>",
            overdue=found.overdue,
            soon=found.at_risk,
        )
        only = discord.AllowedMentions(everyone=False, users=False, roles=[discord.Object(role_id)])
        message = await self._channel.send(
            view=panel_view(content, language=config.language), allowed_mentions=only
        )
        await self._keep(_DUTY, message.id, "")

    def _is_quiet(self, now: datetime) -> bool:
        if self._config.quiet_hours is None:
            return False
        begins, ends = self._config.quiet_hours
        hour = now.astimezone(self._config.timezone).hour
        return begins <= hour < ends if begins <= ends else hour >= begins or hour < ends

    @property
    def _channel(self) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(self._config.review_channel_id or 0)

    async def _keep(self, name: str, message_id: int, digest: str) -> None:
        await self._engine.store.bulletins.put(
            Bulletin(
                name=name,
                channel_id=self._config.review_channel_id or 0,
                message_id=message_id,
                digest=digest,
                posted_at=self._engine.now(),
            )
        )


def panel_view(content: str, *, language: str) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(content))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    row.add_item(NextButton(language=language))
    return view.add_item(row)


def panel_text(found: Headline, *, cards: int, language: str) -> str:
    if not found.total:
        return say(texts.QUEUE_EMPTY, language)
    lines = headline_lines(found, language=language)
    if found.total > cards:
        lines.append(say(texts.PANEL_HINT, language, count=cards))
    return "\n".join(lines)


def headline_lines(found: Headline, *, language: str) -> list[str]:
    """By urgency, severity, age and section; lines without news are left out."""
    lines = [say(texts.QUEUE_TITLE, language, count=found.total)]
    late = []
    if found.overdue:
        late.append(f"**{say(texts.OVERDUE, language, count=found.overdue)}**")
    if found.at_risk:
        late.append(say(texts.AT_RISK, language, count=found.at_risk))
    if found.escalated:
        late.append(say(texts.WITH_LEADS, language, count=found.escalated))
    if late:
        lines.append(" · ".join(late))
    levels = [
        f"{mark(level)} {texts.SEVERITIES[level].in_language(language)} {found.by_severity[level]}"
        for level in reversed(Severity)
        if found.by_severity.get(level)
    ]
    lines.append(" · ".join(levels))
    new, middle, old = found.by_age
    lines.append(say(texts.BY_AGE, language, new=new, middle=middle, old=old))
    sections = [
        f"{one_line(name, limit=60) if name else say(texts.NO_SECTION, language)} {count}"
        for name, count in found.by_section
    ]
    lines.append(" · ".join(sections))
    if found.oldest_at:
        since = discord.utils.format_dt(found.oldest_at, "R")
        lines.append(say(texts.OLDEST, language, since=since))
    return lines
