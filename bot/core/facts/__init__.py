"""Facts: all that a rule may look at. Declared once, gathered before anything is judged."""

from bot.core.facts.declared import BY_NAME, DECLARED, Declaration, groups_of, level_name
from bot.core.facts.gathering import gather, level_facts
from bot.core.facts.texts import text_facts

__all__ = [
    "BY_NAME",
    "DECLARED",
    "Declaration",
    "gather",
    "groups_of",
    "level_facts",
    "level_name",
    "text_facts",
]
