"""Checks a signed callback the way any site would: signature, age, and whether it came before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from standardwebhooks import Webhook, WebhookVerificationError

_REMEMBERED = 10_000


def is_genuine(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """True when one of the secrets signed this body within the last five minutes."""
    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):
            continue
        return True
    return False


class Seen:
    """The ids of deliveries that were dealt with, the latest ones."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, delivery_id: str) -> bool:
        return delivery_id in self._ids

    def add(self, delivery_id: str) -> None:
        self._ids[delivery_id] = None
        if len(self._ids) > _REMEMBERED:
            self._ids.popitem(last=False)
