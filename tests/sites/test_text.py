"""From what a site sends to what a reader sees."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import TextFormat
from bot.sites.text import is_blank, mended, one_line, to_plain


@pytest.mark.parametrize(
    ("markup", "plain", "why"),
    [
        ("<p>un</p><p>deux</p>", "un\n\ndeux", "paragraphs"),
        ("un<br>deux<br/>trois", "un\ndeux\ntrois", "line breaks"),
        ("  un\n   deux\t", "un deux", "white space of the source is not shown"),
        ("<b>con</b>nard", "connard", "tags do not hide a word"),
        ("con<!-- x -->nard", "connard", "comments do not hide a word"),
        ("con&#110;ard &eacute;", "connard é", "entities are letters"),
        ("<script>alert(1)</script>a<style>b{}</style>", "a", "nobody sees scripts and styles"),
        ("<template>x</template><title>y</title>z", "z", "nobody sees templates and titles"),
        ("<blockquote>cité</blockquote>à moi", "> cité\nà moi", "quotations"),
        (
            "<blockquote><blockquote>a</blockquote>b<br>c</blockquote>d",
            "> > a\n> b\n> c\nd",
            "quotations of quotations",
        ),
        (
            '<a href="https://spam.example/x">ici</a> merci',
            "ici https://spam.example/x merci",
            "a link's address follows its text",
        ),
        (
            '<a href="https://le.example/a/">le.example/a</a>',
            "le.example/a",
            "unless the text is the address",
        ),
        ('<a href="#note">1</a>', "1", "jumps within the page are no links"),
        ('<a href="java\nscript:alert(1)">x</a>', "x javascript:alert(1)", "one line, and visible"),
        ('<a href="https://a.example">', "https://a.example", "a link without a text"),
        ('<img src="https://i.example/x.png" alt="rire">', "rire https://i.example/x.png", "image"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b", "lists"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc", "tables"),
        ("<pre>a\n  b</pre>", "a\n  b", "white space of preformatted text is shown"),
        ("a\x00b\ud83d", "ab\ufffd", "NUL and half a pair"),
        ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2", "not every sign is markup"),
        ("", "", "nothing"),
    ],
)
def test_html_is_read_as_a_reader_sees_it(markup: str, plain: str, why: str) -> None:
    assert to_plain(markup, TextFormat.HTML) == plain, why


@pytest.mark.parametrize(
    ("markup", "plain", "why"),
    [
        ("**con**nard", "connard", "emphasis does not hide a word"),
        ("> cité\n\nà moi", "> cité\n\nà moi", "quotations"),
        ("[ici](https://spam.example)", "ici https://spam.example", "links"),
        ("<https://a.example/b>", "https://a.example/b", "bare links"),
        ("[a][1]\n\n[1]: https://x.example", "[a][1]\n\n[1]: https://x.example", "references stay"),
        ("- a\n- b", "- a\n- b", "lists"),
        ("<b>x</b>\n<script>y</script>", "x", "HTML within"),
    ],
)
def test_markdown_is_read_as_a_reader_sees_it(markup: str, plain: str, why: str) -> None:
    assert to_plain(markup, TextFormat.MARKDOWN) == plain, why


def test_plain_text_stays_as_it_is() -> None:
    text = "1 < 2 **et** <b>gras</b> &eacute;\n  retrait"
    assert to_plain(text, TextFormat.PLAIN) == text


NASTY = {
    "nested bold": "<b>" * 6_600,
    "nested quotations": "<blockquote>" * 1_600 + "a<br>" * 100,
    "nested tables": "<table>" * 2_800,
    "formatting carried over": "<b><i><u><p>" * 1_600,
    "open comments": "<!--" * 5_000,
    "open brackets": "[" * 20_000,
    "images": "![" * 10_000,
    "half links": "[a](<b" * 3_300,
    "emphasis": "*a **a " * 2_800,
    "quotations": ">" * 20_000,
    "stars and bars": "*_" * 10_000,
    "back ticks": "".join("`" * n + " " for n in range(1, 195)),
}


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("text_format", list(TextFormat))
def test_hostile_markup_is_done_with_quickly(name: str, text_format: TextFormat) -> None:
    started = time.perf_counter()
    to_plain(NASTY[name], text_format)
    assert time.perf_counter() - started < 4


def test_nesting_cannot_blow_the_text_up() -> None:
    plain = to_plain(NASTY["nested quotations"], TextFormat.HTML)
    assert plain.startswith("> > > > > a\n")
    assert len(plain) < 20_000


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=300), text_format=st.sampled_from(list(TextFormat)))
def test_no_text_raises_and_all_can_be_stored(text: str, text_format: TextFormat) -> None:
    plain = to_plain(text, text_format)
    assert "\x00" not in plain
    plain.encode()


_MARKUP = st.lists(
    st.sampled_from(
        [
            "<a href='",
            "'>",
            "</a>",
            "<p>",
            "<br>",
            "<pre>",
            "</pre>",
            "<blockquote>",
            "<svg>",
            "x",
            "</blockquote>",
            "<li>",
            "<table><td>",
            "<!--",
            "-->",
            "<script>",
            "&lt;",
            "�",
            "\n",
            "<frameset>",
            "<html>",
            "</body>",
            "<math><mi>",
            "<select>",
            "[",
            "](",
            ")",
            "> ",
            "`",
        ]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(markup=_MARKUP)
def test_no_broken_markup_raises(markup: str) -> None:
    for text_format in (TextFormat.HTML, TextFormat.MARKDOWN):
        to_plain(markup, text_format).encode()


@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.text(alphabet="abcé'🙂", min_size=1, max_size=8), min_size=1, max_size=10))
def test_no_word_is_lost_in_html(words: list[str]) -> None:
    markup = "<p>" + "</b> <i>".join(words)
    assert to_plain(markup, TextFormat.HTML) == " ".join(words)


@pytest.mark.parametrize(
    ("text", "blank"),
    [("", True), (" \n\u00a0", True), ("\u200b\u202e\u2060", True), (".", False), ("🙂", False)],
)
def test_blank_means_that_nothing_is_seen(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


def test_names_keep_to_one_line() -> None:
    assert one_line(" Jean\n\tPaul\x1b[31m\u202e ") == "Jean Paul [31m"


@settings(max_examples=100)
@given(text=st.text(max_size=50))
def test_mending_twice_is_mending_once(text: str) -> None:
    assert mended(mended(text)) == mended(text)
