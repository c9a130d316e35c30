"""Looks after the rules: raises alarms about them, and closes those whose cause is gone."""

from __future__ import annotations

from datetime import timedelta

from bot.core.alarms import DAY, HOUR, PAST, WATCHED, Recent, due
from bot.core.model import SYSTEM, AlarmKind
from bot.ports import Ports

_ACCEPTED = {AlarmKind.RULE_EXPIRED: timedelta(days=30)}
"""How long what a person has closed is not raised again; a day for all others."""


async def look_after(ports: Ports) -> None:
    """Once: what should be open is open afterwards, and of what it closes itself no more than that.

    Doing it again changes nothing. What a person has closed stays closed for a while.
    """
    now, rulebook, past = ports.now(), ports.rulebook(), ports.store.past
    recent = Recent(
        now=now,
        hour=await past.firings(since=now - HOUR),
        day=await past.firings(since=now - DAY),
        past=await past.firings(since=now - PAST),
    )
    alarms = await ports.store.alarms.open()
    wanted = due(rulebook.rules, recent, today=rulebook.modes.today(now), alarms=alarms)
    standing = {(alarm.kind, alarm.rule) for alarm in alarms}
    for (kind, rule), detail in wanted.items():
        since = now - _ACCEPTED.get(kind, DAY)
        accepted = (kind, rule) not in standing and await ports.store.alarms.closed_since(
            kind, rule=rule, since=since
        )
        if not accepted:
            await ports.store.alarms.sound(kind, rule=rule, detail=detail, now=now)
    for alarm in alarms:
        if alarm.kind in WATCHED and (alarm.kind, alarm.rule) not in wanted:
            await ports.store.alarms.close(alarm.id, actor=SYSTEM, now=now)
