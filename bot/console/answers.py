"""What a moderator is told after an action, as a sentence and as JSON."""

from __future__ import annotations

from aiohttp import web

from bot.console import texts, views
from bot.core.model import Outcome, RefusalKind, Refused
from bot.core.reasons import Reason, label

_STATUS = {
    RefusalKind.UNKNOWN: 404,
    RefusalKind.INVALID: 422,
    RefusalKind.CLAIMED: 423,
}
"""Every other refusal is a conflict (409)."""


def status_of(refused: Refused) -> int:
    return _STATUS.get(refused.kind, 409)


def refusal(refused: Refused, language: str) -> str:
    name = views.actor_name(refused.by, language) if refused.by else texts.say(language, "someone")
    if refused.kind is RefusalKind.TAKEN and refused.outcome is None:
        return texts.say(language, "refused.closed")
    outcome = refused.outcome or Outcome.REVIEW
    return texts.say(
        language,
        f"refused.{refused.kind.value}",
        name=name,
        outcome=texts.say(language, f"outcome.{outcome.value}"),
    )


def refused_json(refused: Refused, language: str) -> web.Response:
    body = {"ok": False, "kind": refused.kind.value, "message": refusal(refused, language)}
    return web.json_response(body, status=status_of(refused))


def said(action: str, language: str, reason: str | None = None) -> str | None:
    """The sentence after `action`; None for what is no action (it may come from an address)."""
    key = f"said.{action}"
    if not texts.known(key):
        return None
    if action != "reject":
        return texts.say(language, key)
    known = reason if reason in tuple(Reason) else Reason.OTHER.value
    return texts.say(language, key, reason=label(Reason(known), language).lower())
