"""The pickers of the page Portfolio: whom to use, and whom to turn to in which order."""

from __future__ import annotations

import streamlit as st

from analytics import Snapshot
from analytics.portfolio.outages import usual_order
from analytics.portfolio.pool import Pool
from dashboard.filters.link_check import warn_unmet
from dashboard.filters.pickers import pick_one, pick_several, provider_finder, provider_namer

#: Parameters of the address.
PRIMARY, FALLBACK = "primary", "fallback"


def pick_order(snapshot: Snapshot, pool: Pool) -> tuple[str, ...]:
    """Let the reader pick a primary and its fallbacks; return them in order.

    Until others are picked: the first provider asked about, and who was down with it least.
    """
    named, find = provider_namer(snapshot), provider_finder(snapshot)
    members = [one.provider for one in pool.members]
    first, then = usual_order(pool)
    left, right = st.columns([1, 2])
    with left:
        primary = pick_one("Primary", PRIMARY, members, first, named, "Whom you use.", find)
    explained = "Whom to turn to, in the order picked; the primary counts once."
    with right:
        fallbacks = pick_several("Fallbacks", FALLBACK, members, [then], named, explained, find)
    for key, picked in ((PRIMARY, [primary]), (FALLBACK, fallbacks)):
        warn_unmet(key, "provider", picked, _say_absent, name=named, read=find)
    return primary, *(one for one in fallbacks if one != primary)


def _say_absent(_: str) -> str:
    """Say why a provider is not among those to pick from."""
    return "which takes no part here"
