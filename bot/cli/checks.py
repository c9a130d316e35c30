"""The checks of `veilleur doctor` that need no network. Each looks at one thing and changes nothing."""

from __future__ import annotations

import os
import shutil
import stat
import time
from datetime import timedelta
from pathlib import Path

from bot.cli.desk import ago, now
from bot.cli.findings import Finding, Mark, bad, fine, of_faults, warning
from bot.core.errors import RulesError, StoreError
from bot.core.model import Stage
from bot.settings import Settings
from bot.store import SqlStore
from bot.store.migrate import newest

_LITTLE_FREE = 500_000_000
"""Bytes."""
_LATE = timedelta(minutes=1)
_WAL_VERSIONS = b"\x02\x02"
"""Bytes 18 and 19 of a SQLite file in WAL mode."""


def check_settings(settings: Settings, file: Path | None) -> list[Finding]:
    where = str(file) if file else "the environment and defaults; there is no .env"
    findings = [fine("settings", f"sound, from {where}")]
    if file and os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        what = f"{file} holds secrets, and others on this machine can read it"
        findings.append(warning("settings", what, f"chmod 600 {file}"))
    if not settings.site_secret and not settings.discord_token:
        what = "neither SITE_SECRET nor DISCORD_TOKEN is set: no comment can come in"
        findings.append(warning("settings", what, "`veilleur init DIR`, or `veilleur demo`"))
    if settings.site_secret and not settings.site_callback_url:
        what = "SITE_CALLBACK_URL is not set: the site has to ask for each decision"
        findings.append(warning("settings", what, "set it to the site's address for decisions"))
    local = settings.http_host in ("127.0.0.1", "localhost", "::1")
    if not local and not (settings.public_url or "").startswith("https://"):
        what = "it listens beyond this machine, and PUBLIC_URL is not an https:// address"
        fix = "put a reverse proxy with TLS before it (README) and set PUBLIC_URL"
        findings.append(warning("settings", what, fix))
    return findings


async def check_database(settings: Settings) -> list[Finding]:
    kind, _, path = settings.database_url.partition(":///")
    if not kind.startswith("sqlite"):
        return await _check_content(settings)
    file = Path(path.partition("?")[0])
    findings = _check_place(file)
    there = findings[-1].mark is not Mark.BAD and file.exists()  # noqa: ASYNC240 - a command line waits for its disk
    return [*findings, *(await _check_content(settings) if there else [])]


def _check_place(file: Path) -> list[Finding]:
    folder = next((p for p in (file.parent, *file.parent.parents) if p.exists()), Path())
    if not os.access(file if file.exists() else folder, os.W_OK):
        what = f"{file.absolute()} is not writable for this user"
        return [bad("database", what, "give it to the bot's user, or set DATABASE_URL")]
    free = shutil.disk_usage(folder).free
    findings = []
    if free < _LITTLE_FREE:
        what = f"only {free / 1e6:.0f} MB are free on its disk"
        findings.append(warning("database", what, "make room, or move the database"))
    if not file.exists():
        return [*findings, fine("database", f"{file} will be made at the first start")]
    with file.open("rb") as stream:
        versions = stream.read(20)[18:20]
    if versions not in (_WAL_VERSIONS, b""):
        fix = "start the bot once: it switches WAL on"
        return [*findings, warning("database", f"{file} is not in WAL mode yet", fix)]
    return [*findings, fine("database", f"{file}, {free / 1e9:.1f} GB free on its disk")]


async def _check_content(settings: Settings) -> list[Finding]:
    try:
        store = await SqlStore.open(settings.database_url)
    except StoreError as error:
        return of_faults("database", error.faults)
    try:
        totals = await store.totals()
    finally:
        await store.close()
    comments = sum(totals.by_state.values())
    what = f"{comments} comments, {totals.open_cases} in review, schema {newest()}"
    findings = [fine("database", what)]
    if totals.outbox_dead:
        what = f"{totals.outbox_dead} deliveries were given up on"
        fix = "`veilleur outbox list --dead` says why; then `veilleur outbox retry --all`"
        findings.append(warning("outbox", what, fix))
    due_at = totals.oldest_outbox_due_at
    if due_at and now() - due_at > _LATE:
        what = f"the oldest waiting delivery has been due for {ago(due_at)}"
        findings.append(warning("outbox", what, "is the bot running, and the site reachable?"))
    return findings


def check_model(settings: Settings) -> list[Finding]:
    from bot.score.choose import ModelError, NoLevelsError, choose

    began = time.perf_counter()
    try:
        chosen = choose(settings.scorer, models=settings.models_dir)
    except NoLevelsError as error:
        what, _, fix = str(error).partition(": ")
        return [bad("model", what, fix)]
    except ModelError as error:
        return [bad("model", str(error), "install veilleur again; the model comes with it")]
    seconds = time.perf_counter() - began
    what = f"{chosen.model.name}, version {chosen.model.version}, ready in {seconds:.1f} s"
    findings = [fine("model", f"{what}; it tells thanks from an insult")]
    if chosen.degraded:
        fix = "until then nothing is rejected automatically; or set SCORER=embedded"
        findings.append(warning("model", chosen.why, fix))
    return findings


def check_rules(settings: Settings) -> list[Finding]:
    from bot.rulebook import read

    folder = settings.rules_folder
    try:
        found = read(folder)
    except RulesError as error:
        return of_faults("rules", error.faults)
    live = sum(each.rule.stage is Stage.LIVE for each in found.rules)
    what = f"{folder}: {len(found.rules)} rules, {live} of them live, version {found.version}"
    if not live:
        fix = "set a rule's stage to live once you trust it"
        return [warning("rules", f"{what}: none acts", fix)]
    return [fine("rules", what)]
