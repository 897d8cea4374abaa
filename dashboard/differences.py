"""Tell two wordings apart word by word: what was taken out, and what was written in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html import unescape

#: Markup of a message as captured.
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
#: Between texts with more words than this, in what differs, words are not paired.
MOST_WORDS = 1000


class Mark(StrEnum):
    """Name what became of a stretch of words."""

    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold words in a row that have one mark, with single blanks between them."""

    mark: Mark
    text: str


def word_differences(old: str | None, new: str | None) -> list[Stretch]:
    """Cut two wordings into stretches that stayed, were deleted or were inserted, in order.

    Markup and white space do not count as words.

    Args:
        old: Wording before; None where there was none.
        new: Wording after; None where there is none any more.

    >>> [(one.mark.value, one.text) for one in word_differences("a <b>big</b> cat", "a small cat")]
    [('same', 'a'), ('deleted', 'big'), ('inserted', 'small'), ('same', 'cat')]
    """
    before, after = _words(old), _words(new)
    first = _alike(before, after)
    rest, others = before[first:], after[first:]
    last = _alike(rest[::-1], others[::-1])
    ends = len(rest) - last, len(others) - last
    return [
        Stretch(mark, " ".join(words))
        for mark, words in (
            (Mark.SAME, before[:first]),
            *_between(rest[: ends[0]], others[: ends[1]]),
            (Mark.SAME, rest[ends[0] :]),
        )
        if words
    ]


def _words(text: str | None) -> list[str]:
    return unescape(TAG.sub(" ", text or "")).split()


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the words that both begin with."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _between(old: Sequence[str], new: Sequence[str]) -> list[tuple[Mark, Sequence[str]]]:
    if max(len(old), len(new)) > MOST_WORDS:
        return [(Mark.DELETED, old), (Mark.INSERTED, new)]
    found: list[tuple[Mark, Sequence[str]]] = []
    matched = SequenceMatcher(a=old, b=new, autojunk=False)
    for what, i, j, k, m in matched.get_opcodes():
        if what == "equal":
            found.append((Mark.SAME, old[i:j]))
        else:
            found += [(Mark.DELETED, old[i:j]), (Mark.INSERTED, new[k:m])]
    return found
