"""Watched channels in: every message once, edits as versions, deletions as withdrawals."""

from __future__ import annotations

import discord

from bot.core.model import Source, State
from tests.chat.desk import Desk, read


async def test_a_message_becomes_a_comment(desk: Desk):
    """All that moderators need is in the submission; the channel stands for the story."""
    message = await desk.member.send(desk.talk, "Merci pour <b>cet</b> article")
    await desk.quiet()

    record = await desk.record_of(message)
    assert record is not None
    comment = record.comment
    assert comment.text == "Merci pour <b>cet</b> article"
    assert comment.source is Source.DISCORD
    assert comment.state is State.APPROVED
    assert comment.author.id == str(desk.member.id)
    assert comment.author.name == "Lecteur"
    assert comment.story.id == str(desk.talk.id)
    assert comment.story.title == "discussion"
    assert comment.story.url == message.jump_url
    assert desk.posts() == []


async def test_other_channels_and_bots_are_left_alone(desk: Desk):
    elsewhere = desk.guild.create_text_channel("ailleurs")
    robot = desk.guild.add_member(desk.env.create_user("robot", bot=True))
    hook = desk.guild.create_webhook(desk.talk)
    await desk.member.send(elsewhere, "bof")
    await robot.send(desk.talk, "bof")
    await hook.send("bof")
    await desk.quiet()

    assert (await desk.store.totals()).by_state == {}


async def test_an_edit_is_a_new_version(desk: Desk):
    message = await desk.member.send(desk.talk, "Merci")
    await desk.quiet()
    await desk.member.edit(message, "bof, en fait")
    case = await desk.case_of(message)

    assert case.comment.version == 2
    assert case.comment.text == "bof, en fait"
    assert "**bof**, en fait" in read(await desk.card_of(case))


async def test_an_edit_of_an_open_case_refreshes_its_card(desk: Desk):
    message, case, card = await desk.shown("bof un")
    await desk.member.edit(message, "bof deux")
    await desk.quiet()

    fresh = await desk.card_of(case)
    assert fresh.id == card.id
    assert "**bof** deux" in read(fresh)
    assert "version 2" in read(fresh)


async def test_an_edit_that_changes_no_word_is_nothing(desk: Desk):
    message = await desk.member.send(desk.talk, "Merci")
    await desk.quiet()
    await desk.member.edit(message, "Merci")
    await desk.quiet()

    record = await desk.record_of(message)
    assert record is not None
    assert record.comment.version == 1


async def test_a_deletion_withdraws_the_case(desk: Desk):
    message, case, _ = await desk.shown()
    await desk.member.delete(message)
    await desk.quiet()

    closed = await desk.store.cases.get(case.id)
    assert closed is not None
    assert not closed.is_open
    assert closed.comment.state is State.WITHDRAWN
    assert "retiré à la source" in read(await desk.card_of(case))


async def test_a_reply_carries_its_parent(desk: Desk):
    first = await desk.member.send(desk.talk, "Le budget est voté.")
    answer = await desk.colleague.send(desk.talk, "bof", reply_to=first)
    case = await desk.case_of(answer)

    assert case.comment.parent is not None
    assert case.comment.parent.id == str(first.id)
    card = read(await desk.card_of(case))
    assert "Le budget est voté." in card
    assert "lecteur" in card.lower()


async def test_what_was_written_while_away_is_read_up_once(desk: Desk):
    before = await desk.member.send(desk.talk, "Avant")
    await desk.quiet()
    await desk.stop()
    missed = [await desk.member.send(desk.talk, f"bof {n}") for n in range(3)]
    await desk.restart()
    cases = [await desk.case_of(message) for message in missed]
    await desk.restart()
    await desk.quiet()

    assert [case.comment.text for case in cases] == ["bof 0", "bof 1", "bof 2"]
    assert [case.comment.version for case in cases] == [1, 1, 1]
    totals = await desk.store.totals()
    assert sum(totals.by_state.values()) == 4
    watched = await desk.store.watched.all()
    assert [(w.channel_id, w.last_message_id) for w in watched] == [(desk.talk.id, missed[-1].id)]
    assert before.id < missed[0].id


async def test_a_channel_watched_for_the_first_time_begins_now(desk: Desk):
    """The years before are not put on trial."""
    old = desk.guild.create_text_channel("archives")
    await desk.member.send(old, "bof, écrit il y a longtemps")
    await desk.restart(watched_channel_ids=(desk.talk.id, old.id))
    fresh = await desk.member.send(old, "bof, écrit maintenant")
    await desk.case_of(fresh)

    assert sum((await desk.store.totals()).by_state.values()) == 1


async def test_a_thread_of_a_watched_channel_is_watched(desk: Desk):
    starter = await desk.member.send(desk.talk, "Parlons-en")
    thread = await desk.client.get_channel(desk.talk.id).create_thread(
        name="Fil", message=discord.Object(starter.id)
    )
    handle = next(one for one in desk.talk.threads if one.id == thread.id)
    message = await desk.member.send(handle, "bof")
    case = await desk.case_of(message)

    assert case.comment.story.id == str(thread.id)
    assert case.comment.story.title == "Fil"


async def test_an_edit_made_while_away_is_noticed(desk: Desk):
    """Of a case and of an approved message: both are judged again, in the new words."""
    waiting, case, _ = await desk.shown("bof un")
    approved = await desk.member.send(desk.talk, "Merci")
    untouched = await desk.member.send(desk.talk, "Merci à tous")
    await desk.quiet()
    await desk.stop()
    await desk.member.edit(waiting, "bof deux")
    await desk.member.edit(approved, "bof trois")
    await desk.restart()
    await desk.quiet()

    assert "**bof** deux" in read(await desk.card_of(case))
    reopened = await desk.case_of(approved)
    assert (reopened.comment.version, reopened.comment.text) == (2, "bof trois")
    record = await desk.record_of(untouched)
    assert record is not None
    assert record.comment.version == 1


async def test_a_deletion_made_while_away_is_noticed(desk: Desk):
    waiting, case, _ = await desk.shown("bof un")
    approved = await desk.member.send(desk.talk, "Merci")
    await desk.quiet()
    await desk.stop()
    await desk.member.delete(waiting)
    await desk.member.delete(approved)
    await desk.restart()
    await desk.quiet()

    for message in (waiting, approved):
        record = await desk.record_of(message)
        assert record is not None
        assert record.comment.state is State.WITHDRAWN
    assert "retiré à la source" in read(await desk.card_of(case))


async def test_what_cannot_be_seen_does_not_count_as_deleted(desk: Desk):
    """Only a message that Discord itself calls unknown is withdrawn."""
    waiting, case, _ = await desk.shown("bof un")
    await desk.stop()
    await desk.member.delete(waiting)
    desk.env.inject_error(
        "GET", f"/channels/{desk.talk.id}/messages/{waiting.id}", status=403, code=50001
    )
    await desk.restart()
    await desk.env.settle()

    still = await desk.store.cases.get(case.id)
    assert still is not None
    assert still.is_open
