"""The token bucket, by its own clock."""

from __future__ import annotations

from bot.sites.limits import RateLimit, peer_of


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_then_the_average_rules() -> None:
    clock = Seconds()
    limit = RateLimit(per_minute=30, burst=3, clock=clock)
    assert [limit.wait_s("a") for _ in range(4)] == [0, 0, 0, 2]
    clock.now += 2
    assert [limit.wait_s("a"), limit.wait_s("a")] == [0, 2]
    clock.now += 3600
    assert [limit.wait_s("a") for _ in range(4)] == [0, 0, 0, 2]


def test_peers_do_not_pay_for_each_other() -> None:
    limit = RateLimit(per_minute=1, burst=1, clock=Seconds())
    assert limit.wait_s("a") == 0
    assert limit.wait_s("b") == 0
    assert limit.wait_s("a") == 60


def test_a_flood_of_peers_takes_bounded_memory() -> None:
    limit = RateLimit(per_minute=1, burst=1, clock=Seconds())
    for number in range(10_050):
        limit.wait_s(str(number))
    assert len(limit._buckets) == 10_000
    assert limit.wait_s("10049") == 60


def test_a_household_is_one_peer() -> None:
    assert peer_of("2001:db8:1:2::5") == peer_of("2001:db8:1:2:ffff::1")
    assert peer_of("2001:db8:1:2::5") != peer_of("2001:db8:1:3::5")
    assert peer_of("::ffff:192.0.2.1") == peer_of("192.0.2.1") == "192.0.2.1"
    assert peer_of(None) == peer_of("/run/socket") == "unknown"
