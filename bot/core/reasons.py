"""The eleven reasons a comment can be refused for, in the words moderators and readers see."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Codes as Coral and the sites know them; their spelling is part of the contract."""

    OFFENSIVE = "OFFENSIVE"
    ABUSIVE = "ABUSIVE"
    SPAM = "SPAM"
    BANNED_WORD = "BANNED_WORD"
    AD = "AD"
    ILLEGAL_CONTENT = "ILLEGAL_CONTENT"
    HARASSMENT_BULLYING = "HARASSMENT_BULLYING"
    MISINFORMATION = "MISINFORMATION"
    HATE_SPEECH = "HATE_SPEECH"
    IRRELEVANT_CONTENT = "IRRELEVANT_CONTENT"
    OTHER = "OTHER"


_LABELS = {
    Reason.OFFENSIVE: ("Propos injurieux", "Offensive language"),
    Reason.ABUSIVE: ("Propos violents ou menaçants", "Abusive or threatening"),
    Reason.SPAM: ("Spam", "Spam"),
    Reason.BANNED_WORD: ("Terme interdit par la charte", "Word banned by the charter"),
    Reason.AD: ("Publicité", "Advertising"),
    Reason.ILLEGAL_CONTENT: ("Contenu illicite", "Illegal content"),
    Reason.HARASSMENT_BULLYING: ("Harcèlement", "Harassment or bullying"),
    Reason.MISINFORMATION: ("Désinformation", "Misinformation"),
    Reason.HATE_SPEECH: ("Incitation à la haine", "Hate speech"),
    Reason.IRRELEVANT_CONTENT: ("Hors sujet", "Off topic"),
    Reason.OTHER: ("Autre motif", "Other reason"),
}


def label(reason: Reason, language: str = "fr") -> str:
    """The reason in plain words; any language but `en…` gets French."""
    french, english = _LABELS[reason]
    return english if language.lower().startswith("en") else french
