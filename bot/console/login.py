"""The way in: a one-time link, and the way out."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import structlog
from aiohttp import web

from bot.console import texts, tokens
from bot.console.config import ConsoleConfig
from bot.console.guard import Form, Guard
from bot.console.pages import Pages, Visitor
from bot.core.model import Actor, AuditEntry
from bot.ports import Clock, Session, Store

log = structlog.get_logger()


async def issue_link(store: Store, actor: Actor, config: ConsoleConfig, now: datetime) -> str:
    """An address that logs `actor` in once, within `config.link_minutes`."""
    token = tokens.fresh()
    expires_at = now + timedelta(minutes=config.link_minutes)
    session = Session(actor=actor, expires_at=expires_at)
    await store.sessions.issue_link(tokens.hashed(token), session=session, now=now)
    return f"{config.public_url.rstrip('/')}/console/login?t={token}"


class Login:
    """Handlers of the log-in pages."""

    def __init__(
        self, store: Store, config: ConsoleConfig, pages: Pages, guard: Guard, *, now: Clock
    ) -> None:
        self._store = store
        self._config = config
        self._pages = pages
        self._guard = guard
        self._now = now

    async def ask(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Shows a button. Fetching the address uses nothing up, as link previews fetch it too."""
        token = request.query.get("t", "")
        if not token:
            say = partial(texts.say, visitor.language)
            return self._pages.message(visitor, say("login.needed"), say("login.how"))
        return self._pages.page("login.html", visitor, token=token)

    async def enter(self, request: web.Request, visitor: Visitor, form: Form) -> web.Response:
        now = self._now()
        session_token = tokens.fresh()
        session = await self._store.sessions.redeem_link(
            tokens.hashed(form.get("t", "")),
            session_hash=tokens.hashed(session_token),
            expires_at=now + timedelta(hours=self._config.session_hours),
            now=now,
        )
        if session is None:
            say = partial(texts.say, visitor.language)
            lead = say("login.used_lead", minutes=self._config.link_minutes)
            how = say("login.how")
            return self._pages.message(visitor, say("login.used"), lead, status=403, how=how)
        if visitor.session_hash:
            await self._store.sessions.end(visitor.session_hash)
        await self._store.audit(AuditEntry(at=now, actor=session.actor, action="console log-in"))
        log.info("logged in to the console", actor=session.actor.id)
        response = web.Response(status=303, headers={"Location": "/console/"})
        self._guard.set_session(response, session_token)
        return response

    async def leave(self, request: web.Request, visitor: Visitor, form: Form) -> web.Response:
        await self._store.sessions.end(visitor.session_hash)
        say = partial(texts.say, visitor.language)
        gone = Visitor(language=visitor.language)
        response = self._pages.message(gone, say("login.gone"), say("login.how"))
        self._guard.forget_session(response)
        return response
