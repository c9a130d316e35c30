"""What the pages show: everything about a case, and hostile text only as text."""

from __future__ import annotations

import string

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from bot.console import shown, texts
from bot.console.views import web_address
from bot.console.words import WORDS
from bot.core.model import (
    ATTRIBUTES,
    Author,
    Parent,
    Passage,
    Report,
    Retry,
    Source,
    Story,
    TextFormat,
    Undeliverable,
    Window,
)
from bot.core.reasons import Reason
from tests.conftest import submission
from tests.console.conftest import House, Moderator

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; </textarea></title><svg/onload=alert(1)>",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; &#x3C;script&#x3E;",
    "\u202egnp.exe\u202c \u2066isolate\u2069",
    "Z\u0351\u036b\u0343a\u0334\u0321lgo " + "\u0300" * 200,
    "x" * 19_000,
)


@pytest.mark.parametrize("evil", EVIL)
async def test_hostile_text_stays_text(house: House, anna: Moderator, evil: str):
    name = evil[:80]
    case = await house.case(
        "1",
        f"bof {evil}",
        author=Author(id=evil[:80], name=name),
        story=Story(id="s", url="javascript:alert(1)", title=evil[:200], section=name),
        parent=Parent(id="p", author=name, text=evil),
        raw_text=f"<p>bof {evil}</p>",
        format=TextFormat.HTML,
    )
    for path in ("/console/", f"/console/cases/{case.id}"):
        page = HTMLParser(await anna.page(path))
        assert len(page.css("script")) == 1
        assert page.css("img, svg[onload], textarea[onfocus], iframe, object") == []
        assert page.css("a[href^='javascript']") == []
        words = page.css_first(".words.full, .row .words")
        assert words is not None
        for control in words.css(".control"):
            assert control.text() in ("RLO", "PDF", "LRI", "PDI")
        text = words.text()
        assert not set(text) & set("\u202e\u202c\u2066\u2069")
        assert text.startswith("bof")
        if evil.isascii() and len(evil) < 500:
            assert evil in text
            assert page.css_first("title").text().endswith("· Veilleur")


async def test_direction_is_isolated(house: House, anna: Moderator):
    await house.case("1", "שלום bof", author=Author(id="a", name="\u202eלאה\u202c"))
    page = HTMLParser(await anna.page("/console/"))
    assert page.css_first(".row .words").attributes["dir"] == "auto"
    author = page.css_first("bdi.author")
    assert author.text() == "לאה"


async def test_an_address_in_a_comment_is_no_link(house: House, anna: Moderator):
    case = await house.case("1", "bof https://evil.example/x www.evil.example")
    page = HTMLParser(await anna.page(f"/console/cases/{case.id}"))
    assert page.css(".comment a") == []
    link = page.css_first("aside a")
    assert link.attributes["href"] == "https://journal.example/1"
    assert set(link.attributes["rel"].split()) >= {"noopener", "noreferrer", "nofollow"}


@pytest.mark.parametrize(
    ("address", "fit"),
    [
        ("https://journal.example/1", True),
        ("http://localhost:8080/x", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("https:", False),
        ("http://[broken", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(address: str | None, fit: bool):
    assert web_address(address) == (address if fit else None)


async def test_a_row_tells_what_a_moderator_needs(house: House, anna: Moderator):
    for n in range(3):
        await house.engine.submit(submission(f"earlier-{n}", f"Merci {n} !"), wait_s=10)
    await house.case("1", "C'est bof.", parent=Parent(id="p", author="Dominique"))
    house.clock.forward(seconds=12 * 60)
    row = HTMLParser(await anna.page("/console/")).css_first(".row")
    text = " ".join(row.text(separator=" ").split())
    for wanted in (
        "60 %",
        "Toxicité",
        "Insulte",
        "pol",
        "Budget",
        "attend depuis 12 min",
        "C'est bof.",
        "Camille",
        "3 publiés",
        "Répond à Dominique",
        "règle",
        "Règle borderline.",
    ):
        assert wanted in text, wanted
    assert "signalement" not in text


async def test_unscored_and_reported_cases_say_so(house: House, anna: Moderator):
    await house.case("1", "muet")
    await house.engine.submit(submission("2", "Tout va bien."), wait_s=10)
    for n in range(2):
        await house.engine.report(Report(site="site", external_id="2", delivery_id=str(n)))
    rows = HTMLParser(await anna.page("/console/")).css(".row")
    assert "2 signalements" in rows[0].text()
    assert "Signalé par un lecteur." in rows[0].text()
    assert "non évalué" in rows[1].text()


async def test_what_reporters_wrote_is_shown_as_text(house: House, anna: Moderator):
    case = await house.case("1")
    why = "Il m'insulte <b>encore</b> \u202eici"
    await house.engine.report(Report(site="site", external_id="1", why=why, delivery_id="r"))
    page = HTMLParser(await anna.page(f"/console/cases/{case.id}"))
    assert page.css_first("#complaints-title ~ blockquote").text() == (
        "Il m'insulte <b>encore</b> ⟨RLO⟩ici"
    )


async def test_a_fallback_model_is_named(house: House, anna: Moderator, scorer):
    scorer.degraded = True
    await house.case("1", "C'est affreux.")
    row = HTMLParser(await anna.page("/console/")).css_first(".row")
    assert "modèle de secours" in row.css_first(".badges").text()


async def test_the_reason_is_filled_in(house: House, anna: Moderator, scorer):
    scorer.degraded = True  # so that the refusal the rules ask for becomes a review
    await house.case("1", "C'est affreux.")
    row = HTMLParser(await anna.page("/console/")).css_first(".row")
    assert row.attributes["data-reason"] == "OFFENSIVE"
    options = row.css("option")
    assert [option.attributes["value"] for option in options] == [reason.value for reason in Reason]
    assert row.css_first("option[selected]").attributes["value"] == "OFFENSIVE"


async def test_a_long_text_is_cut_in_the_queue_and_whole_in_detail(house: House, anna: Moderator):
    text = "bof " + "mot " * 1000 + "fin."
    case = await house.case("1", text)
    row = HTMLParser(await anna.page("/console/")).css_first(".row")
    assert "fin." not in row.css_first(".words").text()
    assert f"Lire la suite ({len(text) - len(shown.excerpt(text)[0])} caractères)" in row.text()
    page = HTMLParser(await anna.page(f"/console/cases/{case.id}"))
    assert page.css_first(".words.full").text() == text


async def test_the_case_page_tells_everything(house: House, anna: Moderator):
    case = await house.case(
        "1",
        "C'est bof.",
        raw_text="<p>C&#39;est <b>bof</b>.</p>",
        format=TextFormat.HTML,
        parent=Parent(id="p", author="Dominique", text="Qu'en dites-vous ?"),
    )
    await anna.post(
        f"/console/cases/{case.id}/reject", {"version": 1, "reason": "OFFENSIVE", "note": "Non."}
    )
    page = HTMLParser(await anna.page(f"/console/cases/{case.id}"))
    text = " ".join(page.body.text(separator=" ").split())
    for attribute in ATTRIBUTES:
        assert texts.say("fr", f"attribute.{attribute}") in text
    for wanted in (
        "Qu'en dites-vous ?",
        "60 %",
        "words, version 1",
        "borderline",
        "active",
        "demande une relecture",
        "Dans le texte : «bof»",
        "A lu : score.toxicity 0.600",
        "Sans cette règle, le commentaire aurait été publié.",
        "Règlement test-1",
        "text.words",
        "score.toxicity",
        "0.600",
        "refusé · Propos injurieux · Anna",
        "Non.",
        "jugé : à relire",
        "reçu",
        "<p>C&#39;est <b>bof</b>.</p>",
        "Clos",
    ):
        assert wanted.lower() in text.lower().replace("\u00a0", " "), wanted
    assert page.css_first("blockquote.full").text() == "C'est bof."
    assert [each.text() for each in page.css("blockquote.full mark.hit")] == ["bof"]
    assert page.css(f'form[action="/console/cases/{case.id}/approve"]') == []
    assert len(page.css(f'form[action="/console/cases/{case.id}/undo"]')) == 1


async def test_unknown_pages_are_kindly_missing(anna: Moderator):
    for path in (
        "/console/cases/4711",
        "/console/cases/x",
        "/console/nothing",
        "/console/static/x",
    ):
        answer = await anna.get(path)
        assert answer.status == 404
        assert "Page introuvable" in await answer.text()


async def test_discord_channels_have_a_name(house: House, anna: Moderator):
    await house.case("1", "bof", source=Source.DISCORD, site="discord:1", story=Story(id="77"))
    assert "salon Discord 77" in await anna.page("/console/")


# --- languages -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de,en;q=0.4", "en"),
        ("de", "fr"),
        ("", "fr"),
        ("en;q=0,fr;q=0.1", "fr"),
        ("en;q=abc,,;;q", "fr"),
    ],
)
def test_the_browser_chooses_the_language(accepted: str, language: str):
    assert texts.chosen(None, None, accepted, "fr") == language


async def test_the_language_can_be_switched_and_stays(house: House, anna: Moderator):
    await house.case("1")
    assert 'lang="en"' in await anna.page("/console/?lang=en")
    page = await anna.page("/console/")
    assert "To review" in page
    assert "Rule borderline." in page
    assert "1 comment waits" in page
    assert 'lang="fr"' in await anna.page("/console/?lang=fr")
    assert "À relire" in await anna.page("/console/?lang=xx")


def test_every_text_exists_in_both_languages_with_the_same_gaps():
    for key, (french, english) in WORDS.items():
        gaps = [
            {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
            for sentence in (french, english)
        ]
        assert gaps[0] == gaps[1], key
        assert french, key
        assert english, key


# --- the outbox ------------------------------------------------------------------------------


async def kill_deliveries(house: House) -> int:
    outbox = house.engine.store.outbox
    due = await outbox.take_due(
        now=house.clock(), limit=10, kinds=[item.effect.kind for item in await outbox.waiting()]
    )
    dead = Undeliverable(error="410 <b>Gone</b>")
    await outbox.settle([(item, dead, house.clock()) for item in due], now=house.clock())
    return due[0].id


async def test_admins_see_and_retry_dead_letters(house: House, ada: Moderator):
    await house.case("1")
    item = await kill_deliveries(house)
    page = HTMLParser(await ada.page("/console/outbox"))
    assert "410 <b>Gone</b>" in page.body.text()
    assert page.css_first(f'form[action="/console/outbox/{item}/retry"]') is not None
    answer = await ada.post(f"/console/outbox/{item}/retry")
    assert (answer.status, answer.headers["Location"]) == (303, "/console/outbox?said=retry")
    assert item not in {dead.id for dead in await house.engine.store.outbox.dead()}
    assert (await ada.post("/console/outbox/4711/retry")).status == 404


async def test_moderators_do_not_see_the_outbox(house: House, anna: Moderator):
    await house.case("1")
    item = await kill_deliveries(house)
    assert (await anna.get("/console/outbox")).status == 403
    assert (await anna.post(f"/console/outbox/{item}/retry")).status == 403
    assert item in {dead.id for dead in await house.engine.store.outbox.dead()}
    assert "/console/outbox" not in await anna.page("/console/")


async def test_waiting_deliveries_show_their_error(house: House, ada: Moderator):
    await house.case("1")
    outbox = house.engine.store.outbox
    kinds = [item.effect.kind for item in await outbox.waiting()]
    due = await outbox.take_due(now=house.clock(), limit=10, kinds=kinds)
    again = [(item, Retry(error="503 Service Unavailable"), house.clock()) for item in due]
    await outbox.settle(again, now=house.clock())
    assert "503 Service Unavailable" in await ada.page("/console/outbox")


# --- text, made fit to be looked at ------------------------------------------------------------


def kinds(pieces: tuple[shown.Piece, ...]) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in pieces]


def test_the_worst_passage_is_marked():
    marked = shown.pieces("avant pendant après", Window(start=6, end=13))
    assert kinds(marked) == [("plain", "avant "), ("marked", "pendant"), ("plain", " après")]


def test_what_a_rule_fired_on_shows_inside_the_worst_passage():
    hits = [
        Passage(start=start, end=end, function="has_any", looked_for="list")
        for start, end in ((3, 5), (4, 7), (9, 99))
    ]
    marked = shown.pieces("ab\u202ecdefgh", Window(start=1, end=6), hits)
    assert kinds(marked) == [
        ("plain", "a"),
        ("marked", "b"),
        ("control", "RLO"),
        ("hit", "c"),
        ("hit", "d"),
        ("hit", "e"),
        ("hit", "f"),
        ("plain", "gh"),
    ]


@pytest.mark.parametrize("window", [(5, 5), (-1, 3), (2, 99), (3, 1)])
def test_a_window_that_does_not_fit_marks_nothing(window: tuple[int, int]):
    marked = shown.pieces("abcdef", Window(start=window[0], end=window[1]))
    assert kinds(marked) == [("plain", "abcdef")]


def test_controls_are_named():
    found = kinds(shown.pieces("a\u202eb\x00c\ud800"))
    assert found == [
        ("plain", "a"),
        ("control", "RLO"),
        ("plain", "b"),
        ("control", "U+0000"),
        ("plain", "c"),
        ("control", "U+D800"),
    ]
    assert shown.one_line(" a\u202e\n b\x07 ") == "a b"


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (-5, "0 s", "0 s"),
        (59, "59 s", "59 s"),
        (60, "1 min", "1 min"),
        (7199, "1 h", "1 h"),
        (86_400, "24 h", "24 h"),
        (2 * 86_400, "2 j", "2 d"),
    ],
)
def test_waiting_times_are_short(seconds: float, french: str, english: str):
    assert texts.age("fr", seconds).replace("\u00a0", " ") == french
    assert texts.age("en", seconds).replace("\u00a0", " ") == english


def test_french_zero_is_singular():
    assert texts.count("fr", "queue.open", 0) == "0 commentaire attend"
    assert texts.count("en", "queue.open", 0) == "0 comments wait"
