"""/author: history, mute for some days, trust; in both languages."""

from __future__ import annotations

from datetime import timedelta

from tests.chat.desk import Desk, buttons_of, read


async def test_an_author_is_muted_for_days_and_trusted(desk: Desk):
    await desk.member.send(desk.talk, "Merci")
    await desk.quiet()
    result = await desk.moderator.slash(desk.review, "author", name="Lect")
    shown = result.response
    assert shown.ephemeral
    assert "not marked as trusted · not muted" in read(shown)
    form = await desk.moderator.click(shown, label="Mute…")
    await desk.moderator.submit_modal(form, {"days": ["7"], "note": "Trois avertissements"})
    who = {"site": f"discord:{desk.guild.id}", "author_id": str(desk.member.id)}
    standing = await desk.store.authors.standing(**who)
    assert timedelta(days=6.9) < standing.muted_until - desk.clock() <= timedelta(days=7)
    assert "muted until <t:" in read(shown)
    await desk.moderator.click(shown, label="Trust")
    assert list(buttons_of(shown)) == ["Unmute", "No longer trust"]
    await desk.restart()
    await desk.moderator.click(shown, label="Unmute")
    await desk.moderator.click(shown, label="No longer trust")
    standing = await desk.store.authors.standing(**who)
    assert not standing.muted
    assert not standing.trusted


async def test_members_press_in_vain(desk: Desk):
    await desk.member.send(desk.talk, "Merci")
    await desk.quiet()
    result = await desk.moderator.slash(desk.review, "author", name="Lecteur")
    await desk.restart(moderator_role_id=1)
    pressed = await desk.moderator.click(result.response, label="Trust")
    assert "For the moderation team only" in read(pressed.response)


async def test_in_french(desk: Desk, french_clients: None):
    await desk.member.send(desk.talk, "Merci")
    await desk.quiet()
    result = await desk.moderator.slash(desk.review, "author", name="Lecteur")
    assert list(buttons_of(result.response)) == ["Mettre en sourdine…", "Faire confiance"]
    assert "pas en sourdine" in read(result.response)
