"""What becomes of a moderator's order: carried out, told, and shown on the card."""

from __future__ import annotations

from bot.chat import texts
from bot.chat.errors import DiscordError, Interaction, answer, language_of
from bot.chat.safe_text import one_line
from bot.chat.texts import say
from bot.chat.workplace import Workplace
from bot.core.model import Proposed, Refused, Resolution
from bot.core.reasons import label


async def carry_out(interaction: Interaction, client: Workplace, order: Resolution) -> None:
    """Decides an acknowledged press; a refused one is explained, and the card brought up to date."""
    done = await client.engine.resolve(order)
    language = language_of(interaction)
    if isinstance(done, Refused):
        await answer(interaction, refusal(done, language))
    elif isinstance(done, Proposed):
        await answer(interaction, proposed(done, language))
    await show_result(interaction, client, order.case_id, version=order.case_version)


async def show_result(
    interaction: Interaction, client: Workplace, case_id: int, *, version: int
) -> None:
    """Brings the card in line at once. The outbox would do it too: a failure here loses nothing.

    The message that was pressed follows as well, when it is another one: a private card, or one
    that was posted just before the program died.
    """
    message = interaction.message
    private = message is not None and message.flags.ephemeral
    language = language_of(interaction) if private else client.config.language
    try:
        other = private or (
            message is not None
            and not await client.board.is_card(case_id, message.id, version=version)
        )
        await client.board.show_case(case_id)
        view = await client.board.private_card(case_id, language=language) if other else None
        if view is not None:
            await interaction.edit_original_response(view=view)
    except DiscordError as error:
        client.note_trouble("card not updated", error)


def refusal(refused: Refused, language: str) -> str:
    """Why an order was not carried out, with the colleague's name where there is one."""
    by = one_line(refused.by.name, limit=80) if refused.by else say(texts.COLLEAGUE, language)
    outcome = texts.DECIDED[refused.outcome].in_language(language) if refused.outcome else "?"
    return say(texts.REFUSED[refused.kind], language, by=f"**{by}**", outcome=outcome.lower())


def proposed(done: Proposed, language: str) -> str:
    """What the first of two people is told."""
    reason = label(done.proposal.reason, language)
    return say(texts.PROPOSED, language, case=done.case.id, reason=reason)
