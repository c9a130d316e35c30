"""Secrets of a log-in: only their hashes are kept, and they are compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def fresh() -> str:
    """256 random bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What the store keeps. A plain digest will do: the token itself cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def csrf(session_token: str) -> str:
    """The token that this session's pages carry; worthless with any other session."""
    key = session_token.encode("utf-8", "replace")
    return hmac.new(key, b"veilleur console csrf", hashlib.sha256).hexdigest()


def same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace"))
