"""The foldings still give, sign for sign, what they gave when the shipped model was trained.

Below stands the normaliser as it was then. It is the judge here: do not change it.
"""

from __future__ import annotations

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import normalise
from bot.core.normalise import trace_folded, trace_for_model

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\x00-\x08\x0b-\x1f\x7f]"
)
_LOOK_ALIKES = {
    other: latin
    for other, latin in zip(
        "аеорсухкмтнвіјѕԁһԛԝѵɡգցոսօαοενικρτυχβηορҡєзлпиЬьѐё",
        "aeopcyxkmthbijsdhqwvggcnuoaoevikptuxbnopkeзлпиььeё",
        strict=True,
    )
    if latin.isascii()
}
_LEET = str.maketrans(
    {
        "0": "o",
        "1": "i",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "8": "b",
        "@": "a",
        "$": "s",
        "€": "e",
        "!": "i",
        "|": "l",
        "£": "l",
    }
)
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@(?:user\b|[A-Za-z_]\w{2,}\b)(?![$@])")
_PLACEHOLDER = re.compile(r"<(?:url|user|email|phone|ip)>")
_CORE = re.compile(r"[\w@$€£|!]+")
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_PUNCTUATION_RUN = re.compile(r"([^\w\s])\1{3,}")
_SPACED_OUT = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-_*·/|,]{1,2}){3,}[^\W_](?![^\W_])")
_LETTER = re.compile(r"[^\W_]")
_LEET_INSIDE = re.compile(
    r"[^\W\d_][013457@$€]+[^\W\d_]|^[013457@$€][^\W\d_]{2,}|[^\W\d_]{3,}[@$€30]$"
)
_SHORTEST_DISGUISE = 3
"""Letters and signs; shorter ones (`a1`, `1e`) are labels."""
_ORDINARY_NUMBER = re.compile(
    r"\d+(?:er|ère|ère|e|è|ème|eme|nd|nde|h|km|m|kg|g|s|th|st|rd|am|pm|x|p|k|ans|eur|min|mn|ko|mo|go)"
    r"\w{0,3}|\d+h\d+|covid\d*|g\d+|\w\d+"
)
"""Words with digits that are no disguise: 14e, 20h30, 3km, covid19, G20."""


def for_model(text: str) -> str:
    """The text as the embedded model reads it: lower case, links and handles out, disguises undone."""
    text = unicodedata.normalize("NFKC", _without_surrogates(text))
    text = _INVISIBLE.sub("", text).replace("’", "'").replace("ʼ", "'").replace("`", "'")
    text = _PLACEHOLDER.sub(" ", _HANDLE.sub(" ", _LINK.sub(" ", text)))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = _CORE.sub(_undisguised, _SPACED_OUT.sub(_joined, text))
    text = _PUNCTUATION_RUN.sub(r"\1\1\1", _STRETCHED.sub(r"\1\1", text))
    text = re.sub(r"\s+", " ", text).strip()
    return text.replace("İ", "i").lower().replace("\u0307", "")


def folded(text: str) -> str:
    """The text as words are compared: case, accents, ligatures and invisible characters gone."""
    text = unicodedata.normalize("NFKD", _without_surrogates(text).casefold())
    text = _INVISIBLE.sub("", text).replace("’", "'").replace("ʼ", "'").replace("`", "'")
    text = text.replace("œ", "oe").replace("æ", "ae")
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", text).strip()


def _without_surrogates(text: str) -> str:
    """Lone surrogates (from broken JSON) cannot be encoded; they become U+FFFD."""
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def _joined(match: re.Match[str]) -> str:
    """`c o n n a r d` and `c.o.n.n.a.r.d` become one word."""
    letters: list[str] = _LETTER.findall(match.group())
    mostly_letters = sum(c.isalpha() for c in letters) > len(letters) * 0.6
    return "".join(letters) if mostly_letters else match.group()


def _undisguised(match: re.Match[str]) -> str:
    """Look-alikes of other scripts inside a Latin word, and digits read as letters."""
    word = match.group()
    letters = [c for c in word if c.isalpha()]
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
    if 0 < latin < len(letters):
        word = "".join(_LOOK_ALIKES.get(c, c) for c in word)
    if not latin or len(word) < _SHORTEST_DISGUISE or not any(c in "013457@$€" for c in word):
        return word
    bare = word.rstrip("!|")
    if _LEET_INSIDE.search(bare) and not _ORDINARY_NUMBER.fullmatch(bare):
        return bare.translate(_LEET) + word[len(bare) :]
    return word


SIGNS = st.one_of(
    st.text(),
    st.text(
        "aAeEsS01345@$€!|. -_*·/\n’ʼ`éÉœŒæßΣςİıﬁ①ｇ\u0300\u0301\u0307\u0327\u0338\u200b\u00ad\u3099"
    ),
    st.text("가각각ㄱ ᅟাোিോ་ཱིེकि़ ｶﾞがはﾟ\ufdfa\u0340\u0344\u2126\ud800\udfffаоеvвеЁё"),
    st.lists(
        st.sampled_from(
            [
                *(
                    "c o n n a r d",
                    "c.o.n n-a-r-d",
                    "encuuuuulé",
                    "!!!!!!",
                    "соnnаrd",
                    "c0nn4rd !!",
                ),
                *(
                    "https://a.example/é",
                    "www.b.example",
                    "@marie",
                    "@user",
                    "<url>",
                    "F\u200bD\u200bP",
                ),
                *("s@l0pe", "20h30", "\u0415\u0308", "ﬃ", "e\u0301\u0320\u0489", "\n", "  ", " "),
            ]
        )
    ).map("".join),
)


@given(SIGNS)
@example("각")
@example("ｶﾞ")
@example("ΑΣ ΑΣΑ")
def test_what_the_model_reads_is_unchanged(text: str) -> None:
    assert normalise.for_model(text) == for_model(text)
    assert trace_for_model(text).text == for_model(text)


@given(SIGNS)
@example("\U0001d468")
def test_what_words_are_compared_by_is_unchanged(text: str) -> None:
    """But for capitals of other alphabets, which it took two foldings to make small."""
    assert normalise.folded(text) == folded(folded(text))
    assert trace_folded(text).text == folded(folded(text))


def test_every_sign_that_normalising_or_case_changes() -> None:
    """In the middle of a word, where it may join its neighbours."""
    signs = [
        sign
        for sign in map(chr, range(0x110000))
        if sign != sign.casefold() or not unicodedata.is_normalized("NFKD", sign)
    ]
    signs = [sign for sign in signs if not "가" <= sign <= "힣"]
    for at in range(0, len(signs), 64):
        text = "a ".join(f"n{sign}e" for sign in signs[at : at + 64])
        assert normalise.for_model(text) == for_model(text)
        assert normalise.folded(text) == folded(folded(text))
