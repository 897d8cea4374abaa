"""The two pickers of the page Head-to-head, and the question they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics import Question, Snapshot
from analytics.directory import covered_providers, listing, shared_surfaces, surfaces_of
from analytics.scope import OTHER
from analytics.wording.head_to_head import (
    NO_SURFACE,
    no_shared_surface_sentence,
    not_collected_sentence,
    surface_sentence,
)
from dashboard.filters.asked_question import ANY
from dashboard.filters.link_check import say_unlisted, warn_unmet
from dashboard.filters.pickers import exchange_picks, pick_one, provider_finder, provider_namer
from dashboard.shown_text import escape_markdown

#: Parameters of the address that name the two.
FIRST, SECOND = "a", "b"


def draw_opponents(
    snapshot: Snapshot, usual: Sequence[str], left: DeltaGenerator, right: DeltaGenerator
) -> None:
    """Draw the pickers of the two; nothing where there are fewer than two providers.

    Args:
        snapshot: Where the options come from.
        usual: Providers of which the first two are compared until others are chosen.
        left: Where the first picker goes.
        right: Where the second goes.
    """
    covered = covered_providers(snapshot)
    if len(covered) < 2:
        return
    listed = [one for one in snapshot.table("providers")["provider"] if one not in covered]
    options = [*covered, *listed]
    first, second = [*dict.fromkeys([*usual, *covered])][:2]
    with left:
        _picker(snapshot, "A", FIRST, options, first)
    with right:
        _picker(snapshot, "B", SECOND, options, second)


def swap_opponents() -> None:
    """Exchange the two providers."""
    exchange_picks(FIRST, SECOND)


def read_opponents(snapshot: Snapshot, asked: Question) -> Question | None:
    """Return the question about the two providers picked, on one surface.

    None, with the reason on the page, where the two cannot be compared. Without a surface in the
    bar it is the first that both have.
    """
    if SECOND not in st.session_state:
        st.info(ALONE)
        return None
    one, other = st.session_state[FIRST], st.session_state[SECOND]
    return _question(snapshot, replace(asked, providers=(one, other)))


def _picker(snapshot: Snapshot, label: str, key: str, options: list[str], default: str) -> None:
    named, read = provider_namer(snapshot), provider_finder(snapshot)
    explained = "Until you choose: of the providers chosen on the other pages."
    picked = pick_one(label, key, options, default, named, explained, read)
    warn_unmet(key, "provider", [picked], say_unlisted, name=named, read=read)


def _question(snapshot: Snapshot, asked: Question) -> Question | None:
    one, other = asked.providers
    if one == other:
        st.info(SAME)
        return None
    names = name_pair(snapshot, asked)
    mine = {who: surfaces_of(snapshot, who) for who in asked.providers}
    empty = [who for who, found in mine.items() if not found]
    for who in empty:
        statuses, note = listing(snapshot, who)
        st.info(not_collected_sentence(who, names[who], statuses, escape_markdown(note)))
    if empty:
        return None
    if asked.surface == OTHER:
        st.info(NO_SURFACE)
        return None
    shared = shared_surfaces(snapshot, one, other)
    if asked.surface is None and shared:
        return replace(asked, surface=shared[0])
    if asked.surface is None or any(asked.surface not in found for found in mine.values()):
        st.info(no_shared_surface_sentence(asked.surface, mine, names))
        return None
    return asked


def implied_surface(snapshot: Snapshot, asked: Question) -> str:
    """Say which surface the two are compared on where none was chosen; else empty."""
    if st.session_state.get("surface", ANY) != ANY:
        return ""
    shared = shared_surfaces(snapshot, *asked.providers)
    return surface_sentence(shared[0], shared)


def name_pair(snapshot: Snapshot, asked: Question) -> dict[str, str]:
    """Map the slugs of the two providers to their names, in the order asked."""
    names = dict(snapshot.table("providers").select("provider", "name").iter_rows())
    return {who: names.get(who) or who for who in asked.providers}


def pair_params(asked: Question) -> dict[str, str]:
    """Return the two providers and the surface as parameters of a link to this page."""
    one, other = asked.providers
    return {"a": one, "b": other, **({"surface": asked.surface} if asked.surface else {})}


SAME = "Choose two different providers."


ALONE = (
    "A comparison takes two providers, and data of fewer than two are collected. To collect "
    "others: `statusledger collect` with their slugs."
)
