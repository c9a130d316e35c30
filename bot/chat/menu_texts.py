"""What the context menus say, in French and English."""

from __future__ import annotations

from bot.core.model import Words

SEND = Words(fr="Envoyer à la modération", en="Send to moderation")
WHY = Words(fr="Pourquoi a-t-il été retiré ?", en="Why was this removed?")
SCORE = Words(fr="Évaluer ce message", en="Score this")

SENT = Words(fr="Merci : la modération va le regarder.", en="Thank you: the moderators will look.")
SENT_GONE = Words(
    fr="Merci : ce message est déjà retiré.", en="Thank you: that message is removed already."
)
NOT_MODERATED = Words(
    fr="Ce salon n'est pas modéré par Veilleur : écrivez à la modération du serveur.",
    en="Veilleur does not moderate this channel: write to the server's moderators.",
)
NOT_A_READER = Words(
    fr="Seuls les messages écrits par des membres peuvent être modérés.",
    en="Only messages written by members can be moderated.",
)
UNKNOWN = Words(fr="Veilleur ne connaît pas ce message.", en="Veilleur does not know this message.")
WHY_TITLE = Words(fr="Ce message : {state}", en="This message: {state}")
TAKEN_BACK = Words(fr="annulé depuis", en="taken back since")
UNTOLD = Words(
    fr="⚠️ L'auteur n'a pas pu être prévenu : {error}", en="⚠️ The author could not be told: {error}"
)
SCORE_TITLE = Words(fr="Évaluation", en="Scores")
NOTHING_TO_SCORE = Words(fr="Rien à évaluer : pas de texte.", en="Nothing to score: no text.")
