"""The state in Discord's JSON; field names and shapes as its API description has them."""

from __future__ import annotations

from .state import Channel, JsonObject, Member, Message, Role, User, World

MESSAGE_CONTENT_LIMITED = 1 << 19


def user(person: User) -> JsonObject:
    return {
        "id": str(person.id),
        "username": person.name.lower(),
        "global_name": None if person.bot else person.name,
        "discriminator": "0000" if person.bot else "0",
        "avatar": None,
        "bot": person.bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def myself(world: World) -> JsonObject:
    return {**user(world.bot), "mfa_enabled": True, "locale": "en-US", "verified": True}


def role(one: Role, position: int) -> JsonObject:
    return {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(one.permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def member(one: Member, *, with_user: bool = True) -> JsonObject:
    return {
        **({"user": user(one.user)} if with_user else {}),
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(role_id) for role_id in one.roles],
        "joined_at": one.joined_at.isoformat(),
        "premium_since": None,
        "pending": False,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def channel(world: World, one: Channel) -> JsonObject:
    last = next(reversed(one.messages), None)
    shared: JsonObject = {
        "id": str(one.id),
        "flags": 0,
        "last_message_id": None if last is None else str(last),
    }
    if not one.in_guild:
        return {**shared, "type": 1, "recipients": [user(one.recipient)] if one.recipient else []}
    return {
        **shared,
        "type": 0,
        "guild_id": str(world.guild_id),
        "name": one.name,
        "position": list(world.channels).index(one.id) if one.id in world.channels else 0,
        "permission_overwrites": [
            {
                "id": str(target),
                "type": 0 if target in world.roles else 1,
                "allow": str(allow),
                "deny": str(deny),
            }
            for target, (allow, deny) in one.overwrites.items()
        ],
        "nsfw": False,
        "parent_id": None,
        "topic": None,
        "rate_limit_per_user": 0,
    }


def guild(world: World) -> JsonObject:
    """What `GET /guilds/{id}` gives; GUILD_CREATE adds channels and members."""
    return {
        "id": str(world.guild_id),
        "name": "La Rédaction",
        "owner_id": str(world.owner.id),
        "roles": [role(one, position) for position, one in enumerate(world.roles.values())],
        "preferred_locale": "fr",
        "features": [],
        "emojis": [],
        "stickers": [],
        "icon": None,
        "description": None,
        "splash": None,
        "discovery_splash": None,
        "home_header": None,
        "banner": None,
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 1,
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "nsfw": False,
        "nsfw_level": 0,
        "incidents_data": None,
    }


def guild_create(world: World) -> JsonObject:
    """Channels as the bot may see them; without the members intent only the bot itself."""
    visible = [one for one in world.channels.values() if one.in_guild]
    return {
        **guild(world),
        "joined_at": world.members[world.bot.id].joined_at.isoformat(),
        "large": False,
        "unavailable": False,
        "member_count": len(world.members),
        "channels": [channel(world, one) for one in visible],
        "members": [member(world.members[world.bot.id])],
        "threads": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application(world: World) -> JsonObject:
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": user(world.bot),
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": MESSAGE_CONTENT_LIMITED,
        "flags_new": str(MESSAGE_CONTENT_LIMITED),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(world.owner),
        "team": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
    }


def message(one: Message) -> JsonObject:
    """As REST answers it; the nonce comes back only to whoever sent it."""
    answered = one.channel.messages.get(one.answers) if one.answers else None
    return {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "type": 19 if one.answers else 0,
        "author": user(one.author),
        "content": one.content,
        "timestamp": one.created_at.isoformat(),
        "edited_timestamp": one.edited_at.isoformat() if one.edited_at else None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": one.attachments,
        "embeds": one.embeds,
        "components": one.components,
        "pinned": False,
        "flags": one.flags,
        **({"nonce": one.nonce} if one.nonce is not None else {}),
        **(
            {
                "message_reference": {
                    "type": 0,
                    "message_id": str(one.answers),
                    "channel_id": str(one.channel.id),
                },
                "referenced_message": message(answered) if answered else None,
            }
            if one.answers
            else {}
        ),
    }


def message_event(world: World, one: Message) -> JsonObject:
    """As the gateway tells it: with guild and member."""
    if not one.channel.in_guild:
        return message(one)
    author = world.members.get(one.author.id)
    return {
        **message(one),
        "guild_id": str(world.guild_id),
        **({"member": member(author, with_user=False)} if author else {}),
    }
