"""Availability and counts as relations over the tables of a snapshot or a release.

METHODOLOGY, "Availability rules" and "Frequency". Written once for every engine narwhals
speaks: the metrics run it on Polars, the tests on DuckDB too. All providers and surfaces are
asked about at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import narwhals as nw
import polars as pl

from analytics.downtime.spans import (
    SPAN,
    Frame,
    covered,
    gaps,
    overlaps,
    pieces,
    runs,
    seconds,
    within,
)
from analytics.incident_selection import asked_for, at_least, reached
from analytics.question import MAINTENANCE, Question
from analytics.rules import INCIDENT_OPEN, weights_of
from analytics.scope import ALL_SURFACES, UNATTRIBUTED
from analytics.snapshot import Snapshot
from ingest.models import State

Tables = Mapping[str, Frame]
"""Tables by name, of one engine: component_states, coverage, incidents, incident_components."""
SCOPE = ("provider", "surface")
COMPONENT = (*SCOPE, "page_key", "component_id")
POST = (*SCOPE, "page_key", "incident_id")
#: What ``lasted`` tells the length of, beside the levels of trouble.
OBSERVED = "observed"
UNSURE = "unsure"
OPEN = "open"
#: Ends the name of a level to which unsure time is added.
OR_UNSURE = " or unsure"
LEVELS = (State.DEGRADED, State.PARTIAL, State.MAJOR)


def tables(snapshot: Snapshot) -> Tables:
    """What the functions below read, as frames of Polars."""
    names = ("component_states", "coverage", "incidents", "incident_components")
    return {name: nw.from_native(snapshot.table(name).lazy()) for name in names}


def collected(*frames: Frame) -> list[pl.DataFrame]:
    """The rows of some relations of Polars, worked out together."""
    return pl.collect_all([frame.to_native() for frame in frames])


def lasted(
    read: Tables, question: Question, window: tuple[int, int], as_of_s: int, levels: Sequence[str]
) -> Frame:
    """How long, inside ``window``, any component was observed, and what it was meanwhile.

    Columns: provider, surface, level, seconds. ``levels``: ``observed``; ``unsure``, vouched
    for and in a state nobody knows; ``open``, named by a post that was open; a state, for that
    state or worse; ``or_unsure`` of these two, for any component that or unsure, where any was
    unsure at all. What did not last has no row.
    """
    states = component_state_rows(read, question, as_of_s)
    whole = vouched(states, about(read["coverage"], question), window)
    unknown = states.filter(nw.col("state") == str(State.UNKNOWN))
    known = gaps(unknown, whole, COMPONENT)
    its = nw.col("class")
    counted = states.filter(its.is_null() | its.is_in([*question.classes]))
    inside = overlaps(counted.select(*COMPONENT, "state", *SPAN), known, COMPONENT)
    unsure = overlaps(unknown.select(*COMPONENT, *SPAN), whole, COMPONENT).select(*SCOPE, *SPAN)
    somewhere = unsure.select(*SCOPE).unique()

    def at(level: str) -> Frame:
        if level == OBSERVED:
            return known
        if level == UNSURE:
            return unsure
        if level.endswith(OR_UNSURE):
            bad = at(level.removesuffix(OR_UNSURE)).select(*SCOPE, *SPAN)
            return nw.concat([unsure, bad.join(somewhere, on=[*SCOPE], how="semi")])
        if level == OPEN:
            return overlaps(open_posts(read, question, as_of_s), known, COMPONENT)
        return inside.filter(nw.col("state").is_in(at_least(level)))

    spans = [at(one).select(*SCOPE, nw.lit(str(one)).alias("level"), *SPAN) for one in levels]
    return seconds(nw.concat(spans), (*SCOPE, "level"))


def or_unsure(level: str) -> str:
    """The level of what is at ``level``, a state or ``open``, or unsure."""
    return level + OR_UNSURE


def levels_for(rules: Collection[str]) -> list[str]:
    """The levels these rules need to weigh time down, and the time observed and not."""
    states = LEVELS if set(rules) - {INCIDENT_OPEN} else ()
    bad = [*map(str, states), *([OPEN] if INCIDENT_OPEN in rules else [])]
    return [OBSERVED, UNSURE, *bad, *map(or_unsure, bad)]


def vouched(states: Frame, coverage: Frame, window: tuple[int, int]) -> Frame:
    """When each component was vouched for inside ``window``: component, span.

    Without pseudo-components, which have no states of their own; where a page never shows a
    component, its posts are all there is and stay.
    """
    nameless = nw.col("component_id") == UNATTRIBUTED
    alone = states.filter(nameless).select("page_key").unique()
    stand_in = coverage.filter(nameless).join(alone, on="page_key", how="semi")
    both = [part.select(*COMPONENT, *SPAN) for part in (coverage.filter(~nameless), stand_in)]
    return pieces(within(nw.concat(both), *window), COMPONENT)


def down_seconds(
    lasted_s: Mapping[str, int], rule: str, custom: tuple[float, float, float] | None
) -> float:
    """Weighted down seconds under ``rule``, from the seconds of each level of one scope.

    At each instant the worst weight counts. A weight is a sum of steps, and each step lasts
    while the state is that level or worse.
    """
    if rule == INCIDENT_OPEN:
        return float(lasted_s.get(OPEN, 0))
    weights = weights_of(rule, custom)
    steps = pairwise([0.0, *(weights[level] for level in LEVELS)])
    return sum(
        (weight - below) * lasted_s.get(level, 0)
        for level, (below, weight) in zip(LEVELS, steps, strict=True)
    )


def possible_seconds(
    lasted_s: Mapping[str, int], rule: str, custom: tuple[float, float, float] | None
) -> tuple[float, float]:
    """Weighted down seconds had what was unsure been up, and been down: it weighs 1 then."""
    worst_s = {level: lasted_s.get(or_unsure(level), 0) for level in (*LEVELS, OPEN)}
    most = down_seconds(worst_s, rule, custom)
    if rule != INCIDENT_OPEN:
        most += (1 - weights_of(rule, custom)[State.MAJOR]) * lasted_s.get(UNSURE, 0)
    return down_seconds(lasted_s, rule, custom), most


def component_state_rows(read: Tables, question: Question, as_of_s: int) -> Frame:
    """States of the components asked about: component, state, class of the post, span.

    Maintenance is as bad as a major outage where it is asked about, as in ``downtime.weighted``.
    """
    state, worst = nw.col("state"), nw.lit(str(State.MAJOR))
    if MAINTENANCE in question.classes:
        state = nw.when(state == str(State.MAINTENANCE)).then(worst).otherwise(state).alias("state")
    classes = read["incidents"].select("page_key", "incident_id", "class")
    return (
        about(read["component_states"], question)
        .join(classes, on=["page_key", "incident_id"], how="left")
        .select(*COMPONENT, state, "class", "start_s", nw.col("end_s").fill_null(as_of_s))
    )


def posts(read: Tables, question: Question) -> Frame:
    """A row for each post of the classes asked for on each surface it touches.

    Columns: provider, surface, and those of table ``incidents``.
    """
    linked = read["incident_components"]
    if question.minimum is not None:
        linked = reached(linked, read["incidents"], question.minimum)
    linked = about(linked, question)
    found = asked_for(read["incidents"], question)
    key = [name for name in POST if name != "surface"]
    return linked.select(*POST).unique().join(found, on=key)


def open_posts(read: Tables, question: Question, as_of_s: int) -> Frame:
    """When each component was named by a post open by the posted clocks: component, span."""
    linked = about(read["incident_components"], question).select(*POST, "component_id")
    spans = with_open_end(posts(read, question), as_of_s).select(
        *POST, start_s="published_s", end_s="closed_s"
    )
    return linked.join(spans, on=[*POST]).select(*COMPONENT, *SPAN)


def with_open_end(found: Frame, as_of_s: int) -> Frame:
    """``found`` with ``closed_s``: when the post closed, or as-of while it is open."""
    over = nw.col("published_s") + nw.col("open_seconds").fill_null(0)
    lasting = nw.when(nw.col("resolved_at").is_null()).then(nw.lit(as_of_s)).otherwise(over)
    return found.with_columns(lasting.alias("closed_s"))


def open_inside(read: Tables, question: Question, window: tuple[int, int], as_of_s: int) -> Frame:
    """How many posts were open in covered time of ``window``: provider, surface, n.

    One that closed the second it was published was open for that second.
    """
    found = with_open_end(posts(read, question), as_of_s)
    end = nw.max_horizontal("closed_s", nw.col("published_s") + 1).alias("end_s")
    spans = found.select(*POST, end, start_s="published_s")
    whole = pieces(within(about(read["coverage"], question), *window), SCOPE)
    met = overlaps(spans, whole, SCOPE).select(*POST).unique()
    return met.group_by(*SCOPE).agg(nw.len().cast(nw.Int64).alias("n"))


def begun(
    read: Tables, question: Question, window: tuple[int, int], as_of_s: int, gap: int
) -> Frame:
    """When each post or episode of the covered part of ``window`` began.

    Columns: provider, surface, start_s. ``gap``: what two episodes are at least apart.
    """
    found = posts(read, question).filter(~nw.col("impact_start_s").is_null())
    start = nw.col("impact_start_s").alias("start_s")
    if question.unit == "posts":
        starts = found.select(*SCOPE, start)
    else:
        forgotten = nw.col("flags").list.contains("zombie")
        last = nw.when(forgotten).then(start).otherwise(nw.lit(as_of_s))
        spans = found.select(*SCOPE, start, nw.coalesce("impact_end_s", last).alias("end_s"))
        starts = runs(spans, SCOPE, gap)
    whole = within(about(read["coverage"], question), *window)
    return covered(starts, whole, SCOPE)


def about(frame: Frame, question: Question) -> Frame:
    """Rows about what is asked; all surfaces go by one name where they are combined."""
    if question.providers:
        frame = frame.filter(nw.col("provider").is_in([*question.providers]))
    if question.surface is not None:
        return frame.filter(nw.col("surface") == question.surface)
    if question.combine is not None:
        return frame.with_columns(nw.lit(ALL_SURFACES).alias("surface"))
    return frame
