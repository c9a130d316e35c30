"""/queue list, /case and /console, for moderators only."""

from __future__ import annotations

from bot.core.model import State
from tests.chat.desk import Desk, buttons_of, read
from tests.chat.oracle import faults_of_message
from tests.conftest import submission


async def test_an_empty_queue(desk: Desk):
    result = await desk.moderator.slash(desk.review, "queue list")
    assert result.response.ephemeral
    assert "Empty queue" in read(result.response)


async def test_the_queue_links_to_its_cards(desk: Desk):
    await desk.restart(max_open_cards=2)
    for n in range(13):
        await desk.engine.submit(
            submission(str(n), f"bof {n} " + f"@everyone {n * 7919:x}{n * 104729:o} " * 20)
        )
    await desk.quiet()
    result = await desk.moderator.slash(desk.review, "queue list")

    text = read(result.response)
    assert result.response.ephemeral
    assert "Cases to review: 13" in text
    assert "Not listed here: 3" in text
    assert text.count("[card](<https://discord.com/channels/") == 2
    card = await desk.store.cards.get(1)
    assert f"/{desk.guild.id}/{desk.review.id}/{card.message_id}>" in text
    assert "@everyone" not in text
    body = {"components": result.response.components, "flags": result.response.flags.value}
    assert faults_of_message(body) == []


async def test_a_case_can_be_decided_from_its_private_card(desk: Desk):
    message, case, _ = await desk.shown()
    result = await desk.moderator.slash(desk.review, "case", id=case.id)
    assert result.response.ephemeral
    assert "**bof**, ce ministre" in read(result.response)
    await desk.moderator.click(result.response.message, label="Approve")

    assert (await desk.record_of(message)).comment.state is State.APPROVED
    assert "Approved** by **\u2068Anna\u2069**" in read(result.response)
    assert "Publié** par" in read(await desk.card_of(case)), "the shared card follows"
    assert list(buttons_of(result.response)) == ["Undo"]


async def test_an_unknown_case(desk: Desk):
    result = await desk.moderator.slash(desk.review, "case", id=4711)
    assert "no case no. 4711" in read(result.response)


async def test_the_console_link_is_private_and_personal(desk: Desk):
    result = await desk.moderator.slash(desk.review, "console")
    assert result.ephemeral
    assert f"<https://veilleur.example/enter/for-discord:{desk.moderator.id}>" in (
        result.response.content
    )


async def test_without_a_console(desk: Desk):
    await desk.restart(console_link=None)
    result = await desk.moderator.slash(desk.review, "console")
    assert "not open" in result.response.content


async def test_members_are_turned_away(desk: Desk):
    _, case, _ = await desk.shown()
    for name, options in (
        ("queue list", {}),
        ("queue next", {}),
        ("case", {"id": case.id}),
        ("console", {}),
    ):
        result = await desk.member.slash(desk.review, name, **options)
        assert result.response.ephemeral
        assert result.response.content == "⛔ For the moderation team only."


async def test_a_failing_command_is_told_and_logged(desk: Desk, capsys):
    async def broken(_: object) -> str:
        raise OSError("no entropy left")

    await desk.restart(console_link=broken)
    result = await desk.moderator.slash(desk.review, "console")

    assert "Something went wrong" in result.response.content
    assert "no entropy left" in capsys.readouterr().out
