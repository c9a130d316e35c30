"""What the bot must be allowed to do, place by place; each missing permission by Discord's name."""

from __future__ import annotations

import discord

IN_REVIEW_CHANNEL = (
    "view_channel",
    "send_messages",
    "attach_files",
    "read_message_history",
    "pin_messages",
    "create_public_threads",
    "send_messages_in_threads",
    "mention_everyone",
)
IN_WATCHED_CHANNELS = (
    "view_channel",
    "read_message_history",
    "manage_messages",
    "manage_webhooks",
)
_NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
    "manage_messages": "Manage Messages",
    "manage_webhooks": "Manage Webhooks",
    "manage_channels": "Manage Channels",
    "manage_roles": "Manage Roles",
    "pin_messages": "Pin Messages",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "mention_everyone": "Mention @everyone, @here, and All Roles",
}


def lacking(granted: discord.Permissions, wanted: tuple[str, ...]) -> str:
    """The missing ones, as the server's settings call them; empty when nothing is missing."""
    return ", ".join(f"«{_NAMES[name]}»" for name in wanted if not getattr(granted, name))
