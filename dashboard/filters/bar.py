"""The bar above every page: widgets bound to the address, which holds the question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import streamlit as st

from analytics import Question, QuestionError, Snapshot
from analytics.directory import covered_providers, surfaces
from analytics.question import CLASSES, MINIMA, RELIABILITY, UTC_ZONE
from analytics.read_models.first_question import TRIED, first_question
from analytics.rules import CUSTOM, HEADLINE, RULES
from analytics.wording.numbers import format_day
from analytics.wording.question import describe_providers, describe_rule, format_choice
from dashboard.filters.asked_question import (
    ANY,
    DAYS,
    DEFAULT_WINDOW,
    OWN,
    PARAMS,
    WEIGHTS,
    WINDOWS,
    _day,
    read_question,
)
from dashboard.filters.link_check import remember_link, say_unknown, say_unlisted, warn_unmet
from dashboard.filters.pickers import pick_several, provider_finder, provider_namer
from dashboard.filters.saved import offer_saved_questions
from ingest.models import zone_names

#: Before any status page.
FIRST_DAY = date(2000, 1, 1)
SHOWN = 8
#: Address of the first page, and of those that are about every surface.
OVERVIEW, UNSURFACED = "", ("surfaces",)
WINDOW_WORDS = {
    **{name: f"last {days} days" for name, days in WINDOWS.items() if days},
    "all": "all that was collected",
}
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
    with st.container(horizontal=True, vertical_alignment="center"):
        said = st.empty()
        offer_saved_questions(snapshot)
    # No popover: what is bound in one that is closed leaves the address on the way to a page.
    with st.expander("Change"):
        _widgets(snapshot, known, usual, page)
    said.markdown(_question_line(snapshot, page), width="content")
    if hidden := list_hidden_filters(st.session_state.to_dict()):
        st.caption(f"Set under Change: {'; '.join(hidden)}.")
    _unmet(snapshot, known)


def keep_filters(*keys: str) -> None:
    """Keep what was chosen while a page that does not draw these widgets is looked at."""
    for key in keys or PARAMS:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def _question_line(snapshot: Snapshot, page: str) -> str:
    """Say in words what is asked."""
    state = st.session_state
    surface, window, rule = state.get("surface", ANY), state["win"], state["rule"]
    whole = surface == ANY or page in UNSURFACED
    whom = Question(providers=tuple(state["p"] or covered_providers(snapshot)))
    return " · ".join(
        (
            f"**{format_choice(None if whole else surface)}**",
            _window_words(snapshot) if window == OWN else WINDOW_WORDS[window],
            describe_providers(whom),
            "weights of your own (custom)"
            if rule == CUSTOM
            else describe_rule(replace(whom, rule=rule)).replace("_", r"\_"),
        )
    )


def _window_words(snapshot: Snapshot) -> str:
    try:
        start, end = read_question(snapshot).window(snapshot.as_of)
    except QuestionError:
        return "days of your own"
    return f"{format_day(start)} to {format_day(end)}"


def _widgets(snapshot: Snapshot, known: Sequence[str], usual: Sequence[str], page: str) -> None:
    """Draw the widgets that act on the page.

    Args:
        snapshot: Where the options come from.
        known: Providers that can be chosen.
        usual: Providers that are chosen until others are.
        page: Address of the page.
    """
    pick_several(
        "Providers",
        "p",
        known,
        usual,
        provider_namer(snapshot),
        "Providers with collected data. None chosen: all of them.",
        provider_finder(snapshot),
    )
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
    if page in UNSURFACED:
        keep_filters("surface")
    else:
        st.selectbox(
            "Surface",
            [ANY, *surfaces(snapshot)],
            key="surface",
            bind="query-params",
            help="What a user touches: API, chat, console. Any: the one most providers share.",
        )
    st.selectbox(
        "Rule",
        RULES,
        index=RULES.index(HEADLINE),
        key="rule",
        bind="query-params",
        help=RULE_HELP,
    )
    if st.session_state.get("rule") == CUSTOM:
        _weights()
    _more()


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


def list_hidden_filters(state: Mapping[str, Any]) -> list[str]:
    """List in words the filters set out of sight: a filter that nobody sees misleads."""
    minimum, zone = state.get("minimum", ANY), state.get("zone") or UTC_ZONE
    classes = tuple(state.get("classes") or RELIABILITY)
    return [
        words
        for words, is_set in (
            (f"only posts that reached {minimum} or worse", minimum != ANY),
            (f"classes {', '.join(classes)}", set(classes) != set(RELIABILITY)),
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
    return day if FIRST_DAY <= day <= _last(snapshot) else None


def _last(snapshot: Snapshot) -> date:
    """Return the day after the newest data, where a window ends at the latest."""
    return snapshot.as_of.date() + timedelta(days=1)


def _unmet(snapshot: Snapshot, known: Sequence[str]) -> None:
    """Say what the link asked of the bar that the bar does not show."""
    state, named = st.session_state, provider_namer(snapshot)
    registered = set(snapshot.table("providers")["provider"])

    def uncollected(slug: str) -> str:
        return "of which nothing is collected" if slug in registered else say_unlisted(slug)

    some = list(state["p"])
    whom, read = [] if some else ["all"], provider_finder(snapshot)
    warn_unmet("p", "provider", some, uncollected, name=named, read=read, instead=whom)
    for key, what, why in (
        ("win", "window", say_unknown),
        ("surface", "surface", lambda _: "which no provider here has"),
        ("rule", "rule", say_unknown),
        ("minimum", "minimum state", say_unknown),
        ("zone", "time zone", say_unknown),
    ):
        warn_unmet(key, what, [state.get(key, ANY)], why)
    classes = list(state["classes"]) or list(RELIABILITY)
    warn_unmet("classes", "class", classes, say_unknown)
    _unmet_days(snapshot)
    _unmet_weights()


def _unmet_days(snapshot: Snapshot) -> None:
    window = st.session_state["win"]
    for key in DAYS:
        if window == OWN:
            shown = [str(_day(st.session_state[key]))]
            why = f"which is no day from {FIRST_DAY} to {_last(snapshot)}"
        else:
            shown, why = [window], f"which goes with window {OWN}"
        warn_unmet(key, key, shown, _always(why))


def _unmet_weights() -> None:
    rule = st.session_state["rule"]
    for state in WEIGHTS:
        if rule == CUSTOM:
            shown, why = [f"{st.session_state[state]:g}"], "which is no number from 0 to 1"
        else:
            shown, why = [rule], f"which goes with rule {CUSTOM}"
        warn_unmet(state, f"weight of {state}", shown, _always(why), read=_number)


def _always(why: str) -> Callable[[str], str]:
    return lambda _: why


def _number(text: str) -> str:
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


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


def _more() -> None:
    st.selectbox(
        "Minimum state",
        [ANY, *MINIMA],
        key="minimum",
        bind="query-params",
        help="Count only posts that brought a component of the surface into this state or worse: "
        "by their updates, else by the posted impact. Posts that state neither are left out.",
    )
    st.multiselect(
        "Classes of posts",
        CLASSES,
        default=list(RELIABILITY),
        key="classes",
        bind="query-params",
        help="Notices and maintenances are left out unless chosen. If maintenance is chosen, time "
        "under maintenance counts as down. None chosen: the default.",
    )
    st.selectbox(
        "Time zone of days",
        ZONES,
        key="zone",
        bind="query-params",
        help="Where a day and a month begin. Times of day are shown in UTC.",
    )


def _days(snapshot: Snapshot) -> None:
    last = _last(snapshot)
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
