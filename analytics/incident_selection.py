"""Select incidents: asked for, begun or open in a window, as bad as a least state.

The rules are written once, over narwhals frames, and run on any engine. What a question selects
from a snapshot is worked out once, for all its providers and surfaces together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import narwhals as nw
import numpy as np
import polars as pl
from narwhals.typing import FrameT

from analytics.memo import once
from analytics.question import MAINTENANCE, MONITOR, Question, place, whenever
from analytics.scope import SCOPE, Interval, Scope, about, epoch
from analytics.snapshot import Frame, Snapshot, Tables, fetched, legible
from ingest.models import SEVERITY, State

#: Tables that a selection reads.
READ = ("incidents", "incident_components")
ROW = "row"
#: What tells incidents on surfaces apart, their times, and what says how bad they were.
TIMES = (
    *(*SCOPE, "page_key", "incident_id", "published_s", "closed_s"),
    *("impact_start_s", "impact_end_s", "flags", "max_impact"),
)
#: And what else is measured of them: all but what nobody adds up.
FACTS = (
    *(*TIMES, "kind", "class", "duration_quality", "published_at", "resolved_at", "resolved_s"),
    *("open_seconds", "impact_seconds", "impact_start_basis", "last_listed_s", "unlisted_s"),
    *("stated_start_at", "causes", "impact_start_at"),
)


def posts(snapshot: Snapshot, question: Question, scope: Scope) -> pl.DataFrame:
    """Select the incidents asked for that touch the scope's surface.

    An incident without components is on the surface its title names, else on ``other``.

    Args:
        snapshot: Where they are.
        question: Classes, and the least state if there is one.
        scope: One of the question's scopes.

    Returns:
        Columns as from ``selected``.
    """
    found = _by_scope(snapshot, question)
    return found.get((scope.provider, scope.surface), selected(snapshot, question).clear())


def incidents(snapshot: Snapshot, question: Question, scope: Scope) -> pl.DataFrame:
    """Select the same without maintenances: how those are told is a matter of its own.

    Returns:
        Columns as from ``selected``.
    """
    return posts(snapshot, question, scope).filter(pl.col("kind") != MAINTENANCE)


@once(whenever)
def selected(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Select the incidents asked for, once on each surface they touch.

    Returns:
        Columns of table ``incidents``, ``surface`` and ``closed_s`` (``with_open_end``), by
        page_key and incident_id.
    """
    every = nw.from_native(touching(snapshot, question).lazy())
    found: pl.LazyFrame = counted(every, question, epoch(snapshot.as_of)).to_native()
    return found.collect()


@once(whenever)
def times(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Select when the incidents asked for were open and hit users, without what was written.

    Returns:
        Columns of ``TIMES``, once on each surface an incident touches, in any order.
    """
    with snapshot.related(*READ) as read:
        found = counted(on_surfaces(read, question), question, epoch(snapshot.as_of))
        return fetched(found.select(*TIMES))


@once(whenever)
def facts(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Select what is measured of the incidents asked for, without what was written.

    Returns:
        Columns of ``FACTS``, once on each surface an incident touches, by page_key and
        incident_id.
    """
    with snapshot.related(*READ) as read:
        found = counted(on_surfaces(read, question), question, epoch(snapshot.as_of))
        return legible(fetched(found.select(*FACTS).sort(*POST[1:], *SCOPE)))


def counted(incidents: FrameT, question: Question, as_of_s: int) -> FrameT:
    """Keep the incidents asked for, and add when each closed."""
    return with_open_end(asked_for(incidents, question), as_of_s)


@once(whenever)
def _by_scope(snapshot: Snapshot, question: Question) -> Mapping[tuple[object, ...], pl.DataFrame]:
    return selected(snapshot, question).partition_by(SCOPE, as_dict=True)


def _reached(question: Question, /) -> object:
    return place(question), question.minimum


@once(_reached)
def touching(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Select incidents and maintenances of any class, once on each surface they touch.

    Where a least state is asked for, only on the surfaces that they brought to it.

    Returns:
        Columns of table ``incidents`` and ``surface``, by page_key and incident_id.
    """
    incidents = snapshot.table("incidents")
    # Rows are found by what names them: of all their columns there is one copy, the answer.
    named = incidents.lazy().select(*POST, "max_impact").with_row_index(ROW)
    read = {**snapshot.relations(*READ), "incidents": nw.from_native(named)}
    found: pl.LazyFrame = on_surfaces(read, question).to_native()
    rows = found.select(*POST[1:], ROW, "surface").sort(*POST[1:], "surface").collect()
    return incidents.select(pl.all().gather(rows[ROW])).with_columns(rows["surface"])


def on_surfaces(read: Tables, question: Question) -> Frame:
    """Relate incidents to the surfaces asked about that they touch.

    Where a least state is asked for, only to the surfaces that they brought to it.

    Returns:
        Columns of table ``incidents`` and ``surface``.
    """
    linked = read["incident_components"]
    if question.minimum is not None:
        linked = reached(linked, read["incidents"], question.minimum)
    # Grouped: to keep the first of equals, DuckDB would number them all.
    named = about(linked, question).group_by(*SCOPE, *POST[1:]).agg(nw.len().alias("links"))
    return named.drop("links").join(read["incidents"], on=POST)


def begun_inside(found: pl.DataFrame, window: Interval) -> pl.DataFrame:
    """Keep those whose impact began inside the window: counts add up over time.

    Returns:
        Columns of ``found``.
    """
    start_s, end_s = window
    return found.filter((pl.col("impact_start_s") >= start_s) & (pl.col("impact_start_s") < end_s))


def with_open_end(found: FrameT, as_of_s: int) -> FrameT:
    """Add ``closed_s``: when the incident closed, or as-of while it is open.

    Where only its absence from lists of what is open tells of its end, the first that lacks it.
    """
    known = nw.col("published_s") + nw.col("open_seconds")
    over = nw.coalesce(known, nw.col("unlisted_s"), nw.col("published_s"))
    lasting = nw.when(nw.col("resolved_at").is_null()).then(nw.lit(as_of_s)).otherwise(over)
    return found.with_columns(lasting.alias("closed_s"))


def open_during(found: pl.DataFrame, window: Interval) -> pl.DataFrame:
    """Keep those open at some time inside the window.

    Returns:
        Columns of ``found``.
    """
    kept: pl.DataFrame = lasting_during(nw.from_native(found), window).to_native()
    return kept


def open_in_each(found: pl.DataFrame, windows: Sequence[Interval]) -> list[int]:
    """Count of each window those open at some time inside it, as ``open_during`` keeps them."""
    lasting = found.select("published_s", "closed_s").drop_nulls().to_numpy()
    starts, ends = np.array(windows, dtype=np.int64).reshape(-1, 2).T
    inside = (lasting[:, :1] < ends) & (lasting[:, 1:] >= starts)
    counts: list[int] = inside.sum(axis=0).tolist()
    return counts


def lasting_during(found: FrameT, window: Interval) -> FrameT:
    """Keep those open at some time inside the window, on any engine."""
    start_s, end_s = window
    return found.filter((nw.col("published_s") < end_s) & (nw.col("closed_s") >= start_s))


def impact_end(as_of_s: int) -> nw.Expr:
    """Return when an incident stopped to hit users; an open one lasts until as-of.

    One that was forgotten open says when it began and nothing of its end: it has no length.
    """
    forgotten = nw.col("flags").list.contains("zombie")
    last = nw.when(forgotten).then(nw.col("impact_start_s")).otherwise(nw.lit(as_of_s))
    return nw.coalesce("impact_end_s", last)


#: What the posted impact stands for where no update tells of a component's state. Where trouble
#: is posted as "none", it is trouble all the same.
POSTED_STATE = {
    "none": State.DEGRADED,
    "maintenance": State.MAINTENANCE,
    "minor": State.PARTIAL,
    "major": State.MAJOR,
    "critical": State.MAJOR,
}


#: The posted impact of an incident that says nothing of how bad it was.
NO_IMPACT_WORD = "unknown"


POST = ["provider", "page_key", "incident_id"]


def at_least(minimum: str) -> list[str]:
    """Return the states that are ``minimum`` or worse."""
    return [str(state) for state, rank in SEVERITY.items() if rank >= SEVERITY[State(minimum)]]


#: States that tell how bad an incident was: of a component that was operational all along it tells
#: nothing of why it was made.
TELLING = tuple(at_least(State.MAINTENANCE))


def reached(linked: FrameT, incidents: FrameT, minimum: str) -> FrameT:
    """Keep the links of incidents that brought the component to ``minimum`` or worse.

    Where no update tells of any component, the posted impact stands for it; an incident that
    says neither did not reach anything that is known.

    Args:
        linked: Rows of table ``incident_components``, every one of each incident.
        incidents: That table.
        minimum: The least state.

    Returns:
        Rows of ``linked``.
    """
    enough = at_least(minimum)
    words = [impact for impact, state in POSTED_STATE.items() if state in enough]
    bad_enough = incidents.filter(nw.col("max_impact").is_in(words)).select(*POST)
    posted = linked.join(_rated(linked), on=POST, how="anti").join(bad_enough, on=POST, how="semi")
    return nw.concat([linked.filter(nw.col("worst_state").is_in(enough)), posted])


def unrated(linked: FrameT, incidents: FrameT) -> FrameT:
    """Keep the incidents of which nothing says how bad they were."""
    silent = incidents.filter(nw.col("max_impact") == NO_IMPACT_WORD)
    return silent.join(_rated(linked), on=POST, how="anti")


def _rated(linked: FrameT) -> FrameT:
    """Return the keys of incidents of which an update tells how bad they were."""
    return linked.filter(nw.col("worst_state").is_in(TELLING)).select(*POST).unique()


PLANNED = nw.col("kind") == MAINTENANCE


def asked_for(incidents: FrameT, question: Question) -> FrameT:
    """Keep incidents of the classes asked for.

    Maintenances are kept only where their class is asked for, and only those that took place.
    What monitors measured is no post, and in no count of them.
    """
    if MAINTENANCE in question.classes:
        counted = from_start(incidents).filter(~PLANNED | took_place())
    else:
        counted = incidents.filter(~PLANNED)
    wanted = [one for one in question.classes if one != MONITOR]
    return counted.filter(nw.col("class").is_in(wanted))


def from_start(incidents: FrameT) -> FrameT:
    """Make maintenances as long as the work took, not as it was announced ahead.

    They are open, and hit users, from ``started_at`` to ``resolved_at``.
    """

    def instead(name: str, of: nw.Expr) -> nw.Expr:
        return nw.when(PLANNED).then(of).otherwise(nw.col(name)).alias(name)

    return incidents.with_columns(
        instead("published_s", nw.col("started_s")),
        instead("impact_start_s", nw.col("started_s")),
        instead("impact_start_at", nw.col("started_at")),
        instead("impact_end_s", nw.col("resolved_s")),
        instead("impact_end_at", nw.col("resolved_at")),
        instead("open_seconds", nw.col("resolved_s") - nw.col("started_s")),
    )


def took_place() -> nw.Expr:
    """Tell whether a maintenance is known to have begun when it says.

    One that is only announced, however long ago, may have been put off, and one that was closed
    by its start was called off. A start that only repeats the time of the announcement
    says nothing of the work.
    """
    resolved = nw.col("resolved_s")
    return (
        (nw.col("stage") != "scheduled")
        & ~nw.col("start_basis").is_in(["started_at", "none"])
        & (resolved.is_null() | (resolved > nw.col("started_s")))
    )
