"""Pieces of sentences: an instant, a list, and words that agree with a number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

#: How many of a list are named before the rest is only counted.
NAMED = 3
#: What zero incidents must not be read as.
NOT_PROOF = "That nobody posted does not mean that nothing broke."


def minute(at: datetime) -> str:
    """An instant to the minute, and which zone."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def agree(n: int, many: str = "were", one: str = "was") -> str:
    """The form of a word that goes with ``n`` things."""
    return one if n == 1 else many


def first_up(text: str) -> str:
    """``text`` with a capital to begin with."""
    return text[:1].upper() + text[1:]


def listed(words: Sequence[str]) -> str:
    """Words, at least one, with commas and an and."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def some(names: Sequence[str]) -> str:
    """The first of ``names`` and how many more there are.

    >>> some(["Acme", "Bolt"]), some(["Acme", "Bolt", "Coil", "Dyad", "Ember"])
    ('Acme and Bolt', 'Acme, Bolt, Coil and 2 others')
    """
    left = len(names) - NAMED
    if left < 2:
        return listed(names)
    return f"{', '.join(names[:NAMED])} and {left} others"


def silent(names: Sequence[str], narrowed: bool) -> str:
    """Who posted nothing, and what that is not; empty where there is nobody.

    ``narrowed``: only some kinds of posts were asked for.

    >>> silent(["Acme"], narrowed=True).partition(".")[0]
    'No incident of Acme of the kind asked for began in this window'
    """
    kind = " of the kind asked for" if narrowed else ""
    return f"No incident of {some(names)}{kind} began in this window. {NOT_PROOF}" if names else ""
