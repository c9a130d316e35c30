"""Downloads from a real server over real TLS: what comes whole and as expected is kept."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import trustme

from bot.score.detoxify.fetch import Fetched, Sources, download, fetch
from bot.score.detoxify.places import find_checkpoint, source_of
from bot.score.detoxify.releases import RELEASES, RefusedError
from bot.score.detoxify.trust import is_trusted, parse_digest, vouch

CHECKPOINT = b"weights " * 400_000
DIGEST = "sha256:" + hashlib.sha256(CHECKPOINT).hexdigest()
RELEASE = RELEASES["multilingual"]


@dataclass
class Server:
    url: str
    tls: ssl.SSLContext
    asked: list[str] = field(default_factory=list)

    @property
    def sources(self) -> Sources:
        return Sources(
            checkpoint_url=f"{self.url}/moved/{RELEASE.file}",
            base_url=f"{self.url}/base",
            tls=self.tls,
        )


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Knows a checkpoint behind a redirect, a tokenizer, and several ways to disappoint."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    authority = trustme.CA()
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            kind = self.path.split("/")[1]
            if kind in ("moved", "downgrade"):
                self.send_response(302)
                to = "/file" if kind == "moved" else f"http://{self.headers['Host']}/file"
                self.send_header("Location", to)
                self.end_headers()
                return
            if kind == "nothing":
                self.send_error(404)
                return
            body = b'{"tokens": []}' if kind == "base" else CHECKPOINT
            self.send_response(200)
            self.send_header("Content-Length", str(len(body) * (2 if kind == "cut" else 1)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Not into the test's output."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(own)
    http.socket = own.wrap_socket(http.socket, server_side=True)
    thread = Thread(target=http.serve_forever)
    thread.start()
    yield Server(url=f"https://127.0.0.1:{http.server_port}", tls=tls, asked=asked)
    http.shutdown()
    thread.join()
    http.server_close()


def get(server: Server, models: Path, *, trust: str | None = None) -> Fetched:
    return fetch("multilingual", models=models, trust=trust, sources=server.sources)


def test_a_checkpoint_is_fetched_whole_and_vouched_for(server: Server, tmp_path: Path) -> None:
    fetched = get(server, tmp_path, trust=DIGEST)
    assert fetched.checkpoint.read_bytes() == CHECKPOINT
    assert (fetched.digest, fetched.is_trusted) == (DIGEST, True)
    assert (fetched.base / "tokenizer.json").read_bytes() == b'{"tokens": []}'
    assert find_checkpoint(tmp_path, RELEASE) == fetched.checkpoint
    assert is_trusted(tmp_path, DIGEST, model="multilingual")
    assert server.asked == [f"/moved/{RELEASE.file}", "/file", "/base/tokenizer.json"]
    assert get(server, tmp_path) == fetched
    assert len(server.asked) == 3, "what is here is not fetched again"


def test_without_a_digest_the_name_of_the_release_must_fit(server: Server, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=f"gave a file with {DIGEST}, not sha256:0b549669"):
        get(server, tmp_path)
    assert list(source_of(tmp_path, "multilingual").iterdir()) == []


def test_another_file_than_the_operator_meant_is_not_kept(server: Server, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="not sha256:1111"):
        get(server, tmp_path, trust="sha256:" + "1" * 64)
    assert list(source_of(tmp_path, "multilingual").iterdir()) == []
    assert not is_trusted(tmp_path, DIGEST, model="multilingual")


def test_one_that_was_here_already_must_fit_too(server: Server, tmp_path: Path) -> None:
    source = source_of(tmp_path, "multilingual")
    source.mkdir(parents=True)
    (source / RELEASE.file).write_bytes(b"something else")
    with pytest.raises(RefusedError, match=f"not {DIGEST}"):
        get(server, tmp_path, trust=DIGEST)
    fetched = get(server, tmp_path)
    assert not fetched.is_trusted


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/cut", "ended after|IncompleteRead"),
        ("/nothing", "answered 404"),
        ("/downgrade", "http://.* is not fetched: it must be https://"),
    ],
)
def test_what_does_not_come_whole_over_tls_is_not_kept(
    server: Server, tmp_path: Path, path: str, why: str
) -> None:
    with pytest.raises(RefusedError, match=why):
        download(server.url + path, tmp_path / "to" / "file", tls=server.tls)
    assert list((tmp_path / "to").iterdir()) == []


def test_a_server_that_nobody_vouches_for_is_not_believed(server: Server, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="CERTIFICATE_VERIFY_FAILED"):
        download(f"{server.url}/file", tmp_path / "file")
    with pytest.raises(RefusedError, match="must be https"):
        download(server.url.replace("https", "http"), tmp_path / "file")
    assert server.asked == []


def test_progress_is_told(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    download(
        f"{server.url}/file",
        tmp_path / "file",
        tls=server.tls,
        on_bytes=lambda *at: seen.append(at),
    )
    assert seen[-1] == (len(CHECKPOINT), len(CHECKPOINT))
    assert len(seen) > 2


@pytest.mark.parametrize("written", ["0b549669", "sha256:0b549669", "sha256:" + "g" * 64, ""])
def test_half_a_digest_is_none(written: str) -> None:
    with pytest.raises(RefusedError, match="sha256: and 64 hexadecimal signs"):
        parse_digest(written)


def test_trust_is_for_one_file_as_one_model_and_is_not_lost(tmp_path: Path) -> None:
    other = "sha256:" + "2" * 64
    vouch(tmp_path, DIGEST, model="multilingual")
    vouch(tmp_path, other, model="unbiased")
    assert is_trusted(tmp_path, DIGEST, model="multilingual")
    assert is_trusted(tmp_path, other, model="unbiased")
    assert not is_trusted(tmp_path, other, model="multilingual")
    (tmp_path / "trusted.json").write_text("{")
    with pytest.raises(RefusedError, match="damaged"):
        vouch(tmp_path, DIGEST, model="unbiased")
    assert (tmp_path / "trusted.json").read_text() == "{"
