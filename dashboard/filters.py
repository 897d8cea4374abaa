"""The bar above every page: widgets bound to the address, and the question they ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st

from analytics import Question, Snapshot
from analytics.overview import covered_providers, surfaces
from analytics.question import CLASSES, MINIMA, RELIABILITY, UTC_ZONE
from analytics.rules import CUSTOM, HEADLINE, RULES
from dashboard import heard, pickers

#: The window whose days are given.
OWN = "custom"
WINDOWS = {"30d": 30, "90d": 90, "365d": 365, "all": None, OWN: None}
DEFAULT_WINDOW = "90d"
DAYS = {"since": "From", "until": "Up to, not including"}
#: Before any status page.
FIRST_DAY = date(2000, 1, 1)
SHOWN = 5
ANY = "any"
RULE_HELP = (
    "What counts as down. incident_io: partial and major outages in full. statuspage: a partial "
    "outage at 0.3. strict: degraded too. incident_open: while any post that names the "
    "component is open. custom: as you weigh each state."
)
#: What each state weighs under the rule of one's own until that is changed: the headline's.
WEIGHTS = {"degraded": 0.0, "partial": 1.0, "major": 1.0}
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
ZONES = tuple(dict.fromkeys((*NEAR, *sorted(available_timezones()))))
#: Keys of all widgets of the bar, as they stand in an address.
PARAMS = (
    *("p", "win", "since", "until", "surface"),
    *("rule", *WEIGHTS, "minimum", "classes", "zone"),
)


def bar(snapshot: Snapshot) -> None:
    """Draw the widgets; their state is in the address, so a link restores it.

    Providers are shown by name. Other options are shown by the words commands use, for a bound
    widget writes into the address what it shows.
    """
    if heard.listen():
        _imply(snapshot)
    known = covered_providers(snapshot)
    pickers.several(
        "Providers",
        "p",
        known,
        known[:SHOWN],
        pickers.namer(snapshot),
        "Those with anything collected. None chosen: all of them.",
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
    if st.session_state.get("win") == OWN:
        _days(snapshot)
    if st.session_state.get("rule") == CUSTOM:
        _weights()
    if hidden := set_under_more(st.session_state.to_dict()):
        st.caption(f"Set under More: {'; '.join(hidden)}.")
    _unmet(snapshot, known)


def set_under_more(state: Mapping[str, Any]) -> list[str]:
    """What is asked for out of sight, in words: a filter that nobody sees misleads."""
    minimum, zone = state.get("minimum", ANY), state.get("zone") or UTC_ZONE
    classes = tuple(state.get("classes") or RELIABILITY)
    return [
        told
        for told, is_set in (
            (f"only posts that reached {minimum} or worse", minimum != ANY),
            (f"classes {', '.join(classes)}", set(classes) != set(RELIABILITY)),
            (f"days of {zone}", zone != UTC_ZONE),
        )
        if is_set
    ]


def _imply(snapshot: Snapshot) -> None:
    """Days in a link ask for a window of its own and weights for a rule of its own, if no other
    is named. Without a first day it is the usual window.
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
    """A day of a link that can be shown."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= _last(snapshot) else None


def _last(snapshot: Snapshot) -> date:
    """The day after the newest data, where a window ends at the latest."""
    return snapshot.as_of.date() + timedelta(days=1)


def _unmet(snapshot: Snapshot, known: Sequence[str]) -> None:
    """Say what the link asked of the bar that the bar does not show."""
    state, named = st.session_state, pickers.namer(snapshot)
    registered = set(snapshot.table("providers")["provider"])

    def uncollected(slug: str) -> str:
        return "of which nothing is collected" if slug in registered else heard.unlisted(slug)

    some = list(state["p"])
    heard.told("p", "provider", some, uncollected, name=named, instead=[] if some else ["all"])
    for key, what, why in (
        ("win", "window", heard.unknown),
        ("surface", "surface", lambda _: "which no provider here has"),
        ("rule", "rule", heard.unknown),
        ("minimum", "minimum state", heard.unknown),
        ("zone", "time zone", heard.unknown),
    ):
        heard.told(key, what, [state[key]], why)
    classes = list(state["classes"]) or list(RELIABILITY)
    heard.told("classes", "class", classes, heard.unknown)
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
        heard.told(key, key, shown, _always(why))


def _unmet_weights() -> None:
    rule = st.session_state["rule"]
    for state in WEIGHTS:
        if rule == CUSTOM:
            shown, why = [f"{st.session_state[state]:g}"], "which is no number from 0 to 1"
        else:
            shown, why = [rule], f"which goes with rule {CUSTOM}"
        heard.told(state, f"weight of {state}", shown, _always(why), read=_number)


def _always(why: str) -> Callable[[str], str]:
    return lambda _: why


def _number(text: str) -> str:
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


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
        help="Count only posts that brought a component of the surface into this state or worse, "
        "by their updates, else by the posted impact. Posts that say neither are left out.",
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
    last = _last(snapshot)
    whole = timedelta(days=WINDOWS[DEFAULT_WINDOW] or 0)
    starts = {"since": last - timedelta(days=1) - whole, "until": last}
    for column, (key, label) in zip(st.columns([2, 2, 7]), DAYS.items(), strict=False):
        with column:
            st.date_input(
                label,
                starts[key],
                min_value=FIRST_DAY,
                max_value=last,
                key=key,
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
    if chosen == OWN:
        return replace(asked, since=_day(state.get("since")), until=_day(state.get("until")))
    if chosen == "all":
        return replace(asked, since=_first_day(snapshot, asked))
    days = WINDOWS.get(chosen)
    if days is None or chosen == DEFAULT_WINDOW:
        return asked
    return replace(asked, since=(snapshot.as_of - timedelta(days=days)).date())


def address(**changed: str) -> dict[str, list[str]]:
    """The bar's present parameters for a link to another page, some of them ``changed``.

    Days go with the window that is theirs.
    """
    params = (key for key in PARAMS if not ("win" in changed and key in DAYS))
    kept = {key: st.query_params.get_all(key) for key in params if key in st.query_params}
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
