"""Which effects a change of state asks for, and what the site is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.model import (
    NOTHING_FURTHER,
    Actor,
    Comment,
    Effect,
    EffectKind,
    Further,
    Outcome,
    Source,
    State,
    Words,
)
from bot.core.reasons import Reason, label


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Where effects can go in this installation."""

    tell_site: bool = False
    """A callback address is set."""
    show_cases: bool = False
    """A Discord review channel is set."""
    undo_grace_s: float = 20.0
    """How long a person's decision waits before it leaves the house, so that undo is real."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What became of a comment and on whose word: the substance of the site's callback."""

    outcome: Outcome
    actor: Actor
    because: Words
    reason: Reason | None = None
    note: str | None = None
    rules: tuple[str, ...] = ()
    rulebook: str | None = None
    further: Further = NOTHING_FURTHER


class Occasion(StrEnum):
    """Why colleagues are called."""

    ESCALATION = "escalation"
    QUESTION = "question"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who calls whom to a case, and what they say."""

    what: Occasion
    by: Actor
    of: Actor | None = None
    """None for the role that the occasion concerns."""
    words: str | None = None


def after_verdict(
    comment: Comment, announcement: Announcement, *, now: datetime, outlets: Outlets
) -> tuple[Effect, ...]:
    """Effects of an automatic decision: nothing waits for an undo."""
    outward = _outward(comment, announcement, now=now, due_at=now, revocable=False, outlets=outlets)
    return (*outward, *_towards_member(comment, announcement, now=now))


def after_resolution(
    comment: Comment, announcement: Announcement, *, now: datetime, outlets: Outlets
) -> tuple[Effect, ...]:
    """Effects of a person's decision: they wait for the grace period."""
    due_at = now + timedelta(seconds=outlets.undo_grace_s)
    outward = _outward(
        comment, announcement, now=now, due_at=due_at, revocable=True, outlets=outlets
    )
    if announcement.outcome is not Outcome.REJECT:
        return (*outward, *_restored(comment, due_at=due_at, revocable=True))
    return (*outward, *_notice(comment, announcement, due_at=due_at, revocable=True))


def correction(
    comment: Comment, announcement: Announcement, *, now: datetime, outlets: Outlets
) -> tuple[Effect, ...]:
    """What a site that had been told already hears after an undo; a message comes back."""
    outward = _outward(comment, announcement, now=now, due_at=now, revocable=False, outlets=outlets)
    if announcement.outcome is Outcome.REJECT:
        return outward
    return (*outward, *_restored(comment, due_at=now, revocable=False))


def show_case(comment_id: str, *, now: datetime, outlets: Outlets) -> tuple[Effect, ...]:
    """The review channel's card is brought in line."""
    if not outlets.show_cases:
        return ()
    return (Effect(kind=EffectKind.SHOW_CASE, subject=comment_id, due_at=now),)


def call_people(
    comment_id: str, call: Call, *, now: datetime, outlets: Outlets
) -> tuple[Effect, ...]:
    """Colleagues are called to the case, once."""
    if not outlets.show_cases:
        return ()
    payload = {
        "what": call.what.value,
        "by": call.by.name,
        "of": call.of.id if call.of else None,
        "words": call.words,
    }
    return (Effect(kind=EffectKind.CALL_PEOPLE, subject=comment_id, due_at=now, payload=payload),)


def _outward(
    comment: Comment,
    announcement: Announcement,
    *,
    now: datetime,
    due_at: datetime,
    revocable: bool,
    outlets: Outlets,
) -> tuple[Effect, ...]:
    if comment.source is Source.DISCORD:
        if announcement.outcome is not Outcome.REJECT and not announcement.further.delete:
            return ()
        payload: Mapping[str, object] = {
            "channel_id": comment.story.id,
            "message_id": comment.external_id,
        }
        kind = EffectKind.DELETE_MESSAGE
    else:
        if not outlets.tell_site:
            return ()
        payload, kind = site_message(comment, announcement, now=now), EffectKind.TELL_SITE
    return (
        Effect(kind=kind, subject=comment.id, due_at=due_at, payload=payload, revocable=revocable),
    )


def _towards_member(
    comment: Comment, announcement: Announcement, *, now: datetime
) -> tuple[Effect, ...]:
    """What a rule does to the author of a Discord message."""
    server = discord_server(comment)
    if server is None:
        return ()
    further = announcement.further
    member = {"guild_id": server, "user_id": comment.author.id}
    made: list[tuple[EffectKind, dict[str, object]]] = []
    if further.timeout_s:
        until = now + timedelta(seconds=further.timeout_s)
        made.append((EffectKind.TIMEOUT_AUTHOR, {**member, "until": until.isoformat()}))
    timeouts = tuple(
        Effect(kind=kind, subject=comment.id, due_at=now, payload=payload) for kind, payload in made
    )
    if not further.notify_author and not _is_removed(announcement):
        return timeouts
    return (*timeouts, *_notice(comment, announcement, due_at=now, revocable=False))


def _is_removed(announcement: Announcement) -> bool:
    return announcement.outcome is Outcome.REJECT or announcement.further.delete


def _notice(
    comment: Comment, announcement: Announcement, *, due_at: datetime, revocable: bool
) -> tuple[Effect, ...]:
    """A removal is explained to whoever wrote the message, in private; so is a wait, if a rule
    asks for it."""
    server = discord_server(comment)
    if server is None:
        return ()
    reason = announcement.reason
    payload: dict[str, object] = {
        "guild_id": server,
        "channel_id": comment.story.id,
        "user_id": comment.author.id,
        "removed": _is_removed(announcement),
        "outcome": announcement.outcome.value,
        "reason": reason.value if reason else None,
        "note": announcement.note,
    }
    return (
        Effect(
            kind=EffectKind.NOTIFY_AUTHOR,
            subject=comment.id,
            due_at=due_at,
            payload=payload,
            revocable=revocable,
        ),
    )


def _restored(comment: Comment, *, due_at: datetime, revocable: bool) -> tuple[Effect, ...]:
    """The message is posted again; the store leaves this out where none was removed."""
    if discord_server(comment) is None:
        return ()
    payload: dict[str, object] = {
        "channel_id": comment.story.id,
        "message_id": comment.external_id,
        "user_id": comment.author.id,
        "name": comment.author.name,
    }
    return (
        Effect(
            kind=EffectKind.RESTORE_MESSAGE,
            subject=comment.id,
            due_at=due_at,
            payload=payload,
            revocable=revocable,
        ),
    )


def discord_server(comment: Comment) -> str | None:
    """The id of the server a Discord message stands in."""
    name, _, server = comment.site.partition(":")
    return server if comment.source is Source.DISCORD and name == "discord" and server else None


def site_message(
    comment: Comment, announcement: Announcement, *, now: datetime
) -> dict[str, object]:
    """The callback's body; made once and stored, so that every attempt sends the same bytes."""
    reason = announcement.reason
    state: State = announcement.outcome.state
    return {
        "type": f"comment.{state.value}",
        "timestamp": now.isoformat(),
        "data": {
            "id": comment.external_id,
            "comment": comment.id,
            "version": comment.version,
            "state": state.value,
            "reason": reason.value if reason else None,
            "reason_label": {"fr": label(reason, "fr"), "en": label(reason, "en")}
            if reason
            else None,
            "because": {"fr": announcement.because.fr, "en": announcement.because.en},
            "note": announcement.note,
            "decided_by": announcement.actor.kind.value,
            "rules": list(announcement.rules),
            "rulebook": announcement.rulebook,
            "tags": list(announcement.further.tags),
            "notify_author": announcement.further.notify_author,
        },
    }
