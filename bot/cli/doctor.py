"""`veilleur doctor`: is everything as it must be? One line each, and what to do about it."""

from __future__ import annotations

import asyncio
from collections import Counter

import typer

from bot.cli.findings import Finding, Mark, of_faults, tell_finding
from bot.cli.surroundings import Surroundings, surroundings
from bot.cli.terminal import tell
from bot.core.errors import SettingsError
from bot.settings import Settings


def doctor(context: typer.Context) -> None:
    """Check that everything is as it must be.

    Settings, database, model, rules, Discord, the site's address for decisions, the clock: one line
    each, with what to do. Exit code 1 when something is wrong.
    """
    here = surroundings(context)
    seen: Counter[Mark] = Counter()
    broken = False
    try:
        settings = here.settings()
    except SettingsError as error:
        for finding in of_faults("settings", error.faults):
            tell_finding(finding)
        broken, settings = True, Settings()
        tell("  the rest is checked with the default settings", style="dim")
    asyncio.run(_examine(settings, here, seen, broken=broken))
    if broken:
        raise typer.Exit(2)
    if seen[Mark.BAD]:
        raise typer.Exit(1)


async def _examine(
    settings: Settings, here: Surroundings, seen: Counter[Mark], *, broken: bool
) -> None:
    from bot.cli import checks, reach

    def tell_all(findings: list[Finding]) -> None:
        for finding in findings:
            tell_finding(finding)
            seen[finding.mark] += 1

    if not broken:
        tell_all(checks.check_settings(settings, here.settings_file))
    tell_all(await checks.check_database(settings))
    tell_all(checks.check_model(settings))
    tell_all(checks.check_rules(settings))
    tell_all(await reach.check_listening(settings))
    tell_all(await reach.check_discord(settings))
    tell_all(await reach.check_callback(settings))
    tell_all(await reach.check_clock(settings))
    tell(f"{seen[Mark.FINE]} fine, {seen[Mark.WARNING]} to look at, {seen[Mark.BAD]} wrong")
