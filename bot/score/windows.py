"""Long texts in overlapping windows that end where sentences end."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from bot.core.sentences import sentences
from bot.score.reading import cut


def windows(
    form: str, tokens: Sequence[tuple[int, int]], *, size: int, stride: int, overlap: int
) -> list[tuple[int, int]]:
    """Stretches of at most `size` tokens that together cover all; one, if they fit one.

    `tokens` are each one's start and end in the form. A window takes as many whole sentences as
    fit, and the next begins with its last one where that has at most `overlap` tokens: an insult
    and whom it is meant for often stand in neighbouring sentences. A sentence longer than `size`
    is cut by itself, every `stride` tokens.
    """
    if len(tokens) <= size:
        return [(0, len(tokens))]
    return _packed(_in_tokens(form, tokens), size=size, stride=stride, overlap=overlap)


def _in_tokens(form: str, tokens: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentences, as stretches of tokens; a token goes with the sentence it ends in."""
    ends = [end for _, end in tokens]
    cuts = {bisect_left(ends, end + 1) for _, end in sentences(form)} - {0}
    return list(pairwise([0, *sorted(cuts | {len(tokens)})]))


def _packed(
    whole: list[tuple[int, int]], *, size: int, stride: int, overlap: int
) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(whole):
        start, end = whole[first]
        if end - start > size:
            found += [(start + a, start + b) for a, b in cut(end - start, size=size, stride=stride)]
            first += 1
            continue
        last = first
        while last + 1 < len(whole) and whole[last + 1][1] - start <= size:
            last += 1
        found.append((start, whole[last][1]))
        first = last + 1
        if first < len(whole) and last > 0 and found[-1][0] < whole[last][0]:
            again = whole[last]
            if again[1] - again[0] <= overlap and whole[first][1] - again[0] <= size:
                first = last
    return found
