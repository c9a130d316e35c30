"""What moderators read about one author, in French and English."""

from __future__ import annotations

from bot.core.model import Words

MUTE = Words(fr="Mettre en sourdine…", en="Mute…")
UNMUTE = Words(fr="Lever la sourdine", en="Unmute")
TRUST = Words(fr="Faire confiance", en="Trust")
UNTRUST = Words(fr="Retirer la confiance", en="No longer trust")
TRUSTED = Words(fr="🤝 de confiance", en="🤝 trusted")
NOT_TRUSTED = Words(fr="sans marque de confiance", en="not marked as trusted")
MUTED = Words(fr="🔇 en sourdine", en="🔇 muted")
MUTED_UNTIL = Words(fr="🔇 en sourdine jusqu'au {until}", en="🔇 muted until {until}")
NOT_MUTED = Words(fr="pas en sourdine", en="not muted")
MUTE_TITLE = Words(fr="Mettre cet auteur en sourdine", en="Mute this author")
HOW_LONG = Words(fr="Pendant", en="For")
DAYS = Words(fr="jours : {days}", en="days: {days}")
FOR_GOOD = Words(fr="jusqu'à nouvel ordre", en="until somebody lifts it")
WHY = Words(fr="Pourquoi (facultatif)", en="Why (optional)")
WHY_HINT = Words(fr="Reste au registre, pour les collègues", en="Stays on record, for colleagues")
