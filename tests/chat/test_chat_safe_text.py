"""Nothing in a comment can ping, link, embed, format, flip the text or burst a limit."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.safe_text import cleaned, length, neutral, one_line, plain, web_address
from tests.chat.oracle import units

LIMIT = 500
ACTIVE = {
    "everyone": r"@(?:everyone|here)",
    "user, role, channel": r"<(?:@[!&]?|#)\d+>",
    "slash command": r"</[-_\w ]+:\d+>",
    "guild page": r"<id:\w+>",
    "emoji": r"<a?:\w+:\d+>",
    "timestamp": r"<t:-?\d+(?::[tTdDfFR])?>",
    "scheme": r"[a-zA-Z][\w+.-]*://",
    "mail link": r"(?:mailto|tel|sms|xmpp):[\w+]",
    "invite": r"(?:discord\.gg|discord(?:app)?\.com/invite|dis\.gd|discord\.new)/\w",
    "angle link": r"<[\w+/@#:]\S*>",
    "direction": r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]",
    "heading": r"(?m)^ *#{1,3} ",
    "small print": r"(?m)^ *-# ",
    "quote": r"(?m)^ *>",
    "list": r"(?m)^ *(?:[-*]|\d+\.) ",
}
HOSTILE = [
    "@everyone @here",
    "<@123456789012345678> <@!1> <@&2> <#3>",
    "</ban:123> <id:customize> <:x:1> <a:y:2> <t:1700000000:R>",
    "https://evil.example/x HTTP://EVIL.example",
    "discord.gg/abc discordapp.com/invite/abc discord.com/invite/abc DISCORD.GG/abc",
    "[cliquez](https://evil.example) [x](<https://evil.example>)",
    "mailto:a@b.example tel:+33100000000 <a@b.example> <+33100000000>",
    "# titre\n## titre\n-# petit\n> cite\n>>> cite tout\n- liste\n* liste\n1. liste",
    "  # titre\n\t- liste\n \u200b# titre",
    "```py\ncode\n``` `code` ||caché|| **gras** __s__ ~~r~~ *i* _i_",
    "\\# \\\\* \\",
    "abc\u202edcba\u2066x\u2069\u200f",
    "Z" + "\u0300\u0301\u0302\u0303\u0304" * 40 + "algo",
    "a\n\n\n\n\n\nb" * 50,
    "@\u200beveryone <\u200b@1>",
    "@\u202eeveryone <\u200e@1> h\u200bttps://evil.example discord\u200b.gg/abc",
    "\ud800 lone surrogate \udfff",
    "\x00\x07\x1b[31m",
    "👩‍👩‍👧‍👦" * 400,
    "مرحبا بالعالم " * 40,
    "|" * 3_000,
    "\\" * 3_000,
    "",
    " \n\t ",
]

nasty = st.lists(
    st.one_of(
        st.sampled_from(HOSTILE),
        st.sampled_from(["@", "<", ">", ":", "/", "//", "#", "-", "1.", "\n", "|", "\\", "`"]),
        st.sampled_from(
            ["\u200b", "\u202e", "\u0301", "\u2067", "\r", "\u2028", "\ufe0f", "\u200d"]
        ),
        st.text(max_size=40),
    ),
    max_size=12,
).map("".join)


def assert_harmless(shown: str) -> None:
    for what, pattern in ACTIVE.items():
        assert not re.search(pattern, shown, re.IGNORECASE), what
    shown.encode("utf-8")
    assert "\x00" not in shown
    assert "\n\n" not in shown
    for part in shown.split("\n"):
        assert _unescaped(part) == [], part


def _unescaped(line: str) -> list[str]:
    """Markdown signs that no backslash disarms."""
    rest = re.sub(r"\\[^a-zA-Z0-9\s]", "", line)
    return re.findall(r"[*_~`|\[\]\\]", rest)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless(text: str):
    shown = neutral(text, limit=LIMIT)
    assert_harmless(shown)
    assert units(shown) <= LIMIT


@given(text=nasty, limit=st.integers(min_value=1, max_value=600))
def test_any_text_is_harmless_at_any_length(text: str, limit: int):
    """Wherever the limit cuts, no escape is torn apart and no sign comes free."""
    shown = neutral(text, limit=limit)
    assert_harmless(shown)
    assert units(shown) <= limit
    assert shown.count("\n") < 25


@given(text=nasty)
def test_names_stay_on_their_line_and_in_their_direction(text: str):
    shown = one_line(text, limit=80)
    assert shown[0] == "\u2068"
    assert shown[-1] == "\u2069"
    assert_harmless(shown[1:-1])
    assert "\n" not in shown
    assert units(shown) <= 80


@given(text=st.text(max_size=200))
def test_ordinary_letters_survive(text: str):
    """Every letter and digit that may be shown is still there, in order."""
    letters = [c for c in cleaned(text, max_lines=1_000) if c.isalnum()]
    shown = [c for c in neutral(text, limit=10_000, max_lines=1_000) if c.isalnum()]
    assert shown == letters


def test_french_reads_as_it_was_written():
    text = "L'été, ça va ? Cœur à 20 h 30 — «ouf» : 3,5 % !\nÀ demain."
    assert neutral(text, limit=LIMIT) == text


def test_towers_of_accents_are_levelled():
    shown = neutral("Z" + "\u0301" * 50 + "é", limit=LIMIT)
    assert sum(unicodedata.combining(c) > 0 for c in shown) == 3


def test_what_is_too_long_is_folded():
    shown = neutral("mot " * 1_000, limit=100)
    assert shown.endswith("…")
    assert 90 <= length(shown) <= 100
    assert neutral("x\n" * 100, limit=LIMIT, max_lines=5).count("\n") == 4


def test_plain_words_for_labels():
    assert plain("a\nb\u202ec", limit=45) == "a bc"
    assert units(plain("🙂" * 60, limit=45)) <= 45


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://journal.example/a?b=1#c", "https://journal.example/a?b=1#c"),
        ("http://127.0.0.1:8080/demo", "http://127.0.0.1:8080/demo"),
        ("https://x.example/a) [b](c", "https://x.example/a%29%20%5Bb%5D%28c"),
        ("https://x.example/>@everyone", "https://x.example/%3E%40everyone"),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://[", None),
        ("/relative", None),
        ("https://x.example/" + "a" * 600, None),
        ("", None),
        (None, None),
    ],
)
def test_addresses(url: str | None, expected: str | None):
    assert web_address(url) == expected


@pytest.mark.parametrize(
    ("text", "marks", "shown"),
    [
        ("un mot dur ici", [(3, 10)], "un **mot dur** ici"),
        ("un *mot* dur", [(3, 8)], "un **\\*mot\\*** dur"),
        ("un\n# mot", [(0, 2)], "**un**\n\\# mot"),
        ("un\n# mot", [(0, 8)], "**un**\n**\\# mot**"),
        ("mot", [(1, 1), (90, 99)], "mot"),
        ("\ue000mot", [(1, 4)], "**mot**"),
    ],
)
def test_decisive_passages_are_bold(text: str, marks: list[tuple[int, int]], shown: str):
    assert neutral(text, limit=500, marks=marks) == shown


@given(
    text=st.text(max_size=400),
    edges=st.lists(st.integers(0, 420), max_size=8, unique=True),
    limit=st.integers(40, 300),
)
def test_marks_change_nothing_but_the_weight(text: str, edges: list[int], limit: int):
    """Within the limit, with as many openings as closings, and the same words as without."""
    ends = sorted(edges)
    marks = list(zip(ends[::2], ends[1::2], strict=False))
    shown = neutral(text, limit=limit, marks=marks)
    assert length(shown) <= limit
    assert shown.count("**") % 2 == 0 or "\\" in shown
    plain = neutral(text.replace("\ue000", ""), limit=10_000)
    bare = shown.replace("**", "").removesuffix("…")
    assert plain.startswith(bare.rstrip()) or "\\" in bare
