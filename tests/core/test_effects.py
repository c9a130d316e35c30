"""What a change of state asks of the outside, by where the comment came from."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.effects import (
    Announcement,
    Outlets,
    after_resolution,
    after_verdict,
    show_case,
    site_message,
)
from bot.core.model import (
    RULEBOOK,
    Author,
    Comment,
    EffectKind,
    Outcome,
    Source,
    State,
    Story,
    Words,
)
from bot.core.reasons import Reason

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALL = Outlets(tell_site=True, show_cases=True, undo_grace_s=20)


def comment(source: Source) -> Comment:
    return Comment(
        id="c1",
        site="s",
        source=source,
        external_id="42",
        version=3,
        state=State.RECEIVED,
        text="…",
        author=Author(id="a", name="A"),
        story=Story(id="7"),
        received_at=NOW,
    )


def announcement(outcome: Outcome) -> Announcement:
    return Announcement(
        outcome=outcome,
        actor=RULEBOOK,
        because=Words(fr="parce que", en="because"),
        reason=Reason.SPAM if outcome is Outcome.REJECT else None,
        rules=("link-spam",),
        rulebook="abc",
    )


@pytest.mark.parametrize(
    ("source", "outcome", "kinds"),
    [
        (Source.SITE, Outcome.APPROVE, [EffectKind.TELL_SITE]),
        (Source.SITE, Outcome.REVIEW, [EffectKind.TELL_SITE]),
        (Source.SITE, Outcome.REJECT, [EffectKind.TELL_SITE]),
        (Source.DISCORD, Outcome.APPROVE, []),
        (Source.DISCORD, Outcome.REVIEW, []),  # the message stays up while people look
        (Source.DISCORD, Outcome.REJECT, [EffectKind.DELETE_MESSAGE, EffectKind.NOTIFY_AUTHOR]),
    ],
)
def test_effects_of_a_verdict(source: Source, outcome: Outcome, kinds: list[EffectKind]) -> None:
    site = "discord:7" if source is Source.DISCORD else "s"
    made = after_verdict(
        replace(comment(source), site=site), announcement(outcome), now=NOW, outlets=ALL
    )
    assert [effect.kind for effect in made] == kinds
    assert all(effect.due_at == NOW and not effect.revocable for effect in made)


def test_a_persons_decision_waits_and_can_be_revoked() -> None:
    (effect,) = after_resolution(
        comment(Source.SITE), announcement(Outcome.REJECT), now=NOW, outlets=ALL
    )
    assert effect.due_at == NOW + timedelta(seconds=20)
    assert effect.revocable


def test_without_an_outlet_nothing_is_asked() -> None:
    nothing = Outlets()
    verdict = announcement(Outcome.APPROVE)
    assert after_verdict(comment(Source.SITE), verdict, now=NOW, outlets=nothing) == ()
    assert show_case("c1", now=NOW, outlets=nothing) == ()


def test_the_sites_message_is_plain_json() -> None:
    message = site_message(comment(Source.SITE), announcement(Outcome.REJECT), now=NOW)
    assert json.loads(json.dumps(message)) == {
        "type": "comment.rejected",
        "timestamp": "2026-11-23T12:00:00+00:00",
        "data": {
            "id": "42",
            "comment": "c1",
            "version": 3,
            "state": "rejected",
            "reason": "SPAM",
            "reason_label": {"fr": "Spam", "en": "Spam"},
            "because": {"fr": "parce que", "en": "because"},
            "note": None,
            "decided_by": "rulebook",
            "rules": ["link-spam"],
            "rulebook": "abc",
            "tags": [],
            "notify_author": False,
        },
    }
