"""Renders the console's pages and hands out its two assets; nothing comes from elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import Any

import jinja2
from aiohttp import web

from bot.console import shown, texts, views
from bot.console.config import ConsoleConfig
from bot.core.model import Actor, ActorKind
from bot.core.reasons import Reason, label

_TYPES = {
    "console.css": "text/css",
    "console.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who looks at a page; `actor` is None before the log-in."""

    language: str
    actor: Actor | None = None
    session_hash: str = ""
    csrf: str = ""

    @property
    def is_admin(self) -> bool:
        return self.actor is not None and self.actor.kind is ActorKind.ADMIN


class Pages:
    """Templates and assets, read once."""

    def __init__(self, config: ConsoleConfig) -> None:
        self._config = config
        static = resources.files("bot.console") / "static"
        self._assets = {name: (static / name).read_bytes() for name in _TYPES}
        digest = hashlib.sha256(b"".join(self._assets.values())).hexdigest()[:12]
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("bot.console"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["one_line"] = shown.one_line
        self._templates.filters["multi_line"] = shown.multi_line
        self._templates.globals["assets"] = digest
        self._templates.globals["reasons"] = tuple(Reason)
        self._templates.globals["known"] = texts.known

    def fragment(self, template: str, visitor: Visitor, values: Mapping[str, Any]) -> str:
        language = visitor.language
        return self._templates.get_template(template).render(
            values,
            visitor=visitor,
            language=language,
            t=partial(texts.say, language),
            count=partial(texts.count, language),
            age=partial(texts.age, language),
            actor_name=lambda actor: views.actor_name(actor, language),
            story_name=lambda comment: views.story_name(comment.story, comment.source, language),
            fact=views.fact,
            reason_label=lambda reason: label(reason, language),
            undo_grace_s=self._config.undo_grace_s,
            poll_s=self._config.poll_s,
        )

    def page(
        self, template: str, visitor: Visitor, *, status: int = 200, **values: Any
    ) -> web.Response:
        text = self.fragment(template, visitor, values)
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")

    def message(
        self, visitor: Visitor, title: str, lead: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        """A page with a heading and a sentence."""
        return self.page("message.html", visitor, status=status, title=title, lead=lead, **values)

    def fault(self, visitor: Visitor, code: str, *, status: int) -> web.Response:
        """The page for `fault.<code>` in the texts."""
        say = partial(texts.say, visitor.language)
        return self.message(visitor, say(f"fault.{code}"), say(f"fault.{code}_lead"), status=status)

    def asset(self, name: str) -> web.Response | None:
        """Addresses carry the content's digest, so browsers may keep what they got."""
        if name not in self._assets:
            return None
        return web.Response(
            body=self._assets[name],
            content_type=_TYPES[name],
            charset="utf-8",
            headers={"Cache-Control": "public, max-age=31536000, immutable"},
        )
