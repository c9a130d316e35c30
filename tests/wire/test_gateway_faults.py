"""What the gateway does to a bot: no message is missed, none is handled twice, the site goes on."""

from __future__ import annotations

import asyncio

import structlog

from bot.core.model import State
from tests.conftest import submission

from .installation import handlers
from .newsroom import COMMANDS, Newsroom
from .server import DiscordServer


async def test_a_message_becomes_a_card_and_a_press_decides_it(room: Newsroom) -> None:
    """Nothing goes wrong here: the ground on which the other tests stand."""
    async with room.veilleur() as bot:
        message = await room.reader.says(room.watched, "bof, ce ministre")
        card = await room.card(", ce ministre")
        await (await room.rejects(card)).answered()
        record = await room.decided(bot, message)
    assert record.comment.state is State.REJECTED
    assert [decision.actor.name for decision in record.decisions] == ["Anna"]
    assert room.watched.messages == {}


async def test_a_message_during_a_reconnect_is_handled_once(room: Newsroom) -> None:
    """Op 7: Discord replays what came while the bot changed sockets."""
    async with room.veilleur() as bot:
        await room.server.gateway.ask_to_reconnect()
        await room.reader.says(room.watched, "bof, pendant la reconnexion")
        await room.card("pendant la reconnexion")
        await bot.online()
        await bot.quiet()
        assert bot.scorer.seen == ["bof, pendant la reconnexion"]
    assert len(room.cards()) == 1
    assert (room.server.gateway.identified, room.server.gateway.resumed) == (1, 1)


async def test_a_message_while_the_socket_is_cut_is_handled_once(room: Newsroom) -> None:
    """No goodbye: the client notices, resumes, and hears what it missed."""
    async with room.veilleur() as bot:
        room.server.gateway.drop()
        await room.reader.says(room.watched, "bof, pendant la coupure")
        await room.card("pendant la coupure")
        await bot.online()
        await bot.quiet()
        assert bot.scorer.seen == ["bof, pendant la coupure"]
    assert len(room.cards()) == 1
    assert (room.server.gateway.identified, room.server.gateway.resumed) == (1, 1)


async def test_a_message_that_a_lost_session_swallowed_is_read_from_history(
    room: Newsroom,
) -> None:
    """The resume is refused (op 9): Discord never tells again what was said in between. What was
    known before and what comes live after is not handled a second time."""
    async with room.veilleur() as bot:
        await room.reader.says(room.watched, "bof, avant")
        await room.card("avant")
        room.server.gateway.drop(forget=True)
        await room.reader.says(room.watched, "bof, entre deux sessions")
        await room.card("entre deux sessions")
        await room.reader.says(room.watched, "bof, après")
        await room.card("après")
        await bot.quiet()
        assert sorted(bot.scorer.seen) == ["bof, après", "bof, avant", "bof, entre deux sessions"]
    assert len(room.cards()) == 3
    assert (room.server.gateway.identified, room.server.gateway.rejected_resumes) == (2, 1)


async def test_what_was_said_while_the_bot_was_away_is_read_once(room: Newsroom) -> None:
    """A restart: cards that stand already stay as they are."""
    async with room.veilleur() as bot:
        await room.reader.says(room.watched, "bof, avant")
        before = await room.card("avant")
        await bot.quiet()
    await room.reader.says(room.watched, "bof, pendant l'arrêt")
    async with room.veilleur() as bot:
        await room.card("pendant l'arrêt")
        await bot.quiet()
        assert bot.scorer.seen == ["bof, pendant l'arrêt"]
    assert room.cards("avant") == [before]


async def test_a_start_without_a_gateway_keeps_trying_while_the_site_is_moderated(
    room: Newsroom,
) -> None:
    """A refused first connect kills discord.py's client; the supervisor makes a new one."""
    room.server.gateway.refuse_status = 503
    async with room.veilleur(online=False) as bot:
        fine = await bot.engine.submit(submission("1", "Merci pour cet article"), wait_s=5)
        unsure = await bot.engine.submit(submission("2", "bof, cet article"), wait_s=5)
        assert (fine.state, unsure.state) == (State.APPROVED, State.IN_REVIEW)
        async with asyncio.timeout(5):
            while room.server.gateway.refused < 3:
                await asyncio.sleep(0.05)
        assert not bot.chat.status.connected
        room.server.gateway.refuse_status = None
        await bot.online()
        await room.card(", cet article")


async def test_a_start_without_discord_at_all_recovers(room: Newsroom) -> None:
    """Nobody listens on the other side, not even REST."""
    await room.server.down()
    async with room.veilleur(online=False) as bot:
        unsure = await bot.engine.submit(submission("1", "bof, cet article"), wait_s=5)
        assert unsure.state is State.IN_REVIEW
        await asyncio.sleep(0.6)
        await room.server.up()
        await bot.online()
        await room.card(", cet article")


async def test_an_outage_in_between_is_survived(room: Newsroom) -> None:
    async with room.veilleur() as bot:
        await room.server.down()
        await bot.offline()
        site = await bot.engine.submit(submission("1", "bof, depuis le site"), wait_s=5)
        assert site.state is State.IN_REVIEW
        await room.server.up()
        await room.card("depuis le site", within_s=15)
        await bot.quiet()
    assert len(room.cards()) == 1


async def test_a_token_that_is_revoked_stops_discord_and_not_the_site(room: Newsroom) -> None:
    """Only a person can mend that: one clear line in the log, no hammering, the site goes on."""
    with structlog.testing.capture_logs() as lines:
        async with room.veilleur() as bot:
            await room.server.revoke_token()
            await asyncio.wait_for(bot.supervisor, timeout=5)
            status = bot.chat.status
            site = await bot.engine.submit(submission("1", "Merci pour cet article"), wait_s=5)
    assert site.state is State.APPROVED
    assert (status.given_up, status.connected) == (True, False)
    _names_the_token(lines, room.server)


async def test_a_wrong_token_at_the_start_stops_discord_and_not_the_site(room: Newsroom) -> None:
    room.server.gateway.token = "another-token"
    with structlog.testing.capture_logs() as lines:
        async with room.veilleur(online=False) as bot:
            await asyncio.wait_for(bot.supervisor, timeout=5)
            site = await bot.engine.submit(submission("1", "Merci pour cet article"), wait_s=5)
    assert site.state is State.APPROVED
    assert bot.chat.status.given_up
    _names_the_token(lines, room.server)
    assert len(room.server.asked("GET", "/users/@me")) == 1


def _names_the_token(lines: list[structlog.typing.EventDict], server: DiscordServer) -> None:
    """One error that says what to do, and nowhere the secret itself."""
    (told,) = [line for line in lines if line["log_level"] == "error"]
    assert "token" in told["error"]
    assert "DISCORD_TOKEN" in told["fix"]
    assert server.token not in str(lines)


async def test_nothing_runs_on_after_a_stop(room: Newsroom) -> None:
    """A handler that outlives its client would find the database closed, or open it again."""
    async with room.veilleur() as bot:
        for number in range(20):
            await room.reader.says(room.watched, f"bof, numéro {number}")
        bot.supervisor.cancel()
        await asyncio.wait([bot.supervisor])
        left = [task.get_name() for task in handlers()]
    assert left == []


async def test_a_failed_command_sync_does_not_stop_the_reading_up(room: Newsroom) -> None:
    """The connection breaks while the commands are sent: what was said meanwhile still counts."""
    async with room.veilleur():
        pass
    await room.reader.says(room.watched, "bof, pendant l'arrêt")
    room.server.faults.break_off(*COMMANDS, times=2)
    async with room.veilleur():
        await room.card("pendant l'arrêt")
