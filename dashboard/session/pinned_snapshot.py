"""The snapshot that one run of a page reads, and what every page says about it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import NoReturn

import streamlit as st

from analytics import NoSnapshotError, Snapshot
from analytics.directory import provider_names
from analytics.downtime.regions import in_region
from analytics.evidence.freshness import Freshness, freshness
from analytics.question import QuestionError
from analytics.snapshot import open_current, open_file, resolve
from analytics.wording.grammar import AS_POSTED
from dashboard.session.health_text import TO_BEGIN, banner_text, stale_sentence
from dashboard.shown_text import escape_markdown
from dashboard.style import FRESHNESS, SIMULATED
from ingest.models import time_zone, zone_names

PINNED = "_snapshot"
#: Parameter of an address that names a region.
REGION = "region"
#: Zones in which clocks show UTC.
UTC_NAMES = ("Etc/UTC", "UTC", "Etc/GMT", "GMT")
#: The snapshot with every region, and the region that was chosen, for the whole session.
WHOLE, REGION_CHOSEN = "_whole_snapshot", "_region_chosen"
#: Address of the page of definitions, seen from any other.
METHODOLOGY_PATH = "methodology"
#: Parameter of an address that names the section to open there.
SECTION_PARAM = "section"


def pin_snapshot() -> Snapshot | None:
    """Open the current snapshot for this run of the page; without one, say what to do."""
    place = Path(os.environ.get("STATUSLEDGER_DATA", "data"))
    try:
        snapshot = open_current(place, lambda path: keep_open(str(path)))
    except NoSnapshotError as error:
        _say_why(place, str(error))
        return None
    st.session_state[WHOLE] = snapshot
    st.session_state[PINNED] = _in_region(snapshot)
    return current_snapshot()


def _say_why(place: Path, error: str) -> None:
    """Say that nothing was collected yet, or why the snapshot cannot be read."""
    try:
        resolve(place)
    except NoSnapshotError:
        st.title("Nothing collected yet", anchor=False)
        st.info(
            f"There is no snapshot in `{place}`: {TO_BEGIN}. The first pages appear a few seconds "
            "after collecting has begun. This page looks again every few seconds."
        )
        _look_again()
    else:
        st.title("The snapshot cannot be read", anchor=False)
        st.info(f"{error}.")


def _in_region(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot of the region asked about, if one is; say which, or why not.

    The address names it; a page opened without one is about the region chosen before.
    """
    region = st.query_params.get(REGION) or st.session_state.get(REGION_CHOSEN)
    if region is None:
        return snapshot
    try:
        narrowed = in_region(snapshot, region)
    except QuestionError as error:
        st.session_state.pop(REGION_CHOSEN, None)
        st.warning(escape_markdown(f"{error}. All regions are shown."))
        return snapshot
    st.session_state[REGION_CHOSEN] = region
    if REGION not in st.query_params:
        st.query_params[REGION] = region
    st.info(
        f"Region {escape_markdown(region)} only, with what is of no region. "
        "Under Change you choose another, or the mean over regions."
    )
    return narrowed


@st.fragment(run_every="5s")
def _look_again() -> None:
    place = Path(os.environ.get("STATUSLEDGER_DATA", "data"))
    try:
        resolve(place)
    except NoSnapshotError:
        return
    st.rerun()


# Files are never rewritten, so a path names its content for good. One forgotten here is
# closed once no session looks at it any more.
@st.cache_resource(max_entries=3, show_spinner="Opening the snapshot…")
def keep_open(path: str) -> Snapshot:
    """Open a snapshot file once for all sessions; with it they share its answers."""
    return open_file(Path(path))


def current_snapshot() -> Snapshot:
    """Return the snapshot pinned for this run of the page."""
    pinned: Snapshot = st.session_state[PINNED]
    return pinned


def whole_snapshot() -> Snapshot:
    """Return the snapshot pinned for this run, with the components of every region."""
    whole: Snapshot = st.session_state[WHOLE]
    return whole


def show_banner(pinned: Snapshot) -> None:
    """Show on every page whether the data is invented, and how old it is."""
    if pinned.simulated:
        st.container(key=SIMULATED).warning(
            "**Simulated data.** Every provider, incident and number here is invented.",
            icon=":material/science:",
        )
    state = current_freshness()
    names = {slug: escape_markdown(name) for slug, name in provider_names(pinned).items()}
    st.container(key=FRESHNESS).caption(banner_text(state, names), help=stale_sentence(state))


def reader_clock() -> datetime:
    """Return the moment staleness is judged at: the reader's, not the publisher's."""
    return datetime.now(UTC)


def reader_zone() -> tzinfo | None:
    """Return the zone of the reader's browser; None where it is not known, or UTC."""
    name = st.context.timezone
    if name is None or name not in zone_names() or name in UTC_NAMES:
        return None
    return time_zone(name)


def current_freshness() -> Freshness:
    """Return how old the pinned data is now."""
    return freshness(current_snapshot(), reader_clock())


def definition_link(section: str) -> str:
    """Link, in Markdown, to the section of the methodology that defines something."""
    return f"[{section}]({section_address(section)})"


def section_address(section: str) -> str:
    """Return the address of a section of the methodology, opened, seen from any page.

    >>> section_address("Availability rules")
    'methodology?section=availability-rules#availability-rules'
    """
    anchor = section_anchor(section)
    return f"{METHODOLOGY_PATH}?{SECTION_PARAM}={anchor}#{anchor}"


def section_anchor(section: str) -> str:
    """Return the part after # in the address of a section.

    >>> section_anchor("Availability rules")
    'availability-rules'
    """
    return section.lower().replace(" ", "-")


def stop_page() -> NoReturn:
    """End a page that has nothing more to show; its footer still says how to cite it."""
    show_footer(current_snapshot())
    st.stop()


def show_footer(pinned: Snapshot) -> None:
    """Show on every page which snapshot and method the numbers come from."""
    st.caption(
        f"Snapshot {pinned.digest[:12]} · method version {pinned.method_version} · "
        f"all times UTC · [what every number means]({METHODOLOGY_PATH}) · {AS_POSTED}"
    )
