"""What admins read in Discord, in French and English."""

from __future__ import annotations

from bot.core.model import Words

ADMINS_ONLY = Words(
    fr="⛔ Réservé aux administrateurs de la modération.", en="⛔ For moderation admins only."
)

OPTION_CHANNEL = Words(fr="salon", en="channel")
OPTION_NAME = Words(fr="mode", en="name")
OPTION_STORY = Words(fr="article", en="story")
OPTION_HOURS = Words(fr="heures", en="hours")
COMMAND_WATCH = Words(fr="Les salons modérés", en="The moderated channels")
COMMAND_WATCH_ADD = Words(fr="Modérer un salon", en="Moderate a channel")
COMMAND_WATCH_REMOVE = Words(fr="Ne plus modérer un salon", en="No longer moderate a channel")
COMMAND_CHANNEL = Words(fr="Le salon", en="The channel")
WATCHED = Words(
    fr="👁️ {channel} est modéré à partir de maintenant.",
    en="👁️ {channel} is moderated from now on.",
)
WATCHED_BUT = Words(
    fr="⚠️ Il me manque dans ce salon : {missing}. Accordez-les à mon rôle dans les réglages du salon.",
    en="⚠️ I lack in that channel: {missing}. Grant them to my role in the channel's settings.",
)
WATCHED_ALREADY = Words(fr="{channel} est déjà modéré.", en="{channel} is moderated already.")
NOT_REVIEW = Words(
    fr="C'est le salon des fiches : elles seraient modérées comme des commentaires.",
    en="That is the channel of the cards: they would be moderated as comments.",
)
UNWATCHED = Words(
    fr="{channel} n'est plus modéré. Les dossiers ouverts restent ouverts.",
    en="{channel} is no longer moderated. Open cases stay open.",
)
NOT_WATCHED = Words(fr="{channel} n'est pas modéré.", en="{channel} is not moderated.")
WATCHED_BY_ENV = Words(
    fr="{channel} est dans `WATCHED_CHANNEL_IDS` (.env), qui l'emporte : retirez-le là-bas, puis redémarrez.",
    en="{channel} stands in `WATCHED_CHANNEL_IDS` (.env), which wins: take it out there and restart.",
)

COMMAND_MODE = Words(fr="Voir ou changer le mode", en="See or change the mode")
COMMAND_MODE_NAME = Words(
    fr="Le mode à mettre en vigueur ; rien pour seulement voir",
    en="The mode to put in force; nothing to only look",
)
COMMAND_MODE_STORY = Words(fr="Sous cet article seulement", en="Under this story only")
COMMAND_MODE_HOURS = Words(fr="Pendant tant d'heures", en="For so many hours")
CALENDAR = Words(fr="selon le calendrier", en="by the calendar")
MODE_NOW = Words(
    fr="Mode en vigueur {where} : **{mode}**, {why}.", en="Mode {where}: **{mode}**, {why}."
)
EVERYWHERE = Words(fr="partout", en="everywhere")
UNDER = Words(fr="sous {story}", en="under {story}")
WHY_STORY = Words(fr="mis en vigueur pour cet article par {who}", en="set for this story by {who}")
WHY_ORDER = Words(fr="mis en vigueur partout par {who}", en="set everywhere by {who}")
WHY_CALENDAR = Words(fr="d'après le calendrier", en="by the calendar")
WHY_NORMAL = Words(fr="rien d'autre n'est prévu", en="nothing else holds")
UNTIL = Words(fr="jusqu'à {until}", en="until {until}")
NO_MODE = Words(
    fr="Il n'y a pas de mode {mode}. Connus ici : {known} (`rules/modes.yaml`).",
    en="There is no mode {mode}. Known here: {known} (`rules/modes.yaml`).",
)
NO_STORY = Words(
    fr="Article inconnu : choisissez dans la liste proposée pendant la saisie.",
    en="Unknown story: choose from the list that appears while you type.",
)

COMMAND_DOCTOR = Words(fr="Est-ce que tout fonctionne ?", en="Is everything as it must be?")
DOCTOR_TITLE = Words(fr="### 🩺 Examen", en="### 🩺 Check-up")
FINE_REVIEW = Words(fr="salon des fiches {channel}", en="review channel {channel}")
NO_REVIEW = Words(
    fr="aucun salon des fiches : `/setup`, ou `REVIEW_CHANNEL_ID` dans .env",
    en="no review channel: `/setup`, or `REVIEW_CHANNEL_ID` in .env",
)
UNSEEN_CHANNEL = Words(
    fr="je ne vois pas le salon {channel} : vérifiez l'identifiant, accordez «View Channel» à mon rôle",
    en="I cannot see the channel {channel}: check the id, grant my role «View Channel»",
)
MISSING = Words(
    fr="dans {channel}, il me manque : {missing}. Accordez-les à mon rôle dans les réglages du salon",
    en="in {channel} I lack: {missing}. Grant them to my role in the channel's settings",
)
FINE_WATCHED = Words(fr="salon modéré {channel}", en="moderated channel {channel}")
UNREAD_CHANNEL = Words(
    fr="l'historique de {channel} n'a pas pu être lu ; il le sera au prochain message",
    en="the history of {channel} could not be read; the next message tries again",
)
NONE_WATCHED = Words(
    fr="aucun salon modéré (`/watch add`) : seuls les commentaires du site arrivent",
    en="no channel is moderated (`/watch add`): only the site's comments come in",
)
NO_ROLE = Words(
    fr="aucun rôle de modération : personne ne peut décider ici (`/setup`)",
    en="no moderator role: nobody can decide here (`/setup`)",
)
ROLE_GONE = Words(
    fr="le rôle {role} n'existe plus sur ce serveur (`/setup`)",
    en="the role {role} is gone from this server (`/setup`)",
)
FINE_ROLES = Words(fr="rôles : {roles}", en="roles: {roles}")
FINE_SCORER = Words(fr="modèle {name}", en="model {name}")
DEGRADED_SCORER = Words(
    fr="modèle de secours {name} : rien n'est refusé automatiquement ({why})",
    en="stand-in model {name}: nothing is rejected automatically ({why})",
)
NO_SCORER = Words(
    fr="aucun modèle prêt : tout va aux modérateurs ({why})",
    en="no model is ready: everything goes to moderators ({why})",
)
FINE_RULES = Words(fr="fichiers de règles sans faute", en="no fault in the rule files")
RULES_FAULTS = Words(
    fr="fautes dans les règles : {count}. Les dernières bonnes restent en vigueur. La première : `{first}`",
    en="faults in the rules: {count}. The last good ones stay in force. The first: `{first}`",
)
ALARMS = Words(fr="alertes ouvertes : {count} ({kinds})", en="open alarms: {count} ({kinds})")
FINE_OUTBOX = Words(fr="envois : rien en souffrance", en="deliveries: nothing is stuck")
OUTBOX_DEAD = Words(
    fr="envois abandonnés : {count}. Le dernier : {error}. `veilleur outbox list --dead`",
    en="deliveries given up on: {count}. The latest: {error}. `veilleur outbox list --dead`",
)
OUTBOX_LATE = Words(
    fr="le plus ancien envoi en attente était prévu {since}",
    en="the oldest waiting delivery was due {since}",
)
TROUBLE = Words(fr="dernier refus de Discord : {what}", en="Discord's latest refusal: {what}")
FINE_MODE = Words(fr="mode {mode}", en="mode {mode}")

COMMAND_SETUP = Words(
    fr="Installer : salon, rôles, permissions", en="Set up: channel, roles, permissions"
)
SETUP_TITLE = Words(
    fr="### 🛠️ Installation\nCe que vous choisissez vaut tout de suite.",
    en="### 🛠️ Set-up\nWhat you choose is in force at once.",
)
SETUP_REVIEW = Words(fr="Salon des fiches", en="Review channel")
SETUP_MODERATORS = Words(fr="Rôle des modérateurs", en="Moderators' role")
SETUP_ADMINS = Words(fr="Rôle des administrateurs", en="Admins' role")
SETUP_LEADS = Words(fr="Rôle des responsables", en="Leads' role")
SETUP_NOT_SET = Words(fr="*pas encore choisi*", en="*not chosen yet*")
SETUP_BY_ENV = Words(fr="fixé dans `.env`, qui l'emporte", en="set in `.env`, which wins")
SETUP_BY_HAND = Words(fr="choisi ici", en="chosen here")
SETUP_CHECKED = Words(fr="**Vérification**", en="**Check**")
SETUP_CREATE = Words(fr="Créer ce qui manque", en="Create what is missing")
SETUP_AGAIN = Words(fr="Vérifier de nouveau", en="Check again")
SETUP_WHO = Words(
    fr="⛔ Réservé aux administrateurs du serveur ou de la modération.",
    en="⛔ For administrators of the server or of moderation only.",
)
SETUP_ELSEWHERE = Words(
    fr="⛔ Veilleur travaille sur un autre serveur. Pour celui-ci : `REVIEW_CHANNEL_ID` dans .env.",
    en="⛔ Veilleur works in another server. For this one: `REVIEW_CHANNEL_ID` in .env.",
)
SETUP_ENV_WINS = Words(
    fr="Cette valeur est fixée dans `.env`, qui l'emporte : changez-la là-bas, puis redémarrez.",
    en="This value is set in `.env`, which wins: change it there and restart.",
)
SETUP_EVERYONE = Words(
    fr="@everyone, ce serait tout le monde : choisissez un rôle.",
    en="@everyone would be everybody: choose a role.",
)
SETUP_CANNOT = Words(
    fr="Pour créer, il me manque sur ce serveur : {missing}. Accordez-les à mon rôle, ou créez "
    "le salon et le rôle vous-même et choisissez-les ici.",
    en="To create them I lack in this server: {missing}. Grant them to my role, or make the "
    "channel and the role yourself and choose them here.",
)
SETUP_NOTHING_MISSING = Words(fr="Rien ne manque.", en="Nothing is missing.")
SETUP_CREATED = Words(
    fr="Créé. Donnez maintenant le rôle à vos modérateurs.",
    en="Created. Now give the role to your moderators.",
)
ROLE_NAME = Words(fr="Modération", en="Moderation")
CHANNEL_NAME = Words(fr="moderation", en="moderation")
