"""`/openapi.json` and `/docs`: the same description for machines and for people."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader
from markdown_it import MarkdownIt
from markupsafe import Markup

from bot.sites.problems import Trouble

_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def routes(document: dict[str, Any]) -> list[web.RouteDef]:
    """Everything is made once: the description does not change while the program runs."""
    described = json.dumps(document, ensure_ascii=False, indent=2).encode()
    page = _page(document).encode()
    style = files("bot.sites").joinpath("pages/docs.css").read_bytes()
    return [
        web.get("/openapi.json", _constant(described, "application/json")),
        web.get("/docs", _constant(page, "text/html")),
        web.get("/docs.css", _constant(style, "text/css")),
    ]


def _constant(content: bytes, content_type: str) -> Any:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(
            body=content,
            content_type=content_type,
            charset="utf-8",
            headers={
                "Content-Security-Policy": _POLICY,
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            },
        )

    return handle


def _page(document: dict[str, Any]) -> str:
    templates = Environment(loader=PackageLoader("bot.sites", "pages"), autoescape=True)
    templates.filters["pretty"] = lambda value: json.dumps(value, ensure_ascii=False, indent=2)
    templates.filters["shape"] = _shape
    # Only our own words pass through here; "js-default" leaves HTML in them escaped.
    templates.filters["markdown"] = lambda text: Markup(MarkdownIt("js-default").render(text))  # noqa: S704 - see above
    return templates.get_template("docs.html").render(
        document=document,
        schemas=document["components"]["schemas"],
        troubles=[trouble.value for trouble in Trouble],
    )


def _shape(schema: dict[str, Any]) -> str:
    """A schema in a few words, e.g. `string, at most 500`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(_shape(one) for one in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        values = schema.get("enum") or [schema["const"]]
        return " | ".join(f'"{value}"' for value in values)
    if schema.get("type") in {"array", "object"}:
        inner = schema.get("items") or schema.get("additionalProperties") or {}
        return f"{'list' if schema['type'] == 'array' else 'object'} of {_shape(inner)}"
    words = str(schema.get("format") or schema.get("type", "any value"))
    return f"{words}, at most {schema['maxLength']:,}" if "maxLength" in schema else words
