"""What is quoted, what is the author's own, and what only pretends to be quoted."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import MAX_TEXT_CHARS
from bot.core.own_words import OwnWords, QuotationKind, own_text, quotations, read
from bot.core.own_words.marks import marked

MARKED = [
    ("Il a dit « oui » et “non”", ["« oui »", "“non”"], "two kinds"),
    ("« il dit “non” et ‹ oui › », fin", ["« il dit “non” et ‹ oui › »"], "nested: the outermost"),
    ("«a «b» c» d", ["«a «b» c»"], "nested in its own kind"),
    ("„Du Arsch“ und „ты дурак”", ["„Du Arsch“", "„ты дурак”"], "low marks"),
    ('à " bonjour " toi', ['" bonjour "'], "spaces inside"),
    ("J'ai dit ''merde'' et <<zut>>", ["''merde''", "<<zut>>"], "typed from two signs"),
    ("l'ami d'un autre, c'est 'génial' non ?", ["'génial'"], "apostrophes are none"),
    ("‘you idiot’ he said, it’s over", ["‘you idiot’"], "English marks"),
    ('un écran 5" et 7" bien', [], "inches"),
    ("qu'il s'en aille, l'imbécile d'à côté", [], "apostrophes only"),
    ("Il crie « pas fermé. Suite à part", ["« pas fermé."], "never closed: its sentence"),
    ('vendu", dit-il. Autre "oui"', ['vendu"', '"oui"'], "never opened: its sentence"),
    ("un « deux\n\ntrois » quatre", ["« deux", "trois »"], "not across paragraphs"),
    ("« " * 3, ["« « «"], "opening marks only"),
]


@pytest.mark.parametrize(("text", "stretches", "why"), MARKED, ids=[r[2] for r in MARKED])
def test_marks(text: str, stretches: list[str], why: str) -> None:
    assert [text[each.start : each.end] for each in marked(text)] == stretches


QUOTED = [
    ("Le conseiller a traité sa collègue de « sale pute » en pleine séance.", ["« sale pute »"]),
    ("« Espèce de connard », lui aurait lancé l'automobiliste.", ["« Espèce de connard »"]),
    ("Selon la plaignante, il l'appelait « la grosse » au bureau.", ["« la grosse »"]),
    ('Accusé d\'avoir traité les gens de "vermine", il nie.', ['"vermine"']),
    ("Le terme « négro » figurait dans le courriel envoyé.", ["« négro »"]),
    ("Le slogan « Crève, charogne » était tagué au lycée.", ["« Crève, charogne »"]),
    ("Son « casse-toi pauv' con » lui a coûté cher.", ["« casse-toi pauv' con »"]),
    ("On m'a dit “sale gouine” dans le tram ce matin.", ["“sale gouine”"]),
    ('La semaine passée : "salope", "gros cul", et un crachat.', ['"salope"', '"gros cul"']),
    ("« Folle », « cinglée » : personne ne dirait ça.", ["« Folle »", "« cinglée »"]),
    (
        "Ce que vous écrivez là, « qu'ils rentrent tous chez eux », est laid.",
        ["« qu'ils rentrent tous chez eux »"],
    ),
    (
        "Il m'a dit : sale pute, je vais te crever. J'ai porté plainte.",
        ["sale pute, je vais te crever."],
    ),
    ("Elle criait : dégagez bande de porcs ! Personne n'a bougé.", ["dégagez bande de porcs !"]),
    (
        "Il a crié « va crever sale flic. Puis il s'est enfui en courant.",
        ["« va crever sale flic."],
    ),
    (
        "T'es qu'un trou du cul\", a crié la femme devant tout le monde.",
        ["T'es qu'un trou du cul\""],
    ),
    ("The mayor was called a “fucking traitor” by protesters.", ["“fucking traitor”"]),
    ("Un hombre gritó «puta de mierda» a la alcaldesa.", ["«puta de mierda»"]),
    ("Ha scritto «sei una troia» sotto la foto di lei.", ["«sei una troia»"]),
    ('O deputado chamou a jornalista de "vagabunda" ontem.', ['"vagabunda"']),
    ("Он назвал журналистку «дурой» прямо в эфире.", ["«дурой»"]),
    ("> sale pute, crève\n> donc\nJe ne laisserai pas passer ça.", ["> sale pute, crève\n> donc"]),
]


@pytest.mark.parametrize(("text", "expected"), QUOTED, ids=[r[0][:40] for r in QUOTED])
def test_a_quotation_is_recognised(text: str, expected: list[str]) -> None:
    assert [text[each.start : each.end] for each in read(text).quotations] == expected


AIMED = [
    '"connard" va',
    'ce "journaliste" de merde devrait se taire',
    "Macron est un « gros connard » et puis c'est tout.",
    'Vous êtes un "imbécile fini", monsieur le maire.',
    "T'es qu'un \"fils de pute\" et tu le sais.",
    "Espèce de « sale merde », retourne d'où tu viens.",
    "« Sale arabe, rentre chez toi »",
    '"Va te faire enculer"',
    "Je te le dis en face : « tu es une ordure et tu finiras mal ».",
    'Moi jlui ai dit "bouge ton gros cul" et je le redirais',
    'Moi je l\'appelle "la grosse truie", ça lui va bien.',
    'Bande de "pédés" !',
    "Ce n'est pas une ministre, c'est une \"pute\".",
    "Pour moi c'est « un enculé de première », point.",
    "« Crève charogne » toi et les tiens",
    'Un seul mot pour ce type : "connard".',
    'Ces "bougnoules" ils se croient tout permis.',
    "Disons-le : « c'est une sous-merde ».",
    "Il faut le dire : les musulmans sont des parasites.",
    "Je vous le dis : c'est une bande de crevures.",
    "Comme l'autre l'a dit : ce sont tous des parasites.",
    'Comme on dit chez nous, "les Roms sont tous des voleurs", et c\'est vrai.',
    'Je voulais dire "va te faire foutre, espèce de taré".',
    'Tu racontes que des conneries, "connard".',
    'Votre commentaire est digne d\'un "débile profond".',
    'Le "gros porc" de l\'Élysée va encore augmenter les taxes',
    "« escroc » oui, et tocard fini",
    "> sale pute",
    'You are a "fucking idiot" and everybody knows',
    "Eres una «puta mierda» de persona",
]


@pytest.mark.parametrize("text", AIMED)
def test_marks_do_not_hide_an_insult(text: str) -> None:
    own = read(text)
    assert own.quotations == ()
    assert own.text.text == text


TITLE = "Après la défaite, l'entraîneur Brandi traité d'« escroc » par les ultras du club"
PARENT = "Si elle ne veut pas être traitée de potiche, qu'elle travaille enfin ses dossiers."


def kinds(own: OwnWords) -> list[QuotationKind]:
    return [each.kind for each in own.quotations]


def test_a_word_of_the_story_in_marks_is_quoted() -> None:
    text = '"Escroc"... il a perdu un match, stop.'
    assert kinds(read(text, title=TITLE)) == [QuotationKind.MARKS]
    assert kinds(read(text)) == []


def test_what_repeats_story_or_parent_is_not_the_authors() -> None:
    text = "Brandi traité d'escroc par les ultras, voilà où nous en sommes arrivés."
    own = read(text, title=TITLE)
    assert kinds(own) == [QuotationKind.STORY]
    assert own.text.text == "« … », voilà où nous en sommes arrivés."
    text = "traitée de potiche, qu'elle travaille enfin ses dossiers : relisez-vous, monsieur."
    assert kinds(read(text, parent=PARENT)) == [QuotationKind.PARENT]


def test_four_words_in_common_are_chance() -> None:
    text = "Moi aussi je suis pour : qu'elle travaille enfin, et tout ira bien."
    assert read(text, parent=PARENT).quotations == ()


def test_an_author_who_only_repeats_is_taken_at_the_whole() -> None:
    for text, parent in ((PARENT, PARENT), ("> " + PARENT + "\nouais", None)):
        own = read(text, parent=parent)
        assert own.only_quotes
        assert own.text.text == text
        assert own.quotations == ()
        assert quotations(text, parent=parent) != ()


def test_a_short_tag_is_enough_when_it_is_anothers_word() -> None:
    long = "« " + "Ces gens sont des parasites et des voleurs, qu'ils partent. " * 3 + "»"
    assert kinds(read(f"{long}, a déclaré la ministre.")) == [QuotationKind.MARKS]
    assert read(f"{long} et oui les amis").only_quotes


def test_the_own_text_leads_back_to_the_comment() -> None:
    text = "Il a crié « va crever » à la MINISTRE, quelle honte."
    own = read(text)
    assert own.text.text == "Il a crié « … » à la MINISTRE, quelle honte."
    at = own.text.text.index("MINISTRE")
    assert text[slice(*own.text.span_in_original(at, at + 8))] == "MINISTRE"
    at = own.text.text.index("« … »")
    assert text[slice(*own.text.span_in_original(at, at + 5))] == "« va crever »"


def test_angry_faces_and_arrows_are_no_quoted_lines() -> None:
    for text in (">:( non mais franchement", ">:-( quelle honte ce maire", "a > b\net donc voilà"):
        assert read(text).quotations == ()


@given(
    st.text("aé.,:!?\n >«»“”„\"'’‘<je dit tu es"),
    st.none() | st.text("aeé bc"),
    st.none() | st.text("aeé bc"),
)
def test_any_text_can_be_read(text: str, title: str | None, parent: str | None) -> None:
    found = quotations(text, title=title, parent=parent)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert own_text(text, found).text.count("« … »") >= len(found)
    own = read(text, title=title, parent=parent)
    assert own.text.text == own_text(text, own.quotations).text


@pytest.mark.parametrize(
    "text",
    [
        *("«" * MAX_TEXT_CHARS, '"' * MAX_TEXT_CHARS, '"a" ' * 5_000, "«\n" * 10_000),
        *("'a " * 6_666, ' "a' * 6_666, "> a\n" * 5_000, " " * 19_990 + '"a"', "a " * 10_000),
        *("il a dit " * 2_000 + ":", "Il a dit : « oui. » Et " * 850, "est un " * 2_800 + '"a"'),
    ],
    ids=range(12),
)
def test_the_longest_texts_are_read_at_once(text: str) -> None:
    began = time.process_time()
    read(text, title="Un titre de sept mots au moins", parent=text)
    assert time.process_time() - began < 2.0
