"""Tell what a link asked of the bar that the bar does not show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

from analytics import Snapshot
from analytics.question import RELIABILITY
from analytics.rules import CUSTOM
from dashboard.filters.asked_question import ANY, DAYS, OWN, WEIGHTS, _day
from dashboard.filters.link_check import say_unknown, say_unlisted, warn_unmet
from dashboard.filters.pickers import provider_finder, provider_namer
from dashboard.filters.question_text import IDLE

#: Before any status page.
FIRST_DAY = date(2000, 1, 1)


def last_day(snapshot: Snapshot) -> date:
    """Return the day after the newest data, where a window ends at the latest."""
    return snapshot.as_of.date() + timedelta(days=1)


def warn_of_bar(snapshot: Snapshot, page: str) -> None:
    """Warn of what the link asked of the bar in vain; ``page``: address of the page."""
    state, named = st.session_state, provider_namer(snapshot)
    registered, idle = set(snapshot.table("providers")["provider"]), IDLE.get(page, ())

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
        if key not in idle:
            warn_unmet(key, what, [state.get(key, ANY)], why)
    if "classes" not in idle:
        classes = list(state["classes"]) or list(RELIABILITY)
        warn_unmet("classes", "class", classes, say_unknown)
    _unmet_days(snapshot)
    if "rule" not in idle:
        _unmet_weights()


def _unmet_days(snapshot: Snapshot) -> None:
    window = st.session_state["win"]
    for key in DAYS:
        if window == OWN:
            shown = [str(_day(st.session_state[key]))]
            why = f"which is no day from {FIRST_DAY} to {last_day(snapshot)}"
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
