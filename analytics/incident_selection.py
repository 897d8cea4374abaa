"""Select incidents: asked for, begun or open in a window, as bad as a least state."""

from __future__ import annotations

import narwhals as nw
import polars as pl
from narwhals.typing import FrameT

from analytics.question import MAINTENANCE, Question
from analytics.scope import ALL_SURFACES, Scope
from analytics.snapshot import Snapshot
from ingest.models import SEVERITY, State


def posts(snapshot: Snapshot, question: Question, scope: Scope) -> pl.DataFrame:
    """Posts of the classes asked for that touch the scope's surface.

    Columns of table ``incidents``, as from ``planned.asked_for``. A post without components is
    on the surface its title names, else on ``other``.
    """
    everything = nw.from_native(touching(snapshot, scope, question.minimum))
    found: pl.DataFrame = asked_for(everything, question).to_native()
    return found


def incidents(snapshot: Snapshot, question: Question, scope: Scope) -> pl.DataFrame:
    """The same without maintenances: how those are told is a matter of its own."""
    return posts(snapshot, question, scope).filter(pl.col("kind") != MAINTENANCE)


def touching(snapshot: Snapshot, scope: Scope, minimum: str | None = None) -> pl.DataFrame:
    """Incidents and maintenances that touch the scope's surface, or brought it to ``minimum``.

    Columns of table ``incidents``.
    """
    mine, linked = (
        snapshot.table(name).filter(pl.col("provider") == scope.provider)
        for name in ("incidents", "incident_components")
    )
    if minimum is not None:
        posted, named = nw.from_native(mine), nw.from_native(linked)
        linked = reached(named, posted, minimum).to_native()
    if scope.surface != ALL_SURFACES:
        linked = linked.filter(pl.col("surface") == scope.surface)
    return mine.join(linked, on=["page_key", "incident_id"], how="semi").sort(
        "page_key", "incident_id"
    )


def begun_inside(found: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Those of ``found`` whose impact began inside the window: counts add up over time."""
    return found.filter(
        (pl.col("impact_start_s") >= scope.start_s) & (pl.col("impact_start_s") < scope.end_s)
    )


def with_open_end(found: pl.DataFrame, as_of_s: int) -> pl.DataFrame:
    """``found`` with ``closed_s``: when the post closed, or as-of while it is open."""
    lasting = pl.col("resolved_at").is_null()
    length = pl.col("open_seconds").fill_null(0)
    end = pl.when(lasting).then(as_of_s).otherwise(pl.col("published_s") + length)
    return found.with_columns(end.alias("closed_s"))


def open_during(found: pl.DataFrame, scope: Scope, as_of_s: int) -> pl.DataFrame:
    """Posts open at some time inside the window."""
    return with_open_end(found, as_of_s).filter(
        (pl.col("published_s") < scope.end_s) & (pl.col("closed_s") >= scope.start_s)
    )


#: What the posted impact stands for where no update tells of a component's state. Where trouble
#: is posted as "none", it is trouble all the same.
POSTED_STATE = {
    "none": State.DEGRADED,
    "maintenance": State.MAINTENANCE,
    "minor": State.PARTIAL,
    "major": State.MAJOR,
    "critical": State.MAJOR,
}


#: The posted impact of a post that says nothing of how bad it was.
NO_IMPACT_WORD = "unknown"


POST = ["provider", "page_key", "incident_id"]


def at_least(minimum: str) -> list[str]:
    """The states that are ``minimum`` or worse."""
    return [str(state) for state, rank in SEVERITY.items() if rank >= SEVERITY[State(minimum)]]


#: States that tell how bad a post was: of a component that was operational all along a post tells
#: nothing of why it was made.
TELLING = tuple(at_least(State.MAINTENANCE))


def reached(linked: FrameT, incidents: FrameT, minimum: str) -> FrameT:
    """Those of ``linked`` whose post brought the component to ``minimum`` or worse.

    ``linked``: rows of table ``incident_components``, every one of each post; ``incidents``:
    that table. Where no update tells of any component, the posted impact stands for it; a post
    that says neither did not reach anything that is known.
    """
    enough = at_least(minimum)
    words = [impact for impact, state in POSTED_STATE.items() if state in enough]
    bad_enough = incidents.filter(nw.col("max_impact").is_in(words)).select(*POST)
    posted = linked.join(_rated(linked), on=POST, how="anti").join(bad_enough, on=POST, how="semi")
    return nw.concat([linked.filter(nw.col("worst_state").is_in(enough)), posted])


def unrated(linked: FrameT, incidents: FrameT) -> FrameT:
    """Those of ``incidents`` of which neither an update nor the posted impact says how bad."""
    silent = incidents.filter(nw.col("max_impact") == NO_IMPACT_WORD)
    return silent.join(_rated(linked), on=POST, how="anti")


def _rated(linked: FrameT) -> FrameT:
    """Keys of the posts of which an update tells how bad it was for a component."""
    return linked.filter(nw.col("worst_state").is_in(TELLING)).select(*POST).unique()


PLANNED = nw.col("kind") == MAINTENANCE


def asked_for(incidents: FrameT, question: Question) -> FrameT:
    """Incidents of the classes asked for, and with class maintenance what took place of those."""
    if MAINTENANCE in question.classes:
        counted = from_start(incidents).filter(~PLANNED | took_place())
    else:
        counted = incidents.filter(~PLANNED)
    return counted.filter(nw.col("class").is_in([*question.classes]))


def from_start(incidents: FrameT) -> FrameT:
    """``incidents`` with maintenances as long as the work took, not as it was announced ahead.

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
    """Whether a maintenance is known to have begun when it says.

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
