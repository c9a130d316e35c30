"""French gender and number, by spelling alone."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.normalise import folded


def inflected(word: str) -> frozenset[str]:
    """The word in both genders and numbers, folded; a form that nobody uses does no harm.

    >>> sorted(inflected("connard"))
    ['connard', 'connarde', 'connardes', 'connards']
    """
    plain = folded(word)
    stems = {plain, *(plain[: -len(end)] + new for end, new in _feminine(word.lower(), plain))}
    return frozenset(form for stem in stems for form in (stem, *_plural(stem)))


_FEMININE = (
    ("teur", ("teuse", "trice")),
    ("eur", ("euse", "eure")),
    ("eux", ("euse",)),
    ("if", ("ive",)),
    ("oux", ("ouse",)),
)
_DOUBLES = ("n", "l", "t", "s")


def _feminine(written: str, plain: str) -> Iterator[tuple[str, str]]:
    """Endings to take off and to put on; `written` still has its accents (enculé, but débile)."""
    for masculine, feminines in _FEMININE:
        if plain.endswith(masculine):
            yield from ((masculine, feminine) for feminine in feminines)
            return
    last = plain[-1:]
    if written.endswith("e") or last in {"x", "z"}:
        return
    yield last, f"{last}e"
    if last in _DOUBLES and plain[-2:-1] in {"o", "e", "a"}:
        yield last, f"{last}{last}e"


def _plural(stem: str) -> tuple[str, ...]:
    if stem.endswith(("s", "x", "z")):
        return ()
    if stem.endswith("al"):
        return (f"{stem}s", f"{stem[:-1]}ux")
    return (f"{stem}x", f"{stem}s") if stem.endswith(("eau", "eu")) else (f"{stem}s",)
