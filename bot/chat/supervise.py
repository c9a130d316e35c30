"""Keeps a client connected for as long as the program runs; never takes the program down.

A client that lost its way is thrown away and replaced: discord.py cannot start one twice, and dies
of an AttributeError when the gateway cannot be reached at the first connect (Rapptz/discord.py
#10520).
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import discord
import structlog

from bot.chat.client import VeilleurClient

log = structlog.get_logger()

WAITS_S: tuple[float, ...] = (2, 5, 10, 30, 60, 120, 300)
"""Between the first, second, … failed attempt; the last one is repeated."""
_BAD_TOKEN = 4004
_BAD_INTENTS = 4014
"""Close codes of the gateway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStatus:
    """The connection to Discord, for health, metrics and `doctor`."""

    connected: bool
    latency_s: float | None
    """Between the last heartbeat and its answer; None while there is none."""
    last_error: str | None
    given_up: bool
    """True when only a person can help: the token or the intents were refused."""


class Chat:
    """Runs one client after the other, and knows which one is there now."""

    def __init__(
        self,
        make_client: Callable[[], VeilleurClient],
        *,
        token: str,
        waits_s: Sequence[float] = WAITS_S,
    ) -> None:
        self._make_client = make_client
        self._token = token
        self._waits_s = tuple(waits_s)
        self._client: VeilleurClient | None = None
        self._last_error: str | None = None
        self._given_up = False

    def current(self) -> VeilleurClient | None:
        """The client of this moment, for those who deliver effects."""
        return self._client

    @property
    def status(self) -> ChatStatus:
        client = self._client
        connected = client is not None and client.online
        latency_s = client.latency if client is not None and connected else math.nan
        return ChatStatus(
            connected=connected,
            latency_s=latency_s if math.isfinite(latency_s) else None,
            last_error=self._last_error or (client.last_trouble if client else None),
            given_up=self._given_up,
        )

    async def run(self) -> None:
        """Returns only when Discord refuses the token or the intents; ends when cancelled."""
        failures = 0
        while not self._given_up:
            was_ready = await self._run_one()
            if self._given_up:
                return
            failures = 1 if was_ready else failures + 1
            wait_s = self._waits_s[min(failures, len(self._waits_s)) - 1]
            wait_s *= random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
            log.info("connecting to discord again", wait_s=round(wait_s, 1), failures=failures)
            await asyncio.sleep(wait_s)

    async def _run_one(self) -> bool:
        """One client's whole life; True when it had been ready."""
        client = self._client = self._make_client()
        try:
            await client.start(self._token)
            self._last_error = "connection closed"
        except (discord.LoginFailure, discord.PrivilegedIntentsRequired) as error:
            self._give_up(error)
        except discord.ConnectionClosed as error:
            if error.code in {_BAD_TOKEN, _BAD_INTENTS}:
                self._give_up(error)
            else:
                self._note(f"gateway closed the connection, code {error.code}")
        except discord.HTTPException as error:
            self._note(f"HTTP {error.status}, code {error.code}")
        except AttributeError:
            self._note("gateway cannot be reached")
        except Exception as error:  # noqa: BLE001 - whatever it is, moderation of the site goes on
            self._note(type(error).__name__)
        finally:
            client.online = False
            self._client = None
            await self._close(client)
        return client.was_ready

    async def _close(self, client: VeilleurClient) -> None:
        try:
            await client.close()
        except Exception as error:  # noqa: BLE001 - a client that is half built may not close
            log.warning("discord client not closed cleanly", error=type(error).__name__)

    def _note(self, what: str) -> None:
        self._last_error = what
        log.warning("discord connection lost", error=what)

    def _give_up(self, error: Exception) -> None:
        self._given_up = True
        if isinstance(error, discord.LoginFailure) or (
            isinstance(error, discord.ConnectionClosed) and error.code == _BAD_TOKEN
        ):
            self._last_error = "Discord refuses the token"
            fix = "reset it in the developer portal and set DISCORD_TOKEN"
        else:
            self._last_error = "Discord refuses the intents"
            fix = "switch on «Message Content Intent» in the developer portal"
        log.error(
            "discord given up; the site is moderated without it", error=self._last_error, fix=fix
        )
