"""Name what a number rests on, and what its interval is about (METHODOLOGY, "One basis")."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from analytics.memo import once
from analytics.question import MONITOR, Question, nothing
from analytics.scope import ALL_SURFACES
from analytics.snapshot import Snapshot, fetched

#: Basis of states for which a whole post stands.
BY_POST = "incident"
#: What numbers rest on: states of components; whole incidents, counted or standing for states;
#: what a page's own monitor measured.
COMPONENT_STATES, WHOLE_INCIDENTS = "component_states", "whole_incidents"
#: What an interval is about: what other days might have brought; what is not known of these.
SAMPLING, UNKNOWN = "sampling", "unknown"
#: Metrics of states begin so; all others count and time whole incidents.
OF_STATES = (
    *("availability", "downtime", "common_downtime", "budget", "burn", "impact", "coverage"),
    *("joint", "upstream", "failover", "second_source", "sla"),
    *("business_downtime", "downtime_cost", "renewal_downtime"),
)
#: Of these, those whose interval says what the unknown time could make of them.
OF_UNKNOWN = ("availability", "downtime", "burn", "sla")


def basis_of(
    snapshot: Snapshot, question: Question, provider: str, surface: str, metric: str
) -> str:
    """Name what a metric of a provider on a surface rests on.

    Args:
        snapshot: Where it comes from.
        question: Classes that count.
        provider: Slug.
        surface: Slug.
        metric: Name of the metric.
    """
    if MONITOR in question.classes and provider in measuring(snapshot):
        return MONITOR
    if not metric.startswith(OF_STATES):
        return WHOLE_INCIDENTS
    return WHOLE_INCIDENTS if (provider, surface) in by_incidents(snapshot) else COMPONENT_STATES


def interval_of(metric: str, low: object, high: object) -> str | None:
    """Name what an interval is about; None without one.

    >>> interval_of("availability", 0.99, 1.0), interval_of("frequency", 0.1, None)
    ('unknown', 'sampling')
    """
    if low is None and high is None:
        return None
    return UNKNOWN if metric.startswith(OF_UNKNOWN) else SAMPLING


@once(nothing)
def by_incidents(snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    """Return provider and surface wherever whole incidents stand for component states."""
    with snapshot.related("component_states") as read:
        states = read["component_states"].filter(nw.col("basis") == BY_POST)
        found = fetched(states.select("provider", "surface").unique())
    pairs = frozenset((provider, surface) for provider, surface in found.iter_rows())
    return pairs | {(provider, ALL_SURFACES) for provider, _ in pairs}


@once(nothing)
def measuring(snapshot: Snapshot) -> frozenset[str]:
    """Return the providers of which a page measures its components by its own monitors."""
    return frozenset(snapshot.table("pages").filter(pl.col("measures"))["provider"])
