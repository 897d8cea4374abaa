"""Pickers that show one word and write another into the address: a name for a slug.

A widget bound to the address would write into it what it shows. So these are not bound: they
read the address when a page is opened, and write into it what is chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import streamlit as st

from analytics import Snapshot
from analytics.asking.provider_search import AmbiguousProviderError, find_provider
from analytics.directory import covered_providers
from dashboard.filters.link_check import say_unlisted, warn_unmet

#: Parameter of the address that names the provider of a profile.
PROVIDER_PARAM = "of"
#: How an option is shown.
Named = Callable[[str], str]
#: The page looked at when the script ran last, and whether it is another one now.
PAGE, MOVED = "_page", "_moved"


def note_page(page: str) -> None:
    """Note which page is open; the address of a page just opened is read again."""
    st.session_state[MOVED] = st.session_state.get(PAGE) != page
    st.session_state[PAGE] = page


def provider_namer(snapshot: Snapshot) -> Named:
    """Return a function that names a provider, with the slug where names clash."""
    known = dict(snapshot.table("providers").select("provider", "name").iter_rows())
    often = Counter(known.values())

    def named(slug: str) -> str:
        name = known.get(slug)
        if not name:
            return slug
        return f"{name} ({slug})" if often[name] > 1 else name

    return named


def provider_finder(snapshot: Snapshot) -> Named:
    """Return a function that finds the provider a word of the address means.

    A word that means none, or several, stays as it is.
    """
    names = dict(snapshot.table("providers").select("provider", "name").iter_rows())

    def find(text: str) -> str:
        try:
            return find_provider(text, names)
        except AmbiguousProviderError:
            return text

    return find


def pick_several(
    label: str,
    key: str,
    options: Sequence[str],
    default: Sequence[str],
    named: Named,
    explained: str,
    means: Named = str,
) -> list[str]:
    """Let the reader pick options; return those picked.

    Args:
        label: Label of the widget.
        key: Parameter of the address.
        options: What can be picked.
        default: What counts as picked until the address or the reader says otherwise.
        named: Names an option in words.
        explained: Help text of the widget.
        means: Finds the option that a word of the address means.
    """
    _take(key, options, default, means)
    chosen: list[str] = st.multiselect(
        label,
        options,
        format_func=named,
        key=key,
        on_change=_choose,
        args=(key,),
        wrap=True,
        help=explained,
    )
    _write(key, [] if chosen == list(default) else chosen)
    return chosen


def keep_several(key: str, options: Sequence[str], default: Sequence[str], means: Named) -> None:
    """Keep what is picked, or take it from a link, on a page that does not draw the picker.

    Args:
        key: Parameter of the address.
        options: What can be picked.
        default: What counts as picked until the address or the reader says otherwise.
        means: Finds the option that a word of the address means.
    """
    _take(key, options, default, means)
    st.session_state[key] = chosen = st.session_state[key]
    _write(key, [] if chosen == list(default) else chosen)


def _take(key: str, options: Sequence[str], default: Sequence[str], means: Named) -> None:
    asked = [one for one in dict.fromkeys(map(means, _begin(key))) if one in options]
    _follow(key, asked, list(default))


def pick_one(
    label: str,
    key: str,
    options: Sequence[str],
    default: str,
    named: Named,
    explained: str,
    means: Named = str,
) -> str:
    """Let the reader pick one option; return it.

    Args:
        label: Label of the widget.
        key: Parameter of the address.
        options: What can be picked.
        default: What counts as picked until the address or the reader says otherwise.
        named: Names an option in words.
        explained: Help text of the widget.
        means: Finds the option that a word of the address means.
    """
    asked = [one for one in map(means, _begin(key)) if one in options]
    _follow(key, asked[-1] if asked else None, default)
    picked: str = st.selectbox(
        label,
        options,
        format_func=named,
        key=key,
        on_change=_choose,
        args=(key,),
        help=explained,
    )
    _write(key, [] if picked == default else [picked])
    return picked


def exchange_picks(one: str, other: str) -> None:
    """Exchange what two pickers hold, as if a reader had."""
    state = st.session_state
    state[one], state[other] = state[other], state[one]
    _choose(one)
    _choose(other)


def _begin(key: str) -> list[str]:
    """Read the address if the page was just opened.

    The choice of a picker that was not drawn is forgotten.
    """
    if key not in st.session_state:
        st.session_state.pop(_chosen(key), None)
    return st.query_params.get_all(key) if st.session_state[MOVED] else []


def _follow(key: str, asked: object, default: object) -> None:
    if asked:
        st.session_state[key] = asked
        _choose(key)
    elif _chosen(key) not in st.session_state:
        st.session_state[key] = default


def _choose(key: str) -> None:
    st.session_state[_chosen(key)] = True


def _chosen(key: str) -> str:
    return f"_{key}_chosen"


def _write(key: str, wanted: list[str]) -> None:
    if wanted == st.query_params.get_all(key):
        return
    if wanted:
        st.query_params[key] = wanted
    else:
        del st.query_params[key]


def pick_provider(snapshot: Snapshot, usual: Sequence[str]) -> None:
    """Let the reader pick a provider, in the address as ``of``.

    Until one is picked it is the first of ``usual``. Nothing is drawn without a registry.
    """
    everyone = snapshot.table("providers")["provider"].sort().to_list()
    known = covered_providers(snapshot)
    options = [*known, *(slug for slug in everyone if slug not in known)]
    if not options:
        return
    named, read = provider_namer(snapshot), provider_finder(snapshot)
    first = next(iter(usual), options[0])
    explained = "Every provider of the registry; providers with collected data come first."
    chosen = pick_one("Provider", PROVIDER_PARAM, options, first, named, explained, read)
    warn_unmet(PROVIDER_PARAM, "provider", [chosen], say_unlisted, name=named, read=read)
