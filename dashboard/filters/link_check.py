"""Tell what a link asked for, compared with what its widgets made of it.

A widget takes from the address what it can and drops the rest in silence; a reader must know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from analytics.wording.grammar import agree, join_words, name_some
from dashboard.shown_text import escape_markdown

LINK = "_link"
UNMET = "_unmet"
#: Letters of a link's wording that are repeated.
LONGEST = 60
#: A value in words.
Worded = Callable[[str], str]


def remember_link() -> bool:
    """Keep the address before widgets mend it; tell whether the session begins now."""
    if LINK in st.session_state:
        return False
    st.session_state[LINK] = {key: st.query_params.get_all(key) for key in st.query_params}
    st.session_state[UNMET] = {}
    return True


def warn_unmet(
    key: str,
    what: str,
    shown: Sequence[str],
    why: Worded,
    *,
    name: Worded = str,
    read: Worded = str,
    instead: Sequence[str] = (),
) -> None:
    """Warn of the values of ``key`` that the link asked for in vain.

    The warning stays until something else is chosen.

    Args:
        key: Parameter of the address.
        what: What kind of thing the values are.
        shown: Values the widget took.
        why: Says why a value is not shown.
        name: Names a value in words.
        read: Writes a value of the address as it stands in ``shown``.
        instead: Names to use in place of ``shown``.
    """
    asked = st.session_state[LINK].pop(key, [])
    lost = [one for one in dict.fromkeys(asked) if one and read(one) not in shown]
    taken = list(instead) or [escape_markdown(name(one)) for one in shown]
    if lost:
        st.session_state[UNMET][key] = (
            unmet_sentence(what, lost, taken, lambda one: why(read(one))),
            taken,
        )
    sentence, then = st.session_state[UNMET].get(key, ("", []))
    if sentence and then == taken:
        st.warning(sentence, icon=":material/link_off:")


def say_unknown(_: str) -> str:
    """Say why a word that nothing here is called is not shown."""
    return "which does not exist"


def say_unlisted(_: str) -> str:
    """Say why a provider that no picker lists is not shown."""
    return "which the registry does not know"


def unmet_sentence(what: str, lost: Sequence[str], taken: Sequence[str], why: Worded) -> str:
    """Say what a link asked for and what is shown instead, in safe Markdown.

    Args:
        what: What kind of thing the values are.
        lost: Values that are not shown.
        taken: What is shown instead, in words.
        why: Says why a value is not shown.

    >>> unmet_sentence("rule", ["nonsense"], ["incident_io"], lambda _: "which does not exist")
    "The link asked for rule 'nonsense', which does not exist: shown is incident_io."
    """
    asked = name_some([f"{what} '{escape_markdown(one[:LONGEST])}', {why(one)}" for one in lost])
    return (
        f"The link asked for {asked}: shown {agree(len(taken), 'are', 'is')} {join_words(taken)}."
    )
