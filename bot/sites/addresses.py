"""Keeps callbacks out of the operator's own network.

A callback address is a setting, but what its name resolves to is somebody else's choice and may
change between looking and connecting. So the addresses that are about to be connected to are
looked at, not the name.
"""

from __future__ import annotations

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefusedError(OSError):
    """The name leads only to addresses that must not be called."""


def is_public(address: str) -> bool:
    """False for private, loopback, link-local, shared, reserved and multicast addresses, also
    when they hide in an IPv6 one; False for what is no address at all."""
    try:
        ip: Address = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    inner = _embedded(ip)
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def _embedded(ip: Address) -> Address | None:
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def is_literal(host: str) -> bool:
    """True when the HTTP client takes `host` for an address and asks no resolver.

    It does so for `2130706433` and `127.1` too, which the system then reads as 127.0.0.1; these
    are literal, yet no public address.
    """
    return ":" in host or host.replace(".", "").isdigit()


class GuardedResolver(AbstractResolver):
    """The system's resolver, with what is not public left out."""

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        self._resolver = resolver or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [result for result in found if is_public(result["host"])]
        if found and not public:
            raise AddressRefusedError(f"{host} leads to a private address")
        return public

    async def close(self) -> None:
        await self._resolver.close()
