"""The bar above every page: widgets bound to the address, and the question they ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st

from analytics import Question, Snapshot
from analytics.overview import covered_providers, surfaces
from analytics.question import CLASSES, MINIMA, RELIABILITY, UTC_ZONE
from analytics.rules import CUSTOM, HEADLINE, RULES

WINDOWS = {"30d": 30, "90d": 90, "365d": 365, "all": None, "custom": None}
DEFAULT_WINDOW = "90d"
SHOWN = 5
ANY = "any"
RULE_HELP = (
    "What counts as down. incident_io: partial and major outages in full. statuspage: a partial "
    "outage at 0.3. strict: degraded too. incident_open: while any post that names the "
    "component is open. custom: as you weigh each state."
)
#: What each state weighs under the rule of one's own until that is changed: the headline's.
WEIGHTS = {"degraded": 0.0, "partial": 1.0, "major": 1.0}
#: Offered first; any other IANA zone can be typed.
ZONES = (
    UTC_ZONE,
    "America/Los_Angeles",
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
)
#: Keys of all widgets of the bar, as they stand in an address.
PARAMS = (
    *("p", "win", "since", "until", "surface"),
    *("rule", *WEIGHTS, "minimum", "classes", "zone"),
)


def bar(snapshot: Snapshot) -> None:
    """Draw the widgets; their state is in the address, so a link restores it.

    Options are shown by the names commands use: the address holds what is shown.
    """
    known = covered_providers(snapshot)
    st.multiselect(
        "Providers",
        known,
        default=known[:SHOWN],
        key="p",
        bind="query-params",
        wrap=True,
        help="Those with anything collected. None chosen: all of them.",
    )
    columns = st.columns([7, 4, 4, 2], vertical_alignment="bottom")
    with columns[0]:
        st.segmented_control(
            "Window",
            list(WINDOWS),
            default=DEFAULT_WINDOW,
            required=True,
            key="win",
            bind="query-params",
            help="Ends with the newest data.",
        )
    with columns[1]:
        st.selectbox(
            "Surface",
            [ANY, *surfaces(snapshot)],
            key="surface",
            bind="query-params",
            help="What a user touches: API, chat, console. Any: one row for each.",
        )
    with columns[2]:
        st.selectbox(
            "Rule",
            RULES,
            index=RULES.index(HEADLINE),
            key="rule",
            bind="query-params",
            help=RULE_HELP,
        )
    with columns[3].popover("More", help="Minimum state, classes of posts, time zone"):
        _more()
    if st.session_state.get("win") == "custom":
        _days(snapshot)
    if st.session_state.get("rule") == CUSTOM:
        _weights()


def _weights() -> None:
    for column, (state, weight) in zip(st.columns([2, 2, 2, 5]), WEIGHTS.items(), strict=False):
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


def _more() -> None:
    st.selectbox(
        "Minimum state",
        [ANY, *MINIMA],
        key="minimum",
        bind="query-params",
        help="Count only posts that brought a component of the surface into this state or worse.",
    )
    st.multiselect(
        "Classes of posts",
        CLASSES,
        default=list(RELIABILITY),
        key="classes",
        bind="query-params",
        help="Notices and maintenances are left out unless chosen; time under maintenance, once "
        "chosen, is down. None chosen: the default.",
    )
    st.selectbox(
        "Time zone of days",
        ZONES,
        key="zone",
        bind="query-params",
        help="Where a day and a month begin. Times of day are shown in UTC.",
    )


def _days(snapshot: Snapshot) -> None:
    last = snapshot.as_of.date()
    left, right, _ = st.columns([2, 2, 7])
    with left:
        st.date_input(
            "From",
            last - timedelta(days=WINDOWS[DEFAULT_WINDOW] or 0),
            max_value=last,
            key="since",
            bind="query-params",
        )
    with right:
        st.date_input(
            "Up to, not including",
            last + timedelta(days=1),
            max_value=last + timedelta(days=1),
            key="until",
            bind="query-params",
        )


def question(snapshot: Snapshot) -> Question:
    """What the bar asks. Raises ``BadQuestion`` for days in the wrong order."""
    state = st.session_state
    surface, minimum = state.get("surface", ANY), state.get("minimum", ANY)
    asked = Question(
        providers=tuple(state.get("p") or covered_providers(snapshot)),
        surface=None if surface == ANY else surface,
        rule=(rule := state.get("rule", HEADLINE)),
        weights=_weighed() if rule == CUSTOM else None,
        minimum=None if minimum == ANY else minimum,
        classes=tuple(state.get("classes") or RELIABILITY),
        zone=state.get("zone") or UTC_ZONE,
    )
    chosen = state.get("win", DEFAULT_WINDOW)
    if chosen == "custom":
        return replace(asked, since=_day(state.get("since")), until=_day(state.get("until")))
    if chosen == "all":
        return replace(asked, since=_first_day(snapshot, asked))
    days = WINDOWS.get(chosen)
    if days is None or chosen == DEFAULT_WINDOW:
        return asked
    return replace(asked, since=(snapshot.as_of - timedelta(days=days)).date())


def address(**changed: str) -> dict[str, list[str]]:
    """The bar's present parameters for a link to another page, some of them ``changed``."""
    kept = {k: st.query_params.get_all(k) for k in PARAMS if k in st.query_params}
    return {**kept, **{key: [value] for key, value in changed.items()}}


def link(path: str, **changed: str) -> str:
    """The address of the page at ``path`` with the bar as it is, some of it ``changed``."""
    return f"{path}?{urlencode(address(**changed), doseq=True)}"


def _weighed() -> tuple[float, float, float]:
    degraded, partial, major = (
        float(st.session_state.get(state, weight)) for state, weight in WEIGHTS.items()
    )
    return degraded, partial, major


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _first_day(snapshot: Snapshot, asked: Question) -> date | None:
    starts = [
        start
        for provider, start in snapshot.table("coverage").select("provider", "start_at").iter_rows()
        if provider in asked.providers
    ]
    return min(starts).astimezone(ZoneInfo(asked.zone)).date() if starts else None
