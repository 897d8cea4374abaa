"""Relate states, coverage and incidents of a snapshot or a release.

METHODOLOGY, "Availability rules" and "Frequency". Written once for every engine narwhals
speaks: the metrics run it on Polars, the tests on DuckDB too. All providers and surfaces are
asked about at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import narwhals as nw
import polars as pl

from analytics.downtime.spans import (
    SPAN,
    covered,
    gaps,
    overlaps,
    pieces,
    runs,
    seconds,
    within,
)
from analytics.incident_selection import at_least, impact_end
from analytics.question import MAINTENANCE, MONITOR, Question
from analytics.rules import INCIDENT_OPEN, weights_of
from analytics.scope import SCOPE, UNATTRIBUTED, Interval, about
from analytics.snapshot import Frame, Tables
from analytics.statistics.overlaps import Array
from ingest.models import State

#: Tables that the functions below read.
READ = ("component_states", "coverage", "incidents", "incident_components")
COMPONENT = (*SCOPE, "page_key", "component_id")
POST = (*SCOPE, "page_key", "incident_id")
#: What ``lasted`` tells the length of, beside the levels of trouble.
COVERED = "covered"
OBSERVED = "observed"
UNSURE = "unsure"
OPEN = "open"
#: Ends the name of a level to which unsure time is added.
OR_UNSURE = " or unsure"
LEVELS = (State.DEGRADED, State.PARTIAL, State.MAJOR)
#: Seconds of one scope, or an array of those of many.
N = TypeVar("N", float, Array)


def collected(*frames: Frame) -> list[pl.DataFrame]:
    """Return the rows of some relations of Polars, worked out together."""
    return pl.collect_all([frame.to_native() for frame in frames])


def lasted(
    read: Tables,
    found: Frame,
    question: Question,
    window: Interval,
    as_of_s: int,
) -> Frame:
    """Measure how long any component was observed, and at which level.

    The levels are: ``covered``; ``observed``; ``unsure``, covered and in a state nobody knows;
    ``open``, named by an incident that was open; a state, for that state or worse; ``or_unsure``
    of these two, for any component that or unsure, where any was unsure at all.

    Args:
        read: The tables of ``READ``.
        found: The incidents asked for on surfaces, with closed_s.
        question: Providers, surfaces and classes.
        window: Start and end in epoch seconds.
        as_of_s: When what still lasts ends.

    Returns:
        Columns of ``SCOPE``, level and seconds. What did not last has no row.
    """
    parts = observed_parts(read, question, window, as_of_s)
    return levels_lasted(parts, read["incident_components"], found, question)


class ObservedParts(NamedTuple):
    """Relations of the components asked about that hold for incidents of any class.

    ``states``: as of ``component_state_rows``. ``known``: when each component was covered and
    its state known; ``unsure``: when covered and in a state nobody knows.
    """

    states: Frame
    known: Frame
    unsure: Frame


def observed_parts(
    read: Tables, question: Question, window: Interval, as_of_s: int
) -> ObservedParts:
    """Relate components to their states, and to when these were known inside ``window``.

    Args:
        read: The tables of ``READ``.
        question: Providers and surfaces.
        window: Start and end in epoch seconds.
        as_of_s: When what still lasts ends.
    """
    states = kept(component_state_rows(read, question, as_of_s))
    whole = kept(covered_components(read, question, window))
    unknown = states.filter(nw.col("state") == str(State.UNKNOWN))
    known = kept(gaps(unknown, whole, COMPONENT))
    unsure = overlaps(unknown.select(*COMPONENT, *SPAN), whole, COMPONENT)
    return ObservedParts(states, known, unsure)


def levels_lasted(parts: ObservedParts, linked: Frame, found: Frame, question: Question) -> Frame:
    """Measure how long any component was observed, and at which level, as ``lasted`` does.

    Args:
        parts: What is observed of the components asked about.
        linked: Table ``incident_components``.
        found: The incidents asked for on surfaces, with closed_s.
        question: Providers, surfaces and classes.

    Returns:
        Columns of ``SCOPE``, level and seconds. What did not last has no row.
    """
    states, known, unsure = parts
    its = nw.col("class")
    counted = states.filter(its.is_null() | its.is_in([*question.classes])).select(
        *COMPONENT, *SPAN, what="state"
    )
    opened = _marked(open_incidents(found, about(linked, question)), OPEN)
    bad = overlaps(nw.concat([counted, opened]), known, COMPONENT).select(*SCOPE, "what", *SPAN)
    every = nw.concat(
        [
            part.select(*SCOPE, "what", *SPAN)
            for part in (_marked(known, OBSERVED), bad, _marked(unsure, UNSURE))
        ]
    )
    anywhere = (nw.col("what") == UNSURE).any().over(*SCOPE)
    marked = kept(every.with_columns(anywhere.alias("unsure")))
    spans = []
    for level, among in _levels(question).items():
        at = marked.filter(nw.col("what").is_in(among))
        if level.endswith(OR_UNSURE):
            at = at.filter("unsure")
        spans.append(at.select(*SCOPE, nw.lit(level).alias("level"), *SPAN))
    return seconds(nw.concat(spans), (*SCOPE, "level"))


def kept(part: Frame) -> Frame:
    """Let the engine work out once what several parts of a relation rest on.

    Spark would also plan it once for each of them, which takes it longer than to work it out.
    """
    native: Any = part.to_native()
    if isinstance(native, pl.LazyFrame):
        part = nw.from_native(native.cache())
    elif part.implementation.is_pyspark():
        part = nw.from_native(native.localCheckpoint(eager=False))
    return part


def _marked(spans: Frame, what: str) -> Frame:
    """Add ``what`` each span is."""
    return spans.select(*COMPONENT, *SPAN, nw.lit(what).alias("what"))


def _levels(question: Question) -> Mapping[str, list[str]]:
    """Return what the spans of each level of ``lasted`` are."""
    bad = {OPEN: [OPEN], **{str(level): counting_at(level, question) for level in LEVELS}}
    unsure = {or_unsure(level): [UNSURE, *among] for level, among in bad.items()}
    seen = {COVERED: [OBSERVED, UNSURE], OBSERVED: [OBSERVED], UNSURE: [UNSURE]}
    return {**seen, **bad, **unsure}


def or_unsure(level: str) -> str:
    """Name the level of what is at ``level``, a state or ``open``, or unsure."""
    return level + OR_UNSURE


def covered_components(read: Tables, question: Question, window: Interval) -> Frame:
    """Relate each component that has states to when it was covered inside ``window``.

    Returns:
        Columns of ``COMPONENT`` and the span.
    """
    coverage = with_states(about(read["coverage"], question), read)
    return pieces(within(coverage.select(*COMPONENT, *SPAN), *window), COMPONENT)


def with_states(rows: Frame, read: Tables) -> Frame:
    """Drop rows about pseudo-components, which have no states of their own.

    Where a page never shows a component, its incidents are all there is, and the rows stay.
    """
    nameless = nw.col("component_id") == UNATTRIBUTED
    alone = read["component_states"].filter(nameless).select("page_key").unique()
    standing_in = rows.filter(nameless).join(alone, on="page_key", how="semi")
    return nw.concat([rows.filter(~nameless), standing_in])


def level_weights(rule: str, custom: tuple[float, float, float] | None) -> Mapping[str, float]:
    """Return by how much ``rule`` weighs each level more than the one below, where it does."""
    if rule == INCIDENT_OPEN:
        return {OPEN: 1.0}
    weights = weights_of(rule, custom)
    steps = pairwise([0.0, *(weights[level] for level in LEVELS)])
    return {
        str(level): weight - below
        for level, (below, weight) in zip(LEVELS, steps, strict=True)
        if weight > below
    }


def down_seconds(
    lasted_s: Mapping[str, N], rule: str, custom: tuple[float, float, float] | None
) -> N:
    """Weigh down seconds under ``rule``, from the seconds of each level of scopes.

    At each instant the worst weight counts. A weight is a sum of steps, and each step lasts
    while the state is that level or worse.
    """
    seconds: Mapping[str, Any] = lasted_s
    steps = level_weights(rule, custom).items()
    found: N = sum(step * seconds.get(level, 0) for level, step in steps) + 0.0
    return found


def possible_seconds(
    lasted_s: Mapping[str, N], rule: str, custom: tuple[float, float, float] | None
) -> tuple[N, N]:
    """Weigh down seconds had what was unsure been up, and been down: it weighs 1 then."""
    seconds: Mapping[str, Any] = lasted_s
    worst_s = {str(level): seconds.get(or_unsure(level), 0) for level in (*LEVELS, OPEN)}
    most: N = down_seconds(worst_s, rule, custom)
    if rule != INCIDENT_OPEN:
        most += (1 - weights_of(rule, custom)[State.MAJOR]) * seconds.get(UNSURE, 0)
    return down_seconds(lasted_s, rule, custom), most


def component_state_rows(read: Tables, question: Question, as_of_s: int) -> Frame:
    """Relate the components asked about to their states.

    What a page's own monitors measured stands beside what it posted: only where it is asked for.

    Returns:
        Columns of ``COMPONENT``, state, class (of the incident that set it), incident_id, span.
    """
    measured = nw.col("basis") == MONITOR
    classes = read["incidents"].select("page_key", "incident_id", "class")
    lasting = nw.col("end_s").fill_null(as_of_s)
    states = about(read["component_states"], question)
    if MONITOR not in question.classes:
        states = states.filter(~measured)
    its = nw.when(measured).then(nw.lit(MONITOR)).otherwise(nw.col("class")).alias("class")
    return states.join(classes, on=["page_key", "incident_id"], how="left").select(
        *COMPONENT, "state", its, "incident_id", "start_s", lasting
    )


def counting_at(level: str, question: Question) -> list[str]:
    """Return the states that are ``level`` or worse.

    Maintenance is as bad as a major outage where it is asked about, as in ``combine.weighted``.
    """
    planned = [str(State.MAINTENANCE)] if MAINTENANCE in question.classes else []
    return [*at_least(level), *planned]


def open_incidents(found: Frame, linked: Frame) -> Frame:
    """Relate each component to when an incident that names it was open.

    Args:
        found: Incidents on surfaces with closed_s.
        linked: Table ``incident_components``, of what is asked about.

    Returns:
        Columns of ``COMPONENT``, incident_id and the span; none for incidents nobody dated.
    """
    dated = found.filter(~nw.col("published_s").is_null())
    spans = dated.select(*POST, start_s="published_s", end_s="closed_s")
    named = linked.select(*POST, "component_id")
    return named.join(spans, on=[*POST]).select(*COMPONENT, "incident_id", *SPAN)


def covered_spans(read: Tables, question: Question, window: Interval) -> Frame:
    """Relate each scope to the covered spans of its components inside ``window``.

    Returns:
        Columns of ``SCOPE`` and the span; the spans may overlap.
    """
    return within(about(read["coverage"], question), *window).select(*SCOPE, *SPAN)


def covered_pieces(read: Tables, question: Question, window: Interval) -> Frame:
    """Relate each scope to the spans in which any of its components was covered.

    Returns:
        Columns of ``SCOPE`` and the span, disjoint; some touch.
    """
    return pieces(covered_spans(read, question, window), SCOPE)


def open_inside(found: Frame, coverage: Frame) -> Frame:
    """Count the incidents open in covered time, scope by scope.

    One that closed the second it was published was open for that second.

    Args:
        found: Incidents on surfaces with closed_s.
        coverage: Spans with the columns of ``SCOPE``; they may overlap.

    Returns:
        Columns of ``SCOPE`` and n.
    """
    end = nw.max_horizontal("closed_s", nw.col("published_s") + 1).alias("end_s")
    spans = found.select(*POST, end, start_s="published_s")
    met = overlaps(spans, pieces(coverage, SCOPE), SCOPE).select(*POST).unique()
    return met.group_by(*SCOPE).agg(nw.len().cast(nw.Int64).alias("n"))


def begun(found: Frame, coverage: Frame) -> Frame:
    """Keep the incidents whose impact began in covered time.

    A list reaches back to incidents from before it only because they lasted; to take them for
    all of their time would make trouble look longer than it was.

    Args:
        found: Incidents on surfaces, as from ``posts``.
        coverage: Spans with the columns of ``SCOPE``; they may overlap.
    """
    return covered(found, coverage, SCOPE, "impact_start_s")


def episode_starts(found: Frame, coverage: Frame, as_of_s: int, gap: int) -> Frame:
    """Relate each scope to when its episodes began in covered time.

    Args:
        found: Incidents on surfaces, as from ``posts``.
        coverage: Spans with the columns of ``SCOPE``; they may overlap.
        as_of_s: When what is still open ends.
        gap: What two episodes are at least apart, in seconds.

    Returns:
        Columns of ``SCOPE`` and start_s.
    """
    begun_some_day = found.filter(~nw.col("impact_start_s").is_null())
    spans = begun_some_day.select(
        *SCOPE, impact_end(as_of_s).alias("end_s"), start_s="impact_start_s"
    )
    return covered(runs(spans, SCOPE, gap), coverage, SCOPE)
