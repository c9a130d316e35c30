"""What people read about the rules in Discord, in French and English."""

from __future__ import annotations

from bot.core.model import Outcome, Stage, Words

STAGES = {
    Stage.DRAFT: Words(fr="brouillon", en="draft"),
    Stage.SHADOW: Words(fr="à l'essai, sans effet", en="shadow, no effect"),
    Stage.CANARY: Words(fr="sur une part des auteurs", en="canary, a share of the authors"),
    Stage.LIVE: Words(fr="en vigueur", en="live"),
}
STAGE_AND_SHARE = Words(fr="{stage} : {share} %", en="{stage}: {share} %")
MARKS = {Stage.DRAFT: "✏️", Stage.SHADOW: "👻", Stage.CANARY: "🐤", Stage.LIVE: "🟢"}
OUTCOMES = {
    Outcome.APPROVE: Words(fr="publier", en="approve"),
    Outcome.REVIEW: Words(fr="examiner", en="review"),
    Outcome.REJECT: Words(fr="refuser", en="reject"),
}

COMMAND = Words(fr="Les règles de modération", en="The moderation rules")
COMMAND_LIST = Words(fr="Toutes les règles", en="All rules")
COMMAND_SHOW = Words(fr="Une règle, telle qu'elle est écrite", en="One rule, as it is written")
COMMAND_TEST = Words(
    fr="Vérifier les exemples des règles avec le modèle en service",
    en="Prove the rules' examples with the model in use",
)
COMMAND_EXPLAIN = Words(
    fr="Ce que chaque règle dirait d'un texte", en="What every rule makes of a text"
)
COMMAND_STAGE = Words(
    fr="Changer l'étape d'une règle (administrateurs)", en="Set a rule's stage (admins)"
)
COMMAND_ROLLBACK = Words(
    fr="Revenir à une version antérieure des règles (administrateurs)",
    en="Go back to an earlier version of the rules (admins)",
)
COMMAND_BACKTEST = Words(
    fr="Essayer des règles sur les commentaires passés (administrateurs)",
    en="Try rules on the comments of the past (admins)",
)
OPTION_RULE = Words(fr="règle", en="rule")
RULE = Words(fr="Nom de la règle", en="Name of the rule")
OPTION_STAGE = Words(fr="étape", en="stage")
STAGE_SHOWN = Words(fr="Seulement les règles à cette étape", en="Only rules at this stage")
STAGE_NEW = Words(fr="La nouvelle étape", en="The new stage")
STAGE_TRIED = Words(
    fr="Étape à essayer pour la règle choisie ; rien n'est écrit",
    en="Stage to try for the chosen rule; nothing is written",
)
OPTION_SHARE = Words(fr="part", en="share")
SHARE = Words(
    fr="Part des auteurs en %, pour un canari", en="Share of the authors in %, for a canary"
)
OPTION_TEXT = Words(fr="texte", en="text")
TEXT = Words(
    fr="Lu comme le premier commentaire d'un nouveau lecteur",
    en="Taken as a new reader's first comment",
)
OPTION_VERSION = Words(fr="version", en="version")
VERSION = Words(fr="Version, ou son début", en="Version, or how it begins")
VERSION_TRIED = Words(
    fr="Version à essayer ; sinon celle en vigueur", en="Version to try; else the one in force"
)
OPTION_SINCE = Words(fr="depuis", en="since")
SINCE = Words(fr="Depuis combien de temps", en="How far back")
SPANS = {
    "1": Words(fr="24 heures", en="24 hours"),
    "7": Words(fr="7 jours", en="7 days"),
    "30": Words(fr="30 jours", en="30 days"),
    "90": Words(fr="90 jours", en="90 days"),
}

ADMINS_ONLY = Words(
    fr="⛔ Seuls les administrateurs changent ou essaient des règles.",
    en="⛔ Only admins change or try rules.",
)
NO_RULES = Words(
    fr="Les règles ne sont pas accessibles sur cette installation.",
    en="The rules cannot be reached on this installation.",
)
NO_RULE = Words(fr="Il n'y a pas de règle {rule}.", en="There is no rule {rule}.")
NONE_LISTED = Words(fr="Aucune règle à cette étape.", en="No rule at this stage.")
TITLE = Words(
    fr="### Règles : {count} · version `{version}`", en="### Rules: {count} · version `{version}`"
)
MORE = Words(fr="-# Non listées ici : {count}.", en="-# Not listed here: {count}.")
REASON = Words(fr="Motif : {reason}", en="Reason: {reason}")
OWNER = Words(fr="Responsable : {owner}", en="Owner: {owner}")
EXPIRES = Words(fr="Dernier jour : {day}", en="Last day: {day}")
EXPIRED = Words(fr="expirée", en="expired")

TEST_TITLE = Words(
    fr="### Exemples : {passed} justes sur {count} · version `{version}`",
    en="### Examples: {passed} right of {count} · version `{version}`",
)
NO_EXAMPLES = Words(fr="Aucun exemple.", en="No examples.")
EXAMPLE = {
    "match": Words(
        fr="✗ **{rule}** devait s'appliquer à l'exemple {index} ({why}) : ||{text}||",
        en="✗ **{rule}** had to fire on example {index} ({why}): ||{text}||",
    ),
    "pass": Words(
        fr="✗ **{rule}** devait laisser passer l'exemple {index} ({why}) : ||{text}||",
        en="✗ **{rule}** had to leave alone example {index} ({why}): ||{text}||",
    ),
}
ANSWERS = {
    True: Words(fr="s'applique", en="fired"),
    False: Words(fr="ne s'applique pas", en="did not fire"),
    None: Words(fr="il manque un fait", en="lacks a fact"),
}
ANSWER_MARKS = {True: "🔴", False: "⚪", None: "🟡"}
EXPLAINED = Words(fr="### {outcome} — {because}", en="### {outcome} — {because}")
ANSWER = Words(
    fr="{mark} **{rule}** ({stage} → {outcome}) : {said}",
    en="{mark} **{rule}** ({stage} → {outcome}): {said}",
)
READ = Words(fr="lu : {facts}", en="read: {facts}")
ABSENT = Words(fr="absent", en="absent")
FOUND = Words(fr="passage : ||{passages}||", en="passage: ||{passages}||")
WITHOUT = Words(fr="Sans **{rule}** : {outcome}", en="Without **{rule}**: {outcome}")

STAGED = Words(
    fr="✅ **{rule}** : {stage}. Écrit dans `{file}`.",
    en="✅ **{rule}**: {stage}. Written to `{file}`.",
)
UNCHANGED = Words(fr="Rien à changer.", en="Nothing to change.")
ROLLED_BACK = Words(
    fr="✅ Revenu à la version `{version}` : {written} fichiers écrits, {removed} retirés.",
    en="✅ Back to version `{version}`: {written} files written, {removed} removed.",
)
IN_FORCE = Words(
    fr="-# En vigueur : version `{version}`, règles actives : {rules} (avant : `{before}`).",
    en="-# In force: version `{version}`, acting rules: {rules} (before: `{before}`).",
)
NEEDS_SHARE = Words(
    fr="Un canari demande une part : plus de 0 et moins de 100 %. Une part ne va qu'avec un canari.",
    en="A canary needs a share: more than 0 and less than 100 %. A share goes with a canary only.",
)
RULE_AND_STAGE = Words(
    fr="Pour essayer une étape, indiquez la règle et l'étape.",
    en="To try a stage, name both the rule and the stage.",
)
FAULTS = Words(
    fr="⚠️ Erreurs dans les règles : {count}. Rien n'a été changé, la version `{version}` reste en vigueur.",
    en="⚠️ Faults in the rules: {count}. Nothing was changed, version `{version}` stays in force.",
)
FOLDER_FAULTS = Words(
    fr="⚠️ Le dossier des règles contient des erreurs ({count}) ; la version `{version}` reste en vigueur.",
    en="⚠️ The rules folder holds faults ({count}); version `{version}` stays in force.",
)
FOLDER_MENDED = Words(
    fr="✅ Les erreurs dans les règles sont corrigées. En vigueur : version `{version}`.",
    en="✅ The faults in the rules are mended. In force: version `{version}`.",
)

BUSY = Words(
    fr="Un autre essai est en cours. Réessayez quand il sera fini.",
    en="Another backtest is running. Try again when it is done.",
)
TOO_LONG = Words(
    fr="⚠️ L'essai dure trop longtemps pour Discord. Prenez une période plus courte, ou `veilleur rules backtest`.",
    en="⚠️ The backtest takes too long for Discord. Take a shorter time, or `veilleur rules backtest`.",
)
NOTHING_JUDGED = Words(
    fr="Rien n'a été évalué depuis {since}.", en="Nothing was judged since {since}."
)
BACKTEST = Words(
    fr="### Essai de la version `{version}`\nSur {comments} commentaires évalués depuis {since}.",
    en="### Backtest of version `{version}`\nOn {comments} comments judged since {since}.",
)
TRIED_STAGE = Words(
    fr="Avec **{rule}** à l'étape : {stage}.", en="With **{rule}** at stage: {stage}."
)
CHANGED = Words(fr="Issues changées : {count}", en="Changed outcomes: {count}")
LOAD = Words(
    fr="À examiner par jour : {then} alors, {now} avec ces règles",
    en="To review per day: {then} then, {now} with these rules",
)
PEOPLE = Words(
    fr="Décidés par des personnes : {decided} · nouveaux désaccords : {mistakes} · corrigés : {mended}",
    en="Decided by people: {decided} · new disagreements: {mistakes} · mended: {mended}",
)
TELLING = Words(fr="**Les plus parlants**", en="**The most telling**")
TELLING_LINE = Words(
    fr="{then} → {now}{human} · {rules}\n> ||{text}||",
    en="{then} → {now}{human} · {rules}\n> ||{text}||",
)
HUMAN = Words(fr=" (une personne : {human})", en=" (a person: {human})")
NO_RULE_FIRED = Words(fr="aucune règle", en="no rule")
CHART = Words(
    fr="Issues, charge de relecture et accord avec les décisions humaines",
    en="Outcomes, review load and agreement with people's decisions",
)
