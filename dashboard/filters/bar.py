"""The bar above every page: widgets bound to the address, which holds the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from analytics import Snapshot
from analytics.directory import covered_providers, surfaces
from analytics.question import CLASSES, MINIMA, RELIABILITY, UTC_ZONE
from analytics.read_models.first_question import TRIED, first_question
from analytics.rules import CUSTOM, HEADLINE, RULES
from dashboard.filters.asked_question import (
    ANY,
    DAYS,
    DEFAULT_WINDOW,
    OWN,
    PARAMS,
    WEIGHTS,
    WINDOWS,
)
from dashboard.filters.bar_check import FIRST_DAY, last_day, warn_of_bar
from dashboard.filters.link_check import remember_link
from dashboard.filters.opponents import draw_opponents, swap_opponents
from dashboard.filters.pickers import (
    keep_several,
    pick_provider,
    pick_several,
    provider_finder,
    provider_namer,
)
from dashboard.filters.question_text import (
    IDLE,
    OVERVIEW,
    PROFILE,
    VERSUS,
    question_line,
)
from dashboard.filters.regions import draw_region, offered_regions
from dashboard.filters.saved import offer_saved_questions
from dashboard.style import ASKED, CHANGE
from ingest.models import zone_names

SHOWN = 8
#: Widgets beside each other; a phone stacks them.
ACROSS = 3
RULE_HELP = (
    "What counts as down. incident_io: partial and major outages in full. statuspage: a partial "
    "outage counts 30 %. major_only: major outages only. strict: degraded too. incident_open: "
    "while any post that names the component is open. custom: your own weight for each state."
)
#: Offered first; every other IANA zone follows.
NEAR = (
    UTC_ZONE,
    "America/Los_Angeles",
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
)
ZONES = tuple(dict.fromkeys((*NEAR, *sorted(zone_names()))))


def filter_bar(snapshot: Snapshot, page: str) -> None:
    """Draw the question in words, and in a fold the widgets that change it.

    The address holds their state, so a link restores it. Providers are shown by name. Other
    options are shown by the words commands use, since a bound widget writes into the address what
    it shows.

    Args:
        snapshot: Where the options come from.
        page: Address of the page.
    """
    known, usual = covered_providers(snapshot), usual_providers(snapshot)
    if remember_link():
        _imply(snapshot)
        if page == OVERVIEW:
            _suggest(snapshot, usual)
    with st.container(horizontal=True, vertical_alignment="center", key=ASKED):
        picked, said = st.container(width="content"), st.container(width="content")
        # No popover: what is bound in one that is closed leaves the address on the way to a page.
        with st.expander("Change", key=CHANGE):
            _widgets(snapshot, known, usual, page)
        if page == VERSUS and len(known) > 1:
            st.button("Swap", on_click=swap_opponents, help="Exchange A and B.")
        offer_saved_questions(snapshot)
    if page == PROFILE:
        with picked:
            pick_provider(snapshot, _providers(known))
    said.markdown(question_line(snapshot, page), width="content")
    if hidden := list_hidden_filters(st.session_state.to_dict(), page):
        st.caption(f"Set under Change: {'; '.join(hidden)}.")
    warn_of_bar(snapshot, page)


def keep_filters(*keys: str) -> None:
    """Keep what was chosen while a page that does not draw these widgets is looked at."""
    for key in keys or PARAMS:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def _widgets(snapshot: Snapshot, known: Sequence[str], usual: Sequence[str], page: str) -> None:
    """Draw the widgets that act on the page, and keep the choices of the others.

    Args:
        snapshot: Where the options come from.
        known: Providers that can be chosen.
        usual: Providers that are chosen until others are.
        page: Address of the page.
    """
    idle, find = IDLE.get(page, ()), provider_finder(snapshot)
    _keep_idle(snapshot, idle)
    if "p" in idle:
        keep_several("p", known, usual, find)
        one, other, window = st.columns(3)
        draw_opponents(snapshot, _providers(known), one, other)
    else:
        whom, window = st.columns([2, 1])
        with whom:
            pick_several(
                "Providers" if page != PROFILE else "Peers",
                "p",
                known,
                usual,
                provider_namer(snapshot),
                "Providers with collected data. None chosen: all of them.",
                find,
            )
    with window:
        st.segmented_control(
            "Window",
            list(WINDOWS),
            default=DEFAULT_WINDOW,
            required=True,
            key="win",
            bind="query-params",
            help="Ends with the newest data.",
        )
    if st.session_state.get("win") == OWN:
        _days(snapshot)
    drawn = {
        "surface": lambda: _surface(snapshot),
        "rule": _rule,
        "minimum": _minimum,
        "classes": _classes,
        "zone": _zone,
    }
    surface = st.session_state.get("surface") or st.query_params.get("surface")
    if regions := offered_regions(_providers(known), surface):
        drawn["region"] = lambda: draw_region(regions)
    acting = [draw for key, draw in drawn.items() if key not in idle]
    for first in range(0, len(acting), ACROSS):
        for column, draw in zip(st.columns(ACROSS), acting[first:], strict=False):
            with column:
                draw()
    if "rule" not in idle and st.session_state.get("rule") == CUSTOM:
        _weights()


def _providers(known: Sequence[str]) -> list[str]:
    return list(st.session_state["p"]) or list(known)


def _keep_idle(snapshot: Snapshot, idle: Sequence[str]) -> None:
    """Keep choices that the page does not draw; a link may bring the first of them."""
    options: Mapping[str, Sequence[str]] = {"surface": surfaces(snapshot), "rule": RULES}
    for key, offered in options.items():
        asked = st.query_params.get(key)
        if key in idle and key not in st.session_state and asked in offered:
            st.session_state[key] = asked
    if idle:
        keep_filters(*idle)


def _surface(snapshot: Snapshot) -> None:
    st.selectbox(
        "Surface",
        [ANY, *surfaces(snapshot)],
        key="surface",
        bind="query-params",
        help="What a user touches: API, chat, console. Any: the one most providers share.",
    )


def _rule() -> None:
    st.selectbox(
        "Rule",
        RULES,
        index=RULES.index(HEADLINE),
        key="rule",
        bind="query-params",
        help=RULE_HELP,
    )


def usual_providers(snapshot: Snapshot) -> list[str]:
    """List the providers shown until others are chosen: the starters that are collected."""
    known = covered_providers(snapshot)
    starters = set(snapshot.table("providers").filter("starter")["provider"])
    mine = [one for one in known if one in starters][:SHOWN]
    return mine if len(mine) > 1 else known[:SHOWN]


def _suggest(snapshot: Snapshot, usual: Sequence[str]) -> None:
    """Open the Overview where most can be compared, as far as a link leaves that open."""
    asked, finder = st.query_params, provider_finder(snapshot)
    if not usual or any(key in asked for key in ("since", "until")):
        return
    known = covered_providers(snapshot)
    whom = [one for one in map(finder, asked.get_all("p")) if one in known] or usual
    window, surface = WINDOWS.get(asked.get("win", "")), asked.get("surface")
    if "win" in asked and (window is None or "surface" in asked):
        return
    if surface is not None and surface not in surfaces(snapshot):
        return
    found = first_question(snapshot, whom, (window,) if window else TRIED, surface)
    if found is not None:
        st.session_state["win"] = f"{found.days}d"
        st.session_state["surface"] = found.surface


def list_hidden_filters(state: Mapping[str, Any], page: str = OVERVIEW) -> list[str]:
    """List in words the filters set out of sight: a filter that nobody sees misleads.

    Args:
        state: What the widgets hold.
        page: Address of the page; what does not act on it is left out.
    """
    drawn = "classes" not in IDLE.get(page, ())
    minimum, zone = state.get("minimum", ANY), state.get("zone") or UTC_ZONE
    classes = tuple(state.get("classes") or RELIABILITY)
    return [
        words
        for words, is_set in (
            (f"only posts that reached {minimum} or worse", minimum != ANY),
            (
                f"classes {', '.join(classes)}",
                drawn and set(classes) != set(RELIABILITY),
            ),
            (f"days of {zone}", zone != UTC_ZONE),
        )
        if is_set
    ]


def _imply(snapshot: Snapshot) -> None:
    """Choose the window or rule that days or weights in a link belong to.

    Days in a link ask for a window of its own and weights for a rule of its own, if no other
    is named. Without a first day the window has the usual length.
    """
    asked = st.query_params
    since, until = (_stated(asked.get(key), snapshot) for key in ("since", "until"))
    if (since or until) and asked.get("win") not in WINDOWS:
        st.session_state["win"] = OWN
    if until and "since" not in asked:
        st.session_state["since"] = until - timedelta(days=WINDOWS[DEFAULT_WINDOW] or 0)
    if any(state in asked for state in WEIGHTS) and asked.get("rule") not in RULES:
        st.session_state["rule"] = CUSTOM


def _stated(text: str | None, snapshot: Snapshot) -> date | None:
    """Read a day of a link, if it can be shown."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= last_day(snapshot) else None


def _weights() -> None:
    for column, (state, weight) in zip(st.columns(3), WEIGHTS.items(), strict=False):
        with column:
            st.number_input(
                f"Weight of {state}",
                min_value=0.0,
                max_value=1.0,
                value=weight,
                step=0.1,
                key=state,
                bind="query-params",
                help="Share of the time in this state that counts as down, from 0 to 1.",
            )


def _minimum() -> None:
    st.selectbox(
        "Minimum state",
        [ANY, *MINIMA],
        key="minimum",
        bind="query-params",
        help="Count only posts that brought a component of the surface into this state or worse: "
        "by their updates, else by the posted impact. Posts that state neither are left out.",
    )


def _classes() -> None:
    st.multiselect(
        "Classes of posts",
        CLASSES,
        default=list(RELIABILITY),
        key="classes",
        bind="query-params",
        help="Notices and maintenances are left out unless chosen. If maintenance is chosen, time "
        "under maintenance counts as down. None chosen: the default.",
    )


def _zone() -> None:
    st.selectbox(
        "Time zone of days",
        ZONES,
        key="zone",
        bind="query-params",
        help="Where a day and a month begin. Times of day are shown in UTC.",
    )


def _days(snapshot: Snapshot) -> None:
    last = last_day(snapshot)
    whole = timedelta(days=WINDOWS[DEFAULT_WINDOW] or 0)
    starts = {"since": last - timedelta(days=1) - whole, "until": last}
    for column, (key, label) in zip(st.columns(2), DAYS.items(), strict=False):
        with column:
            st.date_input(
                label,
                starts[key],
                min_value=FIRST_DAY,
                max_value=last,
                key=key,
                bind="query-params",
            )
