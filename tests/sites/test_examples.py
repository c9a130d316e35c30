"""The examples of connecting a site do what they say."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import importlib.util
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from bot.engine import Engine
from bot.sites.signature import Signer
from tests.sites.client import NEW, STRANGER, SiteClient
from tests.sites.receiver import calling, item, receiving

EXAMPLES = Path(__file__).parents[2] / "examples"
PYTHON, PHP = EXAMPLES / "connect_a_site.py", EXAMPLES / "connect_a_site.php"


async def run(*command: str, **environment: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), timeout=30)
    assert process.returncode == 0, err.decode()
    return out.decode()


async def test_the_python_example_sends_a_comment(site: SiteClient, engine: Engine) -> None:
    for _ in range(2):  # the same id counts once
        printed = await run(sys.executable, str(PYTHON), SITE_SECRET=NEW, VEILLEUR_URL=site.address)
        comment_id, state = printed.split()
        stored = await engine.store.comments.get(comment_id)
        assert stored is not None
        assert (stored.external_id, stored.version) == ("c-1", 1)
        assert state in {"received", "approved"}


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SITE_SECRET", NEW)
    spec = importlib.util.spec_from_file_location("connect_a_site", PYTHON)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_the_python_example_checks_a_real_callback(example: Any) -> None:
    async with receiving() as receiver:
        async with calling(receiver.address) as callbacks:
            await callbacks.deliver(item(type="comment.approved"))
        async with calling(receiver.address, secrets=(STRANGER,)) as stranger:
            await stranger.deliver(item(type="comment.approved"))
    genuine, forged = receiver.attempts
    assert example.decision(genuine.body, genuine.headers) == {"type": "comment.approved"}
    with pytest.raises(WebhookVerificationError):
        example.decision(forged.body, forged.headers)


def vector() -> dict[str, str]:
    """The worked example in the PHP file's comment."""
    return dict(re.findall(r"^//   (\w+) +(\S+)$", PHP.read_text(), flags=re.MULTILINE))


def test_the_worked_example_of_the_php_file_is_right() -> None:
    found = vector()
    assert set(found) == {"secret", "id", "timestamp", "body", "signature"}
    key = base64.b64decode(found["secret"].removeprefix("whsec_"))
    content = f"{found['id']}.{found['timestamp']}.{found['body']}".encode()
    digest = hmac.new(key, content, hashlib.sha256).digest()
    assert found["signature"] == "v1," + base64.b64encode(digest).decode()
    assert Webhook(found["secret"])._whsecret == key
    Signer([found["secret"]])


@pytest.mark.skipif(shutil.which("php") is None, reason="no php on this machine")
async def test_the_php_example_signs_and_checks(site: SiteClient, engine: Engine) -> None:
    found = vector()
    printed = await run(
        "php",
        "-r",
        f"require {str(PHP)!r}; echo veilleur_sign({found['secret']!r}, {found['id']!r}, "
        f"{found['timestamp']}, {found['body']!r}), ' ', json_encode(veilleur_is_genuine("
        f"{found['secret']!r}, 'a', time(), 'b', 'v1,x ' . veilleur_sign({found['secret']!r}, "
        "'a', time(), 'b')));",
    )
    signature, genuine = printed.split()
    assert (signature, json.loads(genuine)) == (found["signature"], True)
    printed = await run("php", str(PHP), SITE_SECRET=NEW, VEILLEUR_URL=site.address)
    assert await engine.store.comments.get(printed.split()[0]) is not None
