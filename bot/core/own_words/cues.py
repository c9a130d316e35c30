"""Words around quotation marks that tell a quotation from an insult in marks.

All patterns are matched on `flat` text: lower case, no accents, straight apostrophes.
"""

from __future__ import annotations

import re
import unicodedata

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def flat(text: str) -> str:
    """As long as the text, character for character."""
    return _NOT_ASCII.sub(_bare, text.replace("İ", "I").lower())


def _bare(match: re.Match[str]) -> str:
    sign = match.group()
    return "'" if sign in "’ʼ`" else unicodedata.normalize("NFKD", sign)[0]


_SAY_FR = r"""
    di(?:t|s|re|sait|saient|sent|sant|xit)|redi(?:t|re)|ecri\w+|cri(?:e|ent|er|ant|ait|aient|ee?s?)
  | lanc(?:e|ent|er|ee?s?)|lancait|lancaient|lancant|hurl\w+|scand(?:e|ent|er|ee?s?|ait|aient|ant)
  | declar\w+|affirm\w+|ajout\w+|repond\w*|repliqu\w+|retorqu\w+|profer\w+|prononc\w+|martel\w+
  | ironis\w+|assur(?:e|ent|er|ait|aient)|estim(?:e|ent|er|ait|aient|ant)|jug(?:e|ent|eait|er)
  | exclam\w+|emport(?:e|ent|ait|er)|fustig\w+|racont\w+|confi(?:e|ent|er|ait)|expliqu\w+
  | souffl(?:e|er|ait)|gliss(?:e|er|ait)|conclu\w*|resum\w+|poursui\w+|repris|reprend|murmur\w+
  | precis(?:e|er|ait|ent)|soulign\w+|rappel(?:le|er|ait|ent)|repet\w+|regrett\w+|indiqu\w+
  | denonc\w+|accus(?:e|ent|er|ait|aient|ee?s?)|plaisant(?:e|er|ait)|comment(?:e|ait|er)
  | interrog\w+|tweet\w*|publi(?:e|er|ait|ee?s?)|post(?:e|er|ait|ee?s?)|chant\w+|insult\w+
  | injuri\w+|trait(?:e|es|ee|ees|er|ait|aient|ent|ant)|qualifi\w+|surnomm\w+|balanc\w+|lach(?:er|ait|ant)|a\slache
  | reproch\w+|menac\w+|pest(?:e|ait)|tonn(?:e|ait)|rala?it|grogn\w+|s'indign\w+|s'enerv\w+
"""
_SAY_OTHER = r"""
    sa(?:id|ys)|call(?:ed|s)|wr(?:ote|ites?)|shout(?:ed|s|ing)|yell(?:ed|s|ing)|tweeted|told
  | scream(?:ed|s|ing)|chant(?:ed|ing)|replied|added
  | dij(?:o|eron)|dic(?:e|en|iendo)|llam(?:o|aron|a|an|ado)|grit\w+|escrib\w+|insult\w+
  | detto|dice|dicono|diceva|chiama\w*|grida\w*|scri(?:tto|ve|vono|sse)
  | disse\w*|diz(?:em)?|chamou|chamaram|chama\w*|gritou|escrev\w+
  | сказал\w*|говор\w+|назва\w+|назыв\w+|крик\w+|крича\w+|написа\w+|пишет|заявил\w*
  | dedi(?:ler)?|diye|diyor|yazd\w+|bagir\w+|soyledi
"""
_MENTION = r"""
    mots?|termes?|expressions?|propos|slogans?|pancartes?|banderoles?|affich\w+|autocollants?
  | tag(?:s|ue|uer|uee?s?)?|graffitis?|inscri\w+|brandi\w*|peint\w*|messages?|lettres?|courriers?
  | mails?|commentaires?|hashtags?|cris|refrain|couplet|paroles|chansons?|selon|d'apres|cit(?:e|er
  | es|ait|ant|ation|ations|ee?s?)|guillemets|evoqu\w+|envoy\w+|recu(?:e?s?)|recoi\w+|lu|lire
  | lisait|lit|entend\w*|entendu\w*|parl(?:e|ent|ait|aient|er)|compar\w+|titr(?:e|es|ait|ee?s?)
  | intitul\w+|phrases?|insultes?|injures?|invectives?|quolibets?|sifflets?|appel(?:le|lent|er|ait
  | aient|ee?s?)|nomm(?:e|ent|er|ait|ee?s?)|baptis\w+|alias|image|caricatur\w+|synonyme|signifie
  | nie|nier|avoir|sobriquet|surnom|verset|devise|ouvrage|livre|film|documentaire
  | words?|terms?|slurs?|insults?|quot\w+|sign|banner|according
  | palabras?|insultos?|terminos?|segun|parol[ae]|insulti?|termine|secondo|palavras?|segundo
  | слов\w+|оскорблен\w+|слоган\w*|kelime\w*|hakaret\w*|sozcuk\w*
"""
SAYING = re.compile(rf"(?<!\w)(?:{_SAY_FR}|{_SAY_OTHER})(?!\w)", re.VERBOSE)
"""Somebody's verb of saying."""
MENTIONING = re.compile(rf"(?<!\w)(?:{_MENTION})(?!\w)", re.VERBOSE)
"""A noun or verb that speaks of words as words."""

NAMED = re.compile(
    rf"""(?<!\w)(?:{_MENTION})[\s:]*(?:de\s|d')?\Z
    | (?<!\w)(?:selon|d'apres|according\sto|segun|secondo|segundo)(?!\w)
    | (?<!\w)(?:son|leur|(?:le|la|les)\s(?:fameu(?:x|se)|celebres?|mots?))\s\Z""",
    re.VERBOSE,
)
"""Right before the marks: the words are spoken of as words, whatever the sentence says of whom."""

OWN_VOICE = re.compile(
    r"""(?<!\w)(?:
        j'|je\s(?!n')(?!ne\s)|j(?=lui|leur|te|vous|l'ai)|moi\sje\s
    )(?:(?:l[eas]|lui|leur|te|t'|vous|l'|y|en)\s?){0,3}
    (?:ai\s|avais\s|vais\s|dois\s|peux\s|vous\s|te\s)?(?:\w+ment\s)?
    (?:dis|dit|dire|dirai|dirais|redis|repete|crie|ecris|ecrit|traite|trait(?:er|ais)|appelle
      |repond(?:s|u|rai)?|qualifie|nomme|insulte|envoie|pense|declare|affirme|lance)(?!\w)
    | (?<!\w)(?:(?:je|j)\s?(?:voulais\sdire|veux\sdire)|pour\smoi|a\smon\savis|selon\smoi|d'apres\smoi|un\sseul\smot|en\sun\smot
      |j'ai\s(?:qu')?un\smot|un\smot\spour|disons|appelons|nommons|osons|on\speut\sdire|il\sfaut
      \s(?:le\s|bien\s)?(?:dire|appeler)|comme\son\sdit|ce\squ'on\sappelle|faut\s(?:le\s)?dire
      |i\s(?:say|said|call)|you\sare|yo\sdigo|io\sdico|eu\sdigo|я\sговорю)(?!\w)
    """,
    re.VERBOSE,
)
"""The author speaks for himself: what he says in marks are his own words."""

_YOU = (
    r"(?<!\w)(?:tu\s?es|t'es|t\ses|vous\s(?:n')?etes|etes-vous|es-tu|you(?:'re|\sare)|eres|tu\ssei"
    r"|sei\sun|voce\se|ты|sen)(?!\w)"
)
AIMED_BEFORE = re.compile(
    rf"""(?:
        {_YOU}(?!\s(?:[a-z]+\s)?(?:trait|qualifi|insult|appel|accus|surnomm))[^.!?\x01]{{0,40}}
      | (?<!\w)(?:espece|bande|tas|ramassis)\s(?:de\s|d')?
      | (?<!\w)(?:va|ferme|fermez|casse|degage|degagez|retourne|creve|crevez|toi)[\s,]+
      | (?<!\w)(?:sale|pauvre|gros|grosse|petit|petite|vieux|vieille|foutu|putain\sde)s?\s+
      | (?<!\w)(?:ton|ta|tes|votre|vos|your|tu|tua?)\s(?:\w+\s)?
      | (?<!\w)(?:quel|quelle|quels|quelles)\s(?:\w+\s)?
    )\Z""",
    re.VERBOSE,
)
"""What stands right before marks that are aimed at somebody."""
AIMED_AFTER = re.compile(
    r"""\A[\s,]*(?:va(?!\w)|vas(?!\w)|toi(?!\w)|toi-meme|de\s(?:merde|mes\s(?:deux|couilles)|pacotille)
      | que\s(?:tu|vous|t')|oui(?!\w)|et\s(?:encore|je\spese)|si\stu|bien\sfait
      | (?:tu|vous)\s(?!me|m'|dites|ecri|dit|parl|cit|trait|avez))""",
    re.VERBOSE,
)
CALLED_OUT = re.compile(r"(?<!\w)(?:(?:tu|te|toi|vous|you|ты|вы)(?!\w)|t')")
"""Somebody is spoken to; marks behind a comma are then their name."""
PREDICATED = re.compile(
    r"""(?<!\w)(?:c'?est|est|sont|etait|etaient|sera|reste|restent|c|n'est|suis|fut)
    (?:\s(?:bien|vraiment|qu'|que|juste|rien|d'autre|toujours|pas|clairement|encore|meme|bel\set))*
    \s?(?:un|une|des|le|la|les|du|de)?\s?(?:\w+\s)?\Z
    | (?<!\w)(?:ce|cet|cette|ces)\s(?:\w+\s)?\Z
    | (?<!\w)(?:comme|d'une?|digne\sde)\s(?:\w+\s)?\Z
    | (?<!\w)(?:is|are|was|es|sono|sao)\s(?:an?|un|una|um|uma)?\s?\Z""",
    re.VERBOSE,
)
"""Said of somebody: an insult in marks, unless another one's word for it is given."""
ADOPTED = re.compile(r"(?<!\w)(?:comme|like|como|come|как)(?!\w)")
"""«Comme disait l'autre : …»: without marks, what follows is the author's."""
REPORTED = re.compile(
    r"""(?<!\w)(?:
        (?:il|elle|ils|elles|qui|on\s(?=m'|nous|me\s|lui\s|leur\s))\s?
        (?:(?:m'|me|nous|lui|leur|l'|t'|te|vous|s')\s?)*
        (?:(?:a|ont|avait|avaient|aurait)\s(?:\w+\s){0,2})?
      | (?:m'|nous\s|lui\s|leur\s|t'|vous\s)?(?:a|ont|avait|avaient|aurait)\s(?:\w+\s){0,2}
    )
    (?:dit|disait|disaient|disent|ecrit|ecrivait|ecrivent|crie|criait|crient|hurle|hurlait|hurlent
      |lance|lancait|lancent|repondu|repond|replique|retorque|repete|repetait|balance|sorti|declare
      |balancait|jete|souffle|glisse|chante|scande|poste|tweete|publie|affirme|ajoute)
    [^.!?:;\x01\n]{0,40}:\s*\Z""",
    re.VERBOSE,
)
"""Ends with the colon that opens reported speech without marks."""
JOINED = re.compile(
    r"""\A[\s,;/&+]*(?:(?:et|ou|puis|voire|ni|and|or|y|o|e|и|ve)\s)?
    (?:(?:de|d'|le|la|les|l'|un|une|des|du|meme|encore|aussi)\s?){0,2}\Z""",
    re.VERBOSE,
)
"""Nothing but a list's glue."""
