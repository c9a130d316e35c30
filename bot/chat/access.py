"""Who may decide: checked on every press and command, never left to Discord's own settings."""

from __future__ import annotations

import discord

from bot.chat.config import ChatConfig
from bot.core.model import Actor, ActorKind


def actor_of(user: discord.User | discord.Member, config: ChatConfig) -> Actor | None:
    """The colleague behind a press; None when this member has no such role."""
    if not isinstance(user, discord.Member):
        return None
    if _has(user, config.admin_role_id):
        kind = ActorKind.ADMIN
    elif _has(user, config.moderator_role_id) or _has(user, config.lead_role_id):
        kind = ActorKind.MODERATOR
    else:
        return None
    leads = _has(user, config.lead_role_id)
    return Actor(kind=kind, id=f"discord:{user.id}", name=user.display_name, leads=leads)


def _has(member: discord.Member, role_id: int | None) -> bool:
    return role_id is not None and member.get_role(role_id) is not None
