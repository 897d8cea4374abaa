"""List the incidents behind the numbers, with the captures that prove them.

METHODOLOGY, "Sources".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import narwhals as nw
import polars as pl

from analytics.answer import INSTANT, SCOPE, framed
from analytics.downtime.combine import StateSpan, downtime, weighted
from analytics.downtime.observed_states import ObservedStates, observe, open_rows, state_rows
from analytics.downtime.regions import regions_asked
from analytics.downtime.relational import COMPONENT
from analytics.downtime.spans import SPAN
from analytics.incident_selection import from_start, open_during, selected
from analytics.memo import once
from analytics.metrics.durations import timed
from analytics.metrics.frequency import begun
from analytics.question import Question, combine_of, everything
from analytics.rules import INCIDENT_OPEN, weights_of
from analytics.scope import Key, by_scope, epoch, scopes, window_of
from analytics.snapshot import Snapshot
from ingest.models import State

POST = ["page_key", "incident_id"]
Id = tuple[str, str | None]
"""An incident: (page_key, incident_id); without an id, what no incident accounts for."""
States = dict[Key, list[StateSpan]]
"""The states of each component."""
#: Part of an incident in the numbers of one scope.
ROLE: Mapping[str, Any] = {
    **SCOPE,
    "page_key": pl.String,
    # Null for what no incident accounts for.
    "incident_id": pl.String,
    # Weighted seconds its own states take from the surface inside the window.
    "down_s": pl.Float64,
    # Whether it is among the n of frequency and of durations.
    "in_rate": pl.Boolean,
    "in_durations": pl.Boolean,
}
#: Columns of table ``incidents`` that a row repeats.
FACTS: Mapping[str, Any] = {
    "title": pl.String,
    "url": pl.String,
    "class": pl.String,
    "class_basis": pl.String,
    "impact": pl.String,
    "published_at": INSTANT,
    "resolved_at": INSTANT,
    "impact_start_at": INSTANT,
    "impact_start_basis": pl.String,
    "impact_end_at": INSTANT,
    "impact_end_basis": pl.String,
    "duration_quality": pl.String,
    "flags": pl.List(pl.String),
    "update_count": pl.Int32,
    "revision_count": pl.Int32,
}
EVIDENCE: Mapping[str, Any] = {
    **ROLE,
    **FACTS,
    # To as-of while it is open.
    "open_s": pl.Int64,
    "impact_s": pl.Int64,
    # The capture that first showed it.
    "first_at": INSTANT,
    "first_url": pl.String,
    "first_sha256": pl.String,
    # The capture that showed its newest version.
    "last_at": INSTANT,
    "last_url": pl.String,
    "last_sha256": pl.String,
}


@once(everything)
def evidence(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """List the incidents that the numbers of a question rest on, newest first.

    An incident is here if its impact began in the window, if it was open during it, or if it
    took the surface down in it.

    Returns:
        Columns of ``EVIDENCE``.
    """
    rows = list(_roles(snapshot, question))
    so_far = pl.lit(epoch(snapshot.as_of)) - pl.col("published_s")
    ongoing = pl.col("duration_quality") == "open"
    facts = (
        from_start(nw.from_native(snapshot.table("incidents")))
        .to_native()
        .select(
            *POST,
            *FACTS,
            pl.when(ongoing).then(so_far).otherwise("open_seconds").alias("open_s"),
            pl.col("impact_seconds").alias("impact_s"),
        )
    )
    return (
        framed(rows, ROLE)
        .join(facts, on=POST, how="left")
        .join(_captures(snapshot), on=POST, how="left")
        .sort(
            ["provider", "surface", "published_at", *POST],
            descending=[False, False, True, False, False],
            nulls_last=True,
        )
    )


def longest(found: pl.DataFrame, column: str) -> tuple[dict[str, Any] | None, int]:
    """Return the row of ``evidence`` with the most of ``column``, and among how many.

    Only incidents of which the median of that duration is one, too: without impact there is
    none to last. None of 0 where no incident has such a length.
    """
    has = pl.col(column) > 0 if column == "impact_s" else pl.col(column).is_not_null()
    known = found.filter(pl.col("in_durations") & has)
    first = known.sort([column, *POST], descending=[True, False, False]).head(1).to_dicts()
    return (first[0] if first else None), known.height


def _roles(snapshot: Snapshot, question: Question) -> Iterator[dict[str, Any]]:
    """Tell the part of each incident in the numbers of each scope."""
    states, began = _states_by_incident(snapshot, question), begun(snapshot, question)
    counted, measured = by_scope(began, *POST), by_scope(timed(began), *POST)
    lasting_then = open_during(selected(snapshot, question), window_of(snapshot, question))
    opened = by_scope(lasting_then, *POST)
    regions = regions_asked(snapshot, question)
    for scope, seen in zip(scopes(snapshot, question), observe(snapshot, question), strict=True):
        of = scope.provider, scope.surface
        rated, lasting = _ids(counted.get(of)), _ids(measured.get(of))
        down = _down(question, seen, states.get(of, {}), regions)
        during = _ids(opened.get(of))
        hit = {its for its, seconds in down.items() if seconds}
        for page_key, incident_id in rated | lasting | during | hit:
            its = (page_key, incident_id)
            yield {
                "provider": scope.provider,
                "surface": scope.surface,
                "page_key": page_key,
                "incident_id": incident_id,
                "down_s": down.get(its, 0.0),
                "in_rate": its in rated,
                "in_durations": its in lasting,
            }


def _ids(lists: Sequence[list[str]] | None) -> set[Id]:
    return set(zip(*lists, strict=True)) if lists else set()


def _down(
    question: Question,
    seen: ObservedStates,
    by_incident: Mapping[Id, States],
    regions: Mapping[Key, str],
) -> dict[Id, float]:
    """Weigh the seconds that the states of each incident take from the scope."""
    weights = (
        weights_of("strict", None)
        if question.rule == INCIDENT_OPEN
        else weights_of(question.rule, question.weights)
    )
    found = {}
    for its, states in by_incident.items():
        down = weighted(
            {key: spans for key, spans in states.items() if key in seen.observed},
            weights,
            question.classes,
        )
        if any(down.values()):
            found[its] = downtime(down, seen.observed, combine_of(question), regions).down_s
    return found


def _states_by_incident(
    snapshot: Snapshot, question: Question
) -> Mapping[tuple[str, str], Mapping[Id, States]]:
    """Return the states that each incident set, scope by scope."""
    if question.rule == INCIDENT_OPEN:
        told = open_rows(snapshot, question).with_columns(
            pl.lit(str(State.MAJOR)).alias("state"), pl.lit(None, pl.String).alias("class")
        )
    else:
        told = state_rows(snapshot, question)
    found: dict[tuple[str, str], dict[Id, States]] = {}
    columns = (*COMPONENT, *SPAN, "state", "class", "incident_id")
    for row in told.select(columns).iter_rows():
        provider, surface, page, component, start, end, state, its, incident_id = row
        states = found.setdefault((provider, surface), {}).setdefault((page, incident_id), {})
        states.setdefault((page, component), []).append((start, end, State(state), its))
    return found


def _captures(snapshot: Snapshot) -> pl.DataFrame:
    """Return the captures that first showed each incident, and its newest version."""
    versions = snapshot.table("versions").sort("known_from", "update_id", nulls_last=False)
    of_post = versions.filter(pl.col("update_id").is_null())
    first = of_post.group_by(POST, maintain_order=True).agg(
        pl.col("known_from").first().alias("first_at"),
        pl.col("url").first().alias("first_url"),
        pl.col("sha256").first().alias("first_sha256"),
    )
    last = versions.group_by(POST, maintain_order=True).agg(
        pl.col("known_from").last().alias("last_at"),
        pl.col("url").last().alias("last_url"),
        pl.col("sha256").last().alias("last_sha256"),
    )
    return first.join(last, on=POST, how="full", coalesce=True)
