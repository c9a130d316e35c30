"""Standard Webhooks, both ways, with several secrets while they are being changed."""

from __future__ import annotations

import binascii
import math
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook, WebhookVerificationError

from bot.sites.problems import ProblemError, Trouble

TOLERANCE_S = 300.0
"""The library's own tolerance, looked at first so that a wrong clock gets its own answer."""
MAX_ID_CHARS = 256
MIN_SECRET_BYTES = 16

_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class Signer:
    """Signs and checks with all current secrets. `repr` shows none of them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """`secrets` are written `whsec_<base64>`; a malformed or short one raises ValueError."""
        self._webhooks = tuple(_webhook(secret) for secret in secrets)
        if not self._webhooks:
            raise ValueError("at least one secret is needed")

    def headers(self, *, delivery_id: str, body: bytes, at: datetime) -> dict[str, str]:
        """The three headers of one attempt, signed with the old and the new secret."""
        at = at.astimezone(UTC)
        text = body.decode()
        signatures = (hook.sign(delivery_id, at, text) for hook in self._webhooks)
        return {
            _ID: delivery_id,
            _TIMESTAMP: str(math.floor(at.timestamp())),
            _SIGNATURE: " ".join(signatures),
        }

    def delivery_id(self, headers: Mapping[str, str]) -> str:
        """The `webhook-id`; raises a problem for headers that cannot be right, body unseen."""
        missing = [name for name in (_ID, _TIMESTAMP, _SIGNATURE) if not headers.get(name)]
        if missing:
            raise ProblemError(
                Trouble.SIGNATURE_MISSING, detail=f"missing headers: {', '.join(missing)}"
            )
        try:
            age_s = time.time() - float(headers[_TIMESTAMP])
        except ValueError:
            age_s = math.nan
        if math.isnan(age_s):
            raise ProblemError(
                Trouble.SIGNATURE_WRONG, detail="webhook-timestamp must be in unix seconds"
            )
        if abs(age_s) > TOLERANCE_S:
            raise ProblemError(Trouble.TIMESTAMP_STALE)
        delivery_id = headers[_ID]
        if len(delivery_id) > MAX_ID_CHARS or not delivery_id.isprintable():
            raise ProblemError(
                Trouble.SIGNATURE_WRONG,
                detail=f"webhook-id may have {MAX_ID_CHARS} printable characters",
            )
        return delivery_id

    def check(self, headers: Mapping[str, str], body: str) -> None:
        """Raises a problem unless one of the secrets signed exactly this body."""
        values = {name: headers[name] for name in (_ID, _TIMESTAMP, _SIGNATURE)}
        if not any(_matches(hook, body, values) for hook in self._webhooks):
            raise ProblemError(Trouble.SIGNATURE_WRONG)


def _webhook(secret: str) -> Webhook:
    try:
        key = binascii.a2b_base64(secret.removeprefix("whsec_") + "==")
    except ValueError as error:
        # The cause would show a part of the secret in a traceback, hence `from None`.
        message = f"a secret must be whsec_ and base64, this one is not: {type(error).__name__}"
        raise ValueError(message) from None
    if len(key) < MIN_SECRET_BYTES:
        raise ValueError(f"a secret must hold at least {MIN_SECRET_BYTES} bytes, better 24 to 64")
    return Webhook(key)


def _matches(hook: Webhook, body: str, headers: dict[str, str]) -> bool:
    try:
        hook.verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):
        # The library lets ValueError through for a signature entry it cannot take apart.
        return False
    return True
