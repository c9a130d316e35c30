"""The moderators' channel hears when the wanted model does not score, once, and when it does again."""

from __future__ import annotations

from bot.chat.scorer_notice import ScorerNotice
from tests.chat.desk import Desk, read


async def test_trouble_is_told_on_connecting_once_and_its_end_too(desk: Desk) -> None:
    trouble = ["the exported detoxify cannot be used: *model* is missing @everyone"]

    def told() -> list[str]:
        return [text for text in map(read, desk.review.history()) if "modèle voulu" in text]

    await desk.restart(scorer_notice=ScorerNotice(lambda: trouble[0]))
    await desk.quiet()
    (first,) = told()
    assert "Rien n'est refusé automatiquement" in first
    assert "the exported detoxify cannot be used" in first
    assert "*model*" not in first.replace("\\*", "")
    await desk.restart()
    await desk.quiet()
    assert len(told()) == 1, "a new connection has nothing new to tell"
    trouble[0] = ""
    assert desk.client is not None
    await desk.client.tell_of_scorer()
    await desk.quiet()
    assert "évalue de nouveau les commentaires" in told()[-1]
