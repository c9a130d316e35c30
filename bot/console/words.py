"""The words themselves: French, then English. `{names}` are filled in by `texts.say`."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    # frame
    "skip_link": ("Aller au contenu", "Skip to content"),
    "nav": ("Navigation principale", "Main navigation"),
    "nav.queue": ("À relire", "To review"),
    "nav.outbox": ("Envois", "Deliveries"),
    "log_out": ("Se déconnecter", "Log out"),
    "other_language": ("English", "Français"),
    "admin": ("administration", "admin"),
    "back": ("Retour à la file", "Back to the queue"),
    # log-in
    "login.title": ("Connexion", "Log in"),
    "login.lead": (
        "Ce lien ouvre la console une seule fois, sur cet appareil.",
        "This link opens the console once, on this device.",
    ),
    "login.enter": ("Entrer", "Enter"),
    "login.needed": ("Connexion nécessaire", "Please log in"),
    "login.how": (
        (
            "La console s'ouvre avec un lien à usage unique : demandez-le dans Discord avec /console, "
            "ou prenez celui qu'affiche Veilleur à son démarrage."
        ),
        (
            "The console opens with a one-time link: ask for one in Discord with /console, or use "
            "the one Veilleur prints when it starts."
        ),
    ),
    "login.used": ("Ce lien ne sert plus", "This link no longer works"),
    "login.used_lead": (
        (
            "Il a déjà servi ou il a expiré. Chaque lien n'ouvre la console qu'une fois, "
            "pendant {minutes} minutes."
        ),
        (
            "It has been used already, or it is too old. Each link opens the console once, "
            "for {minutes} minutes."
        ),
    ),
    "login.gone": ("Vous êtes déconnecté.", "You are logged out."),
    # queue
    "queue.title": ("À relire", "To review"),
    "queue.open.one": ("{n} commentaire attend", "{n} comment waits"),
    "queue.open.many": ("{n} commentaires attendent", "{n} comments wait"),
    "queue.oldest": ("le plus ancien depuis {age}", "the oldest for {age}"),
    "queue.empty": ("La file est vide.", "The queue is empty."),
    "queue.empty_lead": (
        "Les nouveaux cas apparaissent ici d'eux-mêmes.",
        "New cases appear here by themselves.",
    ),
    "queue.list": ("Commentaires à relire, par priorité", "Comments to review, by priority"),
    "queue.more.one": ("{n} autre suivra.", "{n} more will follow."),
    "queue.more.many": ("{n} autres suivront.", "{n} more will follow."),
    # rules that were not taken up
    "rules.faults.one": (
        "{n} erreur dans les fichiers de règles :",
        "{n} fault in the rule files:",
    ),
    "rules.faults.many": (
        "{n} erreurs dans les fichiers de règles :",
        "{n} faults in the rule files:",
    ),
    "scorer.trouble": (
        "Le modèle voulu n'évalue pas les commentaires : rien n'est refusé automatiquement.",
        "The wanted model does not score comments: nothing is refused automatically.",
    ),
    "rules.old_stay": (
        "les règles d'avant restent en vigueur jusqu'à la correction.",
        "the rules of before stay in force until they are mended.",
    ),
    # a row and its actions
    "approve": ("Publier", "Publish"),
    "reject": ("Refuser", "Refuse"),
    "skip": ("Passer", "Skip"),
    "undo": ("Annuler", "Undo"),
    "detail": ("Détail", "Detail"),
    "more_text": ("Lire la suite ({n} caractères)", "Read on ({n} characters)"),
    "waits": ("attend depuis {age}", "waiting for {age}"),
    "why": ("Pourquoi", "Why"),
    "unscored": ("non évalué", "not scored"),
    "degraded": ("modèle de secours", "fallback model"),
    "claimed": ("{name} regarde ce cas", "{name} is looking at this"),
    "claim": ("Je m'en occupe", "I take it"),
    "release": ("Laisser aux collègues", "Leave to colleagues"),
    "claimed.you": ("Vous êtes sur ce cas", "You are on this case"),
    "reports.one": ("{n} signalement", "{n} report"),
    "reports.many": ("{n} signalements", "{n} reports"),
    "history.first": ("premier commentaire", "first comment"),
    "history.approved.one": ("{n} publié", "{n} published"),
    "history.approved.many": ("{n} publiés", "{n} published"),
    "history.rejected.one": ("{n} refusé", "{n} refused"),
    "history.rejected.many": ("{n} refusés", "{n} refused"),
    "history.in_review.one": ("{n} en attente", "{n} waiting"),
    "history.in_review.many": ("{n} en attente", "{n} waiting"),
    "answers": ("Répond à {name}", "Answers {name}"),
    "answers.someone": ("Répond à un commentaire", "Answers a comment"),
    "edited": ("texte modifié, version {n}", "edited text, version {n}"),
    "untitled": ("article {id}", "story {id}"),
    "channel": ("salon Discord {id}", "Discord channel {id}"),
    # refusing
    "reject.title": ("Pourquoi refuser ?", "Why refuse?"),
    "reject.reason": ("Motif", "Reason"),
    "reject.note": (
        "Un mot pour l'auteur et les collègues (facultatif)",
        "A word for the author and colleagues (optional)",
    ),
    "reject.keys": (
        "Un chiffre refuse aussitôt ; Entrée refuse pour le motif choisi ; Échap revient.",
        "A digit refuses at once; Enter refuses for the chosen reason; Esc goes back.",
    ),
    "cancel": ("Revenir", "Go back"),
    # what became of it
    "said.approve": ("Commentaire publié.", "Comment published."),
    "said.reject": ("Commentaire refusé : {reason}.", "Comment refused: {reason}."),
    "said.proposed": (
        "Refus proposé : une deuxième personne doit confirmer.",
        "Rejection proposed: a second person has to agree.",
    ),
    "said.skip": ("Passé : il revient en fin de file.", "Skipped: it comes back last."),
    "said.undo": ("Décision annulée, le cas est rouvert.", "Undone, the case is open again."),
    "said.undo_told": (
        "Décision annulée, le cas est rouvert ; le site reçoit un rectificatif.",
        "Undone, the case is open again; the site is told of the correction.",
    ),
    "said.claim": ("Ce cas est à vous pour un moment.", "This case is yours for a while."),
    "said.release": ("Le cas est de nouveau à tous.", "Everybody can take the case again."),
    "said.retry": ("L'envoi repart.", "The delivery starts again."),
    "refused.unknown": (
        "Ce cas ou cette décision n'existe pas.",
        "There is no such case or decision.",
    ),
    "refused.taken": (
        "{name} a été plus rapide : {outcome}.",
        "{name} was faster: {outcome}.",
    ),
    "refused.closed": (
        "Ce cas est déjà clos.",
        "This case is closed already.",
    ),
    "refused.changed": (
        "Le cas a changé depuis que vous l'avez ouvert. Relisez-le, rien n'a été fait.",
        "The case changed since you opened it. Look again, nothing was done.",
    ),
    "refused.claimed": (
        "{name} est sur ce cas, rien n'a été fait.",
        "{name} is on this case, nothing was done.",
    ),
    "refused.too_late": (
        "Trop tard : l'effet de la décision ne peut plus être repris.",
        "Too late: what the decision did cannot be taken back.",
    ),
    "refused.escalated": (
        "{name} a transmis ce cas aux responsables : à eux de décider.",
        "{name} handed this case up to the leads: theirs to decide.",
    ),
    "refused.second_needed": (
        "Ce motif demande deux personnes : un collègue doit confirmer votre proposition.",
        "This reason takes two people: a colleague has to confirm your proposal.",
    ),
    "refused.invalid": (
        "Il manque un motif, ou le mot dépasse 1 000 caractères. Rien n'a été fait.",
        "A reason is missing, or the note is over 1,000 characters. Nothing was done.",
    ),
    "someone": ("Quelqu'un", "Somebody"),
    "gone.withdrawn": (
        "Retiré par son auteur ou par le site.",
        "Deleted by its author or the site.",
    ),
    "gone.decided": ("{name} : {outcome}.", "{name}: {outcome}."),
    "gone.elsewhere": ("Ce cas est clos.", "This case is closed."),
    "outcome.approve": ("publié", "published"),
    "outcome.reject": ("refusé", "refused"),
    "outcome.review": ("à relire", "to review"),
    "asks.approve": ("demande de publier", "asks to publish"),
    "asks.reject": ("demande de refuser", "asks to refuse"),
    "asks.review": ("demande une relecture", "asks for a review"),
    # script
    "js.sending": ("Envoi…", "Sending…"),
    "js.offline": (
        "Le serveur ne répond pas : rien n'a été fait. Réessayez.",
        "The server does not answer: nothing was done. Try again.",
    ),
    "js.lost": (
        "Connexion au serveur perdue, nouvelle tentative…",
        "Connection to the server lost, trying again…",
    ),
    "js.session": (
        "Votre session est terminée : rechargez la page pour vous reconnecter.",
        "Your session has ended: reload the page to log in again.",
    ),
    "js.new.one": ("{n} nouveau cas", "{n} new case"),
    "js.new.many": ("{n} nouveaux cas", "{n} new cases"),
    "js.changed": ("L'auteur a modifié son texte : relisez.", "The author edited it: look again."),
    "js.nothing_to_undo": ("Rien à annuler.", "Nothing to undo."),
    # keys
    "keys": ("Raccourcis clavier", "Keyboard shortcuts"),
    "keys.next": ("Suivant", "Next"),
    "keys.previous": ("Précédent", "Previous"),
    "keys.help": ("Cette aide", "This help"),
    "keys.open": ("Ouvrir le détail", "Open the detail"),
    "keys.undo": ("Annuler la dernière décision", "Undo the last decision"),
    "keys.reject": ("Refuser, puis choisir le motif", "Refuse, then choose the reason"),
    "keys.on": ("Raccourcis d'une seule touche actifs", "Single-key shortcuts are on"),
    "keys.close": ("Fermer", "Close"),
    # case
    "case.title": ("Cas n° {id}", "Case {id}"),
    "case.open": ("ouvert", "open"),
    "case.closed": ("clos", "closed"),
    "case.comment": ("Le commentaire", "The comment"),
    "case.parent": ("En réponse à", "In answer to"),
    "case.story": ("Article", "Story"),
    "case.author": ("Auteur", "Author"),
    "case.known": ("connu depuis le", "known since"),
    "case.scores": ("Évaluation", "Scores"),
    "case.scorer": ("Modèle {name}, version {version}", "Model {name}, version {version}"),
    "case.rules": ("Règles déclenchées", "Rules that fired"),
    "case.no_rules": ("Aucune règle ne s'est déclenchée.", "No rule fired."),
    "case.not_applied": (
        "Sans objet, faute d'un fait : {rules}",
        "Did not apply, a fact is absent: {rules}",
    ),
    "case.rulebook": ("Règlement {version}", "Rulebook {version}"),
    "case.facts": ("Faits lus", "Facts read"),
    "case.complaints": ("Ce que disent les signalements", "What the reports say"),
    "case.decisions": ("Décisions", "Decisions"),
    "case.no_decisions": ("Personne n'a encore décidé.", "Nobody has decided yet."),
    "case.undone": ("annulée par {name}", "undone by {name}"),
    "case.on_version": ("sur la version {n} du texte", "on version {n} of the text"),
    "case.audit": ("Journal", "Record"),
    "case.raw": ("Texte tel que reçu ({format})", "Text as received ({format})"),
    "case.worst": (
        "Le passage surligné a la toxicité la plus haute.",
        "The marked passage has the highest toxicity.",
    ),
    "case.marked": (
        "Encadré : ce qui a déclenché une règle.",
        "Framed: what made a rule fire.",
    ),
    "case.found": ("Dans le texte :", "In the text:"),
    "case.read": ("A lu :", "Read:"),
    "case.without.approve": (
        "Sans cette règle, le commentaire aurait été publié.",
        "Without this rule the comment would have been published.",
    ),
    "case.without.review": (
        "Sans cette règle, le commentaire serait allé en relecture.",
        "Without this rule the comment would have gone to review.",
    ),
    "case.without.reject": (
        "Sans cette règle, le commentaire aurait été refusé.",
        "Without this rule the comment would have been refused.",
    ),
    "case.section": ("Rubrique", "Section"),
    "case.source": ("Source", "Source"),
    "case.received": ("Reçu le", "Received"),
    "case.written": ("Écrit le", "Written"),
    "case.language": ("Langue", "Language"),
    "case.new_tab": ("(nouvel onglet)", "(new tab)"),
    # outbox
    "outbox.title": ("Envois", "Deliveries"),
    "outbox.lead": (
        "Ce que Veilleur doit encore dire au site ou à Discord.",
        "What Veilleur still has to tell the site or Discord.",
    ),
    "outbox.dead": ("Lettres mortes", "Dead letters"),
    "outbox.dead_lead": (
        "Abandonnés après de nombreux essais ; réparez la cause, puis relancez.",
        "Given up after many attempts; mend the cause, then retry.",
    ),
    "outbox.waiting": ("En attente", "Waiting"),
    "outbox.none_dead": ("Aucune lettre morte.", "No dead letters."),
    "outbox.none_waiting": ("Rien n'attend.", "Nothing waits."),
    "outbox.retry": ("Relancer", "Retry"),
    "outbox.what": ("Envoi", "Delivery"),
    "outbox.comment": ("Commentaire", "Comment"),
    "outbox.attempts": ("Essais", "Attempts"),
    "outbox.due": ("Échéance", "Due"),
    "outbox.died": ("Abandonné", "Given up"),
    "outbox.error": ("Dernière erreur", "Last error"),
    "effect.tell_site": ("Décision au site", "Decision to the site"),
    "effect.delete_message": ("Suppression Discord", "Discord deletion"),
    "effect.show_case": ("Carte Discord", "Discord card"),
    # faults
    "fault.404": ("Page introuvable", "Page not found"),
    "fault.404_lead": (
        "Cette adresse ne mène à rien, ou le cas n'existe pas.",
        "This address leads nowhere, or there is no such case.",
    ),
    "fault.403": ("Demande refusée", "Request refused"),
    "fault.403_lead": (
        (
            "Elle ne vient pas d'une page de cette console, ou votre session a changé. "
            "Rien n'a été fait : rechargez la page, puis recommencez."
        ),
        (
            "It did not come from a page of this console, or your session has changed. "
            "Nothing was done: reload the page, then try again."
        ),
    ),
    "fault.rights": ("Réservé à l'administration", "For admins only"),
    "fault.rights_lead": (
        "Demandez à une personne ayant le rôle d'administration.",
        "Ask somebody who has the admin role.",
    ),
    "fault.400": ("Demande illisible", "Unreadable request"),
    "fault.400_lead": ("Rien n'a été fait.", "Nothing was done."),
    "fault.500": ("Une erreur est survenue", "Something went wrong"),
    "fault.500_lead": (
        "Elle est dans le journal de Veilleur. Réessayez dans un moment.",
        "It is in Veilleur's log. Try again in a moment.",
    ),
    # codes of the core, in words
    "attribute.toxicity": ("Toxicité", "Toxicity"),
    "attribute.severe_toxicity": ("Toxicité grave", "Severe toxicity"),
    "attribute.obscene": ("Obscénité", "Obscenity"),
    "attribute.identity_attack": ("Attaque identitaire", "Identity attack"),
    "attribute.insult": ("Insulte", "Insult"),
    "attribute.threat": ("Menace", "Threat"),
    "attribute.sexual_explicit": ("Contenu sexuel", "Sexual content"),
    "basis.rule": ("règle", "rule"),
    "basis.conflict": ("règles en conflit", "rules in conflict"),
    "basis.default": ("par défaut", "by default"),
    "basis.unscored": ("non évalué", "not scored"),
    "basis.cap": ("plafond atteint", "cap reached"),
    "basis.degraded": ("modèle de secours", "fallback model"),
    "basis.report": ("signalement", "report"),
    "basis.failure": ("panne", "failure"),
    "stage.draft": ("brouillon", "draft"),
    "stage.shadow": ("à l'essai, sans effet", "shadow, no effect"),
    "stage.canary": ("à l'essai sur une part des auteurs", "canary, on a share of the authors"),
    "stage.live": ("active", "live"),
    "alarm.cap": ("Plafond de refus automatiques atteint", "Cap on automatic refusals reached"),
    "alarm.rule_cap": ("Règle à sa limite", "Rule at its limit"),
    "alarm.rule_surge": ("Règle qui se déclenche trop souvent", "Rule that fires too often"),
    "alarm.rule_silent": ("Règle devenue muette", "Rule gone silent"),
    "alarm.rule_expired": ("Règle expirée", "Expired rule"),
    "idle.expired": ("expirée, sans effet", "expired, no effect"),
    "idle.out_of_share": ("pas essayée sur cet auteur", "not tried on this author"),
    "idle.limit": ("sa propre limite est atteinte", "its own limit is reached"),
    "idle.surge": ("retenue : une alerte est ouverte", "held back: an alarm is open"),
    "actor.rulebook": ("Les règles", "The rules"),
    "actor.system": ("Veilleur", "Veilleur"),
    "actor.site": ("Le site", "The site"),
    "audit.received": ("reçu", "received"),
    "audit.edited": ("texte modifié", "text edited"),
    "audit.deleted after refusal": ("supprimé à la source", "deleted at its source"),
    "audit.withdrawn": ("retiré à la source", "deleted at its source"),
    "audit.reported": ("signalé par un lecteur", "reported by a reader"),
    "audit.judged approve": ("jugé : publié", "judged: published"),
    "audit.judged reject": ("jugé : refusé", "judged: refused"),
    "audit.judged review": ("jugé : à relire", "judged: to review"),
    "audit.resolved approve": ("publié", "published"),
    "audit.resolved reject": ("refusé", "refused"),
    "audit.undone": ("décision annulée", "decision undone"),
    "audit.delivery retried": ("envoi relancé", "delivery retried"),
    "source.site": ("site", "site"),
    "source.discord": ("Discord", "Discord"),
}
