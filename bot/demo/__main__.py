"""`python -m bot.demo`: the demo site as a program of its own."""

from __future__ import annotations

import argparse
import base64
import os
import sys

from aiohttp import web

from bot.demo.app import DemoConfig, create_app


def main(arguments: list[str] | None = None) -> int:
    """Serves until interrupted. 2 when the secret or the port cannot be used."""
    options = _parser().parse_args(arguments)
    given = options.secret or os.environ.get("DEMO_SECRET", "")
    secrets = tuple(secret.strip() for secret in given.split(",") if secret.strip())
    if not secrets or not all(_is_secret(secret) for secret in secrets):
        sys.stderr.write("DEMO_SECRET: expected whsec_ and base64, the same as SITE_SECRET\n")
        return 2
    address = options.public_url or f"http://{options.host}:{options.port}"
    config = DemoConfig(bot_url=options.bot_url, secrets=secrets, public_url=address)

    def announce(_: str) -> None:
        """Called once the port is open."""
        sys.stdout.write(f"demo site on {address}/\n")
        sys.stdout.flush()

    try:
        web.run_app(
            create_app(config),
            host=options.host,
            port=options.port,
            print=announce,
            access_log=None,
        )
    except OSError as error:
        sys.stderr.write(f"--port: cannot listen on {options.host}:{options.port}: {error}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot.demo",
        description="A small newspaper page whose comments go through Veilleur. "
        "Comments are kept in memory only. Set Veilleur's SITE_CALLBACK_URL to this "
        "site's /callbacks and ALLOW_PRIVATE_CALLBACKS to true.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8081, help="port to listen on (%(default)s)")
    parser.add_argument(
        "--bot-url", default="http://127.0.0.1:8080", help="where Veilleur listens (%(default)s)"
    )
    parser.add_argument("--public-url", help="this site's own address, when it is another one")
    parser.add_argument(
        "--secret",
        help="shared secret, whsec_...; better in the environment variable DEMO_SECRET, "
        "where other users of the machine cannot see it",
    )
    return parser


def _is_secret(secret: str) -> bool:
    try:
        return bool(base64.b64decode(secret.removeprefix("whsec_") + "==", validate=False))
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
