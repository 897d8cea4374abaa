"""What a link asked for, held against what its widgets made of it.

A widget takes from the address what it can and drops the rest in silence; a reader must know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from analytics.wording.grammar import agree, join_words, name_some
from dashboard.safe_text import escape_markdown

LINK = "_link"
UNMET = "_unmet"
#: Letters of a link's wording that are repeated.
LONGEST = 60
#: A value in words.
Worded = Callable[[str], str]


def remember_link() -> bool:
    """Keep what the address says before any widget mends it; whether the session begins now."""
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
    """Say on the page which values of ``key`` the link asked for in vain, and what is shown.

    ``what``: of what kind they are; ``shown``: the values the widget took; ``why``: what to say
    of one it did not; ``name``: how one is told; ``read``: how one is written in ``shown``;
    ``instead``: told in place of what is shown. It is said until something else is chosen.
    """
    asked = st.session_state[LINK].pop(key, [])
    lost = [one for one in dict.fromkeys(asked) if one and read(one) not in shown]
    taken = list(instead) or [escape_markdown(name(one)) for one in shown]
    if lost:
        st.session_state[UNMET][key] = unmet_sentence(what, lost, taken, why), taken
    sentence, then = st.session_state[UNMET].get(key, ("", []))
    if sentence and then == taken:
        st.warning(sentence, icon=":material/link_off:")


def say_unknown(_: str) -> str:
    """Why a word that nothing here goes by is not shown."""
    return "which does not exist"


def say_unlisted(_: str) -> str:
    """Why a provider that no picker lists is not shown."""
    return "which the registry does not know"


def unmet_sentence(what: str, lost: Sequence[str], taken: Sequence[str], why: Worded) -> str:
    """What a link asked for and what is shown instead, in Markdown that obeys nothing of it.

    >>> unmet("rule", ["nonsense"], ["incident_io"], lambda _: "which does not exist")
    "The link asked for rule 'nonsense', which does not exist: shown is incident_io."
    """
    asked = name_some([f"{what} '{escape_markdown(one[:LONGEST])}', {why(one)}" for one in lost])
    return (
        f"The link asked for {asked}: shown {agree(len(taken), 'are', 'is')} {join_words(taken)}."
    )
