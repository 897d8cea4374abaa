"""The question that the address and the widgets ask, and links that ask it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

import streamlit as st

from analytics import Question, Snapshot
from analytics.directory import covered_providers
from analytics.question import RELIABILITY, UTC_ZONE
from analytics.rules import CUSTOM, HEADLINE
from analytics.verdict.remedy import Remedy
from dashboard.session.pinned_snapshot import REGION
from ingest.models import time_zone

#: The window whose days are given.
OWN = "custom"


WINDOWS = {"30d": 30, "90d": 90, "180d": 180, "365d": 365, "all": None, OWN: None}


DEFAULT_WINDOW = "90d"


DAYS = {"since": "From", "until": "Up to, not including"}


ANY = "any"


#: What each state weighs under the rule of one's own until that is changed: the headline's.
WEIGHTS = {"degraded": 0.0, "partial": 1.0, "major": 1.0}


#: Keys of all widgets of the bar, as they stand in an address.
PARAMS = (
    *("p", "win", "since", "until", "surface"),
    *("rule", *WEIGHTS, "minimum", "classes", "zone"),
)


def read_question(snapshot: Snapshot) -> Question:
    """Read the question from the filter bar.

    Raises:
        QuestionError: The days are in the wrong order.
    """
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


def link_params(**changed: str) -> dict[str, list[str]]:
    """Return the bar's parameters for a link to another page, some ``changed``.

    Days go only with the window they belong to.
    """
    params = (key for key in (*PARAMS, REGION) if not ("win" in changed and key in DAYS))
    kept = {key: st.query_params.get_all(key) for key in params if key in st.query_params}
    return {**kept, **{key: [value] for key, value in changed.items()}}


def remedy_params(instead: Remedy, **changed: str) -> dict[str, list[str]]:
    """Return the bar's parameters for a link that asks what can be compared."""
    if instead.surface is not None:
        changed["surface"] = instead.surface
    if instead.since is not None:
        changed |= {"win": OWN, "since": instead.since.isoformat()}
    if instead.region is not None:
        changed[REGION] = instead.region
    params = link_params(**changed)
    return {**params, "p": list(instead.providers)} if instead.providers else params


def link_to(path: str, **changed: str) -> str:
    """Write the address of the page at ``path`` with the bar as it is or ``changed``."""
    return f"{path}?{urlencode(link_params(**changed), doseq=True)}"


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
    return min(starts).astimezone(time_zone(asked.zone)).date() if starts else None
