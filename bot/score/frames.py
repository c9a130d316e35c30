"""How the bot and its scorer process talk: JSON after four bytes of length. Never pickle.

To the process: `{"chunk": [[id, text, limit_s, explains], …]}`, where `explains` is the attribute to
explain, or null for the scores; or `{"head": {…}}`, what the site's decisions taught (null for
nothing). From it, once and after each head: `{"ready": {…}}` or `{"failed": "why"}`; then for each chunk one `{"id", "scores", "worst"}`, `{"id", "explained"}` or `{"id", "unscored"}` a text,
and `{"done": {…}}`.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")
_MAX_BYTES = 4 * 1024 * 1024
"""Far above any chunk; a longer one means that the stream is out of step."""


class BrokenFrameError(Exception):
    """The stream holds something else than frames."""


def packed(message: Mapping[str, object]) -> bytes:
    """ASCII only, so that NUL and lone surrogates pass unharmed."""
    body = json.dumps(message).encode("ascii")
    return _LENGTH.pack(len(body)) + body


def read(stream: BinaryIO) -> dict[str, Any] | None:
    """The next frame; None at the end of the stream, also in the middle of a frame."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _length(head)
    body = stream.read(length)
    return _parsed(body) if len(body) == length else None


async def read_async(stream: asyncio.StreamReader) -> dict[str, Any] | None:
    """As `read`, without blocking the event loop."""
    try:
        return _parsed(await stream.readexactly(_length(await stream.readexactly(_LENGTH.size))))
    except asyncio.IncompleteReadError:
        return None


def _length(head: bytes) -> int:
    (length,) = _LENGTH.unpack(head)
    if length > _MAX_BYTES:
        raise BrokenFrameError(f"a frame of {length} bytes")
    return int(length)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise BrokenFrameError("not JSON") from error
    if not isinstance(message, dict):
        raise BrokenFrameError("not an object")
    return message
