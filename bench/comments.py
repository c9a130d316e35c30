"""French comments made up by dice: their lengths are real, their sense is not.

Lengths follow what readers write: a median of some 30 word pieces, a tail to 400. The same seed
gives the same comments.
"""

from __future__ import annotations

from random import Random

_OPENINGS = (
    "Franchement,",
    "Encore une fois,",
    "Bonjour à tous,",
    "Mdr,",
    "Si je comprends bien,",
    "Pour répondre à Bernard75,",
    "Et pendant ce temps,",
    "Comme d'habitude,",
    "Perso",
    "Désolé mais",
    "",
    "",
)
_SUBJECTS = (
    "le gouvernement",
    "cette réforme",
    "la mairie",
    "votre journaliste",
    "l'opposition",
    "ce ministre",
    "la préfecture",
    "mon voisin agriculteur",
    "l'hôpital de Vaulnay",
    "la ligne 4",
    "le club",
    "l'Europe",
    "ma fille, infirmière,",
    "bande de guignols, votre équipe",
)
_VERBS = (
    "ne tient jamais",
    "a oublié",
    "devrait relire",
    "nous vend depuis dix ans",
    "paie très cher",
    "n'a rien compris à",
    "promet encore",
    "refuse de financer",
    "a voté contre",
    "se moque de",
    "fait tout pour sauver",
    "mélange",
)
_OBJECTS = (
    "les retraites des soignants",
    "le budget des écoles",
    "ses promesses de campagne",
    "le prix du litre à la pompe",
    "nos impôts locaux",
    "la fermeture de la maternité",
    "les 35 heures et le télétravail",
    "le match de samedi",
    "la vérité sur ce dossier",
    "les chiffres de l'Insee",
    "l'éolien en mer",
    "un article aussi mal documenté",
)
_ENDINGS = (
    ".",
    ".",
    ".",
    " !",
    " !!!",
    "...",
    " ?",
    ", c'est honteux.",
    ", et tout le monde le sait.",
    ", merci à la rédaction de l'écrire.",
    ", quel connard a signé ça ?",
    " 😡",
)
_REMARKS = (
    "Tout à fait d'accord.",
    "+1",
    "N'importe quoi…",
    "Merci pour cet article.",
    "Quelle honte !",
    "Source ?",
    "Bravo les gars",
)
_SHORT = 0.15
"""Share of comments that are one remark."""


def comments(count: int, *, seed: int) -> list[str]:
    dice = Random(seed)  # noqa: S311 - a benchmark, not a secret
    return [_comment(dice) for _ in range(count)]


def _comment(dice: Random) -> str:
    if dice.random() < _SHORT:
        return dice.choice(_REMARKS)
    sentences = min(24, max(1, round(dice.lognormvariate(0.6, 0.8))))
    return " ".join(_sentence(dice) for _ in range(sentences))


def _sentence(dice: Random) -> str:
    parts = (_OPENINGS, _SUBJECTS, _VERBS, _OBJECTS)
    words = " ".join(part for part in map(dice.choice, parts) if part) + dice.choice(_ENDINGS)
    return words[0].upper() + words[1:]
