"""Callbacks never reach into the operator's own network, by whatever name."""

from __future__ import annotations

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.core.model import (
    Delivered,
    Retry,
    Undeliverable,
)
from bot.sites.addresses import AddressRefusedError, GuardedResolver, is_public
from tests.sites.receiver import calling, item, receiving


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.2",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "0.0.0.0",  # noqa: S104 - a way to reach this machine, to be refused
        "127.0.0.1.",
        "１２７.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
    ],
)
async def test_this_machine_is_never_called_by_whatever_name(host: str) -> None:
    async with receiving() as site:
        port = site.address.split(":")[2].split("/")[0]
        try:
            async with calling(f"http://{host}:{port}/", allow_private=False) as callbacks:
                delivery = await callbacks.deliver(item())
        except ValueError:
            return  # not even accepted as an address
        assert site.attempts == []
    assert isinstance(delivery, Undeliverable | Retry)
    if isinstance(delivery, Undeliverable):
        assert "ALLOW_PRIVATE_CALLBACKS" in delivery.error


class Answers(AbstractResolver):
    """A name server in somebody else's hands: one list of addresses a question."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0
            )
            for address in addresses
        ]

    async def close(self) -> None: ...


async def test_a_name_that_leads_inside_is_refused_at_connect_time() -> None:
    async with receiving() as site:
        port = site.address.split(":")[2].split("/")[0]
        address = f"http://rebinding.example:{port}/"
        resolver = Answers(["127.0.0.1"])
        async with calling(address, resolver, allow_private=False) as callbacks:
            delivery = await callbacks.deliver(item())
        assert site.attempts == []
        assert isinstance(delivery, Undeliverable)
        async with calling(address, resolver, allow_private=True) as callbacks:
            assert await callbacks.deliver(item()) == Delivered()


async def test_of_mixed_addresses_only_the_public_ones_are_tried() -> None:
    guarded = GuardedResolver(Answers(["10.0.0.1", "93.184.215.14"], ["169.254.169.254"]))
    [kept] = await guarded.resolve("mixed.example", 80)
    assert kept["host"] == "93.184.215.14"
    with pytest.raises(AddressRefusedError):
        await guarded.resolve("mixed.example", 80)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("198.51.100.1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::5db8:d70e", True),
        ("2002:a00:1::1", False),
        ("2130706433", False),
        ("", False),
    ],
)
def test_what_counts_as_public(address: str, public: bool) -> None:
    assert is_public(address) is public
