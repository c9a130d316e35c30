"""What moderators read in Discord, in French and English."""

from __future__ import annotations

from bot.core.effects import Occasion
from bot.core.model import Basis, Idle, Outcome, RefusalKind, Severity, State, Words

ATTRIBUTES = {
    "toxicity": Words(fr="Toxicité", en="Toxicity"),
    "severe_toxicity": Words(fr="Toxicité grave", en="Severe toxicity"),
    "obscene": Words(fr="Obscénité", en="Obscenity"),
    "identity_attack": Words(fr="Attaque identitaire", en="Identity attack"),
    "insult": Words(fr="Insulte", en="Insult"),
    "threat": Words(fr="Menace", en="Threat"),
    "sexual_explicit": Words(fr="Sexuel explicite", en="Sexually explicit"),
}
BASES = {
    Basis.RULE: Words(fr="règle", en="rule"),
    Basis.CONFLICT: Words(fr="règles contradictoires", en="rules disagree"),
    Basis.DEFAULT: Words(fr="réglage par défaut", en="default setting"),
    Basis.UNSCORED: Words(fr="non évalué", en="not scored"),
    Basis.CAP: Words(fr="plafond atteint", en="cap reached"),
    Basis.DEGRADED: Words(fr="modèle de secours", en="stand-in model"),
    Basis.REPORT: Words(fr="signalement", en="report"),
    Basis.FAILURE: Words(fr="panne", en="failure"),
}
DECIDED = {
    Outcome.APPROVE: Words(fr="Publié", en="Approved"),
    Outcome.REJECT: Words(fr="Refusé", en="Rejected"),
    Outcome.REVIEW: Words(fr="À examiner", en="To review"),
}
STATES = {
    State.RECEIVED: Words(fr="en cours d'évaluation", en="being scored"),
    State.APPROVED: Words(fr="publié", en="approved"),
    State.REJECTED: Words(fr="refusé", en="rejected"),
    State.IN_REVIEW: Words(fr="à examiner", en="to review"),
    State.WITHDRAWN: Words(fr="retiré à la source", en="removed at its source"),
}

CASE = Words(fr="Dossier n° {case}", en="Case no. {case}")
TO_REVIEW = Words(fr="À examiner", en="To review")
NO_TITLE = Words(fr="Article sans titre", en="Untitled story")
READ_STORY = Words(fr="lire l'article", en="read the story")
SEE_MESSAGE = Words(fr="voir le message", en="see the message")
HISTORY = Words(
    fr="publiés : {approved} · refusés : {rejected}",
    en="approved: {approved} · rejected: {rejected}",
)
NEWCOMER = Words(fr="premier commentaire", en="first comment")
KNOWN_SINCE = Words(fr="connu {since}", en="first seen {since}")
IN_REPLY = Words(fr="En réponse à", en="In reply to")
SOMEBODY = Words(fr="quelqu'un", en="somebody")
NOT_SCORED_YET = Words(fr="Pas encore évalué.", en="Not scored yet.")
UNSCORED = Words(fr="Non évalué : {why}", en="Not scored: {why}")
SCORER_TROUBLE = Words(
    fr="⚠️ Le modèle voulu n'évalue pas les commentaires. Rien n'est refusé automatiquement tant que "
    "cela dure : les cas douteux viennent ici. Cause : {why}",
    en="⚠️ The wanted model does not score comments. Nothing is refused automatically while that lasts: "
    "doubtful cases come here. Cause: {why}",
)
SCORER_BACK = Words(
    fr="✅ Le modèle voulu évalue de nouveau les commentaires.",
    en="✅ The wanted model scores comments again.",
)
DEGRADED = Words(fr="⚠️ Évalué par le modèle de secours.", en="⚠️ Scored by the stand-in model.")
IDLE = {
    Idle.EXPIRED: Words(fr="expirée, sans effet", en="expired, no effect"),
    Idle.OUT_OF_SHARE: Words(fr="à l'essai, pas sur cet auteur", en="on trial, not on this author"),
    Idle.LIMIT: Words(fr="sa limite est atteinte", en="its limit is reached"),
    Idle.SURGE: Words(fr="retenue, alerte en cours", en="held back, an alarm is open"),
}
SHADOW = Words(fr="à l'essai", en="on trial")
MORE_RULES = Words(fr="Autres règles : {count}", en="More rules: {count}")
WAITING_SINCE = Words(fr="En attente {since}", en="Waiting since {since}")
REPORTS = Words(fr="⚑ signalements : {count}", en="⚑ reports: {count}")
VERSION = Words(fr="texte modifié, version {version}", en="edited text, version {version}")
HIDDEN = Words(fr="Texte masqué : touchez pour lire.", en="Masked text: tap to read.")
EMPTY = Words(fr="(rien de lisible)", en="(nothing legible)")

APPROVE = Words(fr="Publier", en="Approve")
REJECT = Words(fr="Refuser…", en="Reject…")
UNDO = Words(fr="Annuler", en="Undo")
REJECT_TITLE = Words(fr="Refuser le commentaire", en="Reject the comment")
REASON = Words(fr="Motif", en="Reason")
NOTE = Words(fr="Mot à l'auteur (facultatif)", en="Words to the author (optional)")
NOTE_HINT = Words(
    fr="Lu par l'auteur et vos collègues, 1 000 signes au plus",
    en="Read by the author and your colleagues, at most 1,000 characters",
)
ESCALATE = Words(fr="Transmettre…", en="Escalate…")
ESCALATE_TITLE = Words(fr="Transmettre aux responsables", en="Hand up to the leads")
HAND_BACK = Words(fr="Rendre à la file", en="Back to the queue")
WORDS = Words(fr="Votre question (facultatif)", en="Your question (optional)")
WORDS_HINT = Words(
    fr="Lu par vos collègues seulement, 1 000 signes au plus",
    en="Read by your colleagues only, at most 1,000 characters",
)
NOTE_BUTTON = Words(fr="Note…", en="Note…")
NOTE_TITLE = Words(fr="Note sur le dossier", en="Note on the case")
NOTE_WORDS = Words(fr="Note pour les collègues", en="Note for colleagues")
NOTED = Words(fr="📝 Noté au dossier n° {case}.", en="📝 Noted on case no. {case}.")
NOTHING_WRITTEN = Words(fr="Rien n'était écrit.", en="Nothing was written.")
NOTE_LINE = Words(fr="📝 {who}, {when} : {note}", en="📝 {who}, {when}: {note}")
ASK_BUTTON = Words(fr="Deuxième avis…", en="Second opinion…")
ASK_TITLE = Words(fr="Demander un deuxième avis", en="Ask for a second opinion")
ASK_WHOM = Words(fr="À qui", en="Of whom")
ASK_ANYBODY = Words(fr="Personne en particulier", en="Nobody in particular")
ASK_NOBODY = Words(
    fr="Choisissez un autre membre de l'équipe de modération.",
    en="Choose another member of the moderation team.",
)
ASKED = Words(
    fr="🙋 Avis demandé sur le dossier n° {case}. Il revient en fin de votre file.",
    en="🙋 Opinion asked on case no. {case}. It comes back last in your own queue.",
)
IS_ESCALATED = Words(
    fr="⬆️ Transmis aux responsables par {who}, {when}",
    en="⬆️ Handed up to the leads by {who}, {when}",
)
IS_ASKED = Words(fr="🙋 {who} demande l'avis de {whom}, {when}", en="🙋 {who} asks {whom}, {when}")
ANYBODY = Words(fr="l'équipe", en="the team")
IS_PROPOSED = Words(
    fr="✌️ {who} propose de refuser : {reason}, {when}. Une deuxième personne doit confirmer.",
    en="✌️ {who} proposes to reject: {reason}, {when}. A second person has to agree.",
)
PROPOSED = Words(
    fr="✌️ Proposé : {reason}. Ce motif demande deux personnes, un collègue doit confirmer le dossier n° {case}.",
    en="✌️ Proposed: {reason}. This reason takes two people: a colleague has to confirm case no. {case}.",
)
CALL = {
    Occasion.ESCALATION: Words(
        fr="⬆️ {who} transmet ce dossier. {whom}", en="⬆️ {who} hands this case up. {whom}"
    ),
    Occasion.QUESTION: Words(
        fr="🙋 {who} demande un avis. {whom}", en="🙋 {who} asks for an opinion. {whom}"
    ),
    Occasion.PROPOSAL: Words(
        fr="✌️ {who} propose un refus ; une deuxième personne doit confirmer. {whom}",
        en="✌️ {who} proposes a rejection; a second person has to agree. {whom}",
    ),
}
SEVERITIES = {
    Severity.UNKNOWN: Words(fr="non évalué", en="not scored"),
    Severity.MILD: Words(fr="léger", en="mild"),
    Severity.STRONG: Words(fr="sérieux", en="strong"),
    Severity.SEVERE: Words(fr="grave", en="severe"),
}
ORDER = Words(fr="ordre : {why} · à voir {due}", en="order: {why} · due {due}")
REPORTED_FIRST = Words(fr="signalé", en="reported")
WIDELY_READ = Words(fr="très lu × {times}", en="widely read × {times}")
BY_AGE = Words(
    fr="Attente : moins d'une heure {new} · une à six heures {middle} · davantage {old}",
    en="Waiting: under an hour {new} · one to six hours {middle} · longer {old}",
)
OVERDUE = Words(fr="⏰ En retard : {count}", en="⏰ Overdue: {count}")
AT_RISK = Words(fr="bientôt en retard : {count}", en="due within ten minutes: {count}")
WITH_LEADS = Words(fr="⬆️ Chez les responsables : {count}", en="⬆️ With the leads: {count}")
NO_SECTION = Words(fr="sans rubrique", en="no section")
PANEL_HINT = Words(
    fr="-# Les {count} premiers ont leur fiche ici ; « Dossier suivant » les prend un par un.",
    en="-# The first {count} have their card here; “Next case” takes them one by one.",
)
DUTY = Words(
    fr="⏰ {role} En retard : {overdue} · bientôt : {soon}. Prochain rappel quand tout aura été rattrapé.",
    en="⏰ {role} Overdue: {overdue} · soon: {soon}. The next call comes once all is caught up.",
)
SEVERE_SEEN = Words(
    fr="-# Commentaires graves que vous avez lus depuis 24 h : {count}. Vous seul voyez ce nombre.",
    en="-# Severe comments you have read within 24 h: {count}. Only you see this number.",
)
TAKE_A_BREAK = Words(
    fr="☕ Vous avez lu {count} commentaires graves en deux heures. Une pause ferait du bien ; la file attendra. (Vous seul voyez ce message.)",
    en="☕ You have read {count} severe comments within two hours. A break would do you good; the queue can wait. (Only you see this.)",
)
ALIKE = Words(
    fr="👥 **Presque identiques : {count}**, décidés avec celui-ci.",
    en="👥 **Nearly the same: {count}**, decided together with this one.",
)
ALIKE_BUTTON = Words(fr="Semblables", en="Look-alikes")
SET_APART = Words(fr="Retirer du lot", en="Take out of the lot")
WERE_SET_APART = Words(
    fr="Retirés du lot : {count}. Chacun a maintenant son propre dossier.",
    en="Taken out: {count}. Each is a case of its own now.",
)
TOGETHER = Words(fr="{count} commentaires ensemble", en="{count} comments together")
OPEN_CASE = Words(fr="Ouvrir le dossier", en="Open the case")
FORM_LOST = Words(
    fr="⚠️ Veilleur a redémarré entre-temps : ce formulaire n'est plus connu. Rien n'a été fait, recommencez.",
    en="⚠️ Veilleur was restarted meanwhile and no longer knows this form. Nothing was done: please start again.",
)
SKIPPED = Words(
    fr="Passé : le dossier n° {case} revient en fin de votre file.",
    en="Skipped: case no. {case} comes back last in your own queue.",
)
REJECT_WITH_WORDS = Words(fr="Refuser avec un mot…", en="Reject with words…")
FLOW_ESCALATED = Words(
    fr="⬆️ Dossier n° {case} transmis aux responsables.", en="⬆️ Case no. {case} handed up."
)

BY = Words(fr="par {who}", en="by {who}")
AUTOMATIC = Words(fr="automatiquement", en="automatically")
UNDO_UNTIL = Words(fr="sans trace jusqu'à {until}", en="without a trace until {until}")
CLOSED = Words(fr="Clos", en="Closed")

NOT_ALLOWED = Words(
    fr="⛔ Réservé à l'équipe de modération.", en="⛔ For the moderation team only."
)
FAILED = Words(
    fr="⚠️ Une erreur est survenue. La cause est au journal sous la référence `{reference}`. Réessayez dans un instant.",
    en="⚠️ Something went wrong. The cause is in the log under `{reference}`. Try again in a moment.",
)
REFUSED = {
    RefusalKind.UNKNOWN: Words(
        fr="Ce dossier ou cette décision n'existe pas (ou plus).",
        en="There is no such case or decision (any more).",
    ),
    RefusalKind.TAKEN: Words(
        fr="Trop tard : {by} a déjà décidé — {outcome}.",
        en="Too late: {by} has decided already — {outcome}.",
    ),
    RefusalKind.CHANGED: Words(
        fr="Le dossier a changé depuis l'affichage de cette fiche : relisez-le avant de décider.",
        en="The case has changed since this card was shown: read it again before you decide.",
    ),
    RefusalKind.CLAIMED: Words(
        fr="{by} s'occupe de ce dossier en ce moment.", en="{by} is on this case right now."
    ),
    RefusalKind.TOO_LATE: Words(
        fr="Cette décision ne peut plus être annulée : l'auteur a retiré son message.",
        en="This decision can no longer be undone: the author has withdrawn the message.",
    ),
    RefusalKind.ESCALATED: Words(
        fr="{by} a transmis ce dossier aux responsables : à eux de décider.",
        en="{by} handed this case up to the leads: theirs to decide.",
    ),
    RefusalKind.SECOND_NEEDED: Words(
        fr="Ce motif demande deux personnes : un collègue doit confirmer votre proposition.",
        en="This reason takes two people: a colleague has to confirm your proposal.",
    ),
    RefusalKind.INVALID: Words(
        fr="Cet ordre n'a pas de sens : un refus demande un motif.",
        en="This order makes no sense: a rejection needs a reason.",
    ),
}
COLLEAGUE = Words(fr="un collègue", en="a colleague")
UNDONE = Words(
    fr="Décision annulée, le dossier n° {case} est rouvert.",
    en="Decision taken back, case no. {case} is open again.",
)
UNDONE_TOLD = Words(
    fr="Décision annulée, le dossier n° {case} est rouvert. Elle avait déjà pris effet : la correction part "
    "maintenant, et un message retiré de Discord est republié.",
    en="Decision taken back, case no. {case} is open again. It had taken effect already: the correction "
    "goes out now, and a message removed from Discord is posted again.",
)
DONE = Words(fr="Dossier n° {case} : {outcome}.", en="Case no. {case}: {outcome}.")

QUEUE_EMPTY = Words(
    fr="### File vide\nRien à examiner. ☕", en="### Empty queue\nNothing to review. ☕"
)
QUEUE_TITLE = Words(fr="### Dossiers à examiner : {count}", en="### Cases to review: {count}")
OLDEST = Words(fr="Le plus ancien attend {since}.", en="The oldest has waited since {since}.")
SEE_CARD = Words(fr="fiche", en="card")
QUEUE_REST = Words(
    fr="-# Non listés ici : {count}. Ouvrez un dossier avec `/case`.",
    en="-# Not listed here: {count}. Open a case with `/case`.",
)
NO_CASE = Words(fr="Il n'y a pas de dossier n° {case}.", en="There is no case no. {case}.")
CONSOLE = Words(
    fr="Votre lien vers la console, valable une seule fois :\n{link}",
    en="Your link to the console, good for one use:\n{link}",
)
NO_CONSOLE = Words(
    fr="La console n'est pas ouverte sur cette installation.",
    en="The console is not open on this installation.",
)
OPTION_ID = Words(fr="numéro", en="id")
OPTION_NAME = Words(fr="nom", en="name")
OPTION_TEXT = Words(fr="texte", en="text")
COMMAND_QUEUE = Words(fr="La file des dossiers à examiner", en="The queue of cases to review")
COMMAND_QUEUE_LIST = Words(fr="Les premiers dossiers", en="The first cases")
COMMAND_QUEUE_NEXT = Words(
    fr="Examiner les dossiers un par un", en="Go through the cases one by one"
)
COMMAND_CASE = Words(fr="Ouvrir un dossier", en="Open a case")
COMMAND_CASE_ID = Words(fr="Numéro du dossier", en="Number of the case")
COMMAND_CONSOLE = Words(fr="Un lien personnel vers la console", en="A personal link to the console")

SKIP = Words(fr="Passer", en="Skip")
CLOSE = Words(fr="Arrêter", en="Stop")
NEXT = Words(fr="Dossier suivant", en="Next case")
UNDO_LAST = Words(fr="Annuler : dossier n° {case}", en="Undo: case no. {case}")
REJECT_FOR = Words(fr="Refuser : choisir le motif", en="Reject: choose the reason")
SUGGESTED = Words(fr="proposé par les règles", en="suggested by the rules")
FLOW_DONE = Words(
    fr="### Plus rien pour vous\nLa file est vide, ou des collègues s'occupent du reste. ☕",
    en="### Nothing more for you\nThe queue is empty, or colleagues are on the rest. ☕",
)
FLOW_SKIPPED = Words(
    fr="### Il ne reste que ce que vous avez passé\nReprenez, ou laissez-le à vos collègues.",
    en="### Only what you skipped is left\nTake it up again, or leave it to your colleagues.",
)
FLOW_CLOSED = Words(
    fr="Arrêté : le dossier est de nouveau libre.", en="Stopped: the case is free again."
)
FLOW_NOT_UNDONE = Words(
    fr="Rien à annuler : le dossier a changé depuis.",
    en="Nothing to take back: the case has changed since.",
)
MORE = Words(fr="Plus", en="More")
AUTHORS_COMMENTS = Words(fr="Derniers commentaires de l'auteur", en="The author's last comments")
NO_OTHERS = Words(fr="Aucun autre.", en="No others.")
NOTHING_FOUND = Words(fr="Rien trouvé.", en="Nothing found.")
COMMAND_AUTHOR = Words(fr="Derniers commentaires d'un auteur", en="An author's last comments")
COMMAND_AUTHOR_NAME = Words(fr="Nom, ou son début", en="Name, or how it begins")
COMMAND_SEARCH = Words(fr="Chercher dans les commentaires", en="Search the comments")
COMMAND_SEARCH_TEXT = Words(fr="Mots à trouver", en="Words to find")
NOTICE_REMOVED = Words(
    fr="Votre message sur le serveur {server}{channel} a été retiré. Motif : {reason}.",
    en="Your message on the server {server}{channel} was removed. Reason: {reason}.",
)
NOTICE_REMOVED_MEANWHILE = Words(
    fr="Votre message sur le serveur {server}{channel} a été retiré en attendant l'avis de la modération. Motif : {reason}.",
    en="Your message on the server {server}{channel} was removed until the moderators have looked at it. Reason: {reason}.",
)
NOTICE_WAITS = Words(
    fr="Votre message sur le serveur {server}{channel} attend l'avis de la modération. Motif : {reason}.",
    en="Your message on the server {server}{channel} waits for the moderators. Reason: {reason}.",
)
NOTICE_NOTE = Words(fr="La modération précise : {note}", en="The moderators add: {note}")
NOTICE_CONTEST = Words(
    fr="-# Si vous pensez que c'est une erreur, écrivez à la modération du serveur.",
    en="-# If you think this is a mistake, write to the server's moderators.",
)
NOTICE_NO_REASON = Words(fr="non précisé", en="not stated")
SHOW_ALL = Words(fr="Texte entier", en="Full text")
PAGE = Words(fr="page {page} sur {pages}", en="page {page} of {pages}")
PREVIOUS_PAGE = Words(fr="Page précédente", en="Previous page")
NEXT_PAGE = Words(fr="Page suivante", en="Next page")


def say(words: Words, language: str, **values: object) -> str:
    """The sentence in `fr` or `en…`, its `{places}` filled. Values must be safe already."""
    return words.in_language(language).format(**values)
