"""Gets a checkpoint and its tokenizer, over TLS, and opens neither."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from bot.score.detoxify.places import find_base, find_checkpoint, source_of
from bot.score.detoxify.releases import RELEASES, RefusedError, Release
from bot.score.detoxify.trust import digest_of_path, is_trusted, vouch

_HUB = "https://huggingface.co"
_CHUNK = 1 << 20
_WITHIN_S = 60.0
"""Without a byte."""
_LARGEST = 3_000_000_000

OnBytes = Callable[[int, int], None]
"""Called with the bytes that are here, and all there will be (0: not told)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where things are got from; an operator's mirror is another one."""

    checkpoint_url: str
    base_url: str
    tls: ssl.SSLContext | None = None

    @classmethod
    def of(cls, release: Release) -> Sources:
        return cls(
            checkpoint_url=release.url, base_url=f"{_HUB}/{release.base.repository}/resolve/main"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    checkpoint: Path
    digest: str
    base: Path
    is_trusted: bool


def fetch(
    model: str,
    *,
    models: Path,
    trust: str | None = None,
    sources: Sources | None = None,
    on_bytes: OnBytes = lambda *_: None,
) -> Fetched:
    """Downloads what is not here yet. With `trust` (a full digest) the checkpoint must have it.

    Raises RefusedError; a file that is not what was expected is not kept.
    """
    release = RELEASES[model]
    sources = sources or Sources.of(release)
    folder = source_of(models, model)
    checkpoint = find_checkpoint(models, release)
    if checkpoint is None:
        checkpoint = folder / release.file
        expected = (trust or f"sha256:{release.digest_starts}").removeprefix("sha256:")
        download(
            sources.checkpoint_url,
            checkpoint,
            digest_starts=expected,
            tls=sources.tls,
            on_bytes=on_bytes,
        )
    base = find_base(models, release)
    if base is None:
        base = folder / "base"
        url = f"{sources.base_url}/tokenizer.json"
        download(url, base / "tokenizer.json", tls=sources.tls, on_bytes=on_bytes)
    digest = digest_of_path(checkpoint)
    if trust is not None:
        if digest != trust:
            raise RefusedError(f"{checkpoint} has {digest}, not {trust}")
        vouch(models, digest, model=model)
    trusted = is_trusted(models, digest, model=model)
    return Fetched(checkpoint=checkpoint, digest=digest, base=base, is_trusted=trusted)


def download(
    url: str,
    to: Path,
    *,
    digest_starts: str = "",
    tls: ssl.SSLContext | None = None,
    on_bytes: OnBytes = lambda *_: None,
) -> None:
    """Writes beside `to` and moves it there when it is complete and its SHA-256 begins so."""
    _require_tls(url)
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f"{to.name}.part")
    try:
        digest = _receive(_opener(tls), url, part, on_bytes=on_bytes)
        if not digest.startswith(digest_starts):
            raise RefusedError(
                f"{url} gave a file with sha256:{digest}, not sha256:{digest_starts}"
            )
        part.replace(to)
    except HTTPError as error:
        error.close()
        raise RefusedError(f"{url} answered {error.code}") from None
    except (HTTPException, URLError, OSError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise RefusedError(f"{url} cannot be fetched: {reason}") from None
    finally:
        part.unlink(missing_ok=True)


def _receive(opener: OpenerDirector, url: str, part: Path, *, on_bytes: OnBytes) -> str:
    digest, received = hashlib.sha256(), 0
    with opener.open(Request(url), timeout=_WITHIN_S) as answer, part.open("wb") as file:  # noqa: S310 - https is required above, and of redirects
        total = int(answer.headers.get("Content-Length") or 0)
        while chunk := answer.read(_CHUNK):
            received += len(chunk)
            if received > _LARGEST:
                raise RefusedError(f"{url} gives more than {_LARGEST} bytes")
            digest.update(chunk)
            file.write(chunk)
            on_bytes(received, total)
    if received < total:
        raise RefusedError(f"{url} ended after {received} of {total} bytes")
    return digest.hexdigest()


class _TlsOnly(HTTPRedirectHandler):
    def redirect_request(  # noqa: PLR0917 - as the base class has it
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> Request | None:
        _require_tls(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(tls: ssl.SSLContext | None) -> OpenerDirector:
    return build_opener(_TlsOnly, HTTPSHandler(context=tls or ssl.create_default_context()))


def _require_tls(url: str) -> None:
    if urlsplit(url).scheme != "https":
        raise RefusedError(f"{url} is not fetched: it must be https://")
