"""Picker of a region, drawn only where components of the surface asked about lie in some."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from analytics.downtime.regions import regions_of
from dashboard.filters.asked_question import ANY
from dashboard.session.pinned_snapshot import REGION, REGION_CHOSEN, whole_snapshot

ANYWHERE = "the mean over regions"
PICKER = "_region_picker"


def offered_regions(providers: Collection[str], surface: str | None) -> list[str]:
    """List the regions in which any of the providers has components of the surface.

    The one that is chosen is always among them. Empty where there is none to choose.

    Args:
        providers: Slugs of those asked about.
        surface: The surface asked about; None or ``ANY``: any.
    """
    known = {
        region
        for (who, what), regions in regions_of(whole_snapshot()).items()
        if who in providers and surface in (None, ANY, what)
        for region in regions
    }
    return sorted({*known, *filter(None, [st.session_state.get(REGION_CHOSEN)])})


def draw_region(regions: Sequence[str]) -> None:
    """Let the reader pick one of ``regions``; the next run of the page is about it."""
    st.session_state[PICKER] = st.session_state.get(REGION_CHOSEN, ANYWHERE)
    st.selectbox(
        "Region",
        [ANYWHERE, *regions],
        key=PICKER,
        on_change=_choose,
        help="Only components of this region, and those of none. A surface in several regions is "
        "otherwise the mean over them, and is not compared with one of the whole product.",
    )


def _choose() -> None:
    picked = st.session_state[PICKER]
    if picked == ANYWHERE:
        st.session_state.pop(REGION_CHOSEN, None)
        st.query_params.pop(REGION, None)
    else:
        st.session_state[REGION_CHOSEN] = picked
        st.query_params[REGION] = picked
