"""Pieces of sentences: lists, and words that agree with a number."""

from __future__ import annotations

from collections.abc import Sequence

#: How many of a list are named before the rest is only counted.
NAMED = 3
#: Stands on every page, document and download.
AS_POSTED = "As posted by the provider, not measured."
#: What a number rests on.
BASIS = {
    "component_states": "component states",
    "whole_incidents": "whole posts",
    "monitor": "a monitor",
}
#: What zero incidents must not be read as.
NOT_PROOF = "That nobody posted does not mean that nothing broke."


def agree(n: int, many: str = "were", one: str = "was") -> str:
    """Choose the form of a word that goes with ``n`` things."""
    return one if n == 1 else many


def capitalise(text: str) -> str:
    """Begin ``text`` with a capital letter and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def join_words(words: Sequence[str]) -> str:
    """Join words into a list of a sentence; empty without words.

    >>> join_words(["a"]), join_words(["a", "b"]), join_words(["a", "b", "c"]), join_words([])
    ('a', 'a and b', 'a, b and c', '')
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def name_some(names: Sequence[str]) -> str:
    """Name the first few of ``names`` and count the rest.

    >>> name_some(["Acme", "Bolt"]), name_some(["Acme", "Bolt", "Coil", "Dyad", "Ember"])
    ('Acme and Bolt', 'Acme, Bolt, Coil and 2 others')
    """
    left = len(names) - NAMED
    if left < 2:
        return join_words(names)
    return f"{', '.join(names[:NAMED])} and {left} others"


def no_incident_sentence(names: Sequence[str], narrowed: bool) -> str:
    """Name providers that posted nothing, and say what that does not prove; empty without any.

    ``narrowed``: only some kinds of posts were asked for.

    >>> no_incident_sentence(["Acme"], narrowed=True).partition(".")[0]
    'No incident of Acme of the kind asked for began in this window'
    """
    if not names:
        return ""
    kind = " of the kind asked for" if narrowed else ""
    return f"No incident of {name_some(names)}{kind} began in this window. {NOT_PROOF}"
