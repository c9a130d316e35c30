"""Certificates made for one test run, and the way a client is led here instead of to Discord."""

from __future__ import annotations

import socket
import ssl

import aiohttp
import trustme
from aiohttp.abc import AbstractResolver, ResolveResult

DOMAINS = ("discord.com", "discord.gg")


class Authority:
    """A private certificate authority that vouches for Discord's names."""

    def __init__(self) -> None:
        self._ca = trustme.CA()
        self._leaf = self._ca.issue_cert(*DOMAINS, *(f"*.{domain}" for domain in DOMAINS))

    @property
    def pem(self) -> str:
        """The authority's public certificate, for clients in other processes."""
        return self._ca.cert_pem.bytes().decode("ascii")

    def server_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._leaf.configure_cert(context)
        return context


class Loopback(AbstractResolver):
    """Answers Discord's names with one port of this machine and knows no other name."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if not host.endswith(DOMAINS):
            raise OSError(f"{host} is outside this test")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=self._port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is held open."""


def connector(*, port: int, ca_pem: str) -> aiohttp.TCPConnector:
    """What `discord.Client(connector=…)` takes: discord.py's own default but for name and trust."""
    context = ssl.create_default_context(cadata=ca_pem)
    return aiohttp.TCPConnector(
        resolver=Loopback(port), ssl=context, use_dns_cache=False, limit=0, force_close=False
    )
