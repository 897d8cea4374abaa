"""The two pickers of the page Head-to-head, and the question they make."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics import Question, Snapshot
from analytics.directory import covered_providers, listing, shared_surfaces, surfaces_of
from analytics.scope import OTHER
from analytics.wording.head_to_head import (
    NO_SURFACE,
    no_shared_surface_sentence,
    not_collected_sentence,
    surface_sentence,
)
from dashboard.filters.link_check import say_unlisted, warn_unmet
from dashboard.filters.pickers import pick_one, provider_finder, provider_namer
from dashboard.shown_text import escape_markdown


def pick_opponents(snapshot: Snapshot, asked: Question) -> Question | None:
    """Draw the pickers and return the question about two providers on one surface.

    None, with the reason on the page, where the two cannot be compared. Until others are chosen,
    the two are the first of the bar's providers. Without a surface in the bar it is the first that
    both have.
    """
    covered = covered_providers(snapshot)
    if len(covered) < 2:
        st.info(ALONE)
        return None
    listed = [one for one in snapshot.table("providers")["provider"] if one not in covered]
    first, second = [*dict.fromkeys([*asked.providers, *covered])][:2]
    left, right = st.columns(2)
    with left:
        one = _picker(snapshot, "A", "a", [*covered, *listed], first)
    with right:
        other = _picker(snapshot, "B", "b", [*covered, *listed], second)
    return _question(snapshot, replace(asked, providers=(one, other)))


def _picker(snapshot: Snapshot, label: str, key: str, options: list[str], default: str) -> str:
    named, read = provider_namer(snapshot), provider_finder(snapshot)
    explained = "Until you choose: from the providers above."
    picked = pick_one(label, key, options, default, named, explained, read)
    warn_unmet(key, "provider", [picked], say_unlisted, name=named, read=read)
    return picked


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
        st.markdown(surface_sentence(shared[0], shared))
        return replace(asked, surface=shared[0])
    if asked.surface is None or any(asked.surface not in found for found in mine.values()):
        st.info(no_shared_surface_sentence(asked.surface, mine, names))
        return None
    return asked


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
