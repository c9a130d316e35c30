"""What a text gives by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from bot.core.model import FactValue
from bot.core.normalise import disguises, folded

_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?:[^\s/?#@]{0,200}@)?(?:www\.)?([^\s/?#:@]+)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SHOUT = re.compile(r"[!?]+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_FEW_LETTERS = 12
"""Under this many letters a share of capitals says nothing («OK», «MDR», «LFI»)."""
_MENTION = re.compile(r"(?<![\w.@/])@\w[\w.-]{1,63}")
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?:@|\s?[\[({]\s?(?:at|arobase|@)\s?[\])}]\s?)"
    r"[\w-]{1,63}(?:(?:\.|\s?[\[({]\s?(?:dot|point)\s?[\])}]\s?)[\w-]{1,63}){1,4}",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\d+\w])(?:(?:\+|00)33[\s.-]?(?:\(0\)[\s.-]?)?|0)[1-9](?:[\s._/-]?\d{2}){4}(?![\d\w])"
    r"|(?<![\d+\w])\+\d{1,3}(?:[\s.-]?\d{2,4}){2,5}(?![\d\w])"
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_ADDRESS = re.compile(
    r"(?<![\w/])\d{1,4}(?:\s?(?:bis|ter|quater))?,?\s{1,3}"
    r"(?:rue|avenue|av\.|boulevard|bd\.?|blvd|place|chemin|all[ée]e|impasse|quai|cours|route|square"
    r"|passage|sentier|lotissement|r[ée]sidence|street|road|avenue)\s{1,3}"
    r"(?!en\b|est\b|sur\b|pour\b|et\b|ou\b|dans\b)[\w'’-]{2,40}",
    re.IGNORECASE,
)
_EMOJI = re.compile("[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf]")
_DOMAIN = re.compile(
    r"(?<!\w)(?:https?://|www\.|[\w-]{2,63}\.(?:com|fr|net|org|ru|info|biz|io|me))(?!\w)"
)


def text_facts(text: str, reads: Collection[str] | None = None) -> dict[str, FactValue]:
    """The facts that the text alone gives; of those that cost something only what `reads` names."""
    wanted = _OF_TEXT if reads is None else (_OF_TEXT.keys() & reads) | _ALWAYS
    return {name: _OF_TEXT[name](text) for name in _OF_TEXT if name in wanted}


def _caps_ratio(text: str) -> float:
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return capitals / len(letters) if len(letters) >= _FEW_LETTERS else 0.0


def _domains(text: str) -> tuple[str, ...]:
    hosts = (_HOST.match(link.group()) for link in _LINK.finditer(text))
    found = (host.group(1).rstrip(".,;!?)»\"'").lower() for host in hosts if host)
    return tuple(dict.fromkeys(name for name in found if name))


def _ibans(text: str) -> int:
    return sum(_checks(match.group()) for match in _IBAN.finditer(text))


def _checks(written: str) -> bool:
    """Whether the number's check digits are right (ISO 7064, modulo 97)."""
    plain = written.replace(" ", "")
    if not 15 <= len(plain) <= 34:  # noqa: PLR2004 - the shortest and the longest there are
        return False
    digits = "".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])
    return int(digits) % 97 == 1


def _longest(runs: Iterator[re.Match[str]]) -> int:
    return max((len(run.group()) for run in runs), default=0)


def _count(pattern: re.Pattern[str]) -> Callable[[str], FactValue]:
    return lambda text: sum(1 for _ in pattern.finditer(text))


_OF_TEXT: Mapping[str, Callable[[str], FactValue]] = {
    "text.folded": folded,
    "text.written": lambda text: text,
    "text.length": len,
    "text.words": lambda text: len(_WORD.findall(text)),
    "text.links": lambda text: len(_LINK.findall(text)),
    "text.domains": _domains,
    "text.mentions": _count(_MENTION),
    "text.emails": _count(_EMAIL),
    "text.phones": _count(_PHONE),
    "text.ibans": _ibans,
    "text.addresses": _count(_ADDRESS),
    "text.caps_ratio": _caps_ratio,
    "text.repeated_punctuation": lambda text: _longest(_SHOUT.finditer(text)),
    "text.repeated_letters": lambda text: _longest(_STRETCHED.finditer(text)),
    "text.emoji": _count(_EMOJI),
    "text.disguises": disguises,
}
_ALWAYS = frozenset({"text.written"})
"""Costs nothing, and shows passages in their place."""


def name_facts(name: str) -> dict[str, FactValue]:
    """What an author's name gives."""
    return {
        "author.name": folded(name),
        "author.name_length": len(name),
        "author.name_digits": sum(c.isdecimal() for c in name),
        "author.name_link": _DOMAIN.search(name.lower()) is not None,
    }


_SHORT_WORD = 3
"""Letters; words of a title up to this length say nothing of its subject."""


def similarity(text: str, title: str) -> float | None:
    """The share of the title's longer words that stand in the text; None for a title without any."""
    wanted = {word for word in _words(title) if len(word) > _SHORT_WORD}
    if not wanted:
        return None
    return len(wanted & set(_words(text))) / len(wanted)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", folded(text))
