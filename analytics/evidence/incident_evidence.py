"""Every post behind the numbers, with the captures that prove it (METHODOLOGY, "Sources")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw
import polars as pl

from analytics.downtime.combine import StateSpan, downtime, weighted
from analytics.incident_selection import from_start, open_during, posts
from analytics.metrics.availability import (
    ObservedStates,
    combine_of,
    observe,
    open_told,
    states_told,
)
from analytics.metrics.durations import timed
from analytics.metrics.frequency import begun_covered
from analytics.question import Question
from analytics.rules import INCIDENT_OPEN, weights_of
from analytics.scope import Key, Scope, epoch, scopes
from analytics.snapshot import Snapshot
from ingest.models import State

POST = ["page_key", "incident_id"]
Id = tuple[str, str | None]
"""A post: (page_key, incident_id); without an id, what no post accounts for."""
#: Columns of table ``incidents`` that a row repeats.
FACTS = (
    "title",
    "url",
    "class",
    "class_basis",
    "impact",
    "published_at",
    "resolved_at",
    "impact_start_at",
    "impact_start_basis",
    "impact_end_at",
    "impact_end_basis",
    "duration_quality",
    "flags",
    "update_count",
    "revision_count",
)
ROLE: Mapping[str, Any] = {
    "provider": pl.String,
    "surface": pl.String,
    "page_key": pl.String,
    "incident_id": pl.String,
    "down_s": pl.Float64,
    "in_rate": pl.Boolean,
    "in_durations": pl.Boolean,
}


def evidence(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """One row per surface and post that a number of the question rests on, newest first.

    A post is here if its impact began in the window, if it was open during it, or if it took
    the surface down in it. Columns: provider, surface, page_key, incident_id, down_s (weighted
    seconds its own states take from the surface inside the window), in_rate, in_durations
    (whether it is among the n of frequency and of durations), those of ``FACTS``, open_s (to
    as-of while it is open), impact_s, first_at, first_url, first_sha256 (the capture that
    first showed it), last_at, last_url, last_sha256 (the one that showed its newest version).
    What no post accounts for is a row without incident_id.
    """
    rows = [
        row for scope in scopes(snapshot, question) for row in _roles(snapshot, question, scope)
    ]
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
        pl.DataFrame(rows, schema=dict(ROLE), orient="row")
        .join(facts, on=POST, how="left")
        .join(_captures(snapshot), on=POST, how="left")
        .sort(
            ["provider", "surface", "published_at", *POST],
            descending=[False, False, True, False, False],
            nulls_last=True,
        )
    )


def longest(found: pl.DataFrame, column: str) -> tuple[dict[str, Any] | None, int]:
    """Of rows of ``evidence`` in the durations, that with the most of ``column``, and of how many.

    Those of which the median of that duration is one, too: without impact there is none to last.
    None of 0 where no post has such a length.
    """
    has = pl.col(column) > 0 if column == "impact_s" else pl.col(column).is_not_null()
    known = found.filter(pl.col("in_durations") & has)
    first = known.sort([column, *POST], descending=[True, False, False]).head(1).to_dicts()
    return (first[0] if first else None), known.height


def _roles(snapshot: Snapshot, question: Question, scope: Scope) -> Iterator[dict[str, Any]]:
    """What part each post has in the numbers of one scope (columns: ``ROLE``)."""
    found = posts(snapshot, question, scope)
    begun = begun_covered(found, scope.vouched)
    rated, lasting = _ids(begun), _ids(timed(begun))
    down = _down(snapshot, question, observe(snapshot, scope))
    during = _ids(open_during(found, scope, epoch(snapshot.as_of)))
    hit = {of for of, seconds in down.items() if seconds}
    for page_key, incident_id in rated | lasting | during | hit:
        of = (page_key, incident_id)
        yield {
            "provider": scope.provider,
            "surface": scope.surface,
            "page_key": page_key,
            "incident_id": incident_id,
            "down_s": down.get(of, 0.0),
            "in_rate": of in rated,
            "in_durations": of in lasting,
        }


def _ids(found: pl.DataFrame) -> set[Id]:
    return set(found.select(POST).iter_rows())


def _down(snapshot: Snapshot, question: Question, seen: ObservedStates) -> dict[Id, float]:
    """Weighted seconds that the states each post set take from the scope, by themselves."""
    if question.rule == INCIDENT_OPEN:
        told = open_told(snapshot, question, seen.scope).with_columns(
            pl.lit(str(State.MAJOR)).alias("state"), pl.lit(None, pl.String).alias("class")
        )
        weights = weights_of("strict", None)
    else:
        told = states_told(snapshot, seen.scope)
        weights = weights_of(question.rule, question.weights)
    return {
        of: downtime(
            weighted(states, weights, question.classes), seen.observed, combine_of(question)
        ).down_s
        for of, states in _by_post(told, seen).items()
    }


def _by_post(told: pl.DataFrame, seen: ObservedStates) -> dict[Id, dict[Key, list[StateSpan]]]:
    found: dict[Id, dict[Key, list[StateSpan]]] = {}
    columns = (*POST, "component_id", "start_s", "end_s", "state", "class")
    for page, post, component, start, end, state, its in told.select(columns).iter_rows():
        if (page, component) in seen.observed:
            states = found.setdefault((page, post), {}).setdefault((page, component), [])
            states.append((start, end, State(state), its))
    return found


def _captures(snapshot: Snapshot) -> pl.DataFrame:
    """Per post the first capture that showed it and the one that showed its newest version."""
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
