"""A folded text, shown whole to one moderator, page by page."""

from __future__ import annotations

from typing import Self

from discord import ui

from bot.chat import texts
from bot.chat.errors import Interaction, answer, language_of
from bot.chat.pressing import CaseButton
from bot.chat.safe_text import pages
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.model import Actor, CommentRecord, Severity
from bot.core.waiting import severity

_PAGE_CHARS = 3_500


class FullTextButton(
    CaseButton, template=r"veilleur:text:(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"
):
    """On the card: opens the first page in a private message of its own."""

    action = "text"
    words = texts.SHOW_ALL

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        view = await text_page(client, self.case_id, page=0, language=language_of(interaction))
        await _send(interaction, view, case_id=self.case_id)


class PageButton(
    CaseButton, template=r"veilleur:page:(?P<case>[0-9]{1,18}):(?P<version>[0-9]{1,9})"
):
    """On a page: turns to another. In place of a version stands the page's number."""

    action = "page"
    words = texts.NEXT_PAGE

    @classmethod
    def leading_to(cls, case_id: int, page: int, *, back: bool, language: str) -> Self:
        made = cls(case_id, page, language=language)
        made.button.label = say(texts.PREVIOUS_PAGE if back else texts.NEXT_PAGE, language)
        return made

    async def press(self, interaction: Interaction, client: Workplace, actor: Actor) -> None:
        await interaction.response.defer()
        language = language_of(interaction)
        view = await text_page(client, self.case_id, page=self.version, language=language)
        await _send(interaction, view, case_id=self.case_id)


async def _send(interaction: Interaction, view: ui.LayoutView | None, *, case_id: int) -> None:
    if view is None:
        await answer(interaction, say(texts.NO_CASE, language_of(interaction), case=case_id))
    else:
        await interaction.edit_original_response(view=view)


TEXT_BUTTONS: tuple[type[CaseButton], ...] = (FullTextButton, PageButton)


async def text_page(
    client: Workplace, case_id: int, *, page: int, language: str
) -> ui.LayoutView | None:
    """One page of the case's text as it is now; the last one when it has become shorter."""
    case = await client.engine.store.cases.get(case_id)
    record = await client.engine.store.comments.record(case.comment.id) if case else None
    if case is None or record is None:
        return None
    return page_view(case_id, record, page=page, language=language)


def page_view(case_id: int, record: CommentRecord, *, page: int, language: str) -> ui.LayoutView:
    found = pages(record.comment.text, limit=_PAGE_CHARS) or [say(texts.EMPTY, language)]
    page = min(page, len(found) - 1)
    masked = severity(record.scores) is Severity.SEVERE
    number = say(texts.CASE, language, case=case_id)
    place = say(texts.PAGE, language, page=page + 1, pages=len(found))
    shown = f"||{found[page]}||" if masked else found[page]
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(f"-# {number} · {place}"))
    view.add_item(ui.TextDisplay(shown))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    if page > 0:
        row.add_item(PageButton.leading_to(case_id, page - 1, back=True, language=language))
    if page + 1 < len(found):
        row.add_item(PageButton.leading_to(case_id, page + 1, back=False, language=language))
    if row.children:
        view.add_item(row)
    return view
